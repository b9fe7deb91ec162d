//! The operations on what is known of files.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::HeaderMap;
use serde_json::json;

use super::Mosoo;
use super::access::Caller;
use super::api::{Answer, Named, named, ok, only_in};
use super::dialect::{Dialect, Takes};
use super::file::{File, not_found};
use super::state::State as Server;
use super::ulid::ulid;
use crate::refusal::Refusal;

/// The file that a path names, if it is the caller's and they may use its agent.
pub(super) fn find<'a>(
    state: &'a mut Server,
    caller: &Caller,
    path: &str,
) -> Result<&'a File, Refusal> {
    let id = ulid(path, "File ID")?;
    let file = state.files.find(state.clock.now(), &id, &caller.account)?;
    state.access.admit(caller, &file.owner.agent_id, state.dialect)?;
    Ok(file)
}

pub(super) async fn retrieve(
    State(mosoo): State<Mosoo>,
    path: Named,
    headers: HeaderMap,
) -> Answer {
    let mut state = mosoo.state();
    only_in(Dialect::Current, state.dialect)?;
    let caller = state.caller(&headers, Takes::PersonalTokens)?;
    let file = find(&mut state, &caller, &named(path)?)?;
    Ok(axum::Json(json!({ "file": file.json() })).into_response())
}

pub(super) async fn delete(State(mosoo): State<Mosoo>, path: Named, headers: HeaderMap) -> Answer {
    let mut state = mosoo.state();
    only_in(Dialect::Current, state.dialect)?;
    let caller = state.caller(&headers, Takes::PersonalTokens)?;
    let id = find(&mut state, &caller, &named(path)?)?.id.clone();
    state.files.remove(&id);
    Ok(ok())
}

pub(super) async fn list(State(mosoo): State<Mosoo>, path: Named, headers: HeaderMap) -> Answer {
    let mut state = mosoo.state();
    let caller = state.caller(&headers, Takes::PersonalTokens)?;
    let at = state.find(&caller, &named(path)?)?;
    let files = state.files.list(&state.threads[at].id);
    Ok(axum::Json(json!({ "files": files })).into_response())
}

pub(super) async fn remove(
    State(mosoo): State<Mosoo>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Answer {
    let Path((thread_id, file_id)) = path.map_err(Refusal::from)?;
    let mut state = mosoo.state();
    let caller = state.caller(&headers, Takes::PersonalTokens)?;
    let at = state.find(&caller, &thread_id)?;
    let thread_id = state.threads[at].id.clone();
    let file = find(&mut state, &caller, &file_id)?;
    if file.thread_id.as_deref() != Some(&thread_id) {
        return Err(not_found().into());
    }
    let id = file.id.clone();
    state.files.remove(&id);
    Ok(ok())
}
