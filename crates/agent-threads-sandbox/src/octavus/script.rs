//! What a scripted agent does in one run.

use serde_json::Value;

use super::part::Part;
use super::tool::ToolCall;

/// One run of an agent: the statuses that reads show, the parts of the reply, and how it ends.
///
/// ```
/// use agent_threads_sandbox::octavus::{Display, Script, ToolCall};
///
/// let script = Script::new()
///     .reasoning("The ledger should have it.")
///     .tool(ToolCall::new("ledger-lookup").label("Reading the ledger").display(Display::Title))
///     .text("The total is 3.");
/// let failing = Script::new().fails("The computer did not answer");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "a script does nothing until it is queued"]
pub struct Script {
    pub(super) statuses: Option<Vec<String>>,
    pub(super) parts: Vec<Part>,
    pub(super) ending: Ending,
    pub(super) accepted_as: Option<String>,
    pub(super) leaves_unfinished: bool,
    pub(super) shows_end_between_turns: bool,
    pub(super) stale_reads: u32,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Ending {
    #[default]
    Completed,
    Failed(String),
    Blocked(String),
    Status(String),
    Never,
}

impl Script {
    /// A run that says nothing and completes.
    pub fn new() -> Self {
        Self::default()
    }

    /// A run that says one text and completes.
    pub fn reply(text: impl Into<String>) -> Self {
        Self::new().text(text)
    }

    /// The statuses that reads show before the end, one per read and exactly these. Any string will do. With none, the first
    /// read shows the end. All but `idle`, `pending` and `queued` count as work, over which the reply is spread.
    pub fn statuses<S: Into<String>>(mut self, statuses: impl IntoIterator<Item = S>) -> Self {
        self.statuses = Some(statuses.into_iter().map(Into::into).collect());
        self
    }

    /// Adds a text.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.part(Part::text(text))
    }

    /// Adds reasoning.
    pub fn reasoning(self, text: impl Into<String>) -> Self {
        self.part(Part::reasoning(text))
    }

    /// Adds a tool call.
    pub fn tool(self, call: ToolCall) -> Self {
        self.part(call)
    }

    /// Adds any part, a [`Worker`](super::Worker) too.
    pub fn part(mut self, part: impl Into<Part>) -> Self {
        self.parts.push(part.into());
        self
    }

    /// Adds a part of any JSON, sent as it is.
    pub fn raw(self, json: Value) -> Self {
        self.part(Part::raw(json))
    }

    /// Ends as `failed` with a `failureReason`.
    pub fn fails(mut self, reason: impl Into<String>) -> Self {
        self.ending = Ending::Failed(reason.into());
        self
    }

    /// Ends as `cancelled`.
    pub fn cancelled(self) -> Self {
        self.ends_as("cancelled")
    }

    /// Ends as `blocked` with a `failureReason`, as an agent at its spending limit does.
    pub fn blocked(mut self, reason: impl Into<String>) -> Self {
        self.ending = Ending::Blocked(reason.into());
        self
    }

    /// Ends with any status, also one that clients cannot know, and without a `failureReason`.
    pub fn ends_as(mut self, status: impl Into<String>) -> Self {
        self.ending = Ending::Status(status.into());
        self
    }

    /// Never ends: reads keep showing the last status, and the agent stays busy.
    pub fn never_ends(mut self) -> Self {
        self.ending = Ending::Never;
        self
    }

    /// The status in the answer to the message that starts this run, in place of the usual one.
    pub fn accepted_as(mut self, status: impl Into<String>) -> Self {
        self.accepted_as = Some(status.into());
        self
    }

    /// At the end, leaves the last part and the message as they were while the agent was at work.
    pub fn leaves_unfinished(mut self) -> Self {
        self.leaves_unfinished = true;
        self
    }

    /// If a follow up is waiting when this run ends, one read shows the end before the next run begins.
    pub fn shows_end_between_turns(mut self) -> Self {
        self.shows_end_between_turns = true;
        self
    }

    /// If this run answers a follow up to a thread at rest, the first reads still show the thread as it was before.
    pub fn stale_reads(mut self, reads: u32) -> Self {
        self.stale_reads = reads;
        self
    }
}
