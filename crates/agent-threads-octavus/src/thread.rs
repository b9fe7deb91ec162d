//! What people ask of a thread.

use crate::types::{
    MessageRole, RecordingStatus, Thread, ThreadStatus, UiMessage, UiMessagePart, UiTextPart,
};
use chrono::{DateTime, Utc};
use serde_json::Value;

impl ThreadStatus {
    /// Whether the run is at its end: `completed`, `failed`, `cancelled` or `blocked`.
    ///
    /// False for `idle` and for a status that this version does not know, as in the vendor's SDK.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Blocked)
    }
}

impl RecordingStatus {
    /// Whether the recording is as it will be: `ready`, `failed` or `unavailable`.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Ready | Self::Failed | Self::Unavailable)
    }
}

impl Thread {
    /// When the thread's first run began, from [`started_at`](Self::started_at); `None` before, and from a server of an early
    /// revision.
    pub fn started(&self) -> Option<DateTime<Utc>> {
        time(self.started_at.as_ref()?)
    }

    /// When the thread's latest run ended, from [`completed_at`](Self::completed_at); `None` before, and from a server of an
    /// early revision.
    pub fn completed(&self) -> Option<DateTime<Utc>> {
        time(self.completed_at.as_ref()?)
    }

    /// The agent's latest message, if it has spoken since the last message of the user.
    pub fn answer(&self) -> Option<&UiMessage> {
        self.messages.last().filter(|message| message.role == MessageRole::Assistant)
    }

    /// The text of the agent's [latest message](Self::answer); empty without one.
    pub fn text(&self) -> String {
        self.answer().map(UiMessage::text).unwrap_or_default()
    }
}

impl UiMessage {
    /// The message's text: its text parts of the main lane, a blank line between two.
    ///
    /// Reasoning, the text of nested workers, and lanes that belong to the agent's protocol are left out.
    pub fn text(&self) -> String {
        let texts: Vec<_> = self
            .parts
            .iter()
            .filter_map(|part| match part {
                UiMessagePart::Text(text) if is_main_lane(text) => Some(text.text.as_str()),
                _ => None,
            })
            .collect();
        texts.join("\n\n")
    }

    /// When the message was made, from a string in RFC 3339 or a number of milliseconds since 1970; `None` for any other form
    /// of [`created_at`](Self::created_at).
    pub fn created(&self) -> Option<DateTime<Utc>> {
        time(&self.created_at)
    }
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    match value.as_str() {
        Some(text) => Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc()),
        None => DateTime::from_timestamp_millis(value.as_i64()?),
    }
}

fn is_main_lane(part: &UiTextPart) -> bool {
    part.thread.as_deref().is_none_or(|lane| lane == "main")
}

#[cfg(test)]
#[allow(clippy::needless_pass_by_value, reason = "so that json!(..) can be written in place")]
mod tests {
    use super::*;
    use serde_json::json;

    fn thread(messages: serde_json::Value) -> Thread {
        let thread = json!({ "threadId": "t1", "status": "completed", "messages": messages });
        serde_json::from_value(thread).unwrap()
    }

    fn message(role: &str, parts: serde_json::Value) -> serde_json::Value {
        json!({ "id": "m", "role": role, "status": "done", "createdAt": "2026-10-02T08:01:00.000Z", "parts": parts })
    }

    #[test]
    fn the_text_is_that_of_the_main_lane_of_the_last_message() {
        let thread = thread(json!([
            message("user", json!([{ "type": "text", "text": "Sum it", "status": "done" }])),
            message(
                "assistant",
                json!([
                    { "type": "reasoning", "text": "Check totals first", "status": "done" },
                    { "type": "text", "text": "Looking.", "status": "done", "thread": "main" },
                    { "type": "text", "text": "for the digest", "status": "done", "thread": "summary" },
                    { "type": "worker", "workerId": "w", "workerSlug": "checker", "status": "done",
                      "parts": [{ "type": "text", "text": "nested", "status": "done" }] },
                    { "type": "text", "text": "The total is 3.", "status": "done" },
                ])
            ),
        ]));
        assert_eq!(thread.text(), "Looking.\n\nThe total is 3.");
    }

    #[test]
    fn an_agent_that_has_not_answered_yet_has_no_text() {
        let answer =
            message("assistant", json!([{ "type": "text", "text": "3", "status": "done" }]));
        let question = message(
            "user",
            json!([{ "type": "text", "text": "And by region?", "status": "done" }]),
        );
        let thread = thread(json!([answer, question]));
        assert!(thread.answer().is_none());
        assert_eq!(thread.text(), "");
        assert_eq!(self::thread(json!([])).text(), "");
    }

    #[test]
    fn the_time_of_a_message_is_read_from_text_and_from_milliseconds() {
        let made = |created: serde_json::Value| {
            let mut message = message("user", json!([]));
            message["createdAt"] = created;
            let message: UiMessage = serde_json::from_value(message).unwrap();
            message.created().map(|time| time.timestamp_millis())
        };
        assert_eq!(made(json!("2026-10-02T08:01:00.500Z")), Some(1_790_928_060_500));
        assert_eq!(made(json!("2026-10-02T10:01:00.500+02:00")), Some(1_790_928_060_500));
        assert_eq!(made(json!(1_790_928_060_500_u64)), Some(1_790_928_060_500));
        for other in [json!(null), json!("yesterday"), json!(1e300), json!({})] {
            assert_eq!(made(other.clone()), None, "{other}");
        }
    }

    #[test]
    fn the_times_of_a_thread_are_read_where_it_has_them() {
        let early = thread(json!([]));
        assert_eq!((early.started(), early.completed()), (None, None));
        let late = json!({ "threadId": "t", "status": "failed", "messages": [], "startedAt": null,
                           "completedAt": "2026-10-02T08:00:31.120Z" });
        let late: Thread = serde_json::from_value(late).unwrap();
        assert_eq!(late.started(), None);
        assert_eq!(late.completed().unwrap().timestamp_millis(), 1_790_928_031_120);
    }

    #[test]
    fn what_ends_a_run_is_what_the_vendor_says() {
        let terminal = ["completed", "failed", "cancelled", "blocked"];
        let other = ["idle", "pending", "queued", "running", "paused", ""];
        assert!(terminal.iter().all(|status| ThreadStatus::from(*status).is_terminal()));
        assert!(!other.iter().any(|status| ThreadStatus::from(*status).is_terminal()));
    }
}
