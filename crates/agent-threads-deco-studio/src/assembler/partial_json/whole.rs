//! JSON that is complete.

use crate::surrogates;
use serde_json::Value;

/// Parses a whole text. Refuses what a program in JavaScript could take for a prototype.
pub(super) fn parse(text: &str) -> Option<Value> {
    let value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(_) => serde_json::from_str(&surrogates::replaced(text)?).ok()?,
    };
    (!reaches_prototype(&value)).then_some(value)
}

fn reaches_prototype(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            let constructor = object.get("constructor").and_then(Value::as_object);
            object.contains_key("__proto__")
                || constructor.is_some_and(|inner| inner.contains_key("prototype"))
                || object.values().any(reaches_prototype)
        }
        Value::Array(items) => items.iter().any(reaches_prototype),
        _ => false,
    }
}
