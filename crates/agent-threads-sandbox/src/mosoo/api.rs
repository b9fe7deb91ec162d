//! The routes, and how refusals are said.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Mosoo;
use super::dialect::Dialect;
use super::target::Target;
use super::{bound, content, events, files, stream, threads};
use crate::front::Vendor;
use crate::refusal::{ErrorText, Refusal, VendorError};

pub(super) struct Api;

impl Vendor for Api {
    type Target = Target;

    /// Room for the largest file with what surrounds it, so that a larger one is refused in the vendor's way.
    const MAX_BODY: usize = 96 * 1024 * 1024;

    fn covers(target: Target, method: &Method, route: Option<&str>) -> bool {
        target.covers(method, route)
    }

    fn error_text(status: StatusCode) -> ErrorText {
        let (code, message) = match status.as_u16() {
            400 | 413 => ("invalid_request", "The request is not valid."),
            401 => ("unauthenticated", "A valid Access Token is required."),
            403 => ("forbidden", "Caller may not use this Agent."),
            404 => ("not_found", "Thread not found."),
            409 => ("readiness_blocked", "The Agent is not ready to run."),
            429 => ("rate_limited", "Public API rate limit exceeded."),
            _ => ("internal_error", "Public API request failed."),
        };
        ErrorText { code: code.to_owned(), message: message.to_owned() }
    }

    fn error_body(error: &VendorError<'_>) -> Value {
        json!({ "error": { "code": error.code, "message": error.message } })
    }
}

/// Why an operation is not carried out.
pub(super) enum Rejected {
    /// The dialect does not have it.
    NoRoute,
    Refused(Refusal),
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        match self {
            Self::NoRoute => no_route(),
            Self::Refused(refusal) => refusal.into_response(),
        }
    }
}

pub(super) type Answer = Result<Response, Rejected>;

/// What a path with one name in it holds.
pub(super) type Named = Result<Path<String>, PathRejection>;

pub(super) fn routes(mosoo: Mosoo) -> Router {
    let thread = get(threads::retrieve).delete(threads::delete);
    let file = get(files::retrieve).delete(files::delete);
    Router::new()
        .route(Target::CreateThread.path(), post(threads::create).get(threads::list))
        .route(Target::UploadFile.path(), post(content::upload))
        .route(Target::RetrieveThread.path(), thread)
        .route(Target::ArchiveThread.path(), post(threads::archive))
        .route(Target::UnarchiveThread.path(), post(threads::unarchive))
        .route(Target::ListEvents.path(), get(events::list).post(events::send))
        .route(Target::StreamEvents.path(), get(stream::open))
        .route(Target::ListFiles.path(), get(files::list).post(content::attach))
        .route(Target::RemoveFile.path(), delete(files::remove))
        .route(Target::RetrieveFile.path(), file)
        .route(Target::DownloadFile.path(), get(content::download))
        .route("/api/health", get(health))
        .merge(bound::routes())
        .method_not_allowed_fallback(async || no_route())
        .fallback(async || no_route())
        .with_state(mosoo)
}

async fn health() -> Response {
    axum::Json(json!({ "name": "mosoo", "ok": true })).into_response()
}

/// What a path or method that the server does not have gets: an error that is a string.
pub(super) fn no_route() -> Response {
    (StatusCode::NOT_FOUND, axum::Json(json!({ "error": "Not Found" }))).into_response()
}

/// Refuses an operation that only the other dialect has.
pub(super) fn only_in(wanted: Dialect, dialect: Dialect) -> Result<(), Rejected> {
    if wanted == dialect { Ok(()) } else { Err(Rejected::NoRoute) }
}

/// The name in a path.
pub(super) fn named(path: Named) -> Result<String, Refusal> {
    let Path(name) = path?;
    Ok(name)
}

pub(super) fn ok() -> Response {
    axum::Json(json!({ "ok": true })).into_response()
}

/// The first value of a query parameter, as it was sent.
pub(super) fn parameter<'a>(RawQuery(query): &'a RawQuery, name: &str) -> Option<&'a str> {
    let pairs = query.as_deref()?.split('&');
    pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, v)| v)
}
