//! Numbers that no one can foretell and no other process has.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// 64 random bits: a count, under a keyed hash whose key is the system's randomness. The process is hashed too, as one
/// that was forked goes on from the same key and count.
pub(crate) fn bits() -> u64 {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    KEY.hash_one((std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)))
}

/// A number from 0 to 1, without 1.
#[allow(clippy::cast_precision_loss, reason = "53 bits are what a double has")]
pub(crate) fn fraction() -> f64 {
    (bits() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A random UUID, version 4 of RFC 9562.
pub(crate) fn uuid() -> String {
    let (high, low) = (bits() & !0xf000 | 0x4000, bits() >> 2 | 1 << 63);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_uuid_is_of_version_4_and_comes_once() {
        let made: HashSet<_> = (0..1000).map(|_| uuid()).collect();
        assert_eq!(made.len(), 1000);
        for uuid in made {
            let read = uuid::Uuid::parse_str(&uuid).unwrap();
            assert_eq!(read.get_version_num(), 4, "{uuid}");
            assert_eq!(read.get_variant(), uuid::Variant::RFC4122, "{uuid}");
            assert_eq!(read.to_string(), uuid);
        }
    }

    #[test]
    fn fractions_are_spread_and_below_one() {
        let all: Vec<_> = (0..4000).map(|_| fraction()).collect();
        assert!(all.iter().all(|fraction| (0.0..1.0).contains(fraction)));
        let below = |limit: f64| all.iter().filter(|fraction| **fraction < limit).count();
        assert!((800..1200).contains(&below(0.25)) && (2800..3200).contains(&below(0.75)));
    }
}
