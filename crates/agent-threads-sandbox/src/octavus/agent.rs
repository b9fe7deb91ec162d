//! What an agent is, apart from what it does.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

/// How an agent is set up. Unless said otherwise it is ready, has a Linux computer of its own that is up, was not hired from
/// a pre-built agent, and has the capabilities `browser` and `memory`, both on.
///
/// Generations before [`G4`](super::Generation::G4) show nothing of it, and of all of it know the capabilities only.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an agent does nothing until it is set"]
pub struct Agent {
    name: String,
    paused: bool,
    kind: String,
    os: Value,
    state: String,
    definition: Value,
    /// By their slugs, and whether they are on.
    capabilities: BTreeMap<String, bool>,
}

impl Default for Agent {
    fn default() -> Self {
        Self {
            name: "Sandbox agent".to_owned(),
            paused: false,
            kind: "dedicated".to_owned(),
            os: json!("linux"),
            state: "running".to_owned(),
            definition: Value::Null,
            capabilities: BTreeMap::new(),
        }
        .capabilities([("browser", true), ("memory", true)])
    }
}

impl Agent {
    /// An agent that is ready.
    pub fn new() -> Self {
        Self::default()
    }

    /// The name for people.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Refuses dispatches and follow ups with 409 and the code `AGENT_PAUSED`. Runs in flight go on.
    pub fn paused(mut self) -> Self {
        self.paused = true;
        self
    }

    /// The computer's kind, operating system and state; any strings will do. An agent of kind `cli` is unavailable as
    /// `cli_only`, and one whose state is `down` as `computer_down`. Messages are accepted all the same: what becomes of
    /// them is for their scripts to say.
    pub fn computer(
        mut self,
        kind: impl Into<String>,
        os: impl Into<String>,
        state: impl Into<String>,
    ) -> Self {
        self.kind = kind.into();
        self.os = Value::String(os.into());
        self.state = state.into();
        self
    }

    /// The pre-built agent that this one was hired from.
    pub fn hired_from(mut self, slug: impl Into<String>, version: u64) -> Self {
        self.definition = json!({ "slug": slug.into(), "version": version });
        self
    }

    /// The capabilities that it declares, in place of those it has, and which of them are on.
    pub fn capabilities<S: Into<String>>(
        mut self,
        capabilities: impl IntoIterator<Item = (S, bool)>,
    ) -> Self {
        self.capabilities =
            capabilities.into_iter().map(|(slug, is_on)| (slug.into(), is_on)).collect();
        self
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    pub(super) fn declares(&self, capability: &str) -> bool {
        self.capabilities.contains_key(capability)
    }

    /// The agent with these threads in flight, of which the first has it.
    pub(super) fn view(&self, agent_id: &str, threads: &VecDeque<String>) -> Value {
        let reason = self.unavailable();
        let status = match (reason, threads.is_empty()) {
            (Some(_), _) => "unavailable",
            (None, true) => "idle",
            (None, false) => "busy",
        };
        json!({
            "agentId": agent_id,
            "name": self.name,
            "status": status,
            "unavailableReason": reason,
            "currentThreadId": threads.front(),
            "queuedThreads": threads.len().saturating_sub(1),
            "computer": { "kind": self.kind, "os": self.os, "state": self.state },
            "definition": self.definition,
            "capabilities": self.capabilities,
        })
    }

    fn unavailable(&self) -> Option<&'static str> {
        if self.paused {
            return Some("paused");
        }
        match (self.kind.as_str(), self.state.as_str()) {
            ("cli", _) => Some("cli_only"),
            (_, "down") => Some("computer_down"),
            _ => None,
        }
    }

    /// What is known of a thread's run from the agent.
    pub(super) fn provenance(&self, since: &str) -> Value {
        json!({
            "platform": { "deployments": [{
                "deploymentId": "dpl_sandbox",
                "commitSha": "5a4db0c0ffee5a4db0c0ffee5a4db0c0ffee5a4d",
                "firstSeenAt": since,
            }] },
            "definition": self.definition,
            "computer": {
                "kind": self.kind,
                "os": self.os,
                "runtimeVersion": "75",
                "imageVersion": "12",
                "region": "eu-central-1",
            },
        })
    }
}
