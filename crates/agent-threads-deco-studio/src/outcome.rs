//! How runs end.

use crate::{
    Pending,
    types::{Thread, ThreadMessage, ThreadStatus, UiMessage},
};

/// A run at its end, or one that waits for its user.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// The thread as it is now. Its status is that of the run.
    pub thread: Thread,
    /// All messages of the thread, the oldest first.
    pub messages: Vec<ThreadMessage>,
    /// What this value has put together from the chunks that it delivered. Empty where the run was not followed.
    pub message: UiMessage,
    /// What the stream said went wrong.
    pub error: Option<String>,
    /// How many chunks could not be read, or did not fit those before them.
    pub unreadable: u32,
}

impl Outcome {
    /// Whether the run did what it was asked.
    pub fn is_completed(&self) -> bool {
        self.thread.status == ThreadStatus::Completed
    }

    /// The agent's latest message, if it has spoken since the last message of the user.
    pub fn answer(&self) -> Option<&ThreadMessage> {
        self.messages.last().filter(|message| message.role == crate::types::MessageRole::Assistant)
    }

    /// The text of the agent's [latest message](Self::answer); empty without one.
    pub fn text(&self) -> String {
        self.answer().map(ThreadMessage::text).unwrap_or_default()
    }

    /// What the run waits for; empty for one that does not.
    pub fn pending(&self) -> Vec<Pending> {
        self.answer().map(ThreadMessage::pending).unwrap_or_default()
    }
}

impl ThreadStatus {
    /// Whether the run is at its end, or waits for its user: `completed`, `failed`, `expired` or `requires_action`.
    ///
    /// A new thread is `completed` too. False for a status that this version does not know.
    pub fn is_resting(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Expired | Self::RequiresAction)
    }
}
