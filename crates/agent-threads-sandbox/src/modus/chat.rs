//! Chats that are answered when the agent has finished.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Modus;
use super::api::{authorize, key_conflict};
use super::body::{self, OPTIONAL, REQUIRED, Rule, Shape};
use super::fixtures::by_id;
use super::request::{Kind, RunRequest};
use super::run::Run;
use super::state::{Started, State as Runs};
use super::target::Target;
use crate::refusal::Refusal;
use crate::server::HangUp;
use crate::sse::Frame;

const SCOPE_CHAT: &[Rule] =
    &[("message", Shape::FullText, REQUIRED), ("model", Shape::Text, REQUIRED)];

const MODUS_CHAT: &[Rule] = &[
    ("model", Shape::Text, REQUIRED),
    ("message", Shape::FullText, OPTIONAL),
    ("approvalContinuation", Shape::Flag, OPTIONAL),
    ("approvalDecision", Shape::OneOf(&["approve", "deny"]), OPTIONAL),
];

pub(super) fn routes() -> Router<Modus> {
    Router::new()
        .route(Target::ChatWithModus.path(), post(chat_with_modus))
        .route(Target::ContinueModusChat.path(), post(continue_modus_chat))
        .route(Target::ChatWithScope.path(), post(chat_with_scope))
        .route(Target::ContinueScopeChat.path(), post(continue_scope_chat))
}

async fn chat_with_modus(
    State(modus): State<Modus>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let run = ask_modus(&mut modus.state(), &headers, None, &body)?;
    answer(&modus, &run).await
}

async fn continue_modus_chat(
    State(modus): State<Modus>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(thread_id) = path?;
    let run = ask_modus(&mut modus.state(), &headers, Some(&thread_id), &body)?;
    answer(&modus, &run).await
}

async fn chat_with_scope(
    State(modus): State<Modus>,
    path: Result<Path<i64>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let run = ask_scope(&mut modus.state(), &headers, id, None, &body)?;
    answer(&modus, &run).await
}

async fn continue_scope_chat(
    State(modus): State<Modus>,
    path: Result<Path<(i64, String)>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path((id, thread_id)) = path?;
    let run = ask_scope(&mut modus.state(), &headers, id, Some(&thread_id), &body)?;
    answer(&modus, &run).await
}

fn ask_modus(
    runs: &mut Runs,
    headers: &HeaderMap,
    thread_id: Option<&str>,
    body: &[u8],
) -> Result<Run, Refusal> {
    let organization_id = authorize(runs, headers)?;
    known(runs, &organization_id, thread_id, 0)?;
    let chat = body::checked(body, MODUS_CHAT)?;
    let brings_decision = chat["approvalContinuation"] == true;
    let needed = if brings_decision { "approvalDecision" } else { "message" };
    if chat.get(needed).is_none() {
        body::invalid(&[format!("{needed} is required")])?;
    }
    let kind = match (brings_decision, thread_id) {
        (false, _) => Kind::Modus,
        (true, thread_id) => decided(runs, &organization_id, thread_id.unwrap_or_default())?,
    };
    start(runs, kind, &organization_id, (0, thread_id), &chat)
}

fn ask_scope(
    runs: &mut Runs,
    headers: &HeaderMap,
    id: i64,
    thread_id: Option<&str>,
    body: &[u8],
) -> Result<Run, Refusal> {
    let organization_id = authorize(runs, headers)?;
    by_id(&runs.fixtures.scopes, id).ok_or(StatusCode::NOT_FOUND)?;
    known(runs, &organization_id, thread_id, id)?;
    let chat = body::checked(body, SCOPE_CHAT)?;
    start(runs, Kind::Scope(id), &organization_id, (id, thread_id), &chat)
}

/// Refuses a thread that neither a run nor the test has made, or that another scope's conversation is.
fn known(
    runs: &Runs,
    organization_id: &str,
    thread_id: Option<&str>,
    scope_id: i64,
) -> Result<(), Refusal> {
    let Some(thread_id) = thread_id else { return Ok(()) };
    let is_of_scope = |run: &Run| match run.kind() {
        Kind::Scope(id) => *id == scope_id,
        Kind::First | Kind::Modus | Kind::Resumed { .. } => scope_id == 0,
        Kind::Workflow(_) | Kind::Action => false,
    };
    let has_run = runs.thread(organization_id, thread_id).any(is_of_scope);
    let mut set = runs.fixtures.conversations.iter();
    match has_run || set.any(|it| it["threadId"] == thread_id && it["scopeId"] == scope_id) {
        true => Ok(()),
        false => Err(StatusCode::NOT_FOUND.into()),
    }
}

/// Takes the decision that a run of the thread waits for.
fn decided(runs: &Runs, organization_id: &str, thread_id: &str) -> Result<Kind, Refusal> {
    let waiting = runs.thread(organization_id, thread_id).find(|run| run.awaits_decision());
    let nothing_waits = || Refusal::with(StatusCode::CONFLICT, "Nothing waits for a decision");
    let waiting = waiting.ok_or_else(nothing_waits)?;
    waiting.decide();
    Ok(Kind::Resumed { run_id: waiting.id().to_owned() })
}

/// Starts the run in a thread, or in a new one of the scope.
fn start(
    runs: &mut Runs,
    kind: Kind,
    organization_id: &str,
    (scope_id, thread_id): (i64, Option<&str>),
    chat: &Value,
) -> Result<Run, Refusal> {
    let thread_id = match thread_id {
        Some(thread_id) => thread_id.to_owned(),
        None => runs.make_thread_id(organization_id, scope_id),
    };
    match runs.start(None, RunRequest::chat(kind, organization_id, &thread_id, chat)) {
        Started::New(run) | Started::Attached(run) => Ok(run),
        Started::Conflict => Err(key_conflict()),
    }
}

/// Waits for the end of a run.
async fn answer(modus: &Modus, run: &Run) -> Result<Response, Refusal> {
    let frames: Vec<Frame> = tokio::select! {
        frames = run.stream(0).collect() => frames,
        () = modus.shared.stop.requested() => return Ok(HangUp::response()),
    };
    let content = content(&frames, run.awaits_decision())?;
    let answer = json!({ "content": content, "threadId": run.thread_id(), "runId": run.id() });
    Ok(Json(answer).into_response())
}

/// The text that the events make, unless they end in another way than a success.
fn content(frames: &[Frame], awaits_decision: bool) -> Result<String, Refusal> {
    let failed = |message: &str| Refusal::with(StatusCode::INTERNAL_SERVER_ERROR, message);
    let mut content = String::new();
    for event in frames.iter().filter_map(json_of) {
        let text = event["content"].as_str().unwrap_or_default();
        match event["type"].as_str() {
            Some("token") => content.push_str(text),
            Some("assistant_content_reset") => text.clone_into(&mut content),
            Some("done") => return Ok(content),
            Some("error") => {
                return Err(failed(event["error"].as_str().unwrap_or("The run has failed")));
            }
            Some("cancelled") => return Err(failed("The run was cancelled")),
            _ => {}
        }
    }
    match awaits_decision {
        true => Ok(content),
        false => Err(failed("The run has broken off")),
    }
}

fn json_of(frame: &Frame) -> Option<Value> {
    serde_json::from_slice(frame.data_bytes()?).ok()
}
