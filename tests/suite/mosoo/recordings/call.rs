//! A recorded request as a call of the client.

use super::{
    exchange::Exchange,
    form::Form,
    typed::{parsed, typed},
    unsent::Reason,
};
use agent_threads_mosoo::{
    Dialect,
    types::{AttachFile, CreateThread, MessageInput, SendEvents, TextPart, UserInterrupt},
};

/// An operation with what it takes.
#[derive(Clone, Debug)]
pub(super) enum Call {
    CreateThread { agent: String, body: CreateThread, key: Option<String> },
    ListThreads { agent: String, archived: Option<bool> },
    UploadFile { agent: String, file: Form },
    GetThread(String),
    DeleteThread(String),
    ArchiveThread(String),
    UnarchiveThread(String),
    ListEvents { thread: String, limit: Option<i64> },
    SendEvents { thread: String, body: SendEvents, key: Option<String> },
    StreamEvents { thread: String, limit: Option<i64> },
    ListThreadFiles(String),
    AttachFile { thread: String, body: AttachFile },
    DeleteThreadFile { thread: String, file: String },
    GetFile(String),
    DeleteFile(String),
    DownloadFile { file: String, disposition: Option<String> },
}

impl Call {
    /// The call that sends what was recorded, or why there is none.
    pub(super) fn of(exchange: &Exchange) -> Result<Self, Reason> {
        let call = Self::stand_in(exchange).ok_or(Reason::NoOperation)?;
        if exchange.caller == "none" {
            return Err(Reason::NoToken);
        }
        if exchange.header("last-event-id").is_some() {
            return Err(Reason::NoPlace("Last-Event-ID".to_owned()));
        }
        let key = exchange.header("idempotency-key").map(str::to_owned);
        Ok(match call {
            Self::CreateThread { agent, .. } => {
                Self::CreateThread { agent, body: typed(&exchange.body)?, key }
            }
            Self::SendEvents { thread, .. } => {
                Self::SendEvents { thread, body: typed(&exchange.body)?, key }
            }
            Self::AttachFile { thread, .. } => {
                Self::AttachFile { thread, body: typed(&exchange.body)? }
            }
            Self::UploadFile { agent, .. } => {
                Self::UploadFile { agent, file: Form::of(&exchange.body)? }
            }
            Self::ListThreads { agent, .. } => {
                Self::ListThreads { agent, archived: parsed(exchange, "archived")? }
            }
            Self::ListEvents { thread, .. } => {
                Self::ListEvents { thread, limit: parsed(exchange, "limit")? }
            }
            Self::StreamEvents { thread, .. } => {
                Self::StreamEvents { thread, limit: parsed(exchange, "limit")? }
            }
            Self::DownloadFile { file, .. } => {
                Self::DownloadFile { file, disposition: exchange.query("disposition") }
            }
            other => other,
        })
    }

    /// The operation that a request was meant for, with anything that it takes.
    pub(super) fn stand_in(exchange: &Exchange) -> Option<Self> {
        let segments = exchange.segments()?;
        let segments: Vec<_> = segments.iter().map(String::as_str).collect();
        let owned = |id: &str| id.to_owned();
        Some(match (exchange.method.as_str(), &segments[..]) {
            ("POST", ["agents", agent, "threads"]) => {
                Self::CreateThread { agent: owned(agent), body: least(exchange.dialect), key: None }
            }
            ("GET", ["agents", agent, "threads"]) => {
                Self::ListThreads { agent: owned(agent), archived: None }
            }
            ("POST", ["agents", agent, "files"]) => {
                Self::UploadFile { agent: owned(agent), file: Form::default() }
            }
            ("GET", ["threads", thread]) => Self::GetThread(owned(thread)),
            ("DELETE", ["threads", thread]) => Self::DeleteThread(owned(thread)),
            ("POST", ["threads", thread, "archive"]) => Self::ArchiveThread(owned(thread)),
            ("POST", ["threads", thread, "unarchive"]) => Self::UnarchiveThread(owned(thread)),
            ("GET", ["threads", thread, "events"]) => {
                Self::ListEvents { thread: owned(thread), limit: None }
            }
            ("POST", ["threads", thread, "events"]) => Self::SendEvents {
                thread: owned(thread),
                body: SendEvents::new([UserInterrupt::new()]),
                key: None,
            },
            ("GET", ["threads", thread, "events", "stream"]) => {
                Self::StreamEvents { thread: owned(thread), limit: None }
            }
            ("GET", ["threads", thread, "files"]) => Self::ListThreadFiles(owned(thread)),
            ("POST", ["threads", thread, "files"]) => {
                Self::AttachFile { thread: owned(thread), body: AttachFile::new("", "", "") }
            }
            ("DELETE", ["threads", thread, "files", file]) => {
                Self::DeleteThreadFile { thread: owned(thread), file: owned(file) }
            }
            ("GET", ["files", file]) => Self::GetFile(owned(file)),
            ("DELETE", ["files", file]) => Self::DeleteFile(owned(file)),
            ("GET", ["files", file, "content"]) => {
                Self::DownloadFile { file: owned(file), disposition: None }
            }
            _ => return None,
        })
    }
}

impl Call {
    /// The one dialect that has the operation, if not both do.
    pub(super) fn dialect(&self) -> Option<Dialect> {
        match self {
            Self::AttachFile { .. } => Some(Dialect::Seed),
            Self::UploadFile { .. }
            | Self::StreamEvents { .. }
            | Self::GetFile(_)
            | Self::DeleteFile(_)
            | Self::DownloadFile { .. } => Some(Dialect::Current),
            _ => None,
        }
    }
}

/// The least that creates a thread.
fn least(dialect: Dialect) -> CreateThread {
    match dialect {
        Dialect::Current => CreateThread::new().user_id("cust-77"),
        _ => CreateThread::new().input(MessageInput::new([TextPart::new("Hi")])),
    }
}
