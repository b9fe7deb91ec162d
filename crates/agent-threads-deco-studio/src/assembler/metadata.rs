//! What is noted about a message, bit by bit.

use serde_json::{Map, Value};

/// Names under which a program in JavaScript could be led astray.
const SKIPPED: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// Merges what is told into what is there: objects by their keys, deeply; of all else the later one counts, null too. What
/// comes first is taken as it is.
pub(super) fn merge_into(known: &mut Option<Value>, told: &Value) {
    match known {
        Some(known) if !known.is_null() => merge(known, told),
        _ => *known = Some(told.clone()),
    }
}

fn merge(known: &mut Value, told: &Value) {
    match (known, told) {
        (Value::Object(known), Value::Object(told)) => merge_objects(known, told),
        (known, told) => *known = told.clone(),
    }
}

fn merge_objects(known: &mut Map<String, Value>, told: &Map<String, Value>) {
    for (key, told) in told {
        if SKIPPED.contains(&key.as_str()) {
            continue;
        }
        match known.get_mut(key) {
            Some(known) => merge(known, told),
            None => {
                known.insert(key.clone(), told.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(all: &[Value]) -> Value {
        let mut known = None;
        for told in all {
            merge_into(&mut known, told);
        }
        known.unwrap()
    }

    #[test]
    fn objects_are_merged_by_their_keys_and_all_else_is_replaced() {
        assert_eq!(
            merged(&[
                json!({ "a": { "b": 1, "c": [1, 2] }, "d": "x", "e": null }),
                json!({ "a": { "b": null, "c": [3] }, "e": { "f": 1 } }),
                json!({ "d": { "g": 2 } }),
            ]),
            json!({ "a": { "b": null, "c": [3] }, "d": { "g": 2 }, "e": { "f": 1 } })
        );
    }

    #[test]
    fn what_leads_to_a_prototype_is_not_merged() {
        let told = json!({ "a": { "constructor": 1, "prototype": 2, "__proto__": 3, "b": 4 } });
        assert_eq!(merged(&[json!({ "a": {} }), told]), json!({ "a": { "b": 4 } }));
    }
}
