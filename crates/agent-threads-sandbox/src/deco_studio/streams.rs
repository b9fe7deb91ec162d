//! The streams: of a thread, of a background job, of an organization.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::json;

use super::DecoStudio;
use super::access::Unauthorized;
use super::api::{Names, only_get};
use super::post::is_valid_id;
use super::refused::Refused;
use super::target::Target;
use super::world::World;
use crate::sse::{Frame, StreamFault};

const UI_STREAM: HeaderName = HeaderName::from_static("x-vercel-ai-ui-message-stream");
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(super) fn routes() -> Router<DecoStudio> {
    Router::new()
        .route(Target::StreamThread.path(), only_get(stream_thread))
        .route(Target::StreamJob.path(), only_get(stream_job))
        .route(Target::Watch.path(), only_get(watch))
}

type OfStream = Option<Extension<StreamFault>>;

async fn stream_thread(
    State(deco): State<DecoStudio>,
    path: Names<(String, String)>,
    fault: OfStream,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Path((org, thread_id)) = path?;
    let mut state = deco.state();
    let caller = state.caller(&org, &headers, Unauthorized::Plain)?;
    if !is_valid_id(&thread_id) {
        return Err(plain(&state.world, StatusCode::BAD_REQUEST, "Invalid thread ID"));
    }
    let Some((thread, world)) = state.thread_in_world(&caller, &thread_id) else {
        return Err(plain(&state.world, StatusCode::NOT_FOUND, "Thread not found"));
    };
    if !world.rules.live_buffer {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let frames = frames(deco.clone(), thread_id, thread.stream_start());
    Ok(with_headers(deco.shared.streams.response(frames, stream_fault(fault))))
}

/// What a thread's streams carry from a place on, for which its runs go on as far as the client takes them.
fn frames(deco: DecoStudio, thread_id: String, place: usize) -> impl Stream<Item = Frame> + Send {
    let changes = deco.shared.changes.subscribe();
    stream::unfold((deco, thread_id, place, changes), |(deco, id, place, mut changes)| async move {
        loop {
            changes.mark_unchanged();
            match deco.frame_at(&id, place) {
                Ok(Some(frame)) => return Some((frame, (deco, id, place + 1, changes))),
                Ok(None) => changes.changed().await.ok()?,
                // A thread that is deleted has no more to say.
                Err(()) => return None,
            }
        }
    })
}

async fn stream_job(
    State(deco): State<DecoStudio>,
    path: Names<(String, String, String)>,
    fault: OfStream,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Path((org, thread_id, job_id)) = path?;
    let mut state = deco.state();
    let caller = state.caller(&org, &headers, Unauthorized::Plain)?;
    let is_theirs = state.thread(&caller, &thread_id).is_some();
    let is_of_thread = is_theirs && job_id.starts_with(&format!("bgtool:{thread_id}:"));
    let Some(frames) = state.job(&job_id).filter(|_| is_of_thread).cloned() else {
        return Err(plain(&state.world, StatusCode::NOT_FOUND, "Job not found"));
    };
    let frames = stream::iter(frames);
    Ok(with_headers(deco.shared.streams.response(frames, stream_fault(fault))))
}

async fn watch(
    State(deco): State<DecoStudio>,
    path: Names<String>,
    query: Query<HashMap<String, String>>,
    fault: OfStream,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Path(org) = path?;
    let state = deco.state();
    let organization_id = state.caller(&org, &headers, Unauthorized::Plain)?.organization_id;
    let streams = &deco.shared.streams;
    if deco.watchers() >= state.world.rules.most_watchers {
        let error = json!({ "error": "Too many connections", "message": "Try again later" });
        let frame = Frame::data(error.to_string()).with_event("error");
        return Ok(streams.response(stream::iter([frame]), stream_fault(fault)));
    }
    let types = query.get("types").map(String::as_str).unwrap_or_default();
    let types = types.split(',').map(str::trim).filter(|pattern| !pattern.is_empty());
    let patterns: Vec<_> = types.map(str::to_owned).collect();
    let connected = json!({
        "listenerId": format!("listener_{}", state.world.events.len()),
        "organizationId": organization_id,
        "typePatterns": patterns,
        "connectedAt": state.world.now(),
    });
    let first = Frame::data(connected.to_string()).with_event("connected");
    let rest = events(deco.clone(), organization_id, patterns, state.world.events.len());
    Ok(streams.response(stream::iter([first]).chain(rest), stream_fault(fault)))
}

/// What is told from a place on, for which all runs of the organization go on.
fn events(
    deco: DecoStudio,
    organization_id: String,
    patterns: Vec<String>,
    place: usize,
) -> impl Stream<Item = Frame> + Send {
    let changes = deco.shared.changes.subscribe();
    let watcher = deco.shared.watchers.clone();
    let state = (deco, organization_id, patterns, place, changes, watcher);
    stream::unfold(
        state,
        |(deco, organization, patterns, place, mut changes, watcher)| async move {
            loop {
                changes.mark_unchanged();
                match deco.event_at(&organization, &patterns, place) {
                    Some((frame, next)) => {
                        return Some((
                            frame,
                            (deco, organization, patterns, next, changes, watcher),
                        ));
                    }
                    None => changes.changed().await.ok()?,
                }
            }
        },
    )
}

fn plain(world: &World, status: StatusCode, text: &'static str) -> Refused {
    match world.rules.older_errors {
        true => Refused::Text(status, text).in_older_builds(),
        false => Refused::Text(status, text),
    }
}

fn stream_fault(fault: OfStream) -> Option<StreamFault> {
    fault.map(|Extension(fault)| fault)
}

fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(UI_STREAM, HeaderValue::from_static("v1"));
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
    response
}
