//! What is stored of a run.

use crate::types::{MessageRole, Thread, ThreadMessage};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// All that is needed to find a run again: what a program stores in its job queue. It carries no secret.
///
/// Its serialized form stays readable by later versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Handle {
    /// The thread of the run. The vendor gives a run no id; it is the latest run of its thread.
    pub thread_id: String,
    /// The agent. `None` where neither the caller nor the server has named it.
    #[serde(default)]
    pub agent_id: Option<String>,
    /// What the thread showed before the message was posted, so that the ending of the run before is not taken for this
    /// one's.
    #[serde(default)]
    pub before: Before,
}

impl Handle {
    /// The handle of a thread's latest run.
    pub fn new(thread_id: impl Into<String>) -> Self {
        Self { thread_id: thread_id.into(), agent_id: None, before: Before::default() }
    }
}

/// A thread before a message was posted to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Before {
    /// Whether anything is known; not of a run whose handle was made by hand.
    #[serde(default)]
    pub known: bool,
    /// When it had last changed.
    #[serde(default)]
    pub updated_at: Option<DateTime<Utc>>,
    /// The id of the agent's latest message.
    #[serde(default)]
    pub answer: Option<String>,
    /// The calls of tools that the message answers.
    #[serde(default)]
    pub calls: Vec<String>,
}

impl Before {
    pub(crate) fn of(thread: &Thread, messages: &[ThreadMessage]) -> Self {
        Self {
            known: true,
            updated_at: thread.updated_at,
            answer: latest_answer(messages).map(|message| message.id.clone()),
            calls: Vec::new(),
        }
    }

    /// Whether the messages show that something has happened since.
    pub(crate) fn has_answered(&self, messages: &[ThreadMessage]) -> bool {
        latest_answer(messages).map(|message| &message.id) != self.answer.as_ref()
    }

    /// Whether the thread shows it.
    pub(crate) fn has_changed(&self, thread: &Thread) -> bool {
        !self.known || thread.updated_at != self.updated_at
    }
}

pub(crate) fn latest_answer(messages: &[ThreadMessage]) -> Option<&ThreadMessage> {
    messages.iter().rfind(|message| message.role == MessageRole::Assistant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_handle_stays_readable() {
        let handle: Handle = serde_json::from_str(r#"{"thread_id":"t"}"#).unwrap();
        assert_eq!(handle, Handle::new("t"));
        let written = r#"{"thread_id":"t","agent_id":"a","before":{"known":true,"updated_at":"2026-08-01T09:30:00.120Z","answer":"m","calls":["c"]}}"#;
        let handle: Handle = serde_json::from_str(written).unwrap();
        assert_eq!(serde_json::to_string(&handle).unwrap(), written);
    }
}
