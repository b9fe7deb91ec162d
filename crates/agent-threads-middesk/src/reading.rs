//! What people ask of a run that was read.

use crate::types::{
    Artifact, Run, RunFailed, RunInterrupt, RunStatus, RunStreamEvent, Source, StateSnapshot, Step,
    StepResolution, ThreadStatus,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

impl RunStatus {
    /// Whether the run is over: `completed` or `error`, or its earlier name `failed`.
    ///
    /// False for a status that this version does not know.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed | Self::Error | Self::Failed)
    }

    /// Whether nothing more happens by itself: the run is [over](Self::is_terminal), or `interrupted`.
    pub fn is_at_rest(&self) -> bool {
        self.is_terminal() || *self == Self::Interrupted
    }
}

impl ThreadStatus {
    /// Whether no run of the thread is at work: `completed`, `error` or its earlier name `failed`, or `interrupted`.
    ///
    /// False for a status that this version does not know.
    pub fn is_at_rest(&self) -> bool {
        matches!(self, Self::Completed | Self::Error | Self::Failed | Self::Interrupted)
    }
}

impl Run {
    /// What the run has brought; nothing unless it is `completed`.
    pub fn artifacts(&self) -> &[Artifact] {
        let artifacts = self.output.as_ref().and_then(|output| output.artifacts.as_deref());
        artifacts.unwrap_or_default()
    }

    /// What the run waits for; nothing unless it is `interrupted`.
    pub fn interrupts(&self) -> &[RunInterrupt] {
        self.interrupts.as_deref().unwrap_or_default()
    }

    /// The steps of the top level; nothing unless they were asked for.
    pub fn steps(&self) -> &[Step] {
        self.steps.as_deref().unwrap_or_default()
    }

    /// All steps, each before those below it; nothing unless they were asked for.
    pub fn all_steps(&self) -> Vec<&Step> {
        all_steps(self.steps())
    }
}

/// Without recursion, for a tree as deep as a server cares to send.
fn all_steps(steps: &[Step]) -> Vec<&Step> {
    let (mut all, mut left): (Vec<_>, Vec<_>) = (Vec::new(), steps.iter().rev().collect());
    while let Some(step) = left.pop() {
        all.push(step);
        left.extend(step.steps().iter().rev());
    }
    all
}

impl RunInterrupt {
    /// The question for a person; `None` where the agent puts it otherwise.
    pub fn label(&self) -> Option<&str> {
        self.value.get("label")?.as_str()
    }

    /// What the agent proposes, as far as it has the form of artifacts.
    pub fn artifacts(&self) -> Vec<Artifact> {
        readable(self.value.get("artifacts"))
    }

    /// The interrupts of other agents that an orchestrator wraps in its own, as they came.
    pub fn proposals(&self) -> &[Value] {
        let proposals = self.value.get("proposals").and_then(Value::as_array);
        proposals.map(Vec::as_slice).unwrap_or_default()
    }
}

impl Step {
    /// The type of the agent that took the step, also from a server that calls it `graph`.
    pub fn agent(&self) -> Option<&str> {
        self.agent.as_deref().or(self.graph.as_deref())
    }

    /// The steps below this one.
    pub fn steps(&self) -> &[Step] {
        self.steps.as_deref().unwrap_or_default()
    }

    /// What the step has brought.
    pub fn artifacts(&self) -> &[Artifact] {
        self.artifacts.as_deref().unwrap_or_default()
    }

    /// How the account's policy resolved an interrupt, from either of the places that the vendor's pages name. `None` where
    /// it did not, which is so where a person has answered.
    pub fn resolution(&self) -> Option<StepResolution> {
        let in_result = || self.result.as_ref()?.get("resolution")?.as_str().map(Into::into);
        self.resolution.clone().or_else(in_result)
    }
}

impl Artifact {
    /// What it rests on.
    pub fn sources(&self) -> &[Source] {
        self.sources.as_deref().unwrap_or_default()
    }
}

impl RunStreamEvent {
    /// The run, by either of the names that an event may give it. `None` where it has neither.
    pub fn run_id(&self) -> Option<&str> {
        let (named, extra) = match self {
            Self::RunStarted(event) => (&event.run_id, &event.extra),
            Self::StateSnapshot(event) => (&event.run_id, &event.extra),
            Self::RunFinished(event) => (&event.run_id, &event.extra),
            Self::RunError(event) => (&event.run_id, &event.extra),
            Self::Unknown(event) => {
                let named = |name| event.json().get(name).and_then(Value::as_str);
                return named("run_id").or_else(|| named("runId"));
            }
        };
        named.as_deref().or_else(|| extra.get("runId")?.as_str())
    }
}

/// The layout of a snapshot is not documented. These look where the vendor has such things elsewhere.
impl StateSnapshot {
    /// Where the run is in its life; `None` where the snapshot does not say it.
    pub fn status(&self) -> Option<RunStatus> {
        self.part("status")?.as_str().map(Into::into)
    }

    /// The steps of the top level, as far as they have the form of steps.
    pub fn steps(&self) -> Vec<Step> {
        readable(self.part("steps"))
    }

    /// The artifacts, as far as they have the form of artifacts.
    pub fn artifacts(&self) -> Vec<Artifact> {
        let in_output = || self.part("output")?.get("artifacts");
        readable(self.part("artifacts").or_else(in_output))
    }

    fn part(&self, name: &str) -> Option<&Value> {
        self.snapshot.as_ref()?.get(name)
    }
}

impl RunFailed {
    /// Why the run has failed; empty where the event does not say it in a text.
    pub fn text(&self) -> &str {
        self.message.as_ref().and_then(Value::as_str).unwrap_or_default()
    }
}

/// Those items of a list that can be read.
fn readable<T: DeserializeOwned>(list: Option<&Value>) -> Vec<T> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| T::deserialize(item).ok()).collect()
}

#[cfg(test)]
mod tests;
