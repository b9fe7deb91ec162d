//! How runs end.

use crate::{Error, types::ErrorEvent};
use serde::{Deserialize, Serialize};

/// A run at its end. Its serialized form stays readable by later versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Outcome {
    /// The run.
    pub run_id: String,
    /// The conversation of the run: the `session_id` of its next turn. `None` where the vendor names none.
    pub thread_id: Option<String>,
    /// The agent's text, as far as its events were delivered by this [`Run`](crate::Run): all of it, unless the run was
    /// attached behind an event.
    pub text: String,
    /// How many events could not be read.
    pub unreadable: u32,
    /// How it ended.
    pub ending: Ending,
}

impl Outcome {
    /// Whether the run succeeded.
    pub fn is_done(&self) -> bool {
        self.ending == Ending::Done
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// It succeeded.
    Done,
    /// It failed, for this reason; empty where the vendor gives none.
    Failed(String),
    /// It was cancelled.
    Cancelled,
    /// The vendor gave up on the stream. Whether the run goes on is not documented.
    StreamTimeout,
}

impl Ending {
    /// The ending that an event stands for whose fields cannot be read: its `type` is enough.
    pub(crate) fn of_unreadable(error: &Error) -> Option<Self> {
        let event: serde_json::Value = error.decode().ok()?;
        match event.get("type")?.as_str()? {
            "done" => Some(Self::Done),
            "error" => Some(Self::Failed(String::new())),
            "cancelled" => Some(Self::Cancelled),
            "stream_timeout" => Some(Self::StreamTimeout),
            _ => None,
        }
    }
}

impl ErrorEvent {
    /// Why the run failed: `error`, else `message`, else `content`, as the vendor's SDKs read it; empty without any.
    pub fn text(&self) -> &str {
        let texts = [&self.error, &self.message, &self.content];
        texts.into_iter().find_map(Option::as_deref).unwrap_or_default()
    }
}
