//! Faults: the ways in which an answer can go wrong.

mod answer;
mod queue;

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

pub(crate) use answer::answer;
pub(crate) use queue::FaultQueue;

use crate::refusal::Refusal;
use crate::sse::StreamFault;

const HTML_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Error</title></head>\
    <body><h1>Something went wrong</h1><p>Please try again in a few minutes.</p></body></html>\n";

/// One way to break an answer, queued at a vendor's handle.
///
/// A fault replaces the answer of one request, and the request has no effect: no thread is made, no run moves on. Three things
/// change that: [`skip`](Self::skip) lets requests pass first, [`times`](Self::times) repeats the fault, and with
/// [`with_effect`](Self::with_effect) the request is carried out and only its answer is lost.
///
/// Faults come before all checks, also before that of the key, as those of a gateway do.
#[derive(Clone, Debug)]
#[must_use = "a fault does nothing until it is queued"]
pub struct Fault {
    kind: Kind,
    headers: HeaderMap,
    skip: u32,
    times: Option<u32>,
    effect: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Error { refusal: Refusal, nested: bool },
    Body { status: StatusCode, body: Bytes },
    Endless { status: StatusCode },
    CutAfter(usize),
    StallAfter(usize),
    Stall,
    Close,
    Stream(StreamFault),
}

/// When a client is told to try again, in each of the forms that servers use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAfter {
    /// `Retry-After: 3`
    Seconds(u64),
    /// `Retry-After: Fri, 02 Oct 2026 08:00:00 GMT`
    Date(SystemTime),
    /// `retry-after-ms: 250`
    Millis(u64),
}

impl RetryAfter {
    pub(crate) fn header(self) -> (&'static str, String) {
        match self {
            Self::Seconds(seconds) => (RETRY_AFTER.as_str(), seconds.to_string()),
            Self::Date(time) => (RETRY_AFTER.as_str(), httpdate::fmt_http_date(time)),
            Self::Millis(millis) => ("retry-after-ms", millis.to_string()),
        }
    }
}

impl Fault {
    /// A status with the vendor's usual error body. [`code`](Self::code) and [`message`](Self::message) change its text.
    ///
    /// # Panics
    ///
    /// As all constructors with a status: when it is not in 200..=599.
    pub fn status(status: u16) -> Self {
        Self::new(Kind::Error { refusal: status_code(status).into(), nested: false })
    }

    /// A status with the body `{ "error": { "code", "message" } }`, which some gateways send in the vendor's place.
    pub fn nested_error(status: u16) -> Self {
        Self::new(Kind::Error { refusal: status_code(status).into(), nested: true })
    }

    /// 429 with the vendor's usual error body and a time to wait.
    pub fn rate_limited(retry_after: RetryAfter) -> Self {
        Self::status(429).retry_after(retry_after)
    }

    /// A status, also a success, with JSON of the caller's choice: another error envelope, or a type of another shape.
    #[allow(clippy::needless_pass_by_value)] // so that `json!(..)` can be written in place
    pub fn json(status: u16, body: Value) -> Self {
        Self::body(status, "application/json", body.to_string())
    }

    /// A status, also a success, with an HTML page, as proxies and captive portals send.
    pub fn html(status: u16) -> Self {
        Self::body(status, "text/html; charset=utf-8", HTML_PAGE)
    }

    /// A status without a body.
    pub fn empty(status: u16) -> Self {
        Self::new(Kind::Body { status: status_code(status), body: Bytes::new() })
    }

    /// A status with any bytes, which need not be UTF-8.
    ///
    /// # Panics
    ///
    /// When the status or the content type cannot stand in HTTP.
    pub fn body(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let fault = Self::new(Kind::Body { status: status_code(status), body: body.into() });
        fault.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// A status with a body that never ends, sent as fast as the client reads.
    pub fn endless(status: u16) -> Self {
        let fault = Self::new(Kind::Endless { status: status_code(status) });
        fault.header(CONTENT_TYPE.as_str(), "text/plain; charset=utf-8")
    }

    /// A redirect.
    ///
    /// # Panics
    ///
    /// When the status or the location cannot stand in HTTP.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::empty(status).header(LOCATION.as_str(), location)
    }

    /// The real answer, whose body ends after `bytes` although `Content-Length` promises all of it. At least one byte is
    /// missing, whatever `bytes` is. Of a large body, less arrives at a client that reads slowly. The request takes effect.
    ///
    /// An event stream has no `Content-Length`; of it the body's end is missing, as with [`StreamFault::cut_after_bytes`].
    pub fn cut_after(bytes: usize) -> Self {
        Self::new(Kind::CutAfter(bytes))
    }

    /// The real answer, which stops coming after `bytes` of its body while the connection stays open. At least one byte is
    /// missing, whatever `bytes` is. The request takes effect.
    pub fn stall_after(bytes: usize) -> Self {
        Self::new(Kind::StallAfter(bytes))
    }

    /// The real answer with its event stream broken. The request takes effect, and an answer that is no stream stays as it is.
    pub fn stream(fault: StreamFault) -> Self {
        Self::new(Kind::Stream(fault))
    }

    /// No answer while the connection stays open, until the client leaves or the sandbox stops.
    pub fn stall() -> Self {
        Self::new(Kind::Stall)
    }

    /// The connection closes before the first byte of an answer.
    pub fn close() -> Self {
        Self::new(Kind::Close)
    }

    /// The error's code. Only for [`status`](Self::status) and [`nested_error`](Self::nested_error).
    pub fn code(mut self, text: impl Into<String>) -> Self {
        if let Kind::Error { refusal, .. } = &mut self.kind {
            refusal.code = Some(text.into());
        }
        self
    }

    /// The error's message. Only for [`status`](Self::status) and [`nested_error`](Self::nested_error).
    pub fn message(mut self, text: impl Into<String>) -> Self {
        if let Kind::Error { refusal, .. } = &mut self.kind {
            refusal.message = Some(text.into());
        }
        self
    }

    /// Details beside the error's message. Only for [`status`](Self::status), and only where the vendor's body has room for them.
    pub fn info(mut self, details: impl Into<Value>) -> Self {
        if let Kind::Error { refusal, .. } = &mut self.kind {
            refusal.info = Some(details.into());
        }
        self
    }

    /// Adds the header that tells the client when to try again.
    pub fn retry_after(self, when: RetryAfter) -> Self {
        let (name, value) = when.header();
        self.header(name, &value)
    }

    /// Sets a header of the answer, where there is one.
    ///
    /// # Panics
    ///
    /// When the name or the value cannot stand in HTTP.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header name that HTTP allows");
        let value = HeaderValue::try_from(value).expect("a header value that HTTP allows");
        self.headers.insert(name, value);
        self
    }

    /// Lets `requests` pass unharmed first.
    pub fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Breaks that many requests instead of one. 0 breaks none.
    pub fn times(mut self, requests: u32) -> Self {
        self.times = Some(requests);
        self
    }

    /// Breaks every request from here on. Faults queued behind this one for the same requests have no turn.
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Carries the request out, and only its answer is lost: what makes a blind retry of a dispatch run the task twice.
    pub fn with_effect(mut self) -> Self {
        self.effect = true;
        self
    }

    pub(crate) fn takes_effect(&self) -> bool {
        let alters = matches!(self.kind, Kind::CutAfter(_) | Kind::StallAfter(_) | Kind::Stream(_));
        self.effect || alters
    }

    /// What this means for an answer that is an event stream.
    pub(crate) fn of_stream(&self) -> Option<StreamFault> {
        match &self.kind {
            Kind::Stream(fault) => Some(fault.clone()),
            Kind::CutAfter(bytes) => Some(StreamFault::new().cut_after_bytes(*bytes)),
            Kind::StallAfter(bytes) => Some(StreamFault::new().stall_after_bytes(*bytes)),
            _ => None,
        }
    }

    fn new(kind: Kind) -> Self {
        Self { kind, headers: HeaderMap::new(), skip: 0, times: Some(1), effect: false }
    }
}

impl From<StreamFault> for Fault {
    fn from(fault: StreamFault) -> Self {
        Self::stream(fault)
    }
}

fn status_code(status: u16) -> StatusCode {
    assert!((200..=599).contains(&status), "{status} is not the status of a final response");
    StatusCode::from_u16(status).expect("a status within the range that was just checked")
}
