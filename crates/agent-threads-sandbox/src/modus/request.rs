//! What a run is asked to do, by whichever operation.

use serde_json::{Value, json};

use super::body::{self, OPTIONAL, REQUIRED, Rule, Shape};
use crate::refusal::Refusal;

/// What a run is a run of. An idempotency key is good for one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As first published: whatever `POST /agent/runs` runs.
    First,
    Modus,
    Scope(i64),
    Workflow(i64),
    /// The turn after the decision that another run waited for.
    Resumed {
        run_id: String,
    },
    Action,
}

/// A request that has the documented shape.
#[derive(Clone, Debug)]
pub(super) struct RunRequest {
    pub(super) kind: Kind,
    pub(super) message: String,
    pub(super) session_id: String,
    /// The conversation that it belongs to, however `sessionId` names it. Empty for workflow actions.
    pub(super) thread_id: String,
    pub(super) organization_id: String,
    pub(super) run_id: Option<String>,
    /// All of it, by which a repeated request is known.
    pub(super) body: Value,
}

const FIRST: &[Rule] = &[
    ("message", Shape::Text, REQUIRED),
    ("sessionId", Shape::Text, REQUIRED),
    ("organizationId", Shape::Text, REQUIRED),
    ("fileThreadId", Shape::Text, OPTIONAL),
    ("runId", Shape::Text, OPTIONAL),
    ("action", Shape::OneOf(&["chat"]), OPTIONAL),
];

const RUN: &[Rule] = &[
    ("message", Shape::Text, REQUIRED),
    ("sessionId", Shape::Text, REQUIRED),
    ("organizationId", Shape::Text, OPTIONAL),
    ("version", Shape::OneOf(&["published", "draft"]), OPTIONAL),
    ("fileThreadId", Shape::Text, OPTIONAL),
    ("config", Shape::Object, OPTIONAL),
    ("attachments", Shape::Object, OPTIONAL),
    ("userContext", Shape::Object, OPTIONAL),
    ("supplementalContext", Shape::Object, OPTIONAL),
    ("source", Shape::Text, OPTIONAL),
    ("runId", Shape::Text, OPTIONAL),
    ("streamProtocolVersion", Shape::Two, OPTIONAL),
    ("experimentalFeatures", Shape::Flag, OPTIONAL),
    ("debug", Shape::Flag, OPTIONAL),
    ("subordinateSkillIds", Shape::Numbers, OPTIONAL),
];

const DECISION: &[Rule] = &[
    ("decision", Shape::OneOf(&["approve", "deny", "connected", "cancelled"]), REQUIRED),
    ("approvalTarget", Shape::Object, OPTIONAL),
];

const APPROVAL_TARGET: &[Rule] =
    &[("toolName", Shape::Text, REQUIRED), ("args", Shape::Object, REQUIRED)];

const ACTION: &[Rule] = &[
    ("sessionId", Shape::Text, REQUIRED),
    ("workflowAction", Shape::Object, REQUIRED),
    ("organizationId", Shape::Text, OPTIONAL),
    ("fileThreadId", Shape::Text, OPTIONAL),
    ("userTimezone", Shape::Text, OPTIONAL),
    ("runId", Shape::Text, OPTIONAL),
    ("previousOutputs", Shape::Objects, OPTIONAL),
    ("automationId", Shape::Text, OPTIONAL),
    ("source", Shape::Text, OPTIONAL),
];

impl RunRequest {
    /// As first published, where the body names the organization.
    pub(super) fn first(bytes: &[u8]) -> Result<Self, Refusal> {
        let body = body::checked(bytes, FIRST)?;
        let organization_id = text(&body, "organizationId").to_owned();
        Ok(Self::new(Kind::First, &organization_id, body))
    }

    /// A run of Modus, a scope or a workflow.
    pub(super) fn run(kind: Kind, organization_id: &str, body: Value) -> Result<Self, Refusal> {
        body::check(&body, RUN)?;
        Ok(Self::new(kind, organization_id, body))
    }

    /// The turn that brings the decision a run in this thread waits for.
    pub(super) fn resume(
        run_id: &str,
        thread_id: &str,
        organization_id: &str,
        body: Value,
    ) -> Result<Self, Refusal> {
        body::check(&body, &[RUN, DECISION].concat())?;
        if let Some(target) = body.get("approvalTarget") {
            body::check(target, APPROVAL_TARGET)?;
        }
        let kind = Kind::Resumed { run_id: run_id.to_owned() };
        Ok(Self::new(kind, organization_id, body).in_thread(thread_id))
    }

    pub(super) fn action(organization_id: &str, bytes: &[u8]) -> Result<Self, Refusal> {
        let body = body::checked(bytes, ACTION)?;
        Ok(Self::new(Kind::Action, organization_id, body))
    }

    /// The run that a buffered chat comes to.
    pub(super) fn chat(kind: Kind, organization_id: &str, thread_id: &str, chat: &Value) -> Self {
        let mut body = json!({
            "message": text(chat, "message"),
            "sessionId": thread_id,
            "config": { "model": chat["model"] },
        });
        if let Some(decision) = chat.get("approvalDecision") {
            body["decision"] = decision.clone();
        }
        Self::new(kind, organization_id, body).in_thread(thread_id)
    }

    fn new(kind: Kind, organization_id: &str, body: Value) -> Self {
        let session_id = text(&body, "sessionId").to_owned();
        let run_id = Some(text(&body, "runId")).filter(|id| !id.trim().is_empty());
        Self {
            thread_id: kind.thread_of(&session_id),
            run_id: run_id.map(str::to_owned),
            message: text(&body, "message").to_owned(),
            session_id,
            organization_id: organization_id.to_owned(),
            kind,
            body,
        }
    }

    pub(super) fn in_thread(self, thread_id: &str) -> Self {
        Self { thread_id: thread_id.to_owned(), ..self }
    }
}

impl Kind {
    /// The thread that a session is, unless it is a thread's id already.
    fn thread_of(&self, session_id: &str) -> String {
        let is_thread = ["agent_", "api-"].iter().any(|prefix| session_id.starts_with(prefix));
        match self {
            Self::Action => String::new(),
            _ if is_thread => session_id.to_owned(),
            Self::Scope(id) => format!("agent_{id}_{session_id}"),
            Self::Workflow(id) => format!("api-auto-{id}-{session_id}"),
            Self::First | Self::Modus | Self::Resumed { .. } => format!("agent_0_{session_id}"),
        }
    }
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &[u8]) -> u16 {
        RunRequest::first(body).unwrap_err().status.as_u16()
    }

    #[test]
    fn the_documented_fields_are_taken_and_others_ignored() {
        let body = br#"{"message":"","sessionId":"s","organizationId":"o","action":"chat","fileThreadId":"f","runId":"r","x":1}"#;
        let request = RunRequest::first(body).unwrap();
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
            let refusal = RunRequest::first(body.to_string().as_bytes()).unwrap_err();
            assert_eq!(refusal.status, 422);
            let errors = refusal.info.unwrap()["errors"].clone();
            assert!(errors[0].as_str().unwrap().starts_with(name), "{errors}");
            assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
        }
        let refusal = RunRequest::first(b"{}").unwrap_err();
        assert_eq!(refusal.info.unwrap()["errors"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn a_session_is_a_thread_of_what_runs_unless_it_is_a_threads_id() {
        assert_eq!(Kind::Modus.thread_of("s"), "agent_0_s");
        assert_eq!(Kind::First.thread_of("agent_0_s"), "agent_0_s");
        assert_eq!(Kind::Scope(7).thread_of("s"), "agent_7_s");
        assert_eq!(Kind::Scope(7).thread_of("agent_7_s"), "agent_7_s");
        assert_eq!(Kind::Workflow(42).thread_of("s"), "api-auto-42-s");
        assert_eq!(Kind::Action.thread_of("s"), "");
    }
}
