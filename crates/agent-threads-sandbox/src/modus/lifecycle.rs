//! The operations on runs that have been started: follow, end, change, find.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Modus;
use super::api::{authorize, header, key_conflict, only_get, place, stream_run};
use super::body::{self, OPTIONAL, REQUIRED, Rule, Shape};
use super::cursor::Cursor;
use super::page::{Asked, PageRule, fields, page};
use super::request::{Kind, RunRequest};
use super::run::Run;
use super::runs::accepted;
use super::script::FIRST_MILLIS;
use super::state::{Started, State as Runs};
use super::target::Target;
use crate::refusal::Refusal;
use crate::sse::Frame;

/// How many sessions can be asked for at once.
const MOST_SESSIONS: usize = 100;

const CANCEL: &[Rule] = &[
    ("organizationId", Shape::Text, OPTIONAL),
    ("reason", Shape::Text, OPTIONAL),
    ("lastSeenEventId", Shape::Text, OPTIONAL),
];

const NEXT_RUN: &[Rule] = &[
    ("nextRun", Shape::Object, REQUIRED),
    ("organizationId", Shape::Text, OPTIONAL),
    ("lastSeenEventId", Shape::Text, OPTIONAL),
];

pub(super) fn routes() -> Router<Modus> {
    Router::new()
        .route(Target::WatchRun.path(), only_get(stream_run))
        .route(Target::PollRunEvents.path(), only_get(poll_run_events))
        .route(Target::CancelRun.path(), post(cancel_run))
        .route(Target::CancelWorkflowAction.path(), post(cancel_workflow_action))
        .route(Target::InterruptRun.path(), post(interrupt_run))
        .route(Target::EditQueuedRun.path(), post(edit_queued_run))
        .route(Target::ListActiveRuns.path(), only_get(list_active_runs))
        .route(Target::FindActiveRuns.path(), post(find_active_runs))
}

type RunId = Result<Path<String>, PathRejection>;

async fn poll_run_events(
    State(modus): State<Modus>,
    path: RunId,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(run_id) = path?;
    let runs = modus.state();
    let run = find(&runs, &headers, &run_id)?;
    let cursor = Cursor::new(header(&headers, "last-event-id")?);
    let frames = run.so_far(place(&runs.rules, &run, cursor)?);
    let events: Vec<_> = frames.iter().filter_map(event).collect();
    Ok(axum::Json(events).into_response())
}

/// An event as an item of a list. Its data is a text where it is not JSON.
fn event(frame: &Frame) -> Option<Value> {
    let data = frame.data_bytes()?;
    let json = serde_json::from_slice::<Value>(data).ok();
    let json = json.unwrap_or_else(|| String::from_utf8_lossy(data).into_owned().into());
    Some(json!({ "id": frame.id(), "data": json }))
}

async fn cancel_run(
    State(modus): State<Modus>,
    path: RunId,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    cancel(&modus, path, &headers, &body, |kind| *kind != Kind::Action)
}

async fn cancel_workflow_action(
    State(modus): State<Modus>,
    path: RunId,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    cancel(&modus, path, &headers, &body, |kind| *kind == Kind::Action)
}

fn cancel(
    modus: &Modus,
    path: RunId,
    headers: &HeaderMap,
    body: &Bytes,
    is_for: impl Fn(&Kind) -> bool,
) -> Result<StatusCode, Refusal> {
    let Path(run_id) = path?;
    let runs = modus.state();
    let run = find(&runs, headers, &run_id)?;
    if !is_for(run.kind()) {
        return Err(StatusCode::NOT_FOUND.into());
    }
    body::checked(body, CANCEL)?;
    run.cancel();
    Ok(StatusCode::NO_CONTENT)
}

async fn interrupt_run(
    State(modus): State<Modus>,
    path: RunId,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let Path(run_id) = path?;
    let mut runs = modus.state();
    let run = find(&runs, &headers, &run_id)?;
    if *run.kind() == Kind::Action {
        return Err(StatusCode::NOT_FOUND.into());
    }
    let next = next_run(&run, &body)?;
    if runs.would_conflict(&next) {
        return Err(key_conflict());
    }
    run.cancel();
    match runs.start(None, next) {
        Started::New(_) | Started::Attached(_) => Ok(StatusCode::ACCEPTED),
        Started::Conflict => Err(key_conflict()),
    }
}

async fn edit_queued_run(
    State(modus): State<Modus>,
    path: RunId,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(run_id) = path?;
    let runs = modus.state();
    let run = find(&runs, &headers, &run_id)?;
    let next = next_run(&run, &body)?;
    if !run.waits_for_its_thread() {
        return Err(Refusal::with(StatusCode::CONFLICT, "The run is no longer queued"));
    }
    run.edit(&next);
    Ok(axum::Json(accepted(&run, "queued")).into_response())
}

/// The turn that takes the place of a run's: one of the same kind, in the same thread.
fn next_run(run: &Run, body: &[u8]) -> Result<RunRequest, Refusal> {
    let body = body::checked(body, NEXT_RUN)?;
    let kind = run.kind().clone();
    let next = RunRequest::run(kind, run.organization_id(), body["nextRun"].clone())?;
    Ok(next.in_thread(run.thread_id()))
}

async fn list_active_runs(
    State(modus): State<Modus>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let runs = modus.state();
    let organization_id = authorize(&runs, &headers)?;
    let query = fields(query)?;
    let active = runs.active(&organization_id);
    let items = active.iter().map(|run| active_run(&runs, run));
    let page = page(items, &query, PageRule::Strict { default: 50 })?;
    Ok(axum::Json(json!({ "runs": page.items, "nextPageToken": page.next })).into_response())
}

async fn find_active_runs(
    State(modus): State<Modus>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let runs = modus.state();
    let organization_id = authorize(&runs, &headers)?;
    let body = body::checked(&body, &[("sessionIds", Shape::Texts, REQUIRED)])?;
    let sessions = body["sessionIds"].as_array().map(Vec::as_slice).unwrap_or_default();
    if sessions.len() > MOST_SESSIONS {
        body::invalid(&[format!("sessionIds must be {MOST_SESSIONS} at most")])?;
    }
    let asked_for = |run: &&Run| {
        sessions.iter().any(|id| *id == run.asked().session_id || *id == run.thread_id())
    };
    let active = runs.active(&organization_id);
    let found: Vec<_> = active.iter().filter(asked_for).map(|run| active_run(&runs, run)).collect();
    Ok(axum::Json(json!({ "runs": found })).into_response())
}

fn active_run(runs: &Runs, run: &Run) -> Value {
    let mut item = accepted(run, &run.status());
    let edited = run.edited();
    let body = edited.as_ref().unwrap_or(run.request());
    item["sessionId"] = json!(run.asked().session_id);
    for name in ["message", "source"] {
        if let Some(value) = body.get(name) {
            item[name] = value.clone();
        }
    }
    let created = created_at(runs.place(run));
    item["createdAt"] = json!(created);
    item["updatedAt"] = json!(created);
    item
}

/// Runs are made a second apart, however fast they come, so that their order shows.
fn created_at(place: usize) -> String {
    let seconds = i64::try_from(FIRST_MILLIS / 1000).unwrap_or_default();
    let made = seconds.saturating_add(i64::try_from(place).unwrap_or_default());
    let time = DateTime::from_timestamp(made, 0).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn find(runs: &Runs, headers: &HeaderMap, run_id: &str) -> Result<Run, Refusal> {
    let organization_id = authorize(runs, headers)?;
    Ok(runs.run(&organization_id, run_id).ok_or(StatusCode::NOT_FOUND)?.clone())
}
