//! Posting a message, which queues a run.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::access::{Caller, Unauthorized};
use super::api::Names;
use super::job::{Job, is_answer, parts, retry_key, stored, text};
use super::refused::Refused;
use super::schemas::{AGENT, POST};
use super::script::Script;
use super::target::Target;
use super::thread::Thread;
use super::world::{AgentField, World};
use super::zod::{OPTIONAL, REQUIRED, Shape, issues};
use super::{DecoStudio, State as Store};
use crate::echo::echo;
use crate::refusal::Refusal;

pub(super) fn routes() -> Router<DecoStudio> {
    Router::new().route(Target::PostMessage.path(), post(post_message))
}

async fn post_message(
    State(deco): State<DecoStudio>,
    path: Names<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let Path((org, thread_id)) = path?;
    let mut state = deco.state();
    let caller = state.caller(&org, &headers, Unauthorized::Post)?;
    let body = read(&body, state.world.rules.agent_field)?;
    if body["thread_id"].as_str().is_some_and(|id| id != thread_id) {
        return Err(bad("threadId in URL does not match thread_id in body").into());
    }
    if !is_valid_id(&thread_id) {
        return Err(bad("Invalid thread ID").into());
    }
    let message = only_message(&body)?;
    check_tier(&state.world, &body)?;
    let thread = state.thread(&caller, &thread_id);
    let thread = thread.ok_or_else(|| Refusal::with(StatusCode::NOT_FOUND, "Thread not found"))?;
    check_thread(thread, &caller, message)?;
    enqueue(&mut state, &caller, &thread_id, message, &body["agent"]);
    Ok((StatusCode::ACCEPTED, axum::Json(json!({ "taskId": thread_id }))).into_response())
}

fn read(body: &[u8], agent: AgentField) -> Result<Value, Refusal> {
    let body: Value = serde_json::from_slice(body).map_err(|_| bad("Invalid JSON body"))?;
    let found = match agent {
        AgentField::Required => check(&body, Some(REQUIRED)),
        AgentField::Optional => check(&body, Some(OPTIONAL)),
        AgentField::Rejected => check(&body, None),
    };
    match found.is_empty() {
        true => Ok(body),
        // The issues are JSON within a string.
        false => Err(bad(&json!(found).to_string())),
    }
}

/// What is wrong with a body, whose `agent` must be there, may be, or is not known.
fn check(body: &Value, agent: Option<bool>) -> Vec<Value> {
    // The fields of a shape live as long as the program, and the one that changes is looked at here.
    let mut rest = body.clone();
    let given = match (agent, rest.as_object_mut()) {
        (Some(_), Some(fields)) => fields.remove("agent"),
        _ => None,
    };
    let mut found = issues(&rest, Shape::Strict(POST));
    let shape = Shape::Object(match agent {
        Some(REQUIRED) => &[("agent", AGENT, REQUIRED)],
        _ => &[("agent", AGENT, OPTIONAL)],
    });
    if agent.is_some() && body.is_object() {
        let given = given.map_or_else(|| json!({}), |agent| json!({ "agent": agent }));
        found.extend(issues(&given, shape));
    }
    found
}

/// Whether an id can be part of a subject in the vendor's message bus.
pub(super) fn is_valid_id(id: &str) -> bool {
    !id.contains(|c: char| ['.', '*', '>'].contains(&c) || c.is_whitespace())
}

/// The one message that is not the system's.
fn only_message(body: &Value) -> Result<&Value, Refusal> {
    let messages = body["messages"].as_array().into_iter().flatten();
    let mut others = messages.filter(|message| message["role"] != "system");
    match (others.next(), others.next()) {
        (Some(message), None) => Ok(message),
        (None, _) => Err(bad("No user message found")),
        (Some(_), Some(_)) => Err(bad("Expected exactly one non-system message")),
    }
}

fn check_tier(world: &World, body: &Value) -> Result<(), Refusal> {
    let tier = body["tier"].as_str().unwrap_or("smart");
    match &world.rules.tiers {
        Some(tiers) if !tiers.iter().any(|known| known == tier) => Err(bad(&format!(
            "No model available for tier {tier:?}. Connect a provider or configure the tier in organization settings."
        ))),
        _ => Ok(()),
    }
}

fn check_thread(thread: &Thread, caller: &Caller, message: &Value) -> Result<(), Refusal> {
    if thread.owner() != caller.user_id && thread.fields["metadata"]["shared"] != true {
        let message = "You are not the owner of this thread";
        return Err(Refusal::with(StatusCode::FORBIDDEN, message));
    }
    if thread.fields["metadata"]["read_only"] == true {
        return Err(Refusal::with(StatusCode::CONFLICT, "Thread is read-only"));
    }
    let is_known = retry_key(message).is_some_and(|key| thread.posted.contains(&key));
    let mut answered = parts(message).filter(|part| {
        ["output-available", "output-error", "approval-responded"]
            .iter()
            .any(|state| part["state"] == *state)
    });
    let answers = answered.any(|part| thread.waits_for(&part["toolCallId"]));
    match is_answer(message) && !is_known && !answers {
        true => {
            let message = "The tool output does not match a pending tool call";
            Err(Refusal::with(StatusCode::CONFLICT, message))
        }
        false => Ok(()),
    }
}

/// Queues the run of a message that has not been posted before.
fn enqueue(state: &mut Store, caller: &Caller, thread_id: &str, message: &Value, agent: &Value) {
    let key = retry_key(message);
    let Some(thread) = state.thread(caller, thread_id) else { return };
    if key.as_ref().is_some_and(|key| !thread.posted.insert(key.clone())) {
        return;
    }
    let agent = match agent.is_null() {
        true => json!({ "id": thread.fields["virtual_mcp_id"] }),
        false => agent.clone(),
    };
    let script = state.next_script(&text(message));
    let world = &mut state.world;
    let mut message = stored(message, world);
    if key.is_none() {
        message["id"] = json!(world.next_id("msg"));
    }
    let key = key.unwrap_or_else(|| message["id"].as_str().unwrap_or_default().to_owned());
    let job = Job {
        workflow_id: format!("thread-run:{thread_id}:{key}"),
        script: script.unwrap_or_else(|| Script::reply(echo(&text(&message)))),
        message,
        agent,
        enqueued_at: world.clock.millis(),
        lag: world.rules.start_lag,
        is_cancelled: false,
    };
    if let Some(thread) = state.thread(caller, thread_id) {
        thread.post(job);
    }
}

fn bad(message: &str) -> Refusal {
    Refusal::with(StatusCode::BAD_REQUEST, message)
}
