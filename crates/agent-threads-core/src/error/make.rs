//! How errors are made, one function for each thing that goes wrong.

#[cfg(feature = "files")]
mod files;
#[cfg(feature = "stream")]
mod stream;

use super::{Error, ErrorKind, Inner};
#[cfg(feature = "files")]
use crate::multipart::Failure;
use crate::{TransportError, operation::Operation, transport::Phase};
use bytes::Bytes;
use reqwest::{StatusCode, header::HeaderMap};
use std::{error::Error as StdError, time::Duration};

/// An answer whose status is no success.
pub(crate) struct StatusAnswer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) message: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) transient: bool,
    /// The vendor says that nothing was done.
    pub(crate) without_effect: bool,
}

/// A successful answer that does not have the documented shape.
pub(crate) struct DecodeFailure {
    pub(crate) message: String,
    pub(crate) truncated: bool,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) request_id: Option<String>,
}

/// Why a wait ended before what it waited for.
pub(crate) enum Ended {
    Late(Duration),
    Cancelled,
}

impl Error {
    fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            message: None,
            status: None,
            code: None,
            request_id: None,
            retry_after: None,
            headers: HeaderMap::new(),
            body: None,
            last_status: None,
            last_event_id: None,
            attempts: 0,
            waited: Duration::ZERO,
            transient: false,
            without_effect: false,
            budget_spent: false,
            source: None,
        }))
    }

    fn text(mut self, message: impl Into<String>) -> Self {
        self.0.message = Some(one_line(&message.into()));
        self
    }

    pub(crate) fn of(mut self, operation: &Operation) -> Self {
        self.0.operation = Some(operation.name());
        self
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config).text(message)
    }

    pub(crate) fn config_caused(
        message: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        let mut error = Self::config(message);
        error.0.source = Some(Box::new(source));
        error
    }

    pub(crate) fn invalid_request(operation: &Operation, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest).text(message).of(operation)
    }

    pub(crate) fn transport(source: TransportError) -> Self {
        // A transport reports what broke a request off as its own failure.
        #[cfg(feature = "files")]
        if let Some(failure) = Failure::behind(&source) {
            return Self::upload(failure);
        }
        let mut error = Self::new(ErrorKind::Transport).text(source.to_string());
        error.0.transient = true;
        error.0.without_effect = source.phase() == Phase::Connect;
        // The text of the outer error is in the message already; the chain goes on with its cause.
        error.0.source = Some(source.into());
        error
    }

    pub(crate) fn attempt_timeout(timeout: Duration) -> Self {
        let mut error = Self::new(ErrorKind::Timeout)
            .text(format!("no complete answer within the attempt timeout of {timeout:?}"));
        error.0.transient = true;
        error
    }

    pub(crate) fn total_timeout(timeout: Duration) -> Self {
        let mut error = Self::new(ErrorKind::Timeout)
            .text(format!("no success within the total timeout of {timeout:?}"));
        error.0.transient = true;
        error
    }

    pub(crate) fn with_headers(mut self, headers: &HeaderMap) -> Self {
        self.0.headers = headers.clone();
        self
    }

    pub(crate) fn redirect(status: StatusCode, reason: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Redirect).text(reason);
        error.0.status = Some(status);
        error
    }

    pub(crate) fn body_too_large(status: StatusCode, cap: usize) -> Self {
        let mut error = Self::new(ErrorKind::BodyTooLarge).text(format!(
            "the body is larger than the cap of {cap} bytes (Settings::max_body_bytes)"
        ));
        error.0.status = Some(status);
        error
    }

    pub(crate) fn status_answer(answer: StatusAnswer) -> Self {
        let mut error = Self::new(ErrorKind::Status);
        error.0.message = answer.message.as_deref().map(one_line);
        error.0.code = answer.code.as_deref().map(one_line);
        error.0.request_id = answer.request_id.as_deref().map(one_line);
        error.0.status = Some(answer.status);
        error.0.retry_after = answer.retry_after;
        error.0.transient = answer.transient;
        error.0.without_effect = answer.without_effect;
        error.0.headers = answer.headers;
        error.0.body = Some(answer.body);
        error
    }

    pub(crate) fn undecodable(failure: DecodeFailure) -> Self {
        let mut error = Self::new(ErrorKind::Decode).text(failure.message);
        error.0.transient = failure.truncated;
        error.0.status = Some(failure.status);
        error.0.headers = failure.headers;
        error.0.body = Some(failure.body);
        error.0.request_id = failure.request_id;
        error
    }

    pub(crate) fn unfinished(
        ended: Ended,
        subject: &str,
        last: Option<String>,
        survived: Option<Self>,
    ) -> Self {
        let (kind, seen) = match (ended, &last) {
            (Ended::Cancelled, _) => {
                (ErrorKind::Cancelled, format!("the wait for {subject} was cancelled"))
            }
            (Ended::Late(after), Some(status)) => {
                (ErrorKind::Deadline, format!("{subject} is still `{status}` after {after:?}"))
            }
            (Ended::Late(after), None) => {
                (ErrorKind::Deadline, format!("{subject} could not be read within {after:?}"))
            }
        };
        let mut error = Self::new(kind).text(format!(
            "{seen}; it goes on at the vendor, and its handle can be attached again"
        ));
        error.0.last_status = last;
        error.0.source = survived.map(Into::into);
        error
    }

    pub(crate) fn looped() -> Self {
        Self::new(ErrorKind::Loop)
            .text("the list does not end: it leads back to a page that was there before")
    }

    #[cfg(any(feature = "files", feature = "stream"))]
    pub(crate) fn stalled(silence: Duration) -> Self {
        let mut error = Self::new(ErrorKind::Timeout)
            .text(format!("no byte came for {silence:?}, the stall timeout"));
        error.0.transient = true;
        error
    }

    pub(crate) fn after(mut self, attempts: u32, waited: Duration) -> Self {
        self.0.attempts = attempts;
        self.0.waited = waited;
        self
    }

    /// After several attempts the call is without effect if each of them was.
    pub(crate) fn with_effect(mut self, may_have_effect: bool) -> Self {
        self.0.without_effect = !may_have_effect;
        self
    }

    /// For a call that would have been tried again.
    pub(crate) fn with_retry_budget_spent(mut self) -> Self {
        self.0.budget_spent = true;
        self
    }

    /// For a wait whose last answer says that the run is at its end, but cannot be read in full.
    #[doc(hidden)]
    #[must_use]
    pub fn with_last_status(mut self, status: &str) -> Self {
        let message = self.0.message.take().unwrap_or_default();
        self = self.text(format!("the run is `{status}`, but {message}"));
        self.0.last_status = Some(status.to_owned());
        self.0.transient = false;
        self
    }
}

const LONGEST_TEXT: usize = 500;

/// Text from outside, fit for one line of a log.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(LONGEST_TEXT));
    for character in text.trim().chars() {
        if line.len() >= LONGEST_TEXT {
            line.push('…');
            break;
        }
        match character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
    }
    line
}
