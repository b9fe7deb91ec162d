//! The one error type of all clients.

mod make;

use crate::{TransportError, decode, operation::OperationName};
use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderMap};
use serde::de::DeserializeOwned;
use std::{error::Error as StdError, fmt, time::Duration};

pub(crate) use make::{DecodeFailure, Ended, StatusAnswer};

/// What went wrong, as far as a program can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not be built: a token, URL or setting is missing or unusable.
    Config,
    /// The request was refused before anything was sent: an argument cannot stand where it must.
    InvalidRequest,
    /// A file that was to be sent could not be read, has another length than was announced, or is larger than the vendor
    /// takes. The request was broken off, and is not repeated.
    Upload,
    /// The network failed, and trying again was not safe or did not help.
    Transport,
    /// An attempt or the whole call took longer than its timeout.
    Timeout,
    /// The server answered with a status that is no success, or says in the answer that it is none. See
    /// [`Error::status`] and [`Error::code`].
    Status,
    /// The server answered with a redirect that is not followed.
    Redirect,
    /// A successful answer does not have the documented shape. [`Error::raw_body`] has it as it came.
    Decode,
    /// The body of a successful answer is larger than [`Settings::max_body_bytes`](crate::Settings::max_body_bytes), or an
    /// event of a stream is larger than `Settings::sse_limits`.
    BodyTooLarge,
    /// The answer to a request for a stream of events is something else. [`Error::raw_body`] has
    /// its beginning.
    NotAStream,
    /// There is no stream to be had (204), though there may be something to read of what it would tell of. Poll that.
    NothingToStream,
    /// A stream of events broke off before its end, and could not be taken up again. See
    /// [`Error::last_event_id`].
    Interrupted,
    /// A list leads back to a page that was there before, and would never end. What was delivered is good.
    Loop,
    /// The deadline of a wait passed. What was waited for goes on at the vendor. See [`Error::last_status`].
    Deadline,
    /// The wait was cancelled by its caller. What was waited for goes on at the vendor.
    Cancelled,
}

/// What went wrong in a call or a wait.
///
/// `Display` is one line: vendor, operation, status, code, message. Neither it nor `Debug` shows tokens, headers or
/// bodies; the body is there for those who ask with [`raw_body`](Self::raw_body) or [`decode`](Self::decode). The chain
/// of causes is behind [`source`](std::error::Error::source).
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    operation: Option<OperationName>,
    message: Option<String>,
    status: Option<StatusCode>,
    code: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    headers: HeaderMap,
    body: Option<Bytes>,
    last_status: Option<String>,
    last_event_id: Option<String>,
    attempts: u32,
    waited: Duration,
    transient: bool,
    without_effect: bool,
    budget_spent: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The status of the answer, where one came.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The vendor's code for programs, such as `NOT_FOUND`, where the answer had one.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What happened, in one line: the vendor's text where the answer had one, else ours.
    ///
    /// Line breaks and control characters are escaped, long texts are cut, and the token is struck out.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The vendor's id of the request, for its support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Name of the client's method, where the error belongs to one.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|name| name.id)
    }

    /// How many times the request was sent, or an attempt to connect was made. 0 where nothing was tried, and for a wait
    /// that ended as [`ErrorKind::Deadline`] or [`ErrorKind::Cancelled`].
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The sum of the pauses between the attempts.
    pub fn total_wait(&self) -> Duration {
        self.0.waited
    }

    /// How long the server asked to wait before the next try, where it did.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The last status that a wait has read, as the vendor spells it.
    pub fn last_status(&self) -> Option<&str> {
        self.0.last_status.as_deref()
    }

    /// The id of the last event that a stream has delivered, where the server sends ids: what to
    /// resume from.
    pub fn last_event_id(&self) -> Option<&str> {
        self.0.last_event_id.as_deref()
    }

    /// Whether the vendor said that there is no such thing (404).
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(StatusCode::NOT_FOUND)
    }

    /// Whether the vendor said that the request contradicts an earlier one (409), such as an
    /// idempotency key that was used with another body.
    pub fn is_conflict(&self) -> bool {
        self.0.status == Some(StatusCode::CONFLICT)
    }

    /// Whether the same call may succeed later: the network, a timeout, 408, 429, 500, 502, 503, 504, or a code
    /// that the vendor documents so; and not a code that it documents as final.
    ///
    /// This does not say that calling again is safe. A call that is not idempotent may have taken effect.
    pub fn is_retryable(&self) -> bool {
        self.0.transient
    }

    /// Whether the call certainly did nothing, so that it can be made again: in none of its attempts a connection was made,
    /// or the vendor's code says so. False where nothing is known; it does not mean that something was done.
    ///
    /// After a call that is not idempotent this is what to go by: with `true` it can be made again, and with `false` after
    /// [`ErrorKind::Transport`] or [`ErrorKind::Timeout`] it may have taken effect.
    pub fn is_without_effect(&self) -> bool {
        self.0.without_effect
    }

    /// Whether the call would have been tried again if the client's [`RetryBudget`](crate::RetryBudget) had not been spent:
    /// of the client's latest calls too many have failed.
    pub fn is_retry_budget_spent(&self) -> bool {
        self.0.budget_spent
    }

    /// A header of the answer by its name, where one came and it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers.get(name)?.to_str().ok()
    }

    /// The body of the answer as it came: of an error status its first 256 KiB, of one that cannot be decoded all.
    pub fn raw_body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// The body of the answer as `T`, such as one of the documented error bodies.
    ///
    /// # Errors
    ///
    /// When there is no body, or it is not a JSON `T`.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        decode::body(self.0.body.as_deref().unwrap_or_default())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match inner.operation {
            Some(OperationName { vendor, id }) => write!(f, "{vendor} {id}: ")?,
            None if inner.kind == ErrorKind::Config => f.write_str("configuration: ")?,
            None => {}
        }
        if let Some(status) = inner.status {
            write!(f, "{status}")?;
        }
        if let Some(code) = &inner.code {
            write!(f, " [{code}]")?;
        }
        if let Some(message) = &inner.message {
            let gap = if inner.status.is_some() { ": " } else { "" };
            write!(f, "{gap}{message}")?;
        }
        if let Some(id) = &inner.request_id {
            write!(f, " (request {id})")?;
        }
        if let Some(id) = &inner.last_event_id {
            write!(f, " (last event {})", make::one_line(id))?;
        }
        if inner.attempts > 1 {
            write!(f, " (after {} attempts)", inner.attempts)?;
        }
        if inner.budget_spent {
            f.write_str(" (not tried again: the client's retry budget is spent)")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &inner.operation.map(|name| name.id))
            .field("status", &inner.status)
            .field("code", &inner.code)
            .field("message", &inner.message)
            .field("request_id", &inner.request_id)
            .field("retry_after", &inner.retry_after)
            .field("last_status", &inner.last_status)
            .field("last_event_id", &inner.last_event_id)
            .field("attempts", &inner.attempts)
            .field("total_wait", &inner.waited)
            .field("retry_budget_spent", &inner.budget_spent)
            .field("body_bytes", &inner.body.as_ref().map(Bytes::len))
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        // A transport error's own text is this error's message; the chain goes on with its cause.
        match source.downcast_ref::<TransportError>() {
            Some(transport) => transport.source(),
            None => Some(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Phase, testing::GET};

    #[test]
    fn text_from_outside_stays_on_one_short_line() {
        let error =
            Error::invalid_request(&GET, format!("first\nsecond\u{1b}[2J\r{}", "x".repeat(900)));
        let text = error.to_string();
        assert!(!text.contains(['\n', '\r', '\u{1b}']), "{text:?}");
        assert!(text.len() < 600, "{}", text.len());
        assert!(text.starts_with(r"Acme get_thread: first\nsecond\u{1b}[2J"), "{text}");
    }

    #[test]
    fn the_chain_of_a_transport_error_says_nothing_twice() {
        let error = Error::transport(TransportError::new(Phase::Connect, "refused"));
        assert_eq!(error.to_string(), "no connection could be made");
        assert_eq!(error.source().unwrap().to_string(), "refused");
    }
}
