//! The tools for threads and their messages.

use serde_json::{Value, json};

use super::State;
use super::access::Caller;
use super::call::merge;
use super::collection::{has, newest_page, ordered, page};
use super::thread::Thread;
use super::tools::Output;

const NO_THREAD: &str = "Thread not found in organization";

pub(super) fn create(state: &mut State, caller: &Caller, data: &Value) -> Output {
    let agent_id = data["virtual_mcp_id"].as_str().unwrap_or_default();
    if !state.has_agent(&caller.organization_id, agent_id) {
        return Err(format!("Virtual MCP not found: {agent_id}"));
    }
    let own = data["id"].as_str().filter(|_| state.world.rules.honours_thread_ids);
    if let Some((thread, world)) = own.and_then(|id| state.thread_in_world(caller, id)) {
        return Ok(json!({ "item": thread.view(world) }));
    }
    let id = own.map_or_else(|| state.world.next_id("thrd"), str::to_owned);
    let now = state.world.now();
    let fields = json!({
        "id": id,
        "organization_id": caller.organization_id,
        "title": data["title"].as_str().unwrap_or("New chat"),
        "description": data["description"],
        "created_at": now,
        "updated_at": now,
        "hidden": false,
        "status": "completed",
        "created_by": caller.user_id,
        "updated_by": null,
        "virtual_mcp_id": agent_id,
        "trigger_id": null,
        "branch": data["branch"],
        "sandbox_provider_kind": null,
        "harness_id": null,
        "metadata": {},
        "run_config": null,
    });
    let thread = Thread::new(fields);
    let view = thread.view(&state.world);
    state.threads.push(thread);
    state.forget_oldest();
    Ok(json!({ "item": view }))
}

pub(super) fn get(state: &mut State, caller: &Caller, input: &Value) -> Value {
    let found = state.thread_in_world(caller, id(input));
    let item = found.map(|(thread, world)| {
        thread.read(world);
        thread.view(world)
    });
    json!({ "item": item })
}

pub(super) fn list(state: &State, caller: &Caller, input: &Value) -> Value {
    let theirs = state.threads.iter().filter(|one| one.organization_id() == caller.organization_id);
    let views = theirs.map(|thread| thread.view(&state.world));
    let mut items: Vec<_> = views.filter(|thread| is_asked_for(thread, input, caller)).collect();
    ordered(&mut items, input);
    page(&items, input, state.world.rules.counts)
}

/// Whether all filters of a list let a thread through.
fn is_asked_for(thread: &Value, input: &Value, caller: &Caller) -> bool {
    let keep = &input["where"];
    let is = |asked: &Value, name: &str| asked.is_null() || thread[name] == *asked;
    let owner = match keep["created_by"].as_str() {
        Some("me") => json!(caller.user_id),
        _ => keep["created_by"].clone(),
    };
    let triggers = keep["trigger_ids"].as_array();
    let is_triggered = !thread["trigger_id"].is_null();
    let title = thread["title"].as_str().unwrap_or_default();
    let day = thread["created_at"].as_str().unwrap_or_default();
    is(&owner, "created_by")
        && is(&keep["virtual_mcp_id"], "virtual_mcp_id")
        && is(&keep["hidden"], "hidden")
        && triggers.is_none_or(|ids| ids.contains(&thread["trigger_id"]))
        && keep["has_trigger"].as_bool().is_none_or(|asked| asked == is_triggered)
        && is(&input["status"], "status")
        && is(&input["userId"], "created_by")
        && is(&input["agentId"], "virtual_mcp_id")
        && input["search"].as_str().is_none_or(|part| has(title, part))
        && input["startDate"].as_str().is_none_or(|start| day >= start)
        && input["endDate"].as_str().is_none_or(|end| day <= end)
}

pub(super) fn update(state: &mut State, caller: &Caller, input: &Value) -> Output {
    let user_id = caller.user_id.clone();
    let (thread, world) = state.thread_in_world(caller, id(input)).ok_or(NO_THREAD)?;
    merge(&mut thread.fields, input["data"].clone());
    let now = world.now();
    merge(&mut thread.fields, json!({ "updated_by": user_id, "updated_at": now }));
    Ok(json!({ "item": thread.view(world) }))
}

pub(super) fn delete(state: &mut State, caller: &Caller, input: &Value) -> Output {
    let (thread, world) = state.thread_in_world(caller, id(input)).ok_or(NO_THREAD)?;
    let view = thread.view(world);
    state.threads.retain(|thread| view["id"] != thread.id());
    Ok(json!({ "item": view }))
}

pub(super) fn messages(state: &mut State, caller: &Caller, input: &Value) -> Output {
    let condition = &input["where"];
    let named = condition["field"] == json!(["thread_id"]) && condition["operator"] == "eq";
    let by_condition = condition["value"].as_str().filter(|_| named);
    let thread_id = input["thread_id"].as_str().or(by_condition);
    let thread_id = thread_id.ok_or("thread_id is required to list messages")?;
    let counts = state.world.rules.counts;
    let messages = match state.thread_in_world(caller, thread_id) {
        Some((thread, world)) => {
            thread.read(world);
            thread.transcript(world)
        }
        None => Vec::new(),
    };
    Ok(newest_page(&messages, input, counts))
}

fn id(input: &Value) -> &str {
    input["id"].as_str().unwrap_or_default()
}
