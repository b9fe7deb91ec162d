//! The operations by name: what faults aim at, and where each is served.

use http::Method;

/// The requests that a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// Create a thread: `POST /api/v1/agents/{agentId}/threads`
    CreateThread,
    /// List threads: `GET /api/v1/agents/{agentId}/threads`
    ListThreads,
    /// Upload a draft: `POST /api/v1/agents/{agentId}/files`
    UploadFile,
    /// Read a thread: `GET /api/v1/threads/{threadId}`
    RetrieveThread,
    /// Delete a thread: `DELETE /api/v1/threads/{threadId}`
    DeleteThread,
    /// Archive a thread: `POST /api/v1/threads/{threadId}/archive`
    ArchiveThread,
    /// Take a thread out of the archive: `POST /api/v1/threads/{threadId}/unarchive`
    UnarchiveThread,
    /// Read the log: `GET /api/v1/threads/{threadId}/events`
    ListEvents,
    /// Send messages, decisions, interrupts: `POST /api/v1/threads/{threadId}/events`
    SendEvents,
    /// Follow the log: `GET /api/v1/threads/{threadId}/events/stream`
    StreamEvents,
    /// List a thread's files: `GET /api/v1/threads/{threadId}/files`
    ListFiles,
    /// Attach a file: `POST /api/v1/threads/{threadId}/files`
    AttachFile,
    /// Remove a thread's file: `DELETE /api/v1/threads/{threadId}/files/{fileId}`
    RemoveFile,
    /// Read what is known of a file: `GET /api/v1/files/{fileId}`
    RetrieveFile,
    /// Delete a file: `DELETE /api/v1/files/{fileId}`
    DeleteFile,
    /// Download a file: `GET /api/v1/files/{fileId}/content`
    DownloadFile,
    /// Every request, unknown paths and wrong methods included.
    Any,
}

impl Target {
    /// The template of the path. [`Any`](Self::Any) has none.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::CreateThread | Self::ListThreads => "/api/v1/agents/{agent_id}/threads",
            Self::UploadFile => "/api/v1/agents/{agent_id}/files",
            Self::RetrieveThread | Self::DeleteThread => "/api/v1/threads/{thread_id}",
            Self::ArchiveThread => "/api/v1/threads/{thread_id}/archive",
            Self::UnarchiveThread => "/api/v1/threads/{thread_id}/unarchive",
            Self::ListEvents | Self::SendEvents => "/api/v1/threads/{thread_id}/events",
            Self::StreamEvents => "/api/v1/threads/{thread_id}/events/stream",
            Self::ListFiles | Self::AttachFile => "/api/v1/threads/{thread_id}/files",
            Self::RemoveFile => "/api/v1/threads/{thread_id}/files/{file_id}",
            Self::RetrieveFile | Self::DeleteFile => "/api/v1/files/{file_id}",
            Self::DownloadFile => "/api/v1/files/{file_id}/content",
            Self::Any => "",
        }
    }

    /// Whether this means a request. `route` is the template of its path, absent for unknown paths.
    pub(super) fn covers(self, method: &Method, route: Option<&str>) -> bool {
        self == Self::Any || route == Some(self.path()) && *method == self.method()
    }

    fn method(self) -> Method {
        match self {
            Self::DeleteThread | Self::RemoveFile | Self::DeleteFile => Method::DELETE,
            Self::CreateThread
            | Self::UploadFile
            | Self::ArchiveThread
            | Self::UnarchiveThread
            | Self::SendEvents
            | Self::AttachFile => Method::POST,
            _ => Method::GET,
        }
    }
}
