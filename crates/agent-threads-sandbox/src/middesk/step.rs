//! What a run does, one step at a time.

use serde_json::{Value, json};

use super::artifact::Artifact;
use super::ids::{Ids, Kind};

/// One step of a run, with the steps within it.
///
/// ```
/// use agent_threads_sandbox::middesk::Step;
///
/// let search = Step::activity("search").label("Searching the records").agent("address_verification");
/// let step = Step::activity("verify_address").child(search);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a step does nothing until it is in a script"]
pub struct Step {
    kind: String,
    name: String,
    label: Option<String>,
    agent: Option<String>,
    status: &'static str,
    artifacts: Vec<Artifact>,
    children: Vec<Self>,
}

impl Step {
    /// A piece of work.
    pub fn activity(name: impl Into<String>) -> Self {
        Self::of_type("activity", name)
    }

    /// A step of any type, also one that clients cannot know.
    pub fn of_type(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            name: name.into(),
            label: None,
            agent: None,
            status: "completed",
            artifacts: Vec::new(),
            children: Vec::new(),
        }
    }

    /// What people read. Unless set, the name.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The agent whose step it is. Unless set, that of the run.
    pub fn agent(mut self, agent: impl Into<String>) -> Self {
        self.agent = Some(agent.into());
        self
    }

    /// Adds what it brings.
    pub fn artifact(mut self, artifact: Artifact) -> Self {
        self.artifacts.push(artifact);
        self
    }

    /// Adds a step within this one.
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// Ends with `error`, which need not be the run's end.
    pub fn fails(mut self) -> Self {
        self.status = "error";
        self
    }

    /// As it is sent once it is over.
    pub(super) fn placed(&self, ids: &Ids, run_id: &str, agent: &str) -> Value {
        self.placed_in(ids, run_id, agent, None)
    }

    fn placed_in(&self, ids: &Ids, run_id: &str, agent: &str, parent: Option<&str>) -> Value {
        let id = ids.next(Kind::Step);
        let agent = self.agent.as_deref().unwrap_or(agent);
        let artifacts: Vec<_> = self.artifacts.iter().map(|one| one.placed(ids)).collect();
        let within = |child: &Self| child.placed_in(ids, run_id, agent, Some(&id));
        let steps: Vec<_> = self.children.iter().map(within).collect();
        json!({
            "id": id,
            "run_id": run_id,
            "type": self.kind,
            "name": self.name,
            "label": self.label.as_ref().unwrap_or(&self.name),
            "status": self.status,
            "started_at": null,
            "agent": agent,
            "parent_step_id": parent,
            "completed_at": null,
            "steps": steps,
            "artifacts": artifacts,
        })
    }
}

/// Sets a field of a step and of all steps within it.
pub(super) fn stamp(step: &mut Value, field: &str, value: &str) {
    step[field] = json!(value);
    for child in step["steps"].as_array_mut().into_iter().flatten() {
        stamp(child, field, value);
    }
}

/// A step that is not over, as it is sent.
pub(super) fn unfinished(step: &Value) -> Value {
    let mut step = step.clone();
    step["status"] = json!("running");
    step["completed_at"] = Value::Null;
    step
}
