//! The operations on threads.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::Middesk;
use super::api::{Id, authorize, only_get};
use super::body::{self, Asked, missing, not_found, required, text};
use super::run::Run;
use super::target::Target;
use crate::refusal::Refusal;

pub(super) fn routes() -> Router<Middesk> {
    Router::new()
        .route(Target::ListThreads.path(), only_get(list_threads).post(create_thread))
        .route(Target::GetThread.path(), only_get(get_thread))
}

async fn list_threads(
    State(middesk): State<Middesk>,
    query: Asked,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    let query = body::fields(query)?;
    let business = query.get("business_id");
    let asked_for = state.threads_of(&account).rev().filter(|thread| {
        let context = thread.context.as_ref();
        business
            .is_none_or(|asked| context.is_some_and(|(kind, id)| kind == "business" && id == asked))
    });
    let threads: Vec<_> = asked_for.map(|thread| state.thread_view(thread)).collect();
    Ok(axum::Json(state.rules.pages.cut(&threads, &query)?).into_response())
}

async fn create_thread(
    State(middesk): State<Middesk>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    let body = body::object(&body)?;
    let kind = required(&body, "type")?;
    let context = context(&body)?;
    if context.is_none() && state.rules.wants_context {
        return Err(missing("business_id"));
    }
    if !state.has_agent(kind) {
        return Err(not_found("Agent type"));
    }
    let thread = state.start_thread(&account, context);
    let view = state.thread_view(&thread);
    Ok((StatusCode::CREATED, axum::Json(view)).into_response())
}

/// What a thread or a run is to be about, as the type and the id of a thing.
pub(super) fn context(body: &Value) -> Result<Option<(String, String)>, Refusal> {
    let pair = (text(body, "context_type")?, text(body, "context_id")?);
    let business = text(body, "business_id")?;
    match (pair, business) {
        ((Some(kind), Some(id)), _) => Ok(Some((kind.to_owned(), id.to_owned()))),
        ((Some(_), None), _) => Err(missing("context_id")),
        ((None, Some(_)), _) => Err(missing("context_type")),
        ((None, None), business) => Ok(business.map(|id| ("business".to_owned(), id.to_owned()))),
    }
}

async fn get_thread(
    State(middesk): State<Middesk>,
    path: Id,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(id) = path?;
    let mut state = middesk.state();
    let account = authorize(&mut state, &headers)?;
    let thread = state.thread(&account, &id).ok_or_else(|| not_found("Thread"))?;
    state.runs_in(&thread.id).for_each(Run::advance);
    Ok(axum::Json(state.thread_view(thread)).into_response())
}
