//! The operations that read the log and send events.

use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Mosoo;
use super::access::Caller;
use super::api::{Answer, Named, named, parameter};
use super::body::invalid;
use super::clock;
use super::dialect::{Dialect, Takes};
use super::fold;
use super::keys::{self, Operation, Request, Stored};
use super::request::{self, Sent};
use super::run::Run;
use super::state::State as Server;
use super::thread::ThreadStatus;
use super::ulid::ulid;
use crate::refusal::Refusal;

/// How many of the newest entries are asked for.
pub(super) fn limit(query: &RawQuery) -> Result<usize, Refusal> {
    let Some(text) = parameter(query, "limit") else { return Ok(100) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid("limit must be a positive integer."));
    }
    let limit = text.parse().ok().filter(|limit| (1..=1000).contains(limit));
    limit.ok_or_else(|| invalid("limit must be between 1 and 1000."))
}

/// The newest entries, that many at most, and whether there are older ones.
pub(super) fn newest(mut entries: Vec<Value>, limit: usize) -> (Vec<Value>, bool) {
    let older = entries.len().saturating_sub(limit);
    entries.drain(..older);
    (entries, older > 0)
}

pub(super) async fn list(
    State(mosoo): State<Mosoo>,
    path: Named,
    query: RawQuery,
    headers: HeaderMap,
) -> Answer {
    let mut state = mosoo.state();
    let caller = state.caller(&headers, Takes::AllTokens)?;
    let limit = limit(&query)?;
    let at = state.find(&caller, &named(path)?)?;
    state.step(at);
    let (events, truncated) = newest(fold::list(&state.threads[at].log, state.dialect), limit);
    Ok(axum::Json(json!({ "events": events, "truncated": truncated })).into_response())
}

pub(super) async fn send(
    State(mosoo): State<Mosoo>,
    path: Named,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut state = mosoo.state();
    let caller = state.access.caller(&headers, Takes::PersonalTokens, state.dialect)?;
    let id = ulid(&named(path)?, "Thread ID")?;
    let events = request::events(state.dialect, &body)?;
    let key = keys::key(&headers)?;
    let body = request::fingerprint(&events);
    let request = Request { operation: Operation::SendEvents, id: id.clone(), body };
    let carry_out = |state: &mut Server| apply_all(state, &caller, &id, &events);
    Ok(state.once(&caller, key, request, false, carry_out)?)
}

/// Applies events in order up to the first that cannot be. Those before it stay applied.
fn apply_all(state: &mut Server, caller: &Caller, id: &str, events: &[Sent]) -> Stored {
    let at = state.find(caller, id)?;
    let thread = &state.threads[at];
    if thread.is_archived || thread.status == ThreadStatus::Terminated {
        return Err(state.dialect.internal_error());
    }
    let files: Vec<_> = events.iter().flat_map(Sent::files).cloned().collect();
    state.attach(at, &files)?;
    let mut results = Vec::new();
    for event in events {
        let run = apply(state, caller, at, event)?;
        results.push(result(state.dialect, event, &run));
    }
    let answer = json!({
        "acceptedAt": clock::text(state.clock.stamp()),
        "events": results,
        "thread": state.threads[at].json(state.dialect),
        "warnings": [],
    });
    Ok((StatusCode::OK, answer))
}

fn result(dialect: Dialect, event: &Sent, run: &Value) -> Value {
    let name = match dialect {
        Dialect::Seed => "clientRequestId",
        Dialect::Current => "requestId",
    };
    let request_id = match event {
        Sent::Message { request_id, .. } => request_id.as_deref(),
        Sent::Decision { .. } | Sent::Interrupt { .. } => None,
    };
    json!({ "type": event.kind(), name: request_id, "run": run })
}

/// Applies an event and returns the run that its result shows.
fn apply(state: &mut Server, caller: &Caller, at: usize, event: &Sent) -> Result<Value, Refusal> {
    match event {
        Sent::Message { text, request_id, .. } => message(state, at, text, request_id.as_deref()),
        Sent::Decision { request_id, allows } => {
            state.threads[at].decide(&mut state.clock, request_id, *allows);
            Ok(Value::Null)
        }
        Sent::Interrupt { run_id } => interrupt(state, caller, at, run_id.as_deref()),
    }
}

fn message(
    state: &mut Server,
    at: usize,
    text: &str,
    request_id: Option<&str>,
) -> Result<Value, Refusal> {
    let thread = &state.threads[at];
    let is_repeated = request_id.is_some_and(|id| thread.request_ids.contains(id));
    if is_repeated && state.dialect == Dialect::Current {
        return Err(keys::conflict("requestId was already used on this Thread.", 2));
    }
    if thread.active().is_some() || thread.status == ThreadStatus::Rescheduling {
        return Err(state.dialect.internal_error());
    }
    state.check_ready(&thread.owner.agent_id)?;
    let script = state.next_script(text);
    let thread = &mut state.threads[at];
    thread.request_ids.extend(request_id.map(str::to_owned));
    let run = thread.start_run(&mut state.clock, text, script, !is_repeated);
    Ok(run.json(state.dialect, false))
}

fn interrupt(
    state: &mut Server,
    caller: &Caller,
    at: usize,
    run_id: Option<&str>,
) -> Result<Value, Refusal> {
    let (at, run_id) = match run_id {
        Some(run_id) => (find_run(state, caller, at, run_id)?, run_id.to_owned()),
        None => {
            let active = state.threads[at].active().map(|run| run.id.clone());
            (at, active.ok_or_else(|| invalid("No active session run to cancel."))?)
        }
    };
    let thread = &mut state.threads[at];
    thread.cancel(&mut state.clock, &run_id, None);
    let run = thread.runs.iter().find(|run| run.id == run_id);
    Ok(json!(run.map(|run| run.json(state.dialect, false))))
}

/// The place of the thread that a run belongs to. The earlier dialect looks in all threads of the caller.
fn find_run(state: &Server, caller: &Caller, at: usize, id: &str) -> Result<usize, Refusal> {
    let has_run = |place: &usize| {
        let thread = &state.threads[*place];
        let is_looked_at = *place == at || state.dialect == Dialect::Seed && caller.sees(thread);
        is_looked_at && thread.runs.iter().any(|run: &Run| run.id == id)
    };
    let found = (0..state.threads.len()).find(has_run);
    found.ok_or_else(|| state.dialect.internal_error())
}
