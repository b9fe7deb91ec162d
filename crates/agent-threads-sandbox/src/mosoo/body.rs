//! The bodies of requests: JSON, and nothing in it that the vendor does not know.

use http::StatusCode;
use serde_json::{Map, Value};

use super::ulid::ulid;
use crate::refusal::Refusal;

/// The most UTF-16 units in a text that starts a thread.
const LONGEST_TEXT: usize = 32_000;

pub(super) type Object = Map<String, Value>;

pub(super) fn invalid(words: impl Into<String>) -> Refusal {
    Refusal::with(StatusCode::BAD_REQUEST, words)
}

/// The JSON of a body.
pub(super) fn json(body: &[u8]) -> Result<Value, Refusal> {
    let words = "Request body must be valid JSON.";
    serde_json::from_slice(body).map_err(|_| invalid(words).code("invalid_json"))
}

/// The object that a value must be, with these fields and no others. `name` is the value, `context` what its fields are of.
pub(super) fn object<'a>(
    value: &'a Value,
    name: &str,
    context: &str,
    fields: &[&str],
) -> Result<&'a Object, Refusal> {
    let object = value.as_object().ok_or_else(|| invalid(format!("{name} must be an object.")))?;
    match object.keys().find(|field| !fields.contains(&field.as_str())) {
        Some(field) => Err(unsupported(context, field)),
        None => Ok(object),
    }
}

/// The object that a body must be, as [`object`] has it. Of several unknown fields the first in the body is named.
pub(super) fn root<'a>(
    value: &'a Value,
    body: &[u8],
    context: &str,
    fields: &[&str],
) -> Result<&'a Object, Refusal> {
    object(value, "Request body", context, fields).map_err(|refusal| {
        let names = names(body).unwrap_or_default();
        match names.iter().find(|name| !fields.contains(&name.as_str())) {
            Some(name) => unsupported(context, name),
            None => refusal,
        }
    })
}

fn unsupported(context: &str, field: &str) -> Refusal {
    invalid(format!("Unsupported {context} field: {field}."))
}

/// The names of an object's fields in the order in which they are written.
fn names(body: &[u8]) -> Option<Vec<String>> {
    let mut rest = body.trim_ascii_start().strip_prefix(b"{")?;
    let mut names = Vec::new();
    loop {
        names.push(next(&mut rest)?.as_str()?.to_owned());
        rest = rest.trim_ascii_start().strip_prefix(b":")?;
        next(&mut rest)?;
        match rest.trim_ascii_start().strip_prefix(b",") {
            Some(more) => rest = more,
            None => return Some(names),
        }
    }
}

/// Takes the value that a text begins with.
fn next(rest: &mut &[u8]) -> Option<Value> {
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter();
    let value = values.next()?.ok()?;
    *rest = &rest[values.byte_offset()..];
    Some(value)
}

/// The string of a field that is there and not blank, as it was sent.
pub(super) fn filled<'a>(object: &'a Object, name: &str) -> Result<&'a str, Refusal> {
    let text = object.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| invalid(format!("{name} is required.")))
}

/// Refuses a text of more UTF-16 units.
pub(super) fn at_most(text: &str, name: &str, units: usize) -> Result<(), Refusal> {
    match text.encode_utf16().count() <= units {
        true => Ok(()),
        false => Err(invalid(format!("{name} must be {units} characters or fewer."))),
    }
}

/// The items of an array that must be there and not empty.
pub(super) fn items<'a>(
    object: &'a Object,
    field: &str,
    name: &str,
) -> Result<&'a [Value], Refusal> {
    let items = object.get(field).and_then(Value::as_array).filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| invalid(format!("{name} must be a non-empty array.")))?;
    Ok(items.as_slice())
}

/// The items of an array that can be absent.
pub(super) fn optional_items<'a>(object: &'a Object, name: &str) -> Result<&'a [Value], Refusal> {
    match object.get(name) {
        None => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(invalid(format!("{name} must be an array."))),
    }
}

/// The id in a field.
pub(super) fn id_in(object: &Object, name: &str) -> Result<String, Refusal> {
    ulid(object.get(name).and_then(Value::as_str).unwrap_or_default(), name)
}

/// The text of an `input`.
pub(super) fn input_text(input: &Value) -> Result<String, Refusal> {
    let input = object(input, "input", "create thread input", &["type", "content"])?;
    if input.get("type").is_none_or(|kind| kind != "user.message") {
        return Err(invalid("input.type must be user.message."));
    }
    let parts = items(input, "content", "input.content")?;
    let parts: Result<Vec<_>, _> = parts.iter().map(part_text).collect();
    let joined = parts?.join("\n").trim().to_owned();
    at_most(&joined, "text", LONGEST_TEXT)?;
    Ok(joined)
}

fn part_text(part: &Value) -> Result<&str, Refusal> {
    let part = object(part, "input.content item", "create thread content", &["type", "text"])?;
    if part.get("type").is_none_or(|kind| kind != "text") {
        return Err(invalid("input.content type must be text."));
    }
    let text = filled(part, "text")?;
    at_most(text, "text", LONGEST_TEXT)?;
    Ok(text)
}
