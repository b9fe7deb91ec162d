//! The operations by name: what faults aim at, and where each is served.

use http::Method;

/// The requests that a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// `COLLECTION_THREADS_CREATE`
    CreateThread,
    /// `COLLECTION_THREADS_GET`
    GetThread,
    /// `COLLECTION_THREADS_LIST`
    ListThreads,
    /// `COLLECTION_THREADS_UPDATE`
    UpdateThread,
    /// `COLLECTION_THREADS_DELETE`
    DeleteThread,
    /// `COLLECTION_THREAD_MESSAGES_LIST`
    ListMessages,
    /// `COLLECTION_VIRTUAL_MCP_LIST`
    ListAgents,
    /// `COLLECTION_VIRTUAL_MCP_GET`
    GetAgent,
    /// `COLLECTION_VIRTUAL_MCP_CREATE`
    CreateAgent,
    /// `COLLECTION_CONNECTIONS_LIST`
    ListConnections,
    /// `COLLECTION_CONNECTIONS_GET`
    GetConnection,
    /// `API_KEY_CREATE`
    CreateKey,
    /// `API_KEY_LIST`
    ListKeys,
    /// `API_KEY_UPDATE`
    UpdateKey,
    /// `API_KEY_DELETE`
    DeleteKey,
    /// List the tools: `GET .../tools`
    ListTools,
    /// Post a message: `POST .../decopilot/threads/{threadId}/messages`
    PostMessage,
    /// Watch a thread: `GET .../decopilot/threads/{threadId}/stream`
    StreamThread,
    /// Cancel a run: `POST .../decopilot/cancel/{threadId}`
    Cancel,
    /// List the queue: `GET .../decopilot/queue/{threadId}`
    ListQueue,
    /// Take something out of the queue: `POST .../decopilot/queue/{threadId}/cancel/{workflowId}`
    CancelQueued,
    /// Move a tool call to the background: `POST .../decopilot/flip/{threadId}`
    Flip,
    /// Watch a background job: `GET .../decopilot/threads/{threadId}/jobs/{jobId}/stream`
    StreamJob,
    /// List the models: `GET .../decopilot/allowed-models`
    ListModels,
    /// Watch an organization: `GET .../watch`
    Watch,
    /// Every request, unknown paths and wrong methods included.
    Any,
}

/// The tools, each with its operation.
pub(super) const TOOLS: [Target; 15] = [
    Target::CreateThread,
    Target::GetThread,
    Target::ListThreads,
    Target::UpdateThread,
    Target::DeleteThread,
    Target::ListMessages,
    Target::ListAgents,
    Target::GetAgent,
    Target::CreateAgent,
    Target::ListConnections,
    Target::GetConnection,
    Target::CreateKey,
    Target::ListKeys,
    Target::UpdateKey,
    Target::DeleteKey,
];

impl Target {
    /// The template of the path. [`Any`](Self::Any) has none.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::CreateThread => "/api/{org}/tools/COLLECTION_THREADS_CREATE",
            Self::GetThread => "/api/{org}/tools/COLLECTION_THREADS_GET",
            Self::ListThreads => "/api/{org}/tools/COLLECTION_THREADS_LIST",
            Self::UpdateThread => "/api/{org}/tools/COLLECTION_THREADS_UPDATE",
            Self::DeleteThread => "/api/{org}/tools/COLLECTION_THREADS_DELETE",
            Self::ListMessages => "/api/{org}/tools/COLLECTION_THREAD_MESSAGES_LIST",
            Self::ListAgents => "/api/{org}/tools/COLLECTION_VIRTUAL_MCP_LIST",
            Self::GetAgent => "/api/{org}/tools/COLLECTION_VIRTUAL_MCP_GET",
            Self::CreateAgent => "/api/{org}/tools/COLLECTION_VIRTUAL_MCP_CREATE",
            Self::ListConnections => "/api/{org}/tools/COLLECTION_CONNECTIONS_LIST",
            Self::GetConnection => "/api/{org}/tools/COLLECTION_CONNECTIONS_GET",
            Self::CreateKey => "/api/{org}/tools/API_KEY_CREATE",
            Self::ListKeys => "/api/{org}/tools/API_KEY_LIST",
            Self::UpdateKey => "/api/{org}/tools/API_KEY_UPDATE",
            Self::DeleteKey => "/api/{org}/tools/API_KEY_DELETE",
            Self::ListTools => "/api/{org}/tools",
            Self::PostMessage => "/api/{org}/decopilot/threads/{thread_id}/messages",
            Self::StreamThread => "/api/{org}/decopilot/threads/{thread_id}/stream",
            Self::Cancel => "/api/{org}/decopilot/cancel/{thread_id}",
            Self::ListQueue => "/api/{org}/decopilot/queue/{thread_id}",
            Self::CancelQueued => "/api/{org}/decopilot/queue/{thread_id}/cancel/{workflow_id}",
            Self::Flip => "/api/{org}/decopilot/flip/{thread_id}",
            Self::StreamJob => "/api/{org}/decopilot/threads/{thread_id}/jobs/{job_id}/stream",
            Self::ListModels => "/api/{org}/decopilot/allowed-models",
            Self::Watch => "/api/{org}/watch",
            Self::Any => "",
        }
    }

    /// The name of a tool: the end of its path.
    pub(super) fn tool_name(self) -> &'static str {
        self.path().rsplit('/').next().unwrap_or_default()
    }

    /// Whether this means a request. `route` is the template of its path, absent for unknown paths.
    pub(super) fn covers(self, method: &Method, route: Option<&str>) -> bool {
        self == Self::Any || route == Some(self.path()) && *method == self.method()
    }

    fn method(self) -> Method {
        match self {
            Self::ListTools
            | Self::StreamThread
            | Self::ListQueue
            | Self::StreamJob
            | Self::ListModels
            | Self::Watch => Method::GET,
            _ => Method::POST,
        }
    }
}
