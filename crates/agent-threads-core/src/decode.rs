//! From bytes to values, with errors that say where and never what.

mod place;

use crate::utf8::from_utf8;
use serde::de::DeserializeOwned;
use serde_json::{Deserializer, de::StrRead};
use std::{borrow::Cow, fmt::Write as _};

/// Why a body is not what was expected.
#[derive(Debug, PartialEq)]
pub(crate) struct Mismatch {
    /// JSON path and reason, without any value of the body.
    pub(crate) message: String,
    /// The JSON text ends too early: the rest may have been lost on the way.
    pub(crate) truncated: bool,
}

/// What all JSON is read by, so that each type has one reader.
pub(crate) type Text<'de> = Deserializer<StrRead<'de>>;

/// Decodes a JSON body.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Mismatch> {
    text_by(&text_of(body), |reader| T::deserialize(reader))
}

/// As [`json`], for those to whom it does not matter where and why something cannot be read.
pub(crate) fn body<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    serde_json::from_str(&text_of(body))
}

/// Decodes a JSON text.
pub(crate) fn text_by<'de, T>(
    text: &'de str,
    read: impl FnOnce(&mut Text<'de>) -> serde_json::Result<T>,
) -> Result<T, Mismatch> {
    let mut reader = Deserializer::from_str(text);
    let read = read(&mut reader);
    at_end(text, &mut reader, read)
}

/// What was read of a text, if that was all of it. Where in it the reader stopped is part of the message.
#[inline]
pub(crate) fn at_end<T>(
    text: &str,
    reader: &mut Text<'_>,
    read: serde_json::Result<T>,
) -> Result<T, Mismatch> {
    match read {
        Ok(value) => match reader.end() {
            Ok(()) => Ok(value),
            Err(error) => Err(mismatch("", &error)),
        },
        Err(error) => Err(stopped(text, &error)),
    }
}

#[cold]
#[inline(never)]
fn stopped(text: &str, error: &serde_json::Error) -> Mismatch {
    mismatch(&place::of(text, error), error)
}

/// A body as text. What is no UTF-8 becomes escapes of halves of characters: a reader refuses them in a string that it
/// reads, and passes over them in one that nobody asks for.
fn text_of(body: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = from_utf8(body) {
        return text.into();
    }
    let mut text = String::with_capacity(body.len());
    let mut chunks = body.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        text.push_str(chunk.valid());
        if chunks.peek().is_none() && !chunk.invalid().is_empty() {
            // Perhaps a part of a character. In a string an end, as there, and elsewhere an error.
            text.push('\\');
            break;
        }
        for byte in chunk.invalid() {
            // The blank keeps a backslash in front from making this no escape.
            let _ = write!(text, " \\udc{byte:02x}");
        }
    }
    text.into()
}

#[cold]
#[inline(never)]
fn mismatch(place: &str, error: &serde_json::Error) -> Mismatch {
    let place = match place {
        "" => String::new(),
        place => format!("at `{place}`: "),
    };
    Mismatch {
        message: format!("{place}{}", without_values(&error.to_string())),
        truncated: error.is_eof(),
    }
}

/// A message without the line and column at its end: those of a text that nobody else has seen.
pub(crate) fn without_position(message: &str) -> &str {
    match message.rsplit_once(" at line ") {
        Some((before, place)) if place.split(" column ").all(is_number) => before,
        _ => message,
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<usize>().is_ok()
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
    use proptest::{
        collection::{btree_map, vec},
        prelude::*,
    };
    use serde::Deserialize;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

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
    fn the_place_is_found_however_the_text_is_written() {
        #[derive(Debug, Deserialize)]
        struct All {
            #[serde(default)]
            #[allow(dead_code, reason = "only read")]
            lists: Vec<Vec<bool>>,
            #[serde(default)]
            #[allow(dead_code, reason = "only read")]
            map: BTreeMap<String, Inner>,
            #[serde(default)]
            #[allow(dead_code, reason = "only read")]
            text: Option<String>,
        }
        for (body, place) in [
            (r#"{"lists":[[true],[true,{}]]}"#, "at `lists[1][1]`: invalid type: map"),
            (r#"{"lists":[[true],true]}"#, "at `lists[1]`: invalid type: boolean"),
            ("{\n  \"lists\" : [\n[ ],\n [ null ]\n ]}", "at `lists[1][0]`: invalid type: null"),
            ("{\"lists\" : {}}", "at `lists`: invalid type: map"),
            (r#"{"map":{"a":{"count":1},"b":{}}}"#, "at `map.b`: missing field `count`"),
            (r#"{"map":{"a,{":{"count":[1]}}}"#, "at `map.a,{.count`: invalid type: sequence"),
            (r#"{"map":{"\"\\":{"count":-1e99}}}"#, "at `map.\"\\.count`: invalid type: floating"),
            (r#"{"map":{"é\u00e9":7}}"#, "at `map.éé`: invalid type: integer"),
            (r#"{"lists":[],"text":["]"],"map":{}}"#, "at `text`: invalid type: sequence"),
            (r#"{"more":["}",{"map":[{}]},"\\"],"text":1}"#, "at `text`: invalid type: integer"),
            ("[7]", "at `[0]`: invalid type: integer"),
            ("7", "invalid type: integer"),
        ] {
            let Err(Mismatch { message, truncated }) = json::<All>(body.as_bytes()) else {
                panic!("{body}")
            };
            assert!(message.starts_with(place), "{body}: {message}");
            assert!(!truncated, "{body}");
        }
    }

    #[test]
    fn a_text_that_ends_early_is_told_apart() {
        assert!(error(r#"{"items":[{"count":1}"#).truncated);
        assert!(error("").truncated);
        assert!(!error("<html>").truncated);
        assert!(!error(r#"{"items":1}"#).truncated);
    }

    #[test]
    fn what_is_no_utf8_matters_only_where_it_is_read() {
        for passed_over in [&b"\"\xFF\""[..], b"\"\xC3(\"", b"[{\"a\":\"\xED\xA0\x80\"}]"] {
            let body = [b"{\"more\":", passed_over, b",\"items\":[{\"count\":1}]}"].concat();
            let read: Outer = json(&body).unwrap();
            assert_eq!(read, Outer { items: vec![Inner { count: 1 }] });
        }
        for (body, place) in [
            (&b"[\"a\",\"\xFF\"]"[..], "at `[1]`: "),
            (b"[\"a\",\"\\\xFF\"]", "at `[1]`: "),
            (b"[\"\xFF\xFE\",\"a\"]", "at `[0]`: "),
            (b"[\"a\"]\xFF", ""),
            (b"[\"a\"\xFF]", "at `[0]`: "),
            (b"\xFF\xFE[]", ""),
        ] {
            let error = json::<Vec<String>>(body).unwrap_err();
            assert!(error.message.starts_with(place) && !error.truncated, "{error:?}");
        }
    }

    #[test]
    fn a_text_that_ends_within_a_character_ends_early() {
        let whole = "[\"é\",\"日本\"]".as_bytes();
        for end in 0..whole.len() {
            assert!(json::<Vec<String>>(&whole[..end]).unwrap_err().truncated, "{end}");
            let error = json::<Vec<serde::de::IgnoredAny>>(&whole[..end]).unwrap_err();
            assert!(error.truncated, "{end}");
        }
    }

    #[test]
    fn what_follows_the_value_is_an_error() {
        let message = error(r#"{"items":[]} and more"#).message;
        assert!(message.contains("trailing characters"), "{message}");
    }

    #[test]
    fn nesting_beyond_the_readers_limit_is_an_error() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(json::<Value>(deep.as_bytes()).is_err());
    }

    /// Values that are of [`Tree`] in part.
    fn trees() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i8>().prop_map(Value::from),
            Just(json!(1.5)),
            "[a\"{}\\[\\],:é\\\\]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 4, |inner| {
            let name =
                prop_oneof![Just("list".to_owned()), Just("map".to_owned()), "[a\"}\\]é]{0,2}"];
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::from),
                btree_map(name, inner, 0..4).prop_map(|map| json!(map)),
            ]
        })
    }

    #[derive(Debug, Deserialize)]
    struct Tree {
        #[serde(default)]
        #[allow(dead_code, reason = "only read")]
        list: Vec<Tree>,
        #[serde(default)]
        #[allow(dead_code, reason = "only read")]
        map: BTreeMap<String, Tree>,
        #[serde(default)]
        #[allow(dead_code, reason = "only read")]
        a: Option<i8>,
    }

    proptest! {
        /// The oracle keeps the path as it reads.
        #[test]
        fn the_place_is_that_of_a_reader_that_keeps_it(tree in trees(), pretty: bool) {
            let text = match pretty {
                true => serde_json::to_string_pretty(&tree).unwrap(),
                false => tree.to_string(),
            };
            let kept = serde_path_to_error::deserialize::<_, Tree>(&mut serde_json::Deserializer::from_str(&text));
            let found = json::<Tree>(text.as_bytes());
            match (kept, found) {
                (Ok(_), Ok(_)) => {}
                (Err(kept), Err(found)) => {
                    let path = kept.path().to_string();
                    let place = if path == "." { String::new() } else { format!("at `{path}`: ") };
                    let expected = format!("{place}{}", without_values(&kept.into_inner().to_string()));
                    prop_assert_eq!(found.message, expected);
                }
                (kept, found) => prop_assert!(false, "{:?} {:?}", kept, found),
            }
        }
    }
}
