//! Path parameters: what is refused and how the rest is encoded.

use crate::{Error, operation::Operation};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Display;

/// All but the unreserved characters of RFC 3986, section 2.3. A URL parser gives meaning to some of the rest
/// (`\` becomes `/`, a tab vanishes), so none of it reaches one.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One path segment, percent-encoded once.
pub fn encode_path(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}

/// Refuses a value that a URL parser would drop from the path, so that another resource would be addressed.
pub fn path_parameter(
    operation: &'static Operation,
    name: &'static str,
    value: &dyn Display,
) -> Result<(), Error> {
    match value.to_string().as_str() {
        "" => Err(Error::invalid_request(operation, format!("path parameter `{name}` is empty"))),
        "." | ".." => Err(Error::invalid_request(
            operation,
            format!(
                "path parameter `{name}` is a dot segment, which would address another resource"
            ),
        )),
        _ => Ok(()),
    }
}

/// Refuses, beside those, a value with a character that the vendor refuses. A space stands for all white space.
pub fn path_parameter_without(
    operation: &'static Operation,
    name: &'static str,
    value: &dyn Display,
    refused: &str,
) -> Result<(), Error> {
    path_parameter(operation, name, value)?;
    let is_refused = |character: &char| match character.is_whitespace() {
        true => refused.contains(' '),
        false => refused.contains(*character),
    };
    match value.to_string().chars().find(is_refused) {
        None => Ok(()),
        Some(character) => Err(Error::invalid_request(
            operation,
            format!(
                "path parameter `{name}` has the character {character:?}, which the vendor refuses"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::GET;
    use proptest::prelude::*;

    #[test]
    fn a_segment_that_vanishes_is_refused_by_name() {
        for bad in ["", ".", ".."] {
            let error = path_parameter(&GET, "thread_id", &bad).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("get_thread") && text.contains("thread_id"), "{text}");
        }
    }

    #[test]
    fn a_character_that_the_vendor_refuses_is_named() {
        let check = |value: &str| path_parameter_without(&GET, "id", &value, ".*> ");
        for bad in ["a.b", "*", "a>b", "a b", "a\tb", "a\u{2003}", ".."] {
            let error = check(bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidRequest, "{bad}");
            assert!(error.to_string().contains("path parameter `id`"), "{error}");
        }
        assert!(check("a.b").unwrap_err().to_string().contains("'.'"));
        assert!(check("a/b:c-d_e~").is_ok());
        assert!(path_parameter_without(&GET, "id", &"a b", "/").is_ok());
    }

    #[test]
    fn reserved_characters_are_encoded_once() {
        assert_eq!(encode_path("a/b?c#d e"), "a%2Fb%3Fc%23d%20e");
        assert_eq!(encode_path("%2F"), "%252F");
        assert_eq!(encode_path(r"..\.."), "..%5C..");
        assert_eq!(encode_path("ü"), "%C3%BC");
        assert_eq!(encode_path("A-z.0_9~"), "A-z.0_9~");
    }

    proptest! {
        #[test]
        fn any_accepted_id_stays_one_segment_of_its_own(id in any::<String>()) {
            prop_assume!(path_parameter(&GET, "id", &id).is_ok());
            let url: reqwest::Url = format!("https://acme.example/a/{}/b", encode_path(&id)).parse().unwrap();
            let segments: Vec<_> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 3);
            let back = percent_encoding::percent_decode_str(segments[1]).decode_utf8().unwrap();
            prop_assert_eq!(back.as_ref(), id.as_str());
        }
    }
}
