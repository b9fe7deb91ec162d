//! The operations on runs.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Middesk;
use super::account::Account;
use super::api::{Id, authorize, no_path, only_get};
use super::body::{self, Asked, Query, invalid, missing, not_found, required, text};
use super::ids::Kind;
use super::run::Run;
use super::target::Target;
use super::threads::context;
use crate::refusal::Refusal;
use crate::sse::StreamFault;

/// The longest comment, in characters.
const MOST_COMMENT: usize = 5000;

pub(super) fn routes() -> Router<Middesk> {
    Router::new()
        .route(Target::ListRuns.path(), only_get(list_runs).post(create_run))
        .route(Target::GetRun.path(), only_get(get_run))
        .route(Target::SubmitFeedback.path(), post(submit_feedback))
        .route(Target::StreamRun.path(), only_get(stream_run))
        .route(Target::ResumeRun.path(), post(resume_run))
}

async fn list_runs(
    State(middesk): State<Middesk>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    let query = body::fields(query)?;
    let shown = state.rules.shown;
    let runs: Vec<_> = state.runs_of(&account).rev().map(|run| run.view(shown, false)).collect();
    Ok(axum::Json(state.rules.pages.cut(&runs, &query)?).into_response())
}

async fn create_run(
    State(middesk): State<Middesk>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    let body = body::object(&body)?;
    let agent = required(&body, "type")?;
    let context = context(&body)?;
    let thread_id = match text(&body, "thread_id")? {
        Some(id) => Some(state.thread(&account, id).ok_or_else(|| not_found("Thread"))?.id.clone()),
        None if context.is_none() => return Err(missing("business_id")),
        None => None,
    };
    if !state.has_agent(agent) {
        return Err(not_found("Agent type"));
    }
    if context.as_ref().is_some_and(|(_, id)| state.objects.is_in_audit(id)) {
        return Err(invalid("business_id", "is a business in audit"));
    }
    let thread_id = match thread_id {
        Some(id) => id,
        None => state.start_thread(&account, context).id,
    };
    let run = state.start_run(&account, &thread_id, agent);
    let view = run.view(state.rules.shown, false);
    Ok((StatusCode::CREATED, axum::Json(view)).into_response())
}

async fn get_run(
    State(middesk): State<Middesk>,
    path: Id,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    let with_steps = includes_steps(&body::fields(query)?);
    let run = find(&state, &account, &id)?;
    run.advance();
    Ok(axum::Json(run.view(state.rules.shown, with_steps)).into_response())
}

fn includes_steps(query: &Query) -> bool {
    let include = query.get("include").map(String::as_str).unwrap_or_default();
    include.split(',').any(|part| part.trim() == "steps")
}

fn find(state: &super::State, account: &Account, id: &str) -> Result<Run, Refusal> {
    state.run(account, id).cloned().ok_or_else(|| not_found("Run"))
}

async fn submit_feedback(
    State(middesk): State<Middesk>,
    path: Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    if !state.rules.takes_feedback {
        let message = "The feature operator_feedback is not enabled for this account";
        return Err(Refusal::with(StatusCode::FORBIDDEN, message));
    }
    let run = find(&state, &account, &id)?;
    let feedback = Feedback::read(&body, &run)?;
    let place = (account.id.clone(), id.clone(), feedback.artifact_id.clone());
    let superseded = !state.rated.insert(place);
    let view = json!({
        "object": "run_feedback",
        "id": state.world.ids.next(Kind::Feedback),
        "run_id": id,
        "rating": feedback.rating,
        "artifact_id": feedback.artifact_id,
        "comment": feedback.comment,
        "reviewer": { "type": "Account", "id": account.id },
        "superseded_prior": superseded,
        "created_at": state.world.clock.tick().millis(),
    });
    Ok((StatusCode::CREATED, axum::Json(view)).into_response())
}

struct Feedback {
    rating: String,
    artifact_id: String,
    comment: Option<String>,
}

impl Feedback {
    fn read(body: &[u8], run: &Run) -> Result<Self, Refusal> {
        let body = body::object(body)?;
        let rating =
            body["rating"].as_str().filter(|rating| ["POSITIVE", "NEGATIVE"].contains(rating));
        let rating = rating.ok_or_else(|| invalid("rating", "must be POSITIVE or NEGATIVE"))?;
        let artifact_id = body["artifact_id"].as_str().filter(|id| run.has_artifact(id));
        let artifact_id =
            artifact_id.ok_or_else(|| invalid("artifact_id", "must be an artifact of the run"))?;
        Ok(Self {
            rating: rating.to_owned(),
            artifact_id: artifact_id.to_owned(),
            comment: comment(&body["comment"])?,
        })
    }
}

fn comment(value: &Value) -> Result<Option<String>, Refusal> {
    let comment = match value {
        Value::Null => "",
        Value::String(comment) => comment.trim(),
        _ => return Err(invalid("comment", "must be a string")),
    };
    if comment.chars().count() > MOST_COMMENT {
        return Err(invalid("comment", "must have 5000 characters at most"));
    }
    Ok(Some(comment.to_owned()).filter(|comment| !comment.is_empty()))
}

async fn stream_run(
    State(middesk): State<Middesk>,
    path: Id,
    fault: Option<Extension<StreamFault>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    let run = find(&state, &account, &id)?;
    if !run.opens(state.rules.replays) {
        return Err(not_found("Run stream"));
    }
    let frames = run.stream(state.rules.shown);
    Ok(middesk.shared.streams.response(frames, fault.map(|Extension(fault)| fault)))
}

async fn resume_run(
    State(middesk): State<Middesk>,
    path: Id,
    query: Asked,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let mut state = middesk.state();
    if !state.rules.has_resume {
        return Err(no_path());
    }
    let account = authorize(&mut state, &headers)?;
    let with_steps = includes_steps(&body::fields(query)?);
    let run = find(&state, &account, &id)?;
    let body = body::object(&body)?;
    let answered = ["id", "interrupt_id"].iter().find_map(|name| body[*name].as_str());
    let answered = answered.ok_or_else(|| missing("id"))?;
    if !run.asks(answered) {
        return Err(invalid("id", "must be an interrupt that waits for input"));
    }
    state.answer(&run, &[answered.to_owned()]);
    Ok(axum::Json(run.view(state.rules.shown, with_steps)).into_response())
}
