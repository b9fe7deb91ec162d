//! The operations that start a run: of Modus, of a scope, of a workflow, and after a decision; and workflow actions.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Modus;
use super::api::{OfStream, authorize, header, key_conflict, own_organization, start_streaming};
use super::body::{self, REQUIRED, Shape};
use super::fixtures::by_id;
use super::request::{Kind, RunRequest};
use super::run::Run;
use super::state::{Started, State as Runs};
use super::target::Target;
use crate::refusal::Refusal;
use crate::sse::EVENT_STREAM;

pub(super) fn routes() -> Router<Modus> {
    Router::new()
        .route(Target::CreateModusRun.path(), post(create_modus_run))
        .route(Target::CreateScopeRun.path(), post(create_scope_run))
        .route(Target::CreateWorkflowRun.path(), post(create_workflow_run))
        .route(Target::ResumeRun.path(), post(resume_run))
        .route(Target::ExecuteWorkflowAction.path(), post(execute_workflow_action))
        .route(Target::ExecuteAction.path(), post(execute_action))
}

async fn create_modus_run(
    State(modus): State<Modus>,
    fault: OfStream,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut runs = modus.state();
    let organization_id = authorize(&runs, &headers)?;
    let request = RunRequest::run(Kind::Modus, &organization_id, body::json(&body)?)?;
    start(&modus, &mut runs, request, &headers, fault)
}

async fn create_scope_run(
    State(modus): State<Modus>,
    path: Result<Path<i64>, PathRejection>,
    fault: OfStream,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let mut runs = modus.state();
    let organization_id = authorize(&runs, &headers)?;
    by_id(&runs.fixtures.scopes, id).ok_or(StatusCode::NOT_FOUND)?;
    let request = RunRequest::run(Kind::Scope(id), &organization_id, body::json(&body)?)?;
    start(&modus, &mut runs, request, &headers, fault)
}

async fn create_workflow_run(
    State(modus): State<Modus>,
    path: Result<Path<i64>, PathRejection>,
    fault: OfStream,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let mut runs = modus.state();
    let organization_id = authorize(&runs, &headers)?;
    by_id(&runs.fixtures.workflows, id).ok_or(StatusCode::NOT_FOUND)?;
    let request = RunRequest::run(Kind::Workflow(id), &organization_id, body::json(&body)?)?;
    start(&modus, &mut runs, request, &headers, fault)
}

async fn resume_run(
    State(modus): State<Modus>,
    path: Result<Path<String>, PathRejection>,
    fault: OfStream,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(run_id) = path?;
    let mut runs = modus.state();
    let organization_id = authorize(&runs, &headers)?;
    let waiting = runs.run(&organization_id, &run_id).ok_or(StatusCode::NOT_FOUND)?.clone();
    let body = body::json(&body)?;
    let request = RunRequest::resume(&run_id, waiting.thread_id(), &organization_id, body)?;
    let is_repeated = runs.has_started(header(&headers, "idempotency-key")?, &request);
    if !is_repeated && !waiting.awaits_decision() {
        return Err(Refusal::with(StatusCode::CONFLICT, "The run does not wait for a decision"));
    }
    waiting.decide();
    start(&modus, &mut runs, request, &headers, fault)
}

async fn execute_workflow_action(
    State(modus): State<Modus>,
    fault: OfStream,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut runs = modus.state();
    let organization_id = authorize(&runs, &headers)?;
    let request = RunRequest::action(&organization_id, &body)?;
    start_streaming(&modus, &mut runs, request, &headers, fault)
}

/// The same as first published, where the body names the organization.
async fn execute_action(
    State(modus): State<Modus>,
    fault: OfStream,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut runs = modus.state();
    let organization_id = authorize(&runs, &headers)?;
    let named = body::checked(&body, &[("organizationId", Shape::Text, REQUIRED)])?;
    own_organization(&organization_id, named["organizationId"].as_str())?;
    let request = RunRequest::action(&organization_id, &body)?;
    start_streaming(&modus, &mut runs, request, &headers, fault)
}

/// Answers in the way that the client accepts.
fn start(
    modus: &Modus,
    runs: &mut Runs,
    request: RunRequest,
    headers: &HeaderMap,
    fault: OfStream,
) -> Result<Response, Refusal> {
    if accepts_stream(headers) {
        return start_streaming(modus, runs, request, headers, fault);
    }
    let (run, status) = match runs.start(header(headers, "idempotency-key")?, request) {
        Started::New(run) if run.waits_for_its_thread() => (run, "queued".to_owned()),
        // However much of a script happens at once, an answer comes before it.
        Started::New(run) => (run, "pending".to_owned()),
        Started::Attached(run) => {
            let status = run.status();
            (run, status)
        }
        Started::Conflict => return Err(key_conflict()),
    };
    Ok((runs.rules.accepted_status, axum::Json(accepted(&run, &status))).into_response())
}

/// What says that a run was accepted, or changed.
pub(super) fn accepted(run: &Run, status: &str) -> Value {
    json!({ "runId": run.id(), "status": status })
}

/// Whether `Accept` names the stream, and JSON not before it. Weights are not looked at.
fn accepts_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let names = accepted.flat_map(|value| value.split(','));
    let mut types = names.map(|name| name.split(';').next().unwrap_or_default().trim());
    let first = types.find(|name| ["application/json", EVENT_STREAM].contains(name));
    first == Some(EVENT_STREAM)
}
