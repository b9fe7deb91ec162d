//! The routes: who may call, what is refused, what is streamed.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::Modus;
use super::cursor::Cursor;
use super::event::Event;
use super::request::RunRequest;
use super::run::{NoPlace, Run};
use super::state::{Rules, Started, State as Runs};
use super::target::Target;
use super::{chat, context, conversations, history, lifecycle, runs, things};
use crate::front::{Vendor, bearer};
use crate::refusal::{ErrorText, Refusal, VendorError};
use crate::sse::{Frame, StreamFault};

const CONFLICT: &str = "The idempotency key has been used with a different body";

/// What a key that is used again with another body gets. The vendor calls it a "409 error event", which can be either.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Conflict {
    /// Status 409 with the usual error body.
    Status,
    /// Status 200 with a stream whose only event is an `error` that says so in words and with `"code":"CONFLICT"` and `"status":409`.
    ErrorEvent,
    /// Status 200 with a stream whose only event is this one.
    Event(Event),
}

pub(super) struct Api;

impl Vendor for Api {
    type Target = Target;

    const REQUEST_ID_HEADER: Option<&'static str> = Some("x-request-id");

    fn covers(target: Target, method: &Method, route: Option<&str>) -> bool {
        target.covers(method, route)
    }

    fn error_text(status: StatusCode) -> ErrorText {
        let (code, message) = match status.as_u16() {
            400 => ("BAD_REQUEST", "The request is not valid"),
            401 => ("UNAUTHORIZED", "Invalid access token"),
            403 => ("FORBIDDEN", "The token does not allow this"),
            404 => ("NOT_FOUND", "There is no such thing"),
            405 => ("METHOD_NOT_ALLOWED", "The method is not allowed on this path"),
            409 => ("CONFLICT", "The request conflicts with how things stand"),
            410 => ("GONE", "The events are no longer retained"),
            413 => ("PAYLOAD_TOO_LARGE", "The request body is too large"),
            422 => ("VALIDATION", "The request body does not have the documented shape"),
            429 => ("RATE_LIMITED", "Too many requests"),
            502..=504 => ("UPSTREAM_ERROR", "The service is not available"),
            _ => ("INTERNAL_ERROR", status.canonical_reason().unwrap_or("Unknown error")),
        };
        ErrorText { code: code.to_owned(), message: message.to_owned() }
    }

    fn error_body(error: &VendorError<'_>) -> Value {
        let mut body = json!({
            "code": error.code,
            "status": status_name(error.status),
            "message": error.message,
            "requestId": error.request_id,
        });
        if let Some(info) = error.info {
            body["info"] = info.clone();
        }
        json!({ "error": body })
    }
}

/// The name that stands beside the code, from a smaller set.
fn status_name(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 | 413 | 422 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 | 410 => "NOT_FOUND",
        405 => "UNIMPLEMENTED",
        409 => "ALREADY_EXISTS",
        429 => "RESOURCE_EXHAUSTED",
        502..=504 => "UNAVAILABLE",
        _ => "INTERNAL",
    }
}

pub(super) fn routes(modus: Modus) -> Router {
    first_routes()
        .merge(runs::routes())
        .merge(lifecycle::routes())
        .merge(chat::routes())
        .merge(context::routes())
        .merge(things::routes())
        .merge(history::routes())
        .merge(conversations::routes())
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown_path)
        .with_state(modus)
}

/// The operations as first published.
fn first_routes() -> Router<Modus> {
    Router::new()
        .route(Target::CreateRun.path(), post(create_run))
        .route(Target::StreamRun.path(), only_get(stream_run))
}

/// A GET route of axum serves HEAD as well, which the vendor does not have.
pub(super) fn only_get<H, T>(handler: H) -> MethodRouter<Modus>
where
    H: Handler<T, Modus>,
    T: 'static,
{
    get(handler).head(wrong_method)
}

pub(super) type OfStream = Option<Extension<StreamFault>>;

async fn create_run(
    State(modus): State<Modus>,
    fault: OfStream,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut runs = modus.state();
    let organization_id = authorize(&runs, &headers)?;
    let request = RunRequest::first(&body)?;
    own_organization(&organization_id, Some(&request.organization_id))?;
    start_streaming(&modus, &mut runs, request, &headers, fault)
}

/// Refuses a body that names another organization than that of the token.
pub(super) fn own_organization(own: &str, named: Option<&str>) -> Result<(), Refusal> {
    match named == Some(own) {
        true => Ok(()),
        false => {
            let message = "organizationId is not the organization of the token";
            Err(Refusal::with(StatusCode::FORBIDDEN, message))
        }
    }
}

/// Starts a run, or finds the one that the request has started before, and streams it.
pub(super) fn start_streaming(
    modus: &Modus,
    runs: &mut Runs,
    request: RunRequest,
    headers: &HeaderMap,
    fault: OfStream,
) -> Result<Response, Refusal> {
    let key = header(headers, "idempotency-key")?;
    match runs.start(key, request) {
        Started::New(run) => watch(modus, &runs.rules, &run, Cursor::Start, fault),
        Started::Attached(run) => {
            let last_event_id = header(headers, "last-event-id")?;
            let cursor = Cursor::new(last_event_id.filter(|_| runs.rules.post_resumes));
            watch(modus, &runs.rules, &run, cursor, fault)
        }
        Started::Conflict => conflict(modus, &runs.rules, fault),
    }
}

pub(super) async fn stream_run(
    State(modus): State<Modus>,
    path: Result<Path<String>, PathRejection>,
    fault: OfStream,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(run_id) = path?;
    let runs = modus.state();
    let organization_id = authorize(&runs, &headers)?;
    let run = runs.run(&organization_id, &run_id).ok_or(StatusCode::NOT_FOUND)?;
    let cursor = Cursor::new(header(&headers, "last-event-id")?);
    watch(&modus, &runs.rules, run, cursor, fault)
}

pub(super) fn watch(
    modus: &Modus,
    rules: &Rules,
    run: &Run,
    cursor: Cursor<'_>,
    fault: OfStream,
) -> Result<Response, Refusal> {
    let place = place(rules, run, cursor)?;
    Ok(modus.shared.streams.response(run.stream(place), stream_fault(fault)))
}

/// Where in a run a cursor is.
pub(super) fn place(rules: &Rules, run: &Run, cursor: Cursor<'_>) -> Result<usize, Refusal> {
    run.place(cursor).map_err(|reason| match reason {
        NoPlace::Expired => {
            Refusal::with(rules.expired_status, "The events after Last-Event-ID have expired")
        }
        NoPlace::Refused(refusal) => refusal,
    })
}

/// What a key that has been used with another body gets, as an error.
pub(super) fn key_conflict() -> Refusal {
    Refusal::with(StatusCode::CONFLICT, CONFLICT)
}

fn conflict(modus: &Modus, rules: &Rules, fault: OfStream) -> Result<Response, Refusal> {
    let event = match &rules.conflict {
        Conflict::Status => return Err(key_conflict()),
        Conflict::ErrorEvent => {
            Event::of_type("error", json!({ "error": CONFLICT, "code": "CONFLICT", "status": 409 }))
        }
        Conflict::Event(event) => event.clone(),
    };
    let only = stream::iter([Frame::from(event)]);
    Ok(modus.shared.streams.response(only, stream_fault(fault)))
}

fn stream_fault(fault: OfStream) -> Option<StreamFault> {
    fault.map(|Extension(fault)| fault)
}

async fn wrong_method() -> Response {
    Refusal::from(StatusCode::METHOD_NOT_ALLOWED).into_response()
}

async fn unknown_path() -> Response {
    Refusal::with(StatusCode::NOT_FOUND, "There is nothing at this path").into_response()
}

/// The organization of the caller.
pub(super) fn authorize(runs: &Runs, headers: &HeaderMap) -> Result<String, Refusal> {
    let organization_id = bearer(headers).and_then(|key| runs.organization_of(key));
    Ok(organization_id.ok_or(StatusCode::UNAUTHORIZED)?.to_owned())
}

/// A header's text, where it is there and not blank.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| {
        Refusal::with(StatusCode::BAD_REQUEST, format!("The header {name} is not ASCII text"))
    })?;
    Ok(Some(text.trim()).filter(|text| !text.is_empty()))
}
