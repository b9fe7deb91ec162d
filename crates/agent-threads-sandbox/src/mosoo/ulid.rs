//! ULIDs: what the vendor's ids are.

use http::StatusCode;

use crate::refusal::Refusal;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 26;

/// The id in a text, in upper case as the vendor writes it. `name` is what the vendor calls the text when it is none.
pub(super) fn ulid(text: &str, name: &str) -> Result<String, Refusal> {
    let upper = text.to_ascii_uppercase();
    let is_ulid = upper.len() == LENGTH
        && upper.as_bytes()[0] <= b'7'
        && upper.bytes().all(|byte| ALPHABET.contains(&byte));
    match is_ulid {
        true => Ok(upper),
        false => {
            let words = format!("{name} must be a valid ULID.");
            Err(Refusal::with(StatusCode::BAD_REQUEST, words))
        }
    }
}

/// The id with this number among those made, of this time in milliseconds. Two numbers never make the same one.
pub(super) fn make(millis: u64, number: u64) -> String {
    let low = (u128::from(scatter(!number) & 0xffff) << 64) | u128::from(scatter(number));
    let mut rest = (u128::from(millis & 0xffff_ffff_ffff) << 80) | low;
    let mut digits = [0; LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// The finalizer of SplitMix64, which maps no two numbers to one.
fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_is_taken_and_written_in_upper_case() {
        let id = ulid("01j8zq5w3m0a1b2c3d4e5f6g7h", "Thread ID").unwrap();
        assert_eq!(id, "01J8ZQ5W3M0A1B2C3D4E5F6G7H");
    }

    #[test]
    fn what_is_no_ulid_is_named() {
        let long = "0".repeat(27);
        let foreign = "01J8ZQ5W3M0A1B2C3D4E5F6G7U";
        for text in ["", "not-a-ulid", &long, foreign, "81J8ZQ5W3M0A1B2C3D4E5F6G7H"] {
            let refusal = ulid(text, "Thread ID").unwrap_err();
            assert_eq!(refusal.status, 400);
            assert_eq!(refusal.message.as_deref(), Some("Thread ID must be a valid ULID."));
        }
    }

    #[test]
    fn ids_that_are_made_are_ulids_of_their_time() {
        // The time of the specification's example, 1469918176385, is written 01ARYZ6S41.
        let ids: Vec<_> = (0..1000).map(|number| make(1_469_918_176_385, number)).collect();
        for id in &ids {
            assert_eq!(ulid(id, "id").unwrap(), *id);
            assert!(id.starts_with("01ARYZ6S41"), "{id}");
        }
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
    }
}
