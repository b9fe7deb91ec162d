//! What a run asks people.

use serde_json::{Value, json};

use super::artifact::Artifact;
use super::ids::{Ids, Kind};

/// A question that a run waits to be answered.
///
/// ```
/// use agent_threads_sandbox::middesk::{Artifact, Interrupt};
///
/// let hit = Artifact::new("Possible hit", "watchlist_hit");
/// let interrupt = Interrupt::new("Dismiss this hit?").agent("watchlist_resolution").artifact(hit);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an interrupt does nothing until it is in a script"]
pub struct Interrupt {
    value: Value,
    artifacts: Vec<Artifact>,
}

/// How an account has questions answered that nobody is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum InterruptPolicy {
    /// `manual`: the run waits.
    #[default]
    Manual,
    /// `auto_approve`: what is proposed is done.
    AutoApprove,
    /// `skip`: the run goes on without it.
    Skip,
}

impl InterruptPolicy {
    /// What the step of a question says that was answered in this way.
    pub(super) fn resolution(self) -> Option<&'static str> {
        match self {
            Self::Manual => None,
            Self::AutoApprove => Some("auto_approve"),
            Self::Skip => Some("skip"),
        }
    }
}

impl Interrupt {
    /// A question to people.
    pub fn new(label: impl Into<String>) -> Self {
        Self { value: json!({ "label": label.into() }), artifacts: Vec::new() }
    }

    /// The questions of several agents in one, as `cip_orchestrator` asks them: `combined_proposal` with `proposals`.
    pub fn combined(proposals: impl IntoIterator<Item = Value>) -> Self {
        let proposals: Vec<_> = proposals.into_iter().collect();
        let value = json!({ "type": "combined_proposal", "proposals": proposals });
        Self { value, artifacts: Vec::new() }
    }

    /// The agent that asks. Unless set, none is named.
    pub fn agent(self, agent: impl Into<String>) -> Self {
        let agent = agent.into();
        self.field("agent", json!(agent))
    }

    /// Adds what is proposed.
    pub fn artifact(mut self, artifact: Artifact) -> Self {
        self.artifacts.push(artifact);
        self
    }

    /// Sets any field of the question's `value`, which the vendor leaves open.
    pub fn field(mut self, name: &str, value: Value) -> Self {
        self.value[name] = value;
        self
    }

    pub(super) fn asking_agent(&self) -> Option<&str> {
        self.value["agent"].as_str()
    }

    pub(super) fn label(&self) -> &str {
        self.value["label"].as_str().unwrap_or("Review the proposals")
    }

    pub(super) fn artifacts(&self) -> &[Artifact] {
        &self.artifacts
    }

    /// As it is sent, with the artifacts of its step.
    pub(super) fn placed(&self, ids: &Ids, artifacts: &Value) -> Value {
        let mut value = self.value.clone();
        if value.get("proposals").is_none() {
            value["artifacts"] = artifacts.clone();
        }
        let mut interrupt = json!({ "id": ids.next(Kind::Interrupt), "value": value });
        if let Some(agent) = self.asking_agent() {
            interrupt["agent"] = json!(agent);
        }
        interrupt
    }
}
