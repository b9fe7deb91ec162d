//! What workflows have run.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Modus;
use super::api::{authorize, only_get};
use super::body::invalid;
use super::fixtures::{by_id, contains, without};
use super::page::{Asked, Query, fields, page};
use super::target::Target;
use super::things::PAGE;
use crate::refusal::Refusal;

/// What is only there where a run is read alone.
const DETAIL: &[&str] = &[
    "source",
    "statusReason",
    "taskResult",
    "taskError",
    "workflowNodes",
    "historyUnavailableReason",
];

const ALL: &str = "all_executions";

/// The statuses that are counted beside all.
const COUNTED: [&str; 4] = ["running", "awaiting_human", "error", "completed"];

pub(super) fn routes() -> Router<Modus> {
    Router::new()
        .route(Target::ListWorkflowRuns.path(), only_get(list_workflow_runs))
        .route(Target::GetWorkflowRun.path(), only_get(get_workflow_run))
}

async fn list_workflow_runs(
    State(modus): State<Modus>,
    path: Result<Path<i64>, PathRejection>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let state = modus.state();
    authorize(&state, &headers)?;
    by_id(&state.fixtures.workflows, id).ok_or(StatusCode::NOT_FOUND)?;
    let query = fields(query)?;
    if query.contains_key("approvalScope") && query.get("status").is_none_or(|s| s != COUNTED[1]) {
        invalid(&["approvalScope needs the status awaiting_human".to_owned()])?;
    }
    let runs: Vec<_> =
        state.fixtures.workflow_runs.iter().filter(|run| run["agentId"] == id).collect();
    let found = runs.iter().filter(|run| is_asked_for(run, &query));
    let page = page(found.map(|run| without(run, DETAIL)), &query, PAGE)?;
    let answer = json!({ "runs": page.items, "counts": counts(&runs), "nextPageToken": page.next });
    Ok(axum::Json(answer).into_response())
}

fn is_asked_for(run: &Value, query: &Query) -> bool {
    let status = query.get("status").filter(|status| *status != ALL);
    status.is_none_or(|status| run["status"] == *status)
        && query.get("search").is_none_or(|part| contains(&run["agentName"], part))
}

/// How many of a workflow's runs there are of each status, whatever was asked for.
fn counts(runs: &[&Value]) -> Value {
    let mut counts = json!({ ALL: runs.len() });
    for status in COUNTED {
        counts[status] = json!(runs.iter().filter(|run| run["status"] == status).count());
    }
    counts
}

async fn get_workflow_run(
    State(modus): State<Modus>,
    path: Result<Path<(i64, String)>, PathRejection>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path((id, workflow_id)) = path?;
    let state = modus.state();
    authorize(&state, &headers)?;
    let query = fields(query)?;
    let execution = query.get("temporalRunId");
    let run = state.fixtures.workflow_runs.iter().find(|run| {
        run["agentId"] == id
            && run["workflowId"] == workflow_id
            && execution.is_none_or(|execution| run["temporalRunId"] == *execution)
    });
    Ok(axum::Json(run.ok_or(StatusCode::NOT_FOUND)?).into_response())
}
