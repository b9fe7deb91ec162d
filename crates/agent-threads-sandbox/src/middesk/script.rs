//! What happens in a scripted run.

use super::artifact::{Artifact, Source};
use super::interrupt::Interrupt;
use super::step::Step;

/// One run: its steps in order, and how it comes to rest.
///
/// Each read of the run takes it one step further, and a stream takes it as far as its client reads.
///
/// ```
/// use agent_threads_sandbox::middesk::{Artifact, Interrupt, Script, Step};
///
/// let verified = Script::completes([Artifact::new("Address", "address_summary").confidence("high")])
///     .step(Step::activity("search"));
/// let asking = Script::interrupted([Interrupt::new("Dismiss this hit?")])
///     .then(Script::completes([Artifact::new("Watchlists", "watchlist_summary")]));
/// let failing = Script::fails();
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a script does nothing until it is queued"]
pub struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) ending: Ending,
    pub(super) then: Option<Box<Script>>,
    pub(super) hold: Option<usize>,
    pub(super) stream_end: StreamEnd,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ending {
    Completed(Vec<Artifact>),
    Interrupted(Vec<Interrupt>),
    Failed,
}

/// What ends the stream of a run that has come to rest. The vendor documents the first, and only for a run that is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamEnd {
    /// `RUN_FINISHED`
    #[default]
    Finished,
    /// `RUN_ERROR`, as AG-UI has it.
    Error,
    /// Nothing: the body ends after the last `STATE_SNAPSHOT`.
    Nothing,
    /// Nothing, and the body does not end before the run goes on.
    StaysOpen,
}

impl Script {
    /// A run that completes, with these artifacts as its output. They are those of its last step, too.
    pub fn completes(artifacts: impl IntoIterator<Item = Artifact>) -> Self {
        Self::ending(Ending::Completed(artifacts.into_iter().collect()))
    }

    /// A run that waits for the answers to these questions, one step for each. Under another [policy](super::InterruptPolicy)
    /// than the manual one it does not wait, and goes on with [`then`](Self::then).
    pub fn interrupted(interrupts: impl IntoIterator<Item = Interrupt>) -> Self {
        Self::ending(Ending::Interrupted(interrupts.into_iter().collect()))
    }

    /// A run that ends with `error`.
    pub fn fails() -> Self {
        Self::ending(Ending::Failed)
    }

    /// What a run does when no script says otherwise.
    pub(super) fn usual() -> Self {
        let source = Source::new("https://sos.example/filings/1");
        let source = source.name("Secretary of State").tier("primary").category("sos");
        let summary = Artifact::new("Summary", "cip_summary").confidence("high");
        let summary = summary.summary("This is the sandbox's answer.").source(source);
        Self::completes([summary]).step(Step::activity("gather_records").label("Gathering records"))
    }

    /// Adds a step before the end.
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// What comes after the answers that the run waits for. Unless set, it completes with nothing to show.
    pub fn then(mut self, script: Self) -> Self {
        self.then = Some(Box::new(script));
        self
    }

    /// Holds what follows the steps so far, the end included, until [`release`](super::Middesk::release). Only the first hold
    /// counts, because a run can be released step by step.
    pub fn hold(mut self) -> Self {
        self.hold.get_or_insert(self.steps.len());
        self
    }

    /// What ends the stream: [`StreamEnd::Finished`] unless set.
    pub fn stream_end(mut self, end: StreamEnd) -> Self {
        self.stream_end = end;
        self
    }

    fn ending(ending: Ending) -> Self {
        Self { steps: Vec::new(), ending, then: None, hold: None, stream_end: StreamEnd::default() }
    }
}
