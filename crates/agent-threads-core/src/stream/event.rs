//! How an event is read: by a tag in its data, or by the name that it came under.

use crate::{
    decode::{self, Mismatch},
    open::Unknown,
    sse,
    tagged::{self, ReadMember, Tagged, first_tag},
};
use serde_json::{Deserializer, Value};
use std::borrow::Cow;

/// Sent by several servers after the last event. Not JSON, not documented, and nothing to deliver.
const END_MARK: &str = "[DONE]";

/// What the standard calls an event without a name.
const UNNAMED: &str = "message";

/// The property that names an event which came without a name.
const TYPE: &str = "type";

/// A union of the events of a stream.
pub trait StreamEvent: Sized {
    /// The tags after which no event follows. With none, the vendor does not mark the end of a
    /// stream; otherwise a stream that ends without has broken off.
    const TERMINAL: &'static [&'static str];

    /// The tags of events that only say that the server is still there.
    const KEEPALIVE: &'static [&'static str];

    /// The data, no JSON, by which the server says that it ends the stream. Never beside [`TERMINAL`](Self::TERMINAL).
    const DONE: Option<&'static str> = None;

    /// Reads an event: by [`read_tagged`] or [`read_named`].
    fn read(event: &sse::Event<'_>) -> Reading<Self>;

    /// The tag of this event.
    fn tag(&self) -> &str;
}

/// An event, or why it cannot be read. `None` for a mark that is no event.
pub type Reading<T> = Option<Result<T, Unreadable>>;

/// Why an event cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    /// JSON path and reason, without any value of the data.
    pub(super) message: String,
    /// What the event is, where that much is known.
    pub(super) tag: Option<String>,
}

/// Reads an event that says by a tag in its data what it is.
pub fn read_tagged<T: Tagged>(event: &sse::Event<'_>) -> Reading<T> {
    if is_mark(event.data) {
        return None;
    }
    let read = tagged::from_text(event.data);
    Some(read.map_err(|mismatch| unreadable_tagged(mismatch, event.data, T::TAG)))
}

#[cold]
#[inline(never)]
fn unreadable_tagged(mismatch: Mismatch, data: &str, tag: &str) -> Unreadable {
    Unreadable { message: mismatch.message, tag: first_tag(data, tag).map(Cow::into_owned) }
}

/// A generated union whose member is chosen by the name of the event that brings it.
pub trait Named: Sized {
    /// What reads the member that a name chooses. `None` for a name that this version does not know.
    fn reader<'de, D: serde::Deserializer<'de>>(name: &str) -> Option<ReadMember<'de, Self, D>>;

    /// Keeps what this version does not know.
    fn unknown(value: Unknown) -> Self;
}

/// Reads an event that says by its name what it is. One without a name may say it by a `type` in its data.
///
/// An unknown name is kept as [`Unknown`] whatever its data are; a known one whose data cannot be read is an error. A
/// known event without data is read as an object without fields.
pub fn read_named<T: Named>(event: &sse::Event<'_>) -> Reading<T> {
    let is_unnamed = matches!(event.event, "" | UNNAMED);
    let name: Cow<'_, str> = match event.event {
        _ if is_unnamed && is_mark(event.data) => return None,
        _ if is_unnamed => first_tag(event.data, TYPE).unwrap_or(UNNAMED.into()),
        name => name.into(),
    };
    let Some(read) = T::reader(&name) else {
        return Some(Ok(T::unknown(Unknown::named(&name, kept(event.data, is_unnamed)))));
    };
    let data = if event.data.is_empty() { "{}" } else { event.data };
    let mut reader = Deserializer::from_str(data);
    let read = read(&name, &mut reader);
    let read = decode::at_end(data, &mut reader, read);
    Some(read.map_err(|mismatch| unreadable_named(&mismatch, &name)))
}

#[cold]
#[inline(never)]
fn unreadable_named(Mismatch { message, .. }: &Mismatch, name: &str) -> Unreadable {
    Unreadable { message: format!("in `{name}`: {message}"), tag: Some(name.to_owned()) }
}

/// Data that nobody knows. Where they are to say what the event is, of several tags the first counts.
fn kept(data: &str, is_unnamed: bool) -> Value {
    let mut value = serde_json::from_str(data).unwrap_or_else(|_| data.into());
    if let Value::Object(fields) = &mut value
        && is_unnamed
        && let Some(tag) = tagged::first(data, TYPE)
    {
        fields.insert(TYPE.to_owned(), tag.into());
    }
    value
}

fn is_mark(data: &str) -> bool {
    data.is_empty() || data == END_MARK
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, PartialEq)]
    enum Happening {
        Started(Run),
        Failed(Failure),
        Unknown(Unknown),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Run {
        run: u8,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Failure {
        why: Option<String>,
    }

    impl Named for Happening {
        fn reader<'de, D: serde::Deserializer<'de>>(
            name: &str,
        ) -> Option<ReadMember<'de, Self, D>> {
            Some(match name {
                "RUN_STARTED" => |_, data| Run::deserialize(data).map(Self::Started),
                "RUN_ERROR" => |_, data| Failure::deserialize(data).map(Self::Failed),
                _ => return None,
            })
        }

        fn unknown(value: Unknown) -> Self {
            Self::Unknown(value)
        }
    }

    fn read(name: &str, data: &str) -> Reading<Happening> {
        read_named(&sse::Event { event: name, data, id: None, last_id: "", retry: None })
    }

    fn unknown(name: &str, data: &str) -> (String, Value) {
        match read(name, data).unwrap().unwrap() {
            Happening::Unknown(unknown) => (unknown.kind().to_owned(), unknown.json().clone()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_name_says_what_an_event_is_whatever_its_data_say() {
        let started = Happening::Started(Run { run: 1 });
        let data = r#"{"type":"RUN_ERROR","run":1,"more":true}"#;
        assert_eq!(read("RUN_STARTED", data).unwrap().unwrap(), started);
        let failed = Happening::Failed(Failure { why: None });
        assert_eq!(read("RUN_ERROR", data).unwrap().unwrap(), failed);
    }

    #[test]
    fn without_a_name_a_type_in_the_data_says_it() {
        for name in ["", "message"] {
            let data = r#"{"run":1,"type":"RUN_STARTED"}"#;
            assert_eq!(read(name, data).unwrap().unwrap(), Happening::Started(Run { run: 1 }));
            let other = json!({ "type": "STEP", "n": 1 });
            assert_eq!(unknown(name, &other.to_string()), ("STEP".into(), other));
            for data in [json!({ "run": 1 }), json!({ "type": 1 }), json!(["type"]), json!(null)] {
                assert_eq!(unknown(name, &data.to_string()), ("message".into(), data));
            }
        }
    }

    #[test]
    fn of_several_types_in_the_data_the_first_says_it() {
        let known = r#"{"type":"RUN_STARTED","run":1,"type":"STEP"}"#;
        assert_eq!(read("", known).unwrap().unwrap(), Happening::Started(Run { run: 1 }));
        let other = r#"{"type":"STEP","n":1,"type":"RUN_STARTED"}"#;
        assert_eq!(unknown("", other), ("STEP".into(), json!({ "type": "STEP", "n": 1 })));
        let none = r#"{"type":5,"type":"RUN_STARTED","run":1}"#;
        assert_eq!(unknown("", none), ("message".into(), json!({ "type": 5, "run": 1 })));
    }

    #[test]
    fn what_is_not_known_is_kept_also_if_it_is_no_json() {
        let data = json!({ "run": 1 });
        assert_eq!(unknown("run_started", &data.to_string()), ("run_started".into(), data));
        for text in ["plain text", "{\"run\":", "[DONE]", "", "1 2"] {
            assert_eq!(unknown("LOG", text), ("LOG".into(), json!(text)));
        }
        assert_eq!(unknown("", "hello"), ("message".into(), json!("hello")));
    }

    #[test]
    fn a_mark_without_a_name_is_no_event() {
        for name in ["", "message"] {
            assert!(read(name, "[DONE]").is_none() && read(name, "").is_none());
        }
    }

    #[test]
    fn a_known_event_without_data_has_no_fields() {
        let failed = Happening::Failed(Failure { why: None });
        assert_eq!(read("RUN_ERROR", "").unwrap().unwrap(), failed);
        assert!(read("RUN_STARTED", "").unwrap().is_err());
    }

    #[test]
    fn a_known_event_that_cannot_be_read_says_which_and_where_and_no_value() {
        for (data, says) in [
            (r#"{"run":"marker"}"#, "in `RUN_STARTED`: at `run`: invalid type: string"),
            ("marker", "in `RUN_STARTED`: expected value"),
            (r#"{"run":1} marker"#, "in `RUN_STARTED`: trailing characters"),
        ] {
            let unreadable = read("RUN_STARTED", data).unwrap().unwrap_err();
            assert!(unreadable.message.starts_with(says), "{unreadable:?}");
            assert!(!unreadable.message.contains("marker"), "{unreadable:?}");
            assert_eq!(unreadable.tag.as_deref(), Some("RUN_STARTED"));
        }
        let unreadable = read("", r#"{"type":"RUN_STARTED"}"#).unwrap().unwrap_err();
        assert_eq!(unreadable.tag.as_deref(), Some("RUN_STARTED"));
    }
}
