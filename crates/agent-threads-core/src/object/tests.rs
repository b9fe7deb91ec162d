//! What is read, what is kept, and what is written again.

use super::*;
use crate::integer::Whole;
use proptest::{collection::vec, prelude::*, sample::select};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;

/// As the generator writes it.
#[derive(Debug, PartialEq)]
struct Approval {
    id: String,
    reason: Option<String>,
    input: Option<Value>,
    extra: Map<String, Value>,
}

impl Object for Approval {
    const NAME: &'static str = "Approval";

    fn read<'de, A: MapAccess<'de>>(object: Entries<A>) -> Result<Self, A::Error> {
        let mut id = Field::default();
        let mut reason = Nullable::default();
        let mut input = Field::default();
        let extra = object.read_and_keep(&mut [
            ("id", &mut id),
            ("reason", &mut reason),
            ("input", &mut input),
        ])?;
        Ok(Self { id: id.required("id")?, reason: reason.value(), input: input.value(), extra })
    }
}

impl<'de> Deserialize<'de> for Approval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_object(deserializer)
    }
}

impl Serialize for Approval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = OpenObjectWriter::new(serializer, &self.extra)?;
        object.field("id", &self.id)?;
        object.optional("reason", self.reason.as_ref())?;
        object.optional("input", self.input.as_ref())?;
        object.end(&["id", "reason", "input"])
    }
}

fn read(text: &str) -> Result<Approval, String> {
    crate::decode::json(text.as_bytes()).map_err(|mismatch| mismatch.message)
}

#[test]
fn what_came_is_written_again() {
    for object in [
        json!({ "id": "a" }),
        json!({ "id": "a", "reason": "r", "input": { "b": [1, 1.5, null] } }),
        json!({ "id": "a", "reason": null, "input": null }),
        json!({ "id": "a", "signature": "s", "more": { "deep": [null, {}] }, "none": null }),
    ] {
        let approval = read(&object.to_string()).unwrap();
        assert_eq!(serde_json::to_value(&approval).unwrap(), object);
        assert_eq!(serde_json::from_value::<Approval>(object).unwrap(), approval);
    }
}

#[test]
fn null_is_a_value_of_any_json_and_no_value_of_another_field() {
    let approval = read(r#"{"id":"a","reason":null,"input":null}"#).unwrap();
    assert_eq!((approval.reason, approval.input), (None, Some(Value::Null)));
    assert_eq!(read(r#"{"id":"a"}"#).unwrap().input, None);
}

#[test]
fn what_is_set_later_is_written_once() {
    let mut approval = read(r#"{"id":"a","reason":null}"#).unwrap();
    approval.reason = Some("r".into());
    approval.extra.insert("id".into(), json!("b"));
    assert_eq!(serde_json::to_string(&approval).unwrap(), r#"{"id":"a","reason":"r"}"#);
}

#[test]
fn of_a_name_that_comes_twice_the_last_counts() {
    let approval = read(r#"{"id":"a","reason":null,"id":"b","reason":"r"}"#).unwrap();
    assert_eq!(serde_json::to_value(approval).unwrap(), json!({ "id": "b", "reason": "r" }));
    let approval = read(r#"{"id":"a","reason":"r","reason":null}"#).unwrap();
    assert_eq!(serde_json::to_value(approval).unwrap(), json!({ "id": "a", "reason": null }));
}

#[derive(Debug, PartialEq)]
struct Data {
    tag: String,
    extra: Map<String, Value>,
}

impl Object for Data {
    const NAME: &'static str = "Data";

    fn read<'de, A: MapAccess<'de>>(mut object: Entries<A>) -> Result<Self, A::Error> {
        let mut tag = object.tag();
        let extra = object.read_and_keep(&mut [("type", &mut tag)])?;
        Ok(Self { tag: tag.value(), extra })
    }
}

#[test]
fn of_several_tags_the_first_is_kept_and_none_of_them_is_extra() {
    for text in [
        r#"{"type":"data-a","n":1}"#,
        r#"{"n":1,"type":"data-a","type":5}"#,
        r#"{"type":"data-a","t\u0079pe":"data-b","n":1}"#,
    ] {
        let extra = Map::from_iter([("n".to_owned(), json!(1))]);
        let mut reader = serde_json::Deserializer::from_str(text);
        let data: Data = deserialize_object(&mut reader).unwrap();
        assert_eq!(data, Data { tag: "data-a".into(), extra: extra.clone() }, "{text}");
        let mut reader = serde_json::Deserializer::from_str(text);
        let data: Data = deserialize_prefixed("data-c", &mut reader).unwrap();
        assert_eq!(data, Data { tag: "data-c".into(), extra }, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_path() {
    for (text, says) in [
        (r#"{"id":7}"#, "at `id`: invalid type: integer, expected a string"),
        (r#"{"id":"a","reason":7}"#, "at `reason`: invalid type: integer, expected a string"),
        (r#"{"id":null}"#, "at `id`: invalid type: null, expected a string"),
        ("{}", "missing field `id`"),
        ("[]", "expected struct Approval"),
    ] {
        let message = read(text).unwrap_err();
        assert!(message.contains(says), "{text}: {message}");
    }
}

/// As the generator writes one that keeps nothing else.
#[derive(Debug, PartialEq)]
struct Usage {
    input: Option<i64>,
    labels: Vec<String>,
    model: String,
    note: Option<Value>,
}

impl Object for Usage {
    const NAME: &'static str = "Usage";

    fn read<'de, A: MapAccess<'de>>(object: Entries<A>) -> Result<Self, A::Error> {
        let mut input = Whole::default();
        let mut labels = Field::default();
        let mut model = Field::default();
        let mut note = None;
        object.read(&mut [
            ("input", &mut input),
            ("labels", &mut labels),
            ("model", &mut model),
            ("note", &mut note),
        ])?;
        Ok(Self {
            input: input.0,
            labels: labels.or_default(),
            model: model.required("model")?,
            note,
        })
    }
}

impl<'de> Deserialize<'de> for Usage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_object(deserializer)
    }
}

/// As serde derives it.
#[derive(Deserialize)]
struct Derived {
    #[serde(default)]
    input: Whole<Option<i64>>,
    #[serde(default)]
    labels: Vec<String>,
    model: String,
    note: Option<Value>,
}

impl From<Derived> for Usage {
    fn from(Derived { input, labels, model, note }: Derived) -> Self {
        Self { input: input.0, labels, model, note }
    }
}

fn usage(text: &str) -> Result<Usage, String> {
    crate::decode::json(text.as_bytes()).map_err(|mismatch| mismatch.message)
}

#[test]
fn fields_come_in_any_order_and_under_names_that_are_escaped() {
    let expected = Usage {
        input: Some(3),
        labels: vec!["a".into()],
        model: "m".into(),
        note: Some(json!({ "model": 7 })),
    };
    for text in [
        r#"{"input":3,"labels":["a"],"model":"m","note":{"model":7}}"#,
        r#"{"note":{"model":7},"model":"m","labels":["a"],"input":3.0}"#,
        r#"{"more":{"input":[]},"model":"m","inp\u0075t":3,"Input":1,"labels":["a"],"note":{"model":7},"":0}"#,
    ] {
        assert_eq!(usage(text).unwrap(), expected, "{text}");
        // From a reader that cannot lend a name.
        assert_eq!(serde_json::from_reader::<_, Usage>(text.as_bytes()).unwrap(), expected);
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::from_value::<Usage>(value).unwrap(), expected);
    }
}

#[test]
fn a_name_that_comes_twice_is_an_error_where_nothing_is_kept() {
    for text in [
        r#"{"model":"a","labels":[],"model":"b"}"#,
        r#"{"note":null,"model":"a","note":null}"#,
        r#"{"model":"a","m\u006fdel":"b"}"#,
    ] {
        assert!(usage(text).unwrap_err().contains("duplicate field `"), "{text}");
    }
    assert!(usage(r#"{"more":1,"model":"a","more":2}"#).is_ok());
}

#[test]
fn a_list_is_no_struct() {
    let message = usage(r#"[3,["a"],"m",null]"#).unwrap_err();
    assert!(message.contains("invalid type: sequence, expected struct Usage"), "{message}");
}

/// Names that are fields, nearly, or not at all, and values that fit some of them.
fn objects() -> impl Strategy<Value = String> {
    let name = select(vec!["input", "labels", "model", "note", "mod\\u0065l", "Model", "", "more"]);
    let value = select(vec![
        "1",
        "2.0",
        "2.5",
        "null",
        "\"a\"",
        "[]",
        "[\"a\"]",
        "{\"model\":1}",
        "{",
        "tru",
    ]);
    vec((name, value), 0..6).prop_map(|entries| {
        let entries: Vec<_> =
            entries.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", entries.join(","))
    })
}

proptest! {
    #[test]
    fn an_object_is_read_as_by_the_reader_that_serde_derives(text in objects()) {
        let derived = crate::decode::json::<Derived>(text.as_bytes()).map(Usage::from);
        let derived = derived.map_err(|mismatch| mismatch.message);
        prop_assert_eq!(usage(&text), derived, "{}", text);
    }
}
