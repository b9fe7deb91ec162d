//! The tools for agents and connections.

use serde_json::{Value, json};

use super::State;
use super::access::Caller;
use super::collection::listed;

pub(super) fn list(state: &State, caller: &Caller, input: &Value) -> Value {
    let agents = theirs(&state.agents, caller).cloned();
    let mut input = input.clone();
    let by_connection = take_connection(&mut input);
    let has = |agent: &Value| {
        let connections = agent["connections"].as_array().into_iter().flatten();
        by_connection.as_ref().is_none_or(|id| {
            connections.into_iter().any(|connection| connection["connection_id"] == *id)
        })
    };
    listed(agents.filter(has).collect(), &input, state.world.rules.counts)
}

/// Takes a condition on `connection_id` out, which is not a field of agents but of what they contain.
fn take_connection(input: &mut Value) -> Option<Value> {
    let condition = input.get("where")?;
    let is_it = condition["field"] == json!(["connection_id"]) && condition["operator"] == "eq";
    let id = is_it.then(|| condition["value"].clone())?;
    input.as_object_mut()?.remove("where");
    Some(id)
}

pub(super) fn get(state: &State, caller: &Caller, input: &Value) -> Value {
    item(theirs(&state.agents, caller), input)
}

pub(super) fn create(state: &mut State, caller: &Caller, data: &Value) -> Value {
    let mut fields = data.clone();
    if let Some(fields) = fields.as_object_mut() {
        // The id is the server's to choose, and prompts are not shown.
        fields.retain(|name, _| !["id", "prompts"].contains(&name.as_str()));
    }
    json!({ "item": state.add_agent(&caller.organization_id, &caller.user_id, fields) })
}

pub(super) fn list_connections(state: &State, caller: &Caller, input: &Value) -> Value {
    let with_agents = input["include_virtual"] == true;
    let agents = theirs(&state.agents, caller).filter(|_| with_agents).map(as_connection);
    let all = theirs(&state.connections, caller).cloned().chain(agents);
    let has_slug = |one: &Value| input.get("slug").is_none_or(|slug| one["slug"] == *slug);
    let has_binding = |one: &Value| {
        let bindings = one["bindings"].as_array().into_iter().flatten();
        input.get("binding").is_none_or(|asked| bindings.into_iter().any(|one| one == asked))
    };
    let found = all.filter(|one| has_slug(one) && has_binding(one));
    listed(found.collect(), input, state.world.rules.counts)
}

pub(super) fn get_connection(state: &State, caller: &Caller, input: &Value) -> Value {
    let agents: Vec<_> = theirs(&state.agents, caller).map(as_connection).collect();
    item(theirs(&state.connections, caller).chain(&agents), input)
}

fn theirs<'a>(things: &'a [Value], caller: &'a Caller) -> impl Iterator<Item = &'a Value> {
    things.iter().filter(move |thing| thing["organization_id"] == caller.organization_id)
}

fn item<'a>(mut things: impl Iterator<Item = &'a Value>, input: &Value) -> Value {
    json!({ "item": things.find(|thing| thing["id"] == input["id"]) })
}

fn as_connection(agent: &Value) -> Value {
    let id = agent["id"].as_str().unwrap_or_default();
    let fields = json!({
        "id": id,
        "title": agent["title"],
        "description": agent["description"],
        "icon": agent["icon"],
        "organization_id": agent["organization_id"],
        "created_by": agent["created_by"],
        "created_at": agent["created_at"],
        "updated_at": agent["updated_at"],
        "connection_type": "VIRTUAL",
        "connection_url": format!("virtual://{id}"),
        "status": agent["status"],
    });
    connection(fields)
}

/// A connection with what these fields leave out.
pub(super) fn connection(fields: Value) -> Value {
    let mut connection = json!({
        "id": "conn_sandbox",
        "title": "Connection",
        "description": null,
        "icon": null,
        "app_name": null,
        "app_id": null,
        "created_by": "usr_sandbox",
        "connection_type": "HTTP",
        "connection_url": null,
        "connection_token": null,
        "connection_headers": null,
        "oauth_config": null,
        "configuration_state": null,
        "metadata": null,
        "tools": null,
        "bindings": null,
        "status": "active",
    });
    super::call::merge(&mut connection, fields);
    connection
}
