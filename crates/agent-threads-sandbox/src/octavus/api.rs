//! The routes: who may call, what is refused, what is answered.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{MatchedPath, Path, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::Octavus;
use super::dispatch::Dispatch;
use super::generation::Generation;
use super::message::Message;
use super::state::{Accepted, Dispatched};
use crate::front::{Vendor, bearer};
use crate::refusal::{ErrorText, Refusal, VendorError};

const THREADS: &str = "/api/v1/workforce/agents/{agent_id}/threads";
const THREAD: &str = "/api/v1/workforce/agents/{agent_id}/threads/{thread_id}";
const MESSAGES: &str = "/api/v1/workforce/agents/{agent_id}/threads/{thread_id}/messages";
const CANCEL: &str = "/api/v1/workforce/agents/{agent_id}/threads/{thread_id}/cancel";
const AGENT: &str = "/api/v1/workforce/agents/{agent_id}";

const FILES: &str = "/api/v1/workforce/agents/{agent_id}/files";

/// Where the bytes of files are. It stands for a storage of another host, which knows no keys.
const STORAGE: &str = "/storage/{file_id}";

/// The requests that a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// Start a thread: `POST .../threads`
    Dispatch,
    /// Get a thread: `GET .../threads/{threadId}`
    GetThread,
    /// Follow up in a thread: `POST .../threads/{threadId}/messages`
    FollowUp,
    /// Cancel a thread's run: `POST .../threads/{threadId}/cancel`
    Cancel,
    /// Get an agent: `GET .../agents/{agentId}`
    GetAgent,
    /// Name files for a task: `POST .../agents/{agentId}/files`
    CreateFiles,
    /// Every request, unknown paths and wrong methods included.
    Any,
}

pub(super) struct Api;

impl Vendor for Api {
    type Target = Target;

    fn covers(target: Target, method: &Method, route: Option<&str>) -> bool {
        match target {
            Target::Dispatch => method == Method::POST && route == Some(THREADS),
            Target::GetThread => method == Method::GET && route == Some(THREAD),
            Target::FollowUp => method == Method::POST && route == Some(MESSAGES),
            Target::Cancel => method == Method::POST && route == Some(CANCEL),
            Target::GetAgent => method == Method::GET && route == Some(AGENT),
            Target::CreateFiles => method == Method::POST && route == Some(FILES),
            Target::Any => true,
        }
    }

    /// The messages are the vendor's documented meanings. Of the codes, the vendor documents that they exist, not which they are.
    fn error_text(status: StatusCode) -> ErrorText {
        let (code, message) = match status.as_u16() {
            400 => ("VALIDATION_ERROR", "The request is not valid"),
            401 => ("UNAUTHORIZED", "Missing or invalid API key"),
            402 => ("PAYMENT_REQUIRED", "The agent is blocked by a usage or spending limit"),
            403 => ("FORBIDDEN", "The key is not authorized for this agent"),
            404 => ("NOT_FOUND", "The thread does not exist for this agent"),
            405 => ("METHOD_NOT_ALLOWED", "The method is not allowed on this path"),
            409 => ("CONFLICT", "The request conflicts with the current state"),
            413 => ("PAYLOAD_TOO_LARGE", "The request body is too large"),
            429 => ("RATE_LIMITED", "Too many requests"),
            _ => ("INTERNAL_ERROR", status.canonical_reason().unwrap_or("Unknown error")),
        };
        ErrorText { code: code.to_owned(), message: message.to_owned() }
    }

    /// Details stand beside the message and the code.
    fn error_body(error: &VendorError<'_>) -> Value {
        let mut body = json!({ "error": error.message, "code": error.code });
        for (name, detail) in error.info.and_then(Value::as_object).into_iter().flatten() {
            body[name] = detail.clone();
        }
        body
    }
}

pub(super) fn routes(octavus: Octavus) -> Router {
    // A GET route of axum serves HEAD as well, which here would move the run on.
    Router::new()
        .route(THREADS, post(dispatch))
        .route(THREAD, get(get_thread).head(wrong_method))
        .route(MESSAGES, post(follow_up))
        .route(CANCEL, post(cancel))
        .route(AGENT, get(get_agent).head(wrong_method))
        .route(FILES, post(create_files))
        .route(STORAGE, get(get_file).put(put_file))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(octavus.clone(), by_generation))
        .fallback(unknown_path)
        .with_state(octavus)
}

async fn dispatch(
    State(octavus): State<Octavus>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(agent_id) = path?;
    let mut state = octavus.state();
    authorize(&state, &headers, &agent_id)?;
    let dispatch = Dispatch::parse(state.generation(), &headers, &body).map_err(bad_request)?;
    Ok(match state.dispatch(&agent_id, dispatch)? {
        Dispatched::New(accepted) => accept(StatusCode::CREATED, &accepted),
        Dispatched::Replayed(accepted) => {
            ([("Idempotent-Replayed", "true")], accept(StatusCode::OK, &accepted)).into_response()
        }
    })
}

async fn get_thread(
    State(octavus): State<Octavus>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path((agent_id, thread_id)) = path?;
    let mut state = octavus.state();
    authorize(&state, &headers, &agent_id)?;
    let thread = state.read(&agent_id, &thread_id).ok_or(StatusCode::NOT_FOUND)?;
    Ok(axum::Json(thread).into_response())
}

async fn follow_up(
    State(octavus): State<Octavus>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path((agent_id, thread_id)) = path?;
    let mut state = octavus.state();
    authorize(&state, &headers, &agent_id)?;
    if !state.has_thread(&agent_id, &thread_id) {
        return Err(StatusCode::NOT_FOUND.into());
    }
    let message = Message::parse(&body).map_err(bad_request)?;
    state.refuse_if_paused(&agent_id)?;
    let accepted = state.follow_up(&agent_id, &thread_id, &message).ok_or(StatusCode::NOT_FOUND)?;
    Ok(accept(StatusCode::ACCEPTED, &accepted))
}

async fn cancel(
    State(octavus): State<Octavus>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path((agent_id, thread_id)) = path?;
    let mut state = octavus.state();
    authorize(&state, &headers, &agent_id)?;
    let accepted = state.cancel(&agent_id, &thread_id).ok_or(StatusCode::NOT_FOUND)?;
    Ok(accept(StatusCode::OK, &accepted))
}

async fn get_agent(
    State(octavus): State<Octavus>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(agent_id) = path?;
    let state = octavus.state();
    authorize(&state, &headers, &agent_id)?;
    Ok(axum::Json(state.agent_view(&agent_id)).into_response())
}

async fn create_files(
    State(octavus): State<Octavus>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(agent_id) = path?;
    let mut state = octavus.state();
    authorize(&state, &headers, &agent_id)?;
    let places = state.files.name(octavus.url(), &body).map_err(bad_request)?;
    Ok((StatusCode::CREATED, axum::Json(places)).into_response())
}

async fn put_file(
    State(octavus): State<Octavus>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let Path(file_id) = path?;
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    octavus.state().files.put(&file_id, media_type, body)?;
    Ok(StatusCode::OK)
}

async fn get_file(
    State(octavus): State<Octavus>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    let Path(file_id) = path?;
    let (media_type, bytes) = octavus.state().files.get(&file_id).ok_or(StatusCode::NOT_FOUND)?;
    Ok(([(CONTENT_TYPE, media_type)], bytes).into_response())
}

/// To an earlier generation, the paths of later ones are unknown.
async fn by_generation(
    State(octavus): State<Octavus>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let since = match route.as_ref().map(MatchedPath::as_str) {
        Some(CANCEL) => Generation::G2,
        Some(AGENT) => Generation::G4,
        Some(FILES | STORAGE) => Generation::G5,
        _ => Generation::G1,
    };
    let generation = octavus.state().generation();
    match generation >= since {
        true => next.run(request).await,
        false => unknown_path().await.into_response(),
    }
}

async fn wrong_method() -> Refusal {
    StatusCode::METHOD_NOT_ALLOWED.into()
}

async fn unknown_path() -> Refusal {
    Refusal::with(StatusCode::NOT_FOUND, "There is nothing at this path")
}

fn authorize(state: &super::State, headers: &HeaderMap, agent_id: &str) -> Result<(), Refusal> {
    let owner = bearer(headers).and_then(|key| state.agent_of(key));
    match owner {
        None => Err(StatusCode::UNAUTHORIZED.into()),
        Some(owner) if owner != agent_id => Err(StatusCode::FORBIDDEN.into()),
        Some(_) => Ok(()),
    }
}

fn bad_request(reason: String) -> Refusal {
    Refusal::with(StatusCode::BAD_REQUEST, reason)
}

fn accept(status: StatusCode, accepted: &Accepted) -> Response {
    let body = json!({ "threadId": accepted.thread_id, "status": accepted.status });
    (status, axum::Json(body)).into_response()
}
