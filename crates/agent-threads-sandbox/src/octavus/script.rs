//! What a scripted agent does in one run.

use serde_json::Value;

use super::part::Part;
use super::tool::ToolCall;
use super::usage::Usage;

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
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a script does nothing until it is queued"]
pub struct Script {
    pub(super) statuses: Option<Vec<String>>,
    pub(super) parts: Vec<Part>,
    pub(super) ending: Ending,
    pub(super) accepted_as: Option<String>,
    pub(super) leaves_unfinished: bool,
    pub(super) shows_end_between_turns: bool,
    pub(super) stale_reads: u32,
    pub(super) failure_type: Option<String>,
    pub(super) usage: Usage,
    pub(super) usage_so_far: Usage,
    pub(super) recording: RecordingEnd,
    pub(super) settles_after: u32,
    pub(super) cancel_takes: u32,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            statuses: None,
            parts: Vec::new(),
            ending: Ending::default(),
            accepted_as: None,
            leaves_unfinished: false,
            shows_end_between_turns: false,
            stale_reads: 0,
            failure_type: None,
            usage: Usage::new(),
            usage_so_far: Usage::new(),
            recording: RecordingEnd::default(),
            settles_after: 1,
            cancel_takes: 1,
        }
    }
}

/// What becomes of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum RecordingEnd {
    #[default]
    Ready,
    Failed(String),
    Unavailable(String),
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

impl Ending {
    /// The type of failure, unless the script names another.
    fn usual_failure_type(&self) -> Option<&'static str> {
        match self {
            Self::Failed(_) => Some("unknown"),
            Self::Blocked(_) => Some("limit"),
            Self::Completed | Self::Status(_) | Self::Never => None,
        }
    }
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

    pub(super) fn failure_type_at_end(&self) -> Option<String> {
        let usual = self.ending.usual_failure_type()?;
        Some(self.failure_type.clone().unwrap_or_else(|| usual.to_owned()))
    }

    /// The `failureType` of a run that [`fails`](Self::fails), `unknown` unless set, or is [`blocked`](Self::blocked),
    /// `limit` unless set.
    ///
    /// Of `computer_unreachable` the vendor says that nothing has run; to play that, set [`statuses`](Self::statuses) without work.
    pub fn failure_type(mut self, failure_type: impl Into<String>) -> Self {
        self.failure_type = Some(failure_type.into());
        self
    }

    /// What the run costs, shown once it has [settled](Self::settles_after). A thread's usage is the sum of its runs'.
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// What the run shows as its cost from the time when it is at work until it has settled. Nothing unless set.
    pub fn usage_so_far(mut self, usage: Usage) -> Self {
        self.usage_so_far = usage;
        self
    }

    /// How many reads after the one that shows the end show usage and recording settled: 1 unless set, and 0 for the end itself.
    /// A follow up settles them at once.
    pub fn settles_after(mut self, reads: u32) -> Self {
        self.settles_after = reads;
        self
    }

    /// If the thread is recorded, its recording settles as `failed`.
    pub fn recording_fails(mut self, error: impl Into<String>) -> Self {
        self.recording = RecordingEnd::Failed(error.into());
        self
    }

    /// If the thread is recorded, its recording settles as `unavailable`.
    pub fn recording_unavailable(mut self, error: impl Into<String>) -> Self {
        self.recording = RecordingEnd::Unavailable(error.into());
        self
    }

    /// How many reads after a cancel still show the run as it was: 1 unless set.
    pub fn cancel_takes(mut self, reads: u32) -> Self {
        self.cancel_takes = reads;
        self
    }
}
