//! The body of a request for a run.

use http::StatusCode;
use serde_json::{Value, json};

use crate::refusal::Refusal;

/// A request that has the documented shape.
#[derive(Debug)]
pub(super) struct RunRequest {
    pub(super) message: String,
    pub(super) session_id: String,
    pub(super) organization_id: String,
    pub(super) run_id: Option<String>,
    /// All of it, by which a repeated request is known.
    pub(super) body: Value,
}

impl RunRequest {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let body: Value = serde_json::from_slice(body).map_err(|error| {
            Refusal::with(StatusCode::BAD_REQUEST, format!("The body is not JSON: {error}"))
        })?;
        let errors = broken_rules(&body);
        if !errors.is_empty() {
            let refusal = Refusal::with(StatusCode::UNPROCESSABLE_ENTITY, errors.join("; "));
            return Err(refusal.info(json!({ "errors": errors })));
        }
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        Ok(Self {
            message: text("message").unwrap_or_default(),
            session_id: text("sessionId").unwrap_or_default(),
            organization_id: text("organizationId").unwrap_or_default(),
            run_id: text("runId").filter(|id| !id.trim().is_empty()),
            body,
        })
    }
}

fn broken_rules(body: &Value) -> Vec<String> {
    let required = ["message", "sessionId", "organizationId"].iter();
    let missing = required.filter(|name| !body[**name].is_string());
    let mut errors: Vec<_> =
        missing.map(|name| format!("{name} is required and must be a string")).collect();
    let optional = ["fileThreadId", "runId"].iter();
    let wrong = optional.filter(|name| body.get(**name).is_some_and(|value| !value.is_string()));
    errors.extend(wrong.map(|name| format!("{name} must be a string")));
    if body.get("action").is_some_and(|action| action != "chat") {
        errors.push("action must be \"chat\"".to_owned());
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &[u8]) -> u16 {
        RunRequest::parse(body).unwrap_err().status.as_u16()
    }

    #[test]
    fn the_documented_fields_are_taken_and_others_ignored() {
        let body = br#"{"message":"","sessionId":"s","organizationId":"o","action":"chat","fileThreadId":"f","runId":"r","x":1}"#;
        let request = RunRequest::parse(body).unwrap();
        assert_eq!((request.message.as_str(), request.session_id.as_str()), ("", "s"));
        assert_eq!((request.organization_id.as_str(), request.run_id.as_deref()), ("o", Some("r")));
    }

    #[test]
    fn bytes_that_are_not_json_are_another_error_than_a_wrong_shape() {
        let deep = "[".repeat(100_000);
        for body in [&b""[..], b"{", b"message=x", b"\xff\xfe", deep.as_bytes()] {
            assert_eq!(refused(body), 400);
        }
        for body in [&b"null"[..], b"[]", b"{}", br#""message""#] {
            assert_eq!(refused(body), 422);
        }
    }

    #[test]
    fn every_broken_rule_is_named() {
        let whole = json!({ "message": "m", "sessionId": "s", "organizationId": "o" });
        for (name, value) in [
            ("message", json!(1)),
            ("sessionId", json!(null)),
            ("organizationId", json!([])),
            ("fileThreadId", json!(null)),
            ("runId", json!(7)),
            ("action", json!("resume")),
            ("action", json!(null)),
        ] {
            let mut body = whole.clone();
            body[name] = value;
            let refusal = RunRequest::parse(body.to_string().as_bytes()).unwrap_err();
            assert_eq!(refusal.status, 422);
            let errors = refusal.info.unwrap()["errors"].clone();
            assert!(errors[0].as_str().unwrap().starts_with(name), "{errors}");
            assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
        }
        let refusal = RunRequest::parse(b"{}").unwrap_err();
        assert_eq!(refusal.info.unwrap()["errors"].as_array().unwrap().len(), 3);
    }
}
