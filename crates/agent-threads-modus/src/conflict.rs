//! A key that was used with another body, told in the stream.
//!
//! The vendor's page calls it "a 409 error event" and does not show it. It can only be the first event of a stream, so
//! only there is it looked for, by each mark that it can carry.

use crate::operations::CreateRunRequest;
use crate::{Error, types::ErrorEvent};
use agent_threads_core::codegen::{self, Core};
use reqwest::StatusCode;
use serde_json::Value;

/// Names of the conflict in the vendor's error envelope.
const NAMES: [&str; 3] = ["409", "CONFLICT", "ALREADY_EXISTS"];

pub(crate) fn of_event(core: &Core, event: &ErrorEvent) -> Option<Error> {
    let marks = [&event.code, &event.status, &event.status_code];
    let marked = marks.into_iter().flatten().any(names_conflict);
    (marked || tells_conflict(event.text())).then(|| error(core, event.text()))
}

/// The same where `error` is the vendor's envelope instead of a text, which the documented event cannot hold.
pub(crate) fn of_unreadable(core: &Core, unreadable: &Error) -> Option<Error> {
    let event: Value = unreadable.decode().ok()?;
    let envelope = event.get("error").filter(|_| event["type"] == "error")?;
    let marked = ["code", "status", "statusCode"]
        .iter()
        .any(|mark| names_conflict(&envelope[mark]) || names_conflict(&event[mark]));
    let text = envelope["message"].as_str().unwrap_or_default();
    (marked || tells_conflict(text)).then(|| error(core, text))
}

fn names_conflict(mark: &Value) -> bool {
    match mark {
        Value::String(name) => NAMES.contains(&name.as_str()),
        Value::Number(number) => number.as_u64() == Some(409),
        _ => false,
    }
}

fn tells_conflict(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("idempotency") || text.split(|c: char| !c.is_ascii_digit()).any(|n| n == "409")
}

fn error(core: &Core, text: &str) -> Error {
    let (operation, status) = (&CreateRunRequest::OPERATION, StatusCode::CONFLICT);
    codegen::refused_in_stream(core, operation, status, text, Some("CONFLICT"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Client;
    use serde_json::json;

    fn conflict(event: Value) -> Option<Error> {
        let event: ErrorEvent = serde_json::from_value(event).unwrap();
        of_event(Client::new("modus_test").unwrap().core(), &event)
    }

    #[test]
    fn each_mark_of_a_conflict_is_seen() {
        let events = [
            json!({ "error": "taken", "statusCode": 409 }),
            json!({ "error": "taken", "status": "ALREADY_EXISTS" }),
            json!({ "error": "taken", "code": "CONFLICT" }),
            json!({ "error": "409: another body" }),
            json!({ "message": "Idempotency-Key was used with another body" }),
        ];
        for event in events {
            let text = event.to_string();
            assert!(conflict(event).is_some_and(|error| error.is_conflict()), "{text}");
        }
    }

    #[test]
    fn another_failure_is_none() {
        let events = [
            json!({ "error": "The model did not answer" }),
            json!({ "error": "no", "statusCode": 500, "code": "INTERNAL_ERROR" }),
            json!({ "error": "line 14097" }),
            json!({}),
        ];
        for event in events {
            assert!(conflict(event.clone()).is_none(), "{event}");
        }
    }
}
