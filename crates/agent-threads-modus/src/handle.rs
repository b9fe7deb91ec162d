//! What is stored of a run.

use crate::operations::{StreamRunRequest, WatchRunRequest};
use agent_threads_core::codegen::Operation;
use serde::{Deserialize, Serialize};

/// All that is needed to find a run again: what a program stores in its job queue. It carries no secret.
///
/// Its serialized form stays readable by later versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Handle {
    /// The run.
    pub run_id: String,
    /// The id of the last event delivered; empty for a run of which none has been.
    #[serde(default)]
    pub last_event_id: String,
    /// Where the run's events are read.
    #[serde(default)]
    pub api: Api,
    /// What the run was started with; `None` for one that was found by its id or its session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// Who runs, and in which conversation: what its next turn needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Origin {
    /// Who runs.
    pub target: Target,
    /// The conversation, as the program named it.
    pub session_id: String,
}

/// Who runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Target {
    /// Whoever the session names, at the vendor's first address, in this organization.
    Organization(String),
    /// The organization's assistant.
    Modus,
    /// A scope, by its id.
    Scope(i64),
    /// A workflow, by its id.
    Workflow(i64),
    /// A single action of a workflow.
    Action,
}

/// The address at which a run was started, and at which its events are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Api {
    /// `/agent/runs`, the first one.
    #[default]
    Unversioned,
    /// `/agent/v1`, the present one.
    V1,
}

impl Handle {
    /// The handle of a run that was started by [`Client::run`](crate::Client::run), from its first event on.
    pub fn new(run_id: impl Into<String>) -> Self {
        Self::at(Api::Unversioned, run_id)
    }

    /// The handle of any other run, from its first event on.
    pub fn v1(run_id: impl Into<String>) -> Self {
        Self::at(Api::V1, run_id)
    }

    pub(crate) fn at(api: Api, run_id: impl Into<String>) -> Self {
        Self { run_id: run_id.into(), last_event_id: String::new(), api, origin: None }
    }

    pub(crate) fn of(mut self, target: Target, session_id: &str) -> Self {
        self.origin = Some(Origin { target, session_id: session_id.to_owned() });
        self
    }

    /// The same run from its first event on, for a program that needs the whole text again.
    #[must_use]
    pub fn rewound(self) -> Self {
        Self { last_event_id: String::new(), ..self }
    }

    /// The operation that reads the run's events.
    pub(crate) fn reads(&self) -> &'static Operation {
        match self.api {
            Api::Unversioned => &StreamRunRequest::OPERATION,
            Api::V1 => &WatchRunRequest::OPERATION,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_handle_stays_readable() {
        let handle: Handle = serde_json::from_str(r#"{"run_id":"r"}"#).unwrap();
        assert_eq!(handle, Handle::new("r"));
        let written = r#"{"run_id":"r","last_event_id":"7-0","api":"v1"}"#;
        let handle: Handle = serde_json::from_str(written).unwrap();
        assert_eq!(serde_json::to_string(&handle).unwrap(), written);
        assert_eq!(handle.rewound(), Handle::v1("r"));
        let written = r#"{"run_id":"r","last_event_id":"","api":"v1","origin":{"target":{"scope":42},"session_id":"s"}}"#;
        let handle: Handle = serde_json::from_str(written).unwrap();
        assert_eq!(serde_json::to_string(&handle).unwrap(), written);
        assert_eq!(handle, Handle::v1("r").of(Target::Scope(42), "s"));
    }
}
