//! JSON as servers write it.

use serde_json::Value;
use std::fmt::Write as _;

/// An object with its `type` in front, which is where a server puts it; `serde_json` sorts by name.
pub(crate) fn tag_first(object: &Value) -> String {
    let Some(fields) = object.as_object() else { return object.to_string() };
    let tag = fields.iter().filter(|(name, _)| *name == "type");
    let others = fields.iter().filter(|(name, _)| *name != "type");
    let mut text = String::from("{");
    for (at, (name, value)) in tag.chain(others).enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(text, "{comma}{}:{value}", Value::from(name.as_str()));
    }
    text + "}"
}
