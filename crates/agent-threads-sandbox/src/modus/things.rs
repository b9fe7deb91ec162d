//! The lists of workflows and scopes.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Modus;
use super::api::{authorize, only_get};
use super::fixtures::{by_id, contains, without};
use super::page::{Asked, PageRule, Query, fields, page};
use super::target::Target;
use crate::refusal::Refusal;

pub(super) const PAGE: PageRule = PageRule::Clamped { default: 25 };

pub(super) fn routes() -> Router<Modus> {
    Router::new()
        .route(Target::ListWorkflows.path(), only_get(list_workflows))
        .route(Target::GetWorkflow.path(), only_get(get_workflow))
        .route(Target::ListScopes.path(), only_get(list_scopes))
        .route(Target::GetScope.path(), only_get(get_scope))
}

async fn list_workflows(
    State(modus): State<Modus>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let state = modus.state();
    authorize(&state, &headers)?;
    let name = if state.fixtures.older_names { "agents" } else { "workflows" };
    list(&state.fixtures.workflows, name, &fields(query)?)
}

async fn list_scopes(
    State(modus): State<Modus>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let state = modus.state();
    authorize(&state, &headers)?;
    let name = if state.fixtures.older_names { "skills" } else { "scopes" };
    list(&state.fixtures.scopes, name, &fields(query)?)
}

fn list(things: &[Value], name: &str, query: &Query) -> Result<Response, Refusal> {
    let hidden: &[_] = match query.get("includeVariation").map(String::as_str) {
        Some("true") => &[],
        _ => &["variation"],
    };
    let found = things.iter().filter(|thing| is_asked_for(thing, query));
    let page = page(found.map(|thing| without(thing, hidden)), query, PAGE)?;
    Ok(axum::Json(json!({ name: page.items, "nextPageToken": page.next })).into_response())
}

fn is_asked_for(thing: &Value, query: &Query) -> bool {
    let keeps = |name: &str, test: &dyn Fn(&str) -> bool| query.get(name).is_none_or(|v| test(v));
    keeps("type", &|kind| thing["type"] == kind)
        && keeps("search", &|part| contains(&thing["name"], part))
        && keeps("managerId", &|id| thing["accessConfig"]["ownerUserId"] == id)
}

async fn get_workflow(
    State(modus): State<Modus>,
    path: Result<Path<i64>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let state = modus.state();
    authorize(&state, &headers)?;
    get(&state.fixtures.workflows, id)
}

async fn get_scope(
    State(modus): State<Modus>,
    path: Result<Path<i64>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let state = modus.state();
    authorize(&state, &headers)?;
    get(&state.fixtures.scopes, id)
}

fn get(things: &[Value], id: i64) -> Result<Response, Refusal> {
    let thing = by_id(things, id).ok_or(StatusCode::NOT_FOUND)?;
    Ok(axum::Json(thing).into_response())
}
