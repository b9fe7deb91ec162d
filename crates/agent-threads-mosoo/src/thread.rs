//! What people ask of threads, runs and events.

use crate::types::{
    CreateThread, InputPart, MessageInput, RunStatus, TextPart, ThreadEvent, ThreadEventType,
    ThreadInput,
};

/// What stands in an event's `content` where there is no text.
const FILLERS: [&str; 2] = ["Message updated.", "Agent thinking updated."];

impl CreateThread {
    /// A thread that begins with this message.
    pub fn message(text: impl Into<String>) -> Self {
        let part = InputPart::Text(TextPart::new(text));
        Self::new().input(ThreadInput::Message(MessageInput::new([part])))
    }
}

impl From<&str> for CreateThread {
    fn from(text: &str) -> Self {
        Self::message(text)
    }
}

impl From<String> for CreateThread {
    fn from(text: String) -> Self {
        Self::message(text)
    }
}

impl RunStatus {
    /// Whether the run is at its end: `completed`, `failed`, `cancelled` or `expired`.
    ///
    /// False for a status that this version does not know.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Expired)
    }
}

impl ThreadEvent {
    /// Whether the event ends a run. How the run ended does not stand in it: `run.completed` is told of runs that were
    /// cancelled or expired, too.
    pub fn ends_run(&self) -> bool {
        matches!(self.type_, ThreadEventType::RunCompleted | ThreadEventType::RunFailed)
    }

    /// Whether its content is text of the assistant, and not what the server writes where there is none.
    pub(crate) fn is_text(&self) -> bool {
        self.type_ == ThreadEventType::AgentMessageDelta && !self.is_filler()
    }

    pub(crate) fn is_filler(&self) -> bool {
        FILLERS.contains(&self.content.as_str())
    }
}
