//! What an error body says, wherever its vendor keeps it.

use crate::{decode, operation::ErrorBody};
use memchr::memmem;
use serde_json::Value;

/// The parts of an error body that callers ask for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Told {
    pub(crate) message: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) request_id: Option<String>,
}

/// Reads what is there. A body that is no JSON, a gateway's page for one, tells nothing.
pub(crate) fn read(places: &ErrorBody, content_type: Option<&str>, body: &[u8]) -> Told {
    let told = decode::body(body).map(|value| from_json(places, &value));
    let mut told = told.unwrap_or_default();
    if told.message.is_none() && places.plain && content_type.is_some_and(is_plain_text) {
        told.message = plain(body);
    }
    told
}

/// Whether a successful answer says at the pointer that it is none.
pub(crate) fn says_failed(pointer: &str, body: &[u8]) -> bool {
    // Most answers have no such member anywhere, and need not be read twice.
    let member = pointer.rsplit('/').next().unwrap_or_default();
    memmem::find(body, member.as_bytes()).is_some()
        && decode::body::<Value>(body)
            .is_ok_and(|body| body.pointer(pointer) == Some(&Value::Bool(true)))
}

fn from_json(places: &ErrorBody, value: &Value) -> Told {
    let first = |pointers: &[&str], beside| {
        pointers.iter().find_map(|pointer| told(value, pointer, beside))
    };
    Told {
        message: first(places.message, places.parameter),
        code: first(places.code, None),
        request_id: first(places.request_id, None),
    }
}

fn is_plain_text(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("text/plain")
}

fn plain(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The text at a pointer, behind that of the member `beside` it; one behind the other where a `*` makes it several.
fn told(value: &Value, pointer: &str, beside: Option<&str>) -> Option<String> {
    if let Some(star) = pointer.find("/*/") {
        let (list, of_each) = (&pointer[..star], &pointer[star + "/*".len()..]);
        let items = value.pointer(list)?.as_array()?.iter();
        let texts: Vec<_> = items.filter_map(|item| told(item, of_each, beside)).collect();
        return (!texts.is_empty()).then(|| texts.join("; "));
    }
    let said = text(value.pointer(pointer)?)?;
    let around = pointer.rsplit_once('/').and_then(|(around, _)| value.pointer(around));
    let said = unpacked(&said, beside).unwrap_or(said);
    let subject = beside.and_then(|name| path(around?.get(name)?));
    Some(match subject {
        Some(subject) => format!("{subject}: {said}"),
        None => said,
    })
}

/// The messages in a text that is itself a list of such things in JSON.
fn unpacked(text: &str, beside: Option<&str>) -> Option<String> {
    let list = text.starts_with('[').then(|| serde_json::from_str::<Value>(text).ok())??;
    told(&list, "/*/message", beside)
}

/// The name of a parameter, or the names and numbers that lead to it.
fn path(value: &Value) -> Option<String> {
    let Value::Array(steps) = value else { return text(value) };
    let steps: Vec<_> = steps.iter().filter_map(text).collect();
    (!steps.is_empty()).then(|| steps.join("."))
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
        read(&ACME.error_body, Some("application/json"), body.as_bytes())
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
    fn each_thing_that_is_wrong_is_told_with_its_parameter() {
        let told = told(
            r#"{"errors":[
                {"message":"is missing","parameter":"type"}, {"parameter":"page"}, {"message":"is in audit","parameter":null},
                {"message":""}, 7, {"message":"is unknown","parameter":["a","b"]}
            ]}"#,
        );
        let message = "type: is missing; is in audit; a.b: is unknown";
        assert_eq!(told.message.as_deref(), Some(message));
    }

    #[test]
    fn a_single_message_has_its_parameter_too() {
        let told = told(r#"{"error":{"message":"is missing","parameter":"type"}}"#);
        assert_eq!(told.message.as_deref(), Some("type: is missing"));
    }

    #[test]
    fn a_list_in_a_text_is_told_as_one() {
        let list = r#"[{"code":"x","message":"Required","parameter":["messages",0,"role"]},{"message":"Odd","parameter":[]}]"#;
        let body = serde_json::json!({ "error": list }).to_string();
        let message = "messages.0.role: Required; Odd";
        assert_eq!(told(&body).message.as_deref(), Some(message));
        for text in ["[]", "[not json", r#"["a"]"#, r#"[{"text":"a"}]"#] {
            let body = serde_json::json!({ "error": text }).to_string();
            assert_eq!(told(&body).message.as_deref(), Some(text));
        }
    }

    #[test]
    fn only_true_at_the_place_itself_says_that_an_answer_failed() {
        for (body, expected) in [
            (r#"{"isError":true,"content":[]}"#, true),
            (r#"{"isError":false}"#, false),
            (r#"{"isError":"true"}"#, false),
            (r#"{"items":[{"output":{"isError":true}}]}"#, false),
            (r#"{"text":"isError"}"#, false),
            (r#"[{"isError":true}]"#, false),
            ("{\"isError\":true", false),
            ("{}", false),
            ("", false),
        ] {
            assert_eq!(says_failed("/isError", body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn plain_text_is_told_where_the_vendor_answers_so() {
        let plain = ErrorBody {
            plain: true,
            message: &["/error"],
            parameter: None,
            code: &[],
            request_id: &[],
            failed: None,
        };
        let told = |content_type, body: &[u8]| read(&plain, content_type, body).message;
        let text = Some("text/plain; charset=UTF-8");
        assert_eq!(told(text, b"Thread not found\n").as_deref(), Some("Thread not found"));
        assert_eq!(told(text, b"\xFF").as_deref(), Some("\u{FFFD}"));
        assert_eq!(told(text, br#"{"error":"no"}"#).as_deref(), Some("no"));
        assert_eq!(told(text, b"404").as_deref(), Some("404"));
        assert_eq!(told(text, b" \n"), None);
        assert_eq!(told(Some("text/html"), b"<h1>Bad Gateway</h1>"), None);
        assert_eq!(told(None, br#"{"error":"no"}"#).as_deref(), Some("no"));
        let body = read(&ACME.error_body, text, b"Thread not found");
        assert_eq!(body, Told::default());
    }

    #[test]
    fn a_list_that_tells_nothing_is_passed_over() {
        for body in [r#"{"errors":[]}"#, r#"{"errors":{"message":"no"}}"#, r#"{"errors":[[]]}"#] {
            assert_eq!(told(body), Told::default(), "{body}");
        }
    }

    #[test]
    fn a_numeric_code_is_text() {
        assert_eq!(told(r#"{"code":42}"#).code.as_deref(), Some("42"));
    }
}
