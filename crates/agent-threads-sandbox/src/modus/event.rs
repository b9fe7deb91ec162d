//! What a run says, one event at a time.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::sse::Frame;

/// One event of a run: its data, and whether it has an id.
///
/// In a [`Script`](super::Script) an event gets the next id unless it says otherwise. Inserted by a
/// [`StreamFault`](crate::sse::StreamFault), it has only an id that [`with_id`](Self::with_id) gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an event does nothing until it is added to a script or a fault"]
pub struct Event {
    data: Bytes,
    id: Id,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Id {
    Next,
    Absent,
    Is(String),
}

/// How serious a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Severity {
    /// `info`
    Info,
    /// `warning`
    Warning,
}

impl Event {
    /// `token`: a piece of the answer's text.
    pub fn token(content: impl Into<String>) -> Self {
        Self::with_fields("token", &[("content", json!(content.into()))])
    }

    /// `notice`: a message that is no part of the answer.
    pub fn notice(message: impl Into<String>, severity: Severity) -> Self {
        let severity = match severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
        };
        let fields = [("message", json!(message.into())), ("severity", json!(severity))];
        Self::with_fields("notice", &fields)
    }

    /// `heartbeat` without a timestamp and without an id.
    pub fn heartbeat() -> Self {
        Self::with_fields("heartbeat", &[]).without_id()
    }

    /// `heartbeat` with a timestamp, which should be in milliseconds, and without an id.
    pub fn heartbeat_at(timestamp: u64) -> Self {
        Self::with_fields("heartbeat", &[("timestamp", json!(timestamp))]).without_id()
    }

    /// `assistant_content_reset`: `content` takes the place of all text so far.
    pub fn reset(content: impl Into<String>) -> Self {
        let fields = [
            ("content", json!(content.into())),
            ("attempt", json!(1)),
            ("reason", json!("provider_stream_failed")),
        ];
        Self::with_fields("assistant_content_reset", &fields)
    }

    /// `done` without a thread, as the vendor's page shows it.
    pub fn done(run_id: impl Into<String>) -> Self {
        Self::with_fields("done", &[("runId", json!(run_id.into()))])
    }

    /// `done` with the thread's id, which can be empty.
    pub fn done_in(run_id: impl Into<String>, thread_id: impl Into<String>) -> Self {
        let fields = [("runId", json!(run_id.into())), ("threadId", json!(thread_id.into()))];
        Self::with_fields("done", &fields)
    }

    /// `error`: the run has failed.
    pub fn error(error: impl Into<String>) -> Self {
        Self::with_fields("error", &[("error", json!(error.into()))])
    }

    /// `cancelled`, with the runs that were, and when in milliseconds.
    pub fn cancelled<S: Into<String>>(
        run_ids: impl IntoIterator<Item = S>,
        timestamp: u64,
    ) -> Self {
        let run_ids: Vec<String> = run_ids.into_iter().map(Into::into).collect();
        let fields = [("runIds", json!(run_ids)), ("timestamp", json!(timestamp))];
        Self::with_fields("cancelled", &fields)
    }

    /// `stream_timeout`: the server has given up on the stream.
    pub fn stream_timeout() -> Self {
        Self::with_fields("stream_timeout", &[])
    }

    /// Any type, also one that clients cannot know, with the fields of an object.
    #[allow(clippy::needless_pass_by_value)] // so that `json!(..)` can be written in place
    pub fn of_type(name: &str, fields: Value) -> Self {
        let fields = fields.as_object().into_iter().flatten();
        let fields: Vec<_> = fields.map(|(name, value)| (name.as_str(), value.clone())).collect();
        Self::with_fields(name, &fields)
    }

    /// A `token` whose content is a number: a known event of the wrong shape.
    pub fn malformed() -> Self {
        Self::with_fields("token", &[("content", json!(7))])
    }

    /// Any JSON.
    #[allow(clippy::needless_pass_by_value)] // so that `json!(..)` can be written in place
    pub fn json(json: Value) -> Self {
        Self::data(json.to_string())
    }

    /// Any data, which need be neither JSON nor UTF-8. Each of its lines becomes a `data` field.
    pub fn data(data: impl Into<Bytes>) -> Self {
        Self { data: data.into(), id: Id::Next }
    }

    /// Leaves the id out. A client's cursor stays where it is.
    pub fn without_id(mut self) -> Self {
        self.id = Id::Absent;
        self
    }

    /// Any id, also an empty one.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Id::Is(id.into());
        self
    }

    /// The type comes first, as the vendor writes it.
    fn with_fields(name: &str, fields: &[(&str, Value)]) -> Self {
        let mut data = format!("{{\"type\":{}", json!(name));
        for (name, value) in fields {
            data.push_str(&format!(",{}:{value}", json!(name)));
        }
        data.push('}');
        Self::data(data)
    }

    /// The frame in a run, where `next_id` makes the id of an event that is to have the next one.
    pub(super) fn in_run(self, next_id: impl FnOnce() -> String) -> Frame {
        let frame = Frame::data(self.data);
        match self.id {
            Id::Next => frame.with_id(next_id()),
            Id::Absent => frame,
            Id::Is(id) => frame.with_id(id),
        }
    }
}

impl From<Event> for Frame {
    fn from(event: Event) -> Self {
        let id = match event.id {
            Id::Next => Id::Absent,
            chosen => chosen,
        };
        Event { data: event.data, id }.in_run(String::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_data(event: &Event, expected: &str) {
        assert_eq!(event.data, expected);
    }

    #[test]
    fn events_are_written_with_their_type_first_and_the_vendors_fields() {
        assert_data(&Event::token("a\"b\n"), r#"{"type":"token","content":"a\"b\n"}"#);
        assert_data(
            &Event::notice("Slow", Severity::Warning),
            r#"{"type":"notice","message":"Slow","severity":"warning"}"#,
        );
        assert_data(&Event::heartbeat(), r#"{"type":"heartbeat"}"#);
        assert_data(&Event::heartbeat_at(5), r#"{"type":"heartbeat","timestamp":5}"#);
        assert_data(&Event::done("r"), r#"{"type":"done","runId":"r"}"#);
        assert_data(&Event::done_in("r", ""), r#"{"type":"done","runId":"r","threadId":""}"#);
        assert_data(&Event::error("no"), r#"{"type":"error","error":"no"}"#);
        assert_data(
            &Event::cancelled(["r"], 5),
            r#"{"type":"cancelled","runIds":["r"],"timestamp":5}"#,
        );
        assert_data(&Event::stream_timeout(), r#"{"type":"stream_timeout"}"#);
        assert_data(
            &Event::reset("Hel"),
            r#"{"type":"assistant_content_reset","content":"Hel","attempt":1,"reason":"provider_stream_failed"}"#,
        );
        assert_data(
            &Event::of_type("tool_start", json!({ "name": "crm" })),
            r#"{"type":"tool_start","name":"crm"}"#,
        );
    }

    #[test]
    fn outside_of_a_run_only_a_chosen_id_is_sent() {
        assert_eq!(Frame::from(Event::data("x")).id(), None);
        assert_eq!(Frame::from(Event::data("x").with_id("7-0")).id(), Some("7-0"));
        assert_eq!(Event::data("x").in_run(|| "8-0".to_owned()).id(), Some("8-0"));
        assert_eq!(Event::heartbeat().in_run(|| "8-0".to_owned()).id(), None);
    }
}
