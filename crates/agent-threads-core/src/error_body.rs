//! What an error body says, wherever its vendor keeps it.

use crate::operation::ErrorBody;
use serde_json::Value;

/// The parts of an error body that callers ask for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Told {
    pub(crate) message: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) request_id: Option<String>,
}

/// Reads what is there. A body that is no JSON, a gateway's page for one, tells nothing.
pub(crate) fn read(places: &ErrorBody, body: &[u8]) -> Told {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return Told::default();
    };
    Told {
        message: first(&value, places.message),
        code: first(&value, places.code),
        request_id: first(&value, places.request_id),
    }
}

fn first(value: &Value, pointers: &[&str]) -> Option<String> {
    pointers.iter().find_map(|pointer| text(value.pointer(pointer)?))
}

/// A text, a number, or a list of such, one behind the other.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            (!texts.is_empty()).then(|| texts.join("; "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::ACME;

    fn told(body: &str) -> Told {
        read(&ACME.error_body, body.as_bytes())
    }

    #[test]
    fn flat_and_nested_bodies_tell_the_same() {
        let flat = told(r#"{"error":"no","code":"DENIED","requestId":"r1"}"#);
        assert_eq!(flat.message.as_deref(), Some("no"));
        assert_eq!(flat.code.as_deref(), Some("DENIED"));
        assert_eq!(flat.request_id.as_deref(), Some("r1"));
        let nested = told(r#"{"error":{"message":"no","code":"DENIED"},"requestId":"r1"}"#);
        assert_eq!(nested, flat);
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        for body in ["", "<html>", "[]", "null", r#"{"error":null}"#, r#"{"error":""}"#, "\u{0}"] {
            assert_eq!(told(body), Told::default(), "{body:?}");
        }
    }

    #[test]
    fn a_list_of_texts_is_told_whole() {
        let told = told(r#"{"error":["id must be a number","name is missing"]}"#);
        assert_eq!(told.message.as_deref(), Some("id must be a number; name is missing"));
    }

    #[test]
    fn a_numeric_code_is_text() {
        assert_eq!(told(r#"{"code":42}"#).code.as_deref(), Some("42"));
    }
}
