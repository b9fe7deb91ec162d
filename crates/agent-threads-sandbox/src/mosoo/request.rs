//! The requests that start and continue threads, in either dialect.

use serde_json::{Value, json};

use super::body::{self, Object, filled, id_in, invalid, items, object, optional_items, root};
use super::dialect::Dialect;
use super::ulid::ulid;
use crate::refusal::Refusal;

/// The most bytes in a body that creates a thread.
const LARGEST_CREATE: usize = 40_192;

const LONGEST_REFERENCE: usize = 255;

/// A request for a thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Create {
    pub(super) user_id: Option<String>,
    pub(super) client_external_ref: Option<String>,
    pub(super) attributed_user_id: Option<String>,
    pub(super) text: Option<String>,
    pub(super) files: Vec<String>,
}

/// One of the events that a caller sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Message { text: String, files: Vec<String>, request_id: Option<String> },
    Decision { request_id: String, allows: bool },
    Interrupt { run_id: Option<String> },
}

impl Create {
    pub(super) fn parse(dialect: Dialect, bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > LARGEST_CREATE {
            let words = format!("Request body must be {LARGEST_CREATE} bytes or fewer.");
            return Err(invalid(words));
        }
        match dialect {
            Dialect::Seed => Self::of_seed(bytes),
            Dialect::Current if bytes.is_empty() => Self::of_current(b"{}"),
            Dialect::Current => Self::of_current(bytes),
        }
    }

    fn of_seed(bytes: &[u8]) -> Result<Self, Refusal> {
        let fields = ["attributed_user_id", "client_external_ref", "files", "input"];
        let body = body::json(bytes)?;
        let body = root(&body, bytes, "create thread", &fields)?;
        let client_external_ref = reference(body)?;
        let attributed_user_id = match body.get("attributed_user_id") {
            None | Some(Value::Null) => None,
            Some(_) => Some(id_in(body, "attributed_user_id")?),
        };
        let input = body.get("input").ok_or_else(|| invalid("input is required."))?;
        let text = Some(body::input_text(input)?);
        let files = files(body, "files", &["file_id"])?;
        Ok(Self { user_id: None, client_external_ref, attributed_user_id, text, files })
    }

    fn of_current(bytes: &[u8]) -> Result<Self, Refusal> {
        let fields = ["userId", "input", "resources"];
        let body = body::json(bytes)?;
        let body = root(&body, bytes, "create thread", &fields)?;
        let user_id = filled(body, "userId")?;
        body::at_most(user_id, "userId", LONGEST_REFERENCE)?;
        let user_id = Some(user_id.to_owned());
        let text = body.get("input").map(body::input_text).transpose()?;
        let files = files(body, "resources", &["type", "file_id"])?;
        Ok(Self { user_id, text, files, ..Self::default() })
    }

    /// What two requests must have in common to be the same.
    pub(super) fn fingerprint(&self) -> Value {
        json!([
            self.user_id,
            self.client_external_ref,
            self.attributed_user_id,
            self.text,
            self.files
        ])
    }
}

fn reference(body: &Object) -> Result<Option<String>, Refusal> {
    let name = "client_external_ref";
    let text = match body.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_str().filter(|text| !text.trim().is_empty()),
    };
    let text = text.ok_or_else(|| invalid(format!("{name} must be a non-empty string.")))?;
    body::at_most(text, name, LONGEST_REFERENCE)?;
    Ok(Some(text.to_owned()))
}

/// The ids of the drafts in an array of references to files.
fn files(body: &Object, name: &str, fields: &[&str]) -> Result<Vec<String>, Refusal> {
    let file = |item: &Value| {
        let item = object(item, &format!("{name} item"), "file reference", fields)?;
        if fields.contains(&"type") && item.get("type").is_none_or(|kind| kind != "file") {
            return Err(invalid(format!("{name} type must be file.")));
        }
        id_in(item, "file_id")
    };
    optional_items(body, name)?.iter().map(file).collect()
}

/// The events in a body, at least one.
pub(super) fn events(dialect: Dialect, bytes: &[u8]) -> Result<Vec<Sent>, Refusal> {
    let body = body::json(bytes)?;
    let body = root(&body, bytes, "send events", &["events"])?;
    items(body, "events", "events")?.iter().map(|event| Sent::parse(dialect, event)).collect()
}

/// What two lists of events must have in common to be the same.
pub(super) fn fingerprint(events: &[Sent]) -> Value {
    events.iter().map(Sent::fingerprint).collect()
}

impl Sent {
    fn parse(dialect: Dialect, event: &Value) -> Result<Self, Refusal> {
        match event.get("type").and_then(Value::as_str) {
            Some("user_message") => Self::message(dialect, event),
            Some("permission_decision") => Self::decision(event),
            Some("user_interrupt") => Self::interrupt(event),
            _ => {
                let known = "user_message, permission_decision, or user_interrupt";
                Err(invalid(format!("Thread event type must be {known}.")))
            }
        }
    }

    fn message(dialect: Dialect, event: &Value) -> Result<Self, Refusal> {
        let (id, attached) = match dialect {
            Dialect::Seed => ("clientRequestId", "attachmentIds"),
            Dialect::Current => ("requestId", "resources"),
        };
        let event = fields_of(event, &["type", "text", id, attached])?;
        let text = filled(event, "text")?.trim().to_owned();
        let request_id = match event.get(id) {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) => Some(id.clone()),
            Some(_) => return Err(invalid(format!("{id} must be a string."))),
        };
        let files = match dialect {
            Dialect::Current => files(event, attached, &["type", "file_id"])?,
            Dialect::Seed => {
                let ids = optional_items(event, attached)?.iter();
                let ids = ids.map(|id| ulid(id.as_str().unwrap_or_default(), attached));
                ids.collect::<Result<_, _>>()?
            }
        };
        Ok(Self::Message { text, files, request_id })
    }

    fn decision(event: &Value) -> Result<Self, Refusal> {
        let event = fields_of(event, &["type", "requestId", "decision"])?;
        let request_id = filled(event, "requestId")?.to_owned();
        let allows = match event.get("decision").and_then(Value::as_str) {
            Some("allow_once") => true,
            Some("reject_once") => false,
            _ => return Err(invalid("decision must be allow_once or reject_once.")),
        };
        Ok(Self::Decision { request_id, allows })
    }

    fn interrupt(event: &Value) -> Result<Self, Refusal> {
        let event = fields_of(event, &["type", "runId"])?;
        let run_id = match event.get("runId") {
            None | Some(Value::Null) => None,
            Some(_) => Some(id_in(event, "runId")?),
        };
        Ok(Self::Interrupt { run_id })
    }

    fn fingerprint(&self) -> Value {
        match self {
            Self::Message { text, files, request_id } => {
                json!([self.kind(), text, files, request_id])
            }
            Self::Decision { request_id, allows } => json!([self.kind(), request_id, allows]),
            Self::Interrupt { run_id } => json!([self.kind(), run_id]),
        }
    }

    /// The type, as it is in requests and answers.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Message { .. } => "user_message",
            Self::Decision { .. } => "permission_decision",
            Self::Interrupt { .. } => "user_interrupt",
        }
    }

    /// The drafts that come with it.
    pub(super) fn files(&self) -> &[String] {
        match self {
            Self::Message { files, .. } => files,
            Self::Decision { .. } | Self::Interrupt { .. } => &[],
        }
    }
}

fn fields_of<'a>(event: &'a Value, fields: &[&str]) -> Result<&'a Object, Refusal> {
    object(event, "event", "thread event", fields)
}
