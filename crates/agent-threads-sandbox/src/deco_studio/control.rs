//! Cancelling, the queue, background jobs, and which models there are.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::access::Unauthorized;
use super::api::{Names, only_get};
use super::post::is_valid_id;
use super::refused::Refused;
use super::script::Script;
use super::target::Target;
use super::{DecoStudio, State as Store};
use crate::refusal::Refusal;

pub(super) fn routes() -> Router<DecoStudio> {
    Router::new()
        .route(Target::Cancel.path(), post(cancel))
        .route(Target::ListQueue.path(), only_get(list_queue))
        .route(Target::CancelQueued.path(), post(cancel_queued))
        .route(Target::Flip.path(), post(flip))
        .route(Target::ListModels.path(), only_get(list_models))
}

type OfThread = Names<(String, String)>;

async fn cancel(
    State(deco): State<DecoStudio>,
    path: OfThread,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Path((org, thread_id)) = path?;
    let mut state = deco.state();
    check_owner(&mut state, &org, &headers, &thread_id)?;
    let Store { threads, world, .. } = &mut *state;
    threads.iter_mut().filter(|one| one.id() == thread_id).for_each(|one| one.cancel(world));
    accepted(json!({ "cancelled": true, "async": true }))
}

async fn list_queue(
    State(deco): State<DecoStudio>,
    path: OfThread,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Path((org, thread_id)) = path?;
    let mut state = deco.state();
    check_owner(&mut state, &org, &headers, &thread_id)?;
    let items = state.any_thread(&thread_id).map(|thread| thread.queue_view()).unwrap_or_default();
    Ok(axum::Json(json!({ "items": items })).into_response())
}

async fn cancel_queued(
    State(deco): State<DecoStudio>,
    path: Names<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Path((org, thread_id, workflow_id)) = path?;
    let mut state = deco.state();
    check_owner(&mut state, &org, &headers, &thread_id)?;
    let Store { threads, world, .. } = &mut *state;
    let thread = threads.iter_mut().find(|thread| thread.id() == thread_id);
    match thread.is_some_and(|thread| thread.cancel_job(&workflow_id, world)) {
        true => accepted(json!({ "cancelled": true })),
        false => Err(Refused::Empty(StatusCode::NOT_FOUND)),
    }
}

async fn flip(
    State(deco): State<DecoStudio>,
    path: OfThread,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let Path((org, thread_id)) = path?;
    let mut state = deco.state();
    check_owner(&mut state, &org, &headers, &thread_id)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let call_id = body["toolCallId"].as_str().filter(|id| !id.is_empty());
    let call_id =
        call_id.ok_or_else(|| Refusal::with(StatusCode::BAD_REQUEST, "toolCallId is required"))?;
    if state.job(&format!("bgtool:{thread_id}:{call_id}")).is_none() {
        let script = Script::reply(format!("The background job of {call_id} is done."));
        state.set_job(&thread_id, call_id, script);
    }
    accepted(json!({ "flipped": true, "async": true }))
}

async fn list_models(
    State(deco): State<DecoStudio>,
    path: Names<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Path(org) = path?;
    let state = deco.state();
    state.caller(&org, &headers, Unauthorized::Plain)?;
    Ok(axum::Json(&state.world.rules.allowed_models).into_response())
}

fn accepted(body: Value) -> Result<Response, Refused> {
    Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response())
}

/// Refuses who does not own a thread.
fn check_owner(
    state: &mut Store,
    org: &str,
    headers: &HeaderMap,
    thread_id: &str,
) -> Result<(), Refused> {
    let caller = state.caller(org, headers, Unauthorized::Plain)?;
    let refused = if !is_valid_id(thread_id) {
        Refused::Text(StatusCode::BAD_REQUEST, "Invalid thread ID")
    } else {
        match state.thread(&caller, thread_id) {
            None => Refused::Text(StatusCode::NOT_FOUND, "Thread not found"),
            Some(thread) if thread.owner() != caller.user_id => {
                Refused::Text(StatusCode::FORBIDDEN, "Not authorized")
            }
            Some(_) => return Ok(()),
        }
    };
    Err(match state.world.rules.older_errors {
        true => refused.in_older_builds(),
        false => refused,
    })
}
