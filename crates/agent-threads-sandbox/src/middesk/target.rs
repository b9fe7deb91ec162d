//! The operations by name: what faults aim at, and where each is served.

use http::Method;

/// The requests that a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// List agents: `GET /v1/agents`
    ListAgents,
    /// Get an agent: `GET /v1/agents/{id}`
    GetAgent,
    /// List threads: `GET /v1/threads`
    ListThreads,
    /// Create a thread: `POST /v1/threads`
    CreateThread,
    /// Get a thread: `GET /v1/threads/{id}`
    GetThread,
    /// List runs: `GET /v1/runs`
    ListRuns,
    /// Create a run: `POST /v1/runs`
    CreateRun,
    /// Get a run: `GET /v1/runs/{id}`
    GetRun,
    /// Rate an artifact: `POST /v1/runs/{id}/feedback`
    SubmitFeedback,
    /// Watch a run: `GET /v1/runs/{id}/stream`
    StreamRun,
    /// Answer a run's question: `POST /v1/runs/{id}/resume`
    ResumeRun,
    /// List actions: `GET /v1/actions`
    ListActions,
    /// Take an action: `POST /v1/actions`
    CreateAction,
    /// Get an action: `GET /v1/actions/{id}`
    GetAction,
    /// Every request, unknown paths and wrong methods included.
    Any,
}

impl Target {
    /// The template of the path. [`Any`](Self::Any) has none.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::ListAgents => "/v1/agents",
            Self::GetAgent => "/v1/agents/{id}",
            Self::ListThreads | Self::CreateThread => "/v1/threads",
            Self::GetThread => "/v1/threads/{id}",
            Self::ListRuns | Self::CreateRun => "/v1/runs",
            Self::GetRun => "/v1/runs/{id}",
            Self::SubmitFeedback => "/v1/runs/{id}/feedback",
            Self::StreamRun => "/v1/runs/{id}/stream",
            Self::ResumeRun => "/v1/runs/{id}/resume",
            Self::ListActions | Self::CreateAction => "/v1/actions",
            Self::GetAction => "/v1/actions/{id}",
            Self::Any => "",
        }
    }

    /// Whether this means a request. `route` is the template of its path, absent for unknown paths.
    pub(super) fn covers(self, method: &Method, route: Option<&str>) -> bool {
        self == Self::Any || route == Some(self.path()) && *method == self.method()
    }

    fn method(self) -> Method {
        match self {
            Self::CreateThread
            | Self::CreateRun
            | Self::SubmitFeedback
            | Self::ResumeRun
            | Self::CreateAction => Method::POST,
            _ => Method::GET,
        }
    }
}
