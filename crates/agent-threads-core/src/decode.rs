//! From bytes to values, with errors that say where and never what.

use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::Deserializer;
use serde_path_to_error::Track;
use std::marker::PhantomData;

/// Why a body is not what was expected.
#[derive(Debug, PartialEq)]
pub(crate) struct Mismatch {
    /// JSON path and reason, without any value of the body.
    pub(crate) message: String,
    /// The JSON text ends too early: the rest may have been lost on the way.
    pub(crate) truncated: bool,
}

/// Decodes a JSON body. The path of an error is found by a second pass, so that success pays nothing for it.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Mismatch> {
    json_as(PhantomData::<T>, body)
}

/// As [`json`], of what a seed says.
pub(crate) fn json_as<'de, S>(seed: S, body: &'de [u8]) -> Result<S::Value, Mismatch>
where
    S: DeserializeSeed<'de> + Copy,
{
    let mut reader = Deserializer::from_slice(body);
    let read = seed.deserialize(&mut reader);
    if let Ok(value) = read.and_then(|value| reader.end().map(|()| value)) {
        return Ok(value);
    }
    let mut reader = Deserializer::from_slice(body);
    let mut track = Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut reader, &mut track);
    let (path, error) = match seed.deserialize(tracked) {
        Err(error) => (track.path().to_string(), error),
        Ok(_) => match reader.end() {
            Err(error) => (".".to_owned(), error),
            Ok(()) => (".".to_owned(), serde::de::Error::custom("cannot be read")),
        },
    };
    let place = match path.as_str() {
        "." => String::new(),
        path => format!("at `{path}`: "),
    };
    Err(Mismatch {
        message: format!("{place}{}", without_values(&error.to_string())),
        truncated: error.is_eof(),
    })
}

/// serde quotes the value that it did not expect; a body's content has no place in a log.
fn without_values(message: &str) -> String {
    for marker in ["invalid type: ", "invalid value: "] {
        let Some(start) = message.find(marker).map(|at| at + marker.len()) else {
            continue;
        };
        let Some(end) = message.rfind(", expected ").filter(|end| *end >= start) else {
            continue;
        };
        let found = &message[start..end];
        let kind = found.find(['"', '`']).map_or(found, |quote| &found[..quote]);
        return format!("{}{}{}", &message[..start], kind.trim_end(), &message[end..]);
    }
    message.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        items: Vec<Inner>,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        count: i64,
    }

    fn error(body: &str) -> Mismatch {
        json::<Outer>(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn an_error_names_the_path_and_no_value() {
        let message =
            error(r#"{"items":[{"count":1},{"count":"marker, expected \"x\""}]}"#).message;
        assert!(
            message.starts_with("at `items[1].count`: invalid type: string, expected i64"),
            "{message}"
        );
        assert!(!message.contains("marker"), "{message}");
        let message = error(r#"{"items":[{"count":12345.5}]}"#).message;
        assert!(!message.contains("12345"), "{message}");
        let message = error(r#"{"items":[{}]}"#).message;
        assert!(message.starts_with("at `items[0]`: missing field `count`"), "{message}");
    }

    #[test]
    fn a_text_that_ends_early_is_told_apart() {
        assert!(error(r#"{"items":[{"count":1}"#).truncated);
        assert!(error("").truncated);
        assert!(!error("<html>").truncated);
        assert!(!error(r#"{"items":1}"#).truncated);
    }

    #[test]
    fn what_follows_the_value_is_an_error() {
        let message = error(r#"{"items":[]} and more"#).message;
        assert!(message.contains("trailing characters"), "{message}");
    }

    #[test]
    fn nesting_beyond_the_readers_limit_is_an_error() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(json::<serde_json::Value>(deep.as_bytes()).is_err());
    }
}
