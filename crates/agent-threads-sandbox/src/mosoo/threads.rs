//! The operations on threads as a whole.

use std::cmp::Reverse;

use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Mosoo;
use super::access::Caller;
use super::api::{Answer, Named, named, ok, parameter};
use super::body::invalid;
use super::dialect::{Dialect, Takes};
use super::keys::{self, Operation, Request, Stored};
use super::request::Create;
use super::run::RunError;
use super::state::State as Server;
use super::thread::{Thread, ThreadStatus};
use super::ulid::ulid;

/// The most threads in a list.
const LONGEST_LIST: usize = 100;

pub(super) async fn create(
    State(mosoo): State<Mosoo>,
    path: Named,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut state = mosoo.state();
    let caller = state.access.caller(&headers, Takes::AllTokens, state.dialect)?;
    let agent_id = ulid(&named(path)?, "Agent ID")?;
    let create = Create::parse(state.dialect, &body)?;
    if create.attributed_user_id.is_some() && caller.service.is_none() {
        return Err(invalid("attributed_user_id is only for Service tokens.").into());
    }
    let key = keys::key(&headers)?;
    let operation = Operation::CreateThread;
    let request = Request { operation, id: agent_id.clone(), body: create.fingerprint() };
    let carry_out = |state: &mut Server| start(state, &caller, &agent_id, &create);
    Ok(state.once(&caller, key, request, true, carry_out)?)
}

fn start(state: &mut Server, caller: &Caller, agent_id: &str, create: &Create) -> Stored {
    let kind = state.access.admit(caller, agent_id, state.dialect)?.agent.kind;
    if create.text.is_some() {
        state.check_ready(agent_id)?;
    }
    let mut owner = caller.owning(agent_id);
    if caller.service.is_some() {
        owner.account = create.attributed_user_id.clone().unwrap_or_default();
    }
    let service_id = caller.service.as_ref().map(|service| service.id.clone());
    let thread = Thread::new(&mut state.clock, owner, service_id, kind, create);
    let at = state.threads.len();
    state.threads.push(thread);
    if let Err(refusal) = state.attach(at, &create.files) {
        state.threads.pop();
        return Err(refusal);
    }
    if let Some(text) = &create.text {
        let script = state.next_script(text);
        state.threads[at].start_run(&mut state.clock, text, script, true);
    }
    let created = state.envelope(&state.threads[at], false);
    state.forget_oldest();
    Ok((StatusCode::CREATED, created))
}

pub(super) async fn list(
    State(mosoo): State<Mosoo>,
    path: Named,
    query: RawQuery,
    headers: HeaderMap,
) -> Answer {
    let mut state = mosoo.state();
    let caller = state.caller(&headers, Takes::PersonalTokens)?;
    let agent_id = ulid(&named(path)?, "Agent ID")?;
    let archived = match parameter(&query, "archived") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return Err(invalid("Boolean query values must be true or false.").into()),
    };
    state.access.admit(&caller, &agent_id, state.dialect)?;
    let is_asked_for = |thread: &&Thread| {
        thread.owner.agent_id == agent_id
            && caller.sees(thread)
            && archived.is_none_or(|archived| thread.is_archived == archived)
    };
    let mut threads: Vec<_> = state.threads.iter().filter(is_asked_for).collect();
    threads.sort_by_key(|thread| Reverse((thread.updated_at, &thread.id)));
    let threads = threads.into_iter().take(LONGEST_LIST);
    let threads: Vec<Value> = threads.map(|thread| thread.json(state.dialect)).collect();
    Ok(axum::Json(json!({ "threads": threads })).into_response())
}

pub(super) async fn retrieve(
    State(mosoo): State<Mosoo>,
    path: Named,
    headers: HeaderMap,
) -> Answer {
    let mut state = mosoo.state();
    let caller = state.caller(&headers, Takes::AllTokens)?;
    let at = state.find(&caller, &named(path)?)?;
    state.step(at);
    Ok(axum::Json(state.envelope(&state.threads[at], true)).into_response())
}

pub(super) async fn delete(State(mosoo): State<Mosoo>, path: Named, headers: HeaderMap) -> Answer {
    let mut state = mosoo.state();
    let caller = state.caller(&headers, Takes::PersonalTokens)?;
    let at = state.find(&caller, &named(path)?)?;
    let thread = state.threads.remove(at);
    state.files.remove_all(&thread.id);
    Ok(ok())
}

pub(super) async fn archive(State(mosoo): State<Mosoo>, path: Named, headers: HeaderMap) -> Answer {
    set_archived(&mosoo, path, &headers, true)
}

pub(super) async fn unarchive(
    State(mosoo): State<Mosoo>,
    path: Named,
    headers: HeaderMap,
) -> Answer {
    set_archived(&mosoo, path, &headers, false)
}

fn set_archived(mosoo: &Mosoo, path: Named, headers: &HeaderMap, archives: bool) -> Answer {
    let mut state = mosoo.state();
    let caller = state.caller(headers, Takes::PersonalTokens)?;
    let at = state.find(&caller, &named(path)?)?;
    let Server { threads, clock, dialect, .. } = &mut *state;
    let thread = &mut threads[at];
    if thread.status == ThreadStatus::Terminated || thread.is_archived == archives {
        return Err(dialect.internal_error().into());
    }
    let active = thread.active().filter(|_| archives).map(|run| run.id.clone());
    if let Some(run_id) = active {
        let error = (*dialect == Dialect::Current).then(archived);
        thread.cancel(clock, &run_id, error);
    }
    thread.is_archived = archives;
    thread.updated_at = clock.stamp();
    Ok(ok())
}

/// What a run has that ends because its thread is archived.
fn archived() -> RunError {
    let (code, message) = ("session.archived", "The Thread was archived.");
    RunError { code: code.to_owned(), message: message.to_owned() }
}
