//! What is kept and written again.

use super::*;
use serde_json::json;

/// As the generator writes it.
#[derive(Debug, PartialEq)]
struct Approval {
    id: String,
    reason: Option<String>,
    input: Option<Value>,
    extra: Map<String, Value>,
}

impl OpenObject for Approval {
    const NAME: &'static str = "Approval";

    fn read<'de, A: MapAccess<'de>>(mut object: Fields<A>) -> Result<Self, A::Error> {
        let (mut id, mut reason, mut input) = (None, None, None);
        while let Some(name) = object.next_name()? {
            match &*name {
                "id" => id = object.value()?,
                "reason" => reason = object.nullable("reason")?,
                "input" => input = object.value()?,
                _ => object.keep(name)?,
            }
        }
        Ok(Self { id: object.required("id", id)?, reason, input, extra: object.extra() })
    }
}

impl<'de> Deserialize<'de> for Approval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_open_object(deserializer)
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

impl OpenObject for Data {
    const NAME: &'static str = "Data";

    fn read<'de, A: MapAccess<'de>>(mut object: Fields<A>) -> Result<Self, A::Error> {
        while let Some(name) = object.next_name()? {
            match &*name {
                "type" => object.tag()?,
                _ => object.keep(name)?,
            }
        }
        Ok(Self { tag: object.take_tag(), extra: object.extra() })
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
        let data: Data = deserialize_open_object(&mut reader).unwrap();
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
