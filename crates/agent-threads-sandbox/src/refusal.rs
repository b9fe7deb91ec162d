//! Errors on their way to a client: what a route refuses, and how the vendor says so.

use axum::extract::rejection::PathRejection;
use axum::response::{AppendHeaders, IntoResponse, Response};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use crate::fault::RetryAfter;
use crate::front::Vendor;

/// A refused request: the status, and where the vendor's usual words for it say too little, better ones.
///
/// As a response it is only a note, because routes do not know the request's id. [`spell_out`] makes the answer of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) info: Option<Value>,
    pub(crate) retry_after: Option<RetryAfter>,
}

/// The vendor's usual words for a status.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ErrorText {
    pub(crate) code: String,
    pub(crate) message: String,
}

/// All that a vendor's error body can say.
pub(crate) struct VendorError<'a> {
    pub(crate) status: StatusCode,
    pub(crate) code: &'a str,
    pub(crate) message: &'a str,
    pub(crate) info: Option<&'a Value>,
    pub(crate) request_id: &'a str,
}

impl Refusal {
    pub(crate) fn with(status: StatusCode, message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..Self::from(status) }
    }

    pub(crate) fn code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }

    pub(crate) fn info(mut self, info: Value) -> Self {
        self.info = Some(info);
        self
    }

    /// Says when to try again.
    pub(crate) fn retry_after(mut self, when: RetryAfter) -> Self {
        self.retry_after = Some(when);
        self
    }

    /// The answer, with the vendor's words where this has none.
    pub(crate) fn answer<V: Vendor>(&self, request_id: &str) -> Response {
        let usual = V::error_text(self.status);
        let body = V::error_body(&VendorError {
            status: self.status,
            code: self.code.as_ref().unwrap_or(&usual.code),
            message: self.message.as_ref().unwrap_or(&usual.message),
            info: self.info.as_ref(),
            request_id,
        });
        let later = self.retry_after.map(|when| [when.header()]);
        let answer = (self.status, later.map(AppendHeaders), axum::Json(body)).into_response();
        identified::<V>(answer, request_id)
    }
}

impl From<StatusCode> for Refusal {
    fn from(status: StatusCode) -> Self {
        Self { status, code: None, message: None, info: None, retry_after: None }
    }
}

impl From<PathRejection> for Refusal {
    fn from(rejection: PathRejection) -> Self {
        Self::with(StatusCode::BAD_REQUEST, rejection.body_text())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut note = self.status.into_response();
        note.extensions_mut().insert(self);
        note
    }
}

/// What a route has returned as the client is to see it.
pub(crate) fn spell_out<V: Vendor>(mut returned: Response, request_id: &str) -> Response {
    match returned.extensions_mut().remove::<Refusal>() {
        Some(refusal) => refusal.answer::<V>(request_id),
        None => identified::<V>(returned, request_id),
    }
}

fn identified<V: Vendor>(mut response: Response, request_id: &str) -> Response {
    if let (Some(name), Ok(id)) = (V::REQUEST_ID_HEADER, HeaderValue::from_str(request_id)) {
        response.headers_mut().insert(name, id);
    }
    response
}
