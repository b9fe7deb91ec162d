//! The operations by name: what faults aim at, and where each is served.

use http::Method;

/// The requests that a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// Create a run, or attach to it again: `POST /agent/runs`
    CreateRun,
    /// Watch a run: `GET /agent/runs/{runId}/stream`
    StreamRun,
    /// Execute an action, at the first address: `POST /agent/workflow-actions`
    ExecuteAction,
    /// Run Modus: `POST /agent/v1/modus/runs`
    CreateModusRun,
    /// Run a scope: `POST /agent/v1/scopes/{id}/runs`
    CreateScopeRun,
    /// Run a workflow: `POST /agent/v1/workflows/{id}/runs`
    CreateWorkflowRun,
    /// Bring the decision that a run waits for: `POST /agent/v1/runs/{runId}/resume`
    ResumeRun,
    /// Watch a run: `GET /agent/v1/runs/{runId}/stream`
    WatchRun,
    /// Read a run's events: `GET /agent/v1/runs/{runId}/events`
    PollRunEvents,
    /// Cancel a run: `POST /agent/v1/runs/{runId}/cancel`
    CancelRun,
    /// Put another turn in a run's place: `POST /agent/v1/runs/{runId}/interrupt`
    InterruptRun,
    /// Change a run that waits: `POST /agent/v1/runs/{runId}/queue-edit`
    EditQueuedRun,
    /// List unfinished runs: `GET /agent/v1/runs/active`
    ListActiveRuns,
    /// Find unfinished runs: `POST /agent/v1/runs/active-by-session`
    FindActiveRuns,
    /// Execute an action: `POST /agent/v1/workflow-actions`
    ExecuteWorkflowAction,
    /// Cancel an action: `POST /agent/v1/workflow-actions/{runId}/cancel`
    CancelWorkflowAction,
    /// List what a workflow has run: `GET /api/v1/workflows/{id}/runs`
    ListWorkflowRuns,
    /// Read what a workflow has run: `GET /api/v1/workflows/{id}/runs/{runId}`
    GetWorkflowRun,
    /// List conversations: `GET /api/v1/modus/conversations`
    ListModusConversations,
    /// Read a conversation: `GET /api/v1/modus/conversations/{threadId}`
    GetModusConversation,
    /// List a scope's conversations: `GET /api/v1/scopes/{id}/conversations`
    ListScopeConversations,
    /// Read a scope's conversation: `GET /api/v1/scopes/{id}/conversations/{threadId}`
    GetScopeConversation,
    /// List workflows: `GET /api/v1/workflows`
    ListWorkflows,
    /// Read a workflow: `GET /api/v1/workflows/{id}`
    GetWorkflow,
    /// List scopes: `GET /api/v1/scopes`
    ListScopes,
    /// Read a scope: `GET /api/v1/scopes/{id}`
    GetScope,
    /// Ask Modus and wait: `POST /api/v1/modus/chat`
    ChatWithModus,
    /// Ask Modus again and wait: `POST /api/v1/modus/conversations/{threadId}/chat`
    ContinueModusChat,
    /// Ask a scope and wait: `POST /api/v1/scopes/{id}/chat`
    ChatWithScope,
    /// Ask a scope again and wait: `POST /api/v1/scopes/{id}/conversations/{threadId}/chat`
    ContinueScopeChat,
    /// Gather context: `POST /api/v1/modus/context`
    ComposeModusContext,
    /// Gather a scope's context: `POST /api/v1/scopes/{id}/context`
    ComposeScopeContext,
    /// Every request, unknown paths and wrong methods included.
    Any,
}

impl Target {
    /// The template of the path. [`Any`](Self::Any) has none.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::CreateRun => "/agent/runs",
            Self::StreamRun => "/agent/runs/{run_id}/stream",
            Self::ExecuteAction => "/agent/workflow-actions",
            Self::CreateModusRun => "/agent/v1/modus/runs",
            Self::CreateScopeRun => "/agent/v1/scopes/{id}/runs",
            Self::CreateWorkflowRun => "/agent/v1/workflows/{id}/runs",
            Self::ResumeRun => "/agent/v1/runs/{run_id}/resume",
            Self::WatchRun => "/agent/v1/runs/{run_id}/stream",
            Self::PollRunEvents => "/agent/v1/runs/{run_id}/events",
            Self::CancelRun => "/agent/v1/runs/{run_id}/cancel",
            Self::InterruptRun => "/agent/v1/runs/{run_id}/interrupt",
            Self::EditQueuedRun => "/agent/v1/runs/{run_id}/queue-edit",
            Self::ListActiveRuns => "/agent/v1/runs/active",
            Self::FindActiveRuns => "/agent/v1/runs/active-by-session",
            Self::ExecuteWorkflowAction => "/agent/v1/workflow-actions",
            Self::CancelWorkflowAction => "/agent/v1/workflow-actions/{run_id}/cancel",
            Self::ListWorkflowRuns => "/api/v1/workflows/{id}/runs",
            Self::GetWorkflowRun => "/api/v1/workflows/{id}/runs/{run_id}",
            Self::ListModusConversations => "/api/v1/modus/conversations",
            Self::GetModusConversation => "/api/v1/modus/conversations/{thread_id}",
            Self::ListScopeConversations => "/api/v1/scopes/{id}/conversations",
            Self::GetScopeConversation => "/api/v1/scopes/{id}/conversations/{thread_id}",
            Self::ListWorkflows => "/api/v1/workflows",
            Self::GetWorkflow => "/api/v1/workflows/{id}",
            Self::ListScopes => "/api/v1/scopes",
            Self::GetScope => "/api/v1/scopes/{id}",
            Self::ChatWithModus => "/api/v1/modus/chat",
            Self::ContinueModusChat => "/api/v1/modus/conversations/{thread_id}/chat",
            Self::ChatWithScope => "/api/v1/scopes/{id}/chat",
            Self::ContinueScopeChat => "/api/v1/scopes/{id}/conversations/{thread_id}/chat",
            Self::ComposeModusContext => "/api/v1/modus/context",
            Self::ComposeScopeContext => "/api/v1/scopes/{id}/context",
            Self::Any => "",
        }
    }

    /// Whether this means a request. `route` is the template of its path, absent for unknown paths.
    pub(super) fn covers(self, method: &Method, route: Option<&str>) -> bool {
        self == Self::Any || route == Some(self.path()) && *method == self.method()
    }

    fn method(self) -> Method {
        match self {
            Self::StreamRun
            | Self::WatchRun
            | Self::PollRunEvents
            | Self::ListActiveRuns
            | Self::ListWorkflowRuns
            | Self::GetWorkflowRun
            | Self::ListModusConversations
            | Self::GetModusConversation
            | Self::ListScopeConversations
            | Self::GetScopeConversation
            | Self::ListWorkflows
            | Self::GetWorkflow
            | Self::ListScopes
            | Self::GetScope => Method::GET,
            _ => Method::POST,
        }
    }
}
