//! The context for a message, without a run.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::Modus;
use super::api::authorize;
use super::body::{self, OPTIONAL, REQUIRED, Rule, Shape};
use super::fixtures::by_id;
use super::state::State as Runs;
use super::target::Target;
use crate::refusal::Refusal;

const REQUEST: &[Rule] =
    &[("message", Shape::FullText, REQUIRED), ("limit", Shape::NumberUpTo(200), OPTIONAL)];

pub(super) fn routes() -> Router<Modus> {
    Router::new()
        .route(Target::ComposeModusContext.path(), post(compose_modus_context))
        .route(Target::ComposeScopeContext.path(), post(compose_scope_context))
}

async fn compose_modus_context(
    State(modus): State<Modus>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut state = modus.state();
    let organization_id = authorize(&state, &headers)?;
    compose(&mut state, &organization_id, &body)
}

async fn compose_scope_context(
    State(modus): State<Modus>,
    path: Result<Path<i64>, PathRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let mut state = modus.state();
    let organization_id = authorize(&state, &headers)?;
    by_id(&state.fixtures.scopes, id).ok_or(StatusCode::NOT_FOUND)?;
    compose(&mut state, &organization_id, &body)
}

fn compose(state: &mut Runs, organization_id: &str, body: &[u8]) -> Result<Response, Refusal> {
    let body = body::checked(body, REQUEST)?;
    let limit = body::whole(&body["limit"]).and_then(|limit| usize::try_from(limit).ok());
    let session_id = state.make_id(organization_id);
    let pieces = &state.fixtures.context;
    let selected = &pieces[..limit.unwrap_or(pieces.len()).min(pieces.len())];
    let uids: Vec<_> = (1..=selected.len()).map(|number| format!("ctx_{number}")).collect();
    let answer = json!({
        "contextItemUids": uids,
        "context": selected.join("\n\n"),
        "contextItems": [],
        "originalCount": pieces.len(),
        "selectedCount": selected.len(),
        "sessionId": session_id,
    });
    Ok(Json(answer).into_response())
}
