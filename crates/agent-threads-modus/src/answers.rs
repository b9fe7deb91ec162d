//! What can be told of answers whose shape the vendor does not document, or which come in several shapes.

use crate::types::{
    Conversation, ConversationSummary, Message, RunEvent, WorkflowRunDetail, WorkflowRunSummary,
};
use agent_threads_core::codegen::StreamEvent as _;
use chrono::{DateTime, Utc};
use serde::Deserialize as _;
use serde_json::Value;

/// The answer of [`poll_run_events`](crate::Client::poll_run_events), made of it with `PolledEvents::from`.
///
/// The vendor publishes no schema of it. Read are a list of events, or an object that holds one under any name. An event
/// stands there bare, or beside its id in an object with `data` or `event`, as it is or as a text of JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct PolledEvents {
    json: Value,
}

impl PolledEvents {
    /// The events, in order.
    pub fn events(&self) -> Vec<PolledEvent> {
        self.items().iter().map(PolledEvent::of).collect()
    }

    /// The id of the last event that has one: what to give to `last_event_id` next. `None` where there is none, and then
    /// the one before still holds.
    pub fn last_event_id(&self) -> Option<&str> {
        self.items().iter().rev().find_map(|item| item["id"].as_str())
    }

    /// Whether the run's last event is among these. Its type alone decides.
    pub fn is_over(&self) -> bool {
        self.events().iter().any(|event| RunEvent::TERMINAL.contains(&event.kind()))
    }

    /// The answer as it came.
    pub fn json(&self) -> &Value {
        &self.json
    }

    fn items(&self) -> &[Value] {
        let fields = self.json.as_object().into_iter().flat_map(|object| object.values());
        let list = self.json.as_array().or_else(|| fields.into_iter().find_map(Value::as_array));
        list.map(Vec::as_slice).unwrap_or_default()
    }
}

impl From<Value> for PolledEvents {
    fn from(json: Value) -> Self {
        Self { json }
    }
}

/// One event of [`PolledEvents`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PolledEvent {
    /// Its id; `None` where it has none.
    pub id: Option<String>,
    /// What it says.
    pub data: Value,
}

impl PolledEvent {
    fn of(item: &Value) -> Self {
        let is_bare = item["type"].is_string();
        let wrapped = item.get("data").or_else(|| item.get("event")).filter(|_| !is_bare);
        let data = wrapped.unwrap_or(item);
        let read = data.as_str().and_then(|text| serde_json::from_str(text).ok());
        Self {
            id: item["id"].as_str().map(str::to_owned),
            data: read.unwrap_or_else(|| data.clone()),
        }
    }

    /// Its `type`; empty where it has none.
    pub fn kind(&self) -> &str {
        self.data["type"].as_str().unwrap_or_default()
    }

    /// The event as the stream would bring it.
    ///
    /// # Errors
    ///
    /// When it is of a known type and not as documented. The error may quote it.
    pub fn decode(&self) -> Result<RunEvent, serde_json::Error> {
        RunEvent::deserialize(&self.data)
    }
}

/// The answer of [`edit_queued_run`](crate::Client::edit_queued_run), made of it with `EditedRun::from`.
///
/// The vendor publishes no schema of it, and says that it holds the run's id and status.
#[derive(Clone, Debug, PartialEq)]
pub struct EditedRun {
    json: Value,
}

impl EditedRun {
    /// The run's id, where it is a text under `runId`, as elsewhere in this API.
    pub fn run_id(&self) -> Option<&str> {
        self.json.get("runId")?.as_str()
    }

    /// Where the run is in its life, such as `queued`, where it is a text under `status`.
    pub fn status(&self) -> Option<&str> {
        self.json.get("status")?.as_str()
    }

    /// The answer as it came.
    pub fn json(&self) -> &Value {
        &self.json
    }
}

impl From<Value> for EditedRun {
    fn from(json: Value) -> Self {
        Self { json }
    }
}

impl Message {
    /// What the message says: its text, or the texts of its blocks one after the other. Empty without any; blocks of other
    /// kinds are in [`content`](Self::content).
    pub fn text(&self) -> String {
        match &self.content {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(blocks)) => {
                blocks.iter().filter_map(|block| block["text"].as_str()).collect()
            }
            _ => String::new(),
        }
    }
}

macro_rules! times {
    ($type:ident: $($(#[$docs:meta])* $name:ident from $field:ident,)*) => {
        impl $type {
            $($(#[$docs])*
            pub fn $name(&self) -> Option<DateTime<Utc>> {
                time(self.$field.as_ref()?)
            })*
        }
    };
}

times!(Conversation:
    /// When it began, from a text in RFC 3339 or a number of milliseconds since 1970; `None` for any other form.
    created from created_at,
    /// When it last changed, in the same forms.
    updated from updated_at,
);
times!(ConversationSummary:
    /// When it began, from a text in RFC 3339 or a number of milliseconds since 1970; `None` for any other form.
    created from created_at,
    /// When it last changed, in the same forms.
    updated from updated_at,
);
times!(WorkflowRunSummary:
    /// When it started, from a text in RFC 3339 or a number of milliseconds since 1970; `None` for any other form.
    started from started_at,
    /// When it ended, in the same forms; `None` before.
    ended from ended_at,
);
times!(WorkflowRunDetail:
    /// When it started, from a text in RFC 3339 or a number of milliseconds since 1970; `None` for any other form.
    started from started_at,
    /// When it ended, in the same forms; `None` before.
    ended from ended_at,
);

fn time(value: &Value) -> Option<DateTime<Utc>> {
    match value.as_str() {
        Some(text) => Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc()),
        None => DateTime::from_timestamp_millis(value.as_i64()?),
    }
}

#[cfg(test)]
#[allow(clippy::needless_pass_by_value, reason = "so that json!(..) can be written in place")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn polled_events_are_read_from_every_shape_that_they_may_have() {
        let token = json!({ "type": "token", "content": "Hel" });
        let done = json!({ "type": "done", "runId": "r" });
        let bare = |id: &str, event: &Value| {
            let mut event = event.clone();
            event["id"] = json!(id);
            event
        };
        for list in [
            json!([{ "id": "1-0", "data": token }, { "id": "1-1", "data": done }]),
            json!([{ "id": "1-0", "event": token }, { "id": "1-1", "event": done }]),
            json!([{ "id": "1-0", "data": token.to_string() }, { "id": "1-1", "data": done.to_string() }]),
            json!([bare("1-0", &token), bare("1-1", &done)]),
        ] {
            for answer in [list.clone(), json!({ "runId": "r", "events": list })] {
                let polled = PolledEvents::from(answer.clone());
                let [first, last] = &polled.events()[..] else { panic!("{answer}") };
                let Ok(RunEvent::Token(token)) = first.decode() else { panic!("{answer}") };
                assert_eq!((token.content.as_str(), first.id.as_deref()), ("Hel", Some("1-0")));
                assert!(matches!(last.decode(), Ok(RunEvent::Done(_))), "{answer}");
                assert_eq!((polled.last_event_id(), polled.is_over()), (Some("1-1"), true));
                assert_eq!(polled.json(), &answer);
            }
        }
    }

    #[test]
    fn what_holds_no_events_holds_none() {
        for answer in [json!(null), json!([]), json!({ "events": [] }), json!({}), json!("odd")] {
            let polled = PolledEvents::from(answer.clone());
            assert_eq!(polled.events(), [], "{answer}");
            assert_eq!((polled.last_event_id(), polled.is_over()), (None, false));
        }
        let polled = PolledEvents::from(json!([7, { "id": "1-0", "data": "no JSON" }]));
        let [number, text] = &polled.events()[..] else { panic!("{polled:?}") };
        assert_eq!((&number.data, number.kind()), (&json!(7), ""));
        assert_eq!((&text.data, polled.last_event_id()), (&json!("no JSON"), Some("1-0")));
        assert!(matches!(number.decode(), Ok(RunEvent::Unknown(_))));
    }

    #[test]
    fn a_last_event_that_cannot_be_read_ends_the_run_all_the_same() {
        let polled =
            PolledEvents::from(json!([{ "id": "1-0", "data": { "type": "done", "runId": [1] } }]));
        assert!(polled.is_over());
        assert!(polled.events()[0].decode().is_err());
    }

    #[test]
    fn what_an_edit_tells_is_read_where_it_is_there() {
        let edited = EditedRun::from(json!({ "runId": "r", "status": "queued" }));
        assert_eq!((edited.run_id(), edited.status()), (Some("r"), Some("queued")));
        for other in [json!(null), json!({}), json!({ "runId": 1, "status": null }), json!([])] {
            let edited = EditedRun::from(other);
            assert_eq!((edited.run_id(), edited.status()), (None, None));
        }
    }

    #[test]
    fn a_message_says_its_text_or_that_of_its_blocks() {
        let says = |content: Value| {
            let message = json!({ "type": "ai", "content": content });
            serde_json::from_value::<Message>(message).unwrap().text()
        };
        assert_eq!(says(json!("12")), "12");
        let image = json!({ "type": "image", "url": "u" });
        let text = |text: &str| json!({ "type": "text", "text": text });
        assert_eq!(
            says(json!([text("12 tickets"), image, text(" are open.")])),
            "12 tickets are open."
        );
        assert_eq!(
            (says(json!(null)), says(json!([])), says(json!(7))),
            (String::new(), String::new(), String::new())
        );
    }

    #[test]
    fn times_are_read_from_text_and_from_milliseconds() {
        let run = |started: Value| {
            let run = json!({ "id": "w:t", "workflowId": "w", "agentId": 42, "agentName": "Digest", "agentType": "task",
                              "status": "running", "startedAt": started, "endedAt": null });
            serde_json::from_value::<WorkflowRunSummary>(run).unwrap()
        };
        let started = |time: Value| run(time).started().map(|time| time.timestamp_millis());
        assert_eq!(started(json!("2026-10-02T08:01:00.500Z")), Some(1_790_928_060_500));
        assert_eq!(started(json!(1_790_928_060_500_u64)), Some(1_790_928_060_500));
        assert_eq!(started(json!("yesterday")), None);
        assert_eq!(run(json!(null)).ended(), None);
    }
}
