//! The three forms of a refusal: JSON, a plain text, and nothing but a status.

use axum::extract::rejection::PathRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::json;

use crate::refusal::Refusal;

#[derive(Clone, Debug)]
pub(super) enum Refused {
    Json(Refusal),
    Text(StatusCode, &'static str),
    Empty(StatusCode),
}

impl Refused {
    /// A text as older builds say it: in JSON, and with another status.
    pub(super) fn in_older_builds(self) -> Self {
        match self {
            Self::Text(_, text) => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let refusal = Refusal::with(status, "Internal Server Error");
                Self::Json(refusal.info(json!({ "message": text })))
            }
            other => other,
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Json(refusal)
    }
}

impl From<PathRejection> for Refused {
    fn from(rejection: PathRejection) -> Self {
        Self::Json(rejection.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Json(refusal) => refusal.into_response(),
            Self::Text(status, text) => {
                (status, [(CONTENT_TYPE, "text/plain; charset=UTF-8")], text).into_response()
            }
            Self::Empty(status) => status.into_response(),
        }
    }
}
