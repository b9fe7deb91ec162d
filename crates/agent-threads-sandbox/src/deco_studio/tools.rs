//! The tool route: which tools there are, who may use them, what they are given.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};

use super::access::{Caller, Unauthorized};
use super::api::{Names, only_get};
use super::refused::Refused;
use super::schemas;
use super::target::{TOOLS, Target};
use super::zod::{Shape, issues};
use super::{DecoStudio, State as Store};
use super::{agent_tools, key_tools, thread_tools};
use crate::refusal::Refusal;

const TOOL: &str = "/api/{org}/tools/{tool}";

/// What a tool comes to: its output, or why there is none.
pub(super) type Output = Result<Value, String>;

/// The tools have a path each, so that faults can aim at them.
pub(super) fn routes() -> Router<DecoStudio> {
    let all = Router::new()
        .route(Target::ListTools.path(), only_get(list_tools))
        .route(TOOL, post(call_unknown));
    TOOLS.iter().fold(all, |router, tool| router.route(tool.path(), post(call_tool)))
}

async fn list_tools(
    State(deco): State<DecoStudio>,
    path: Names<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Path(org) = path?;
    deco.state().caller(&org, &headers, Unauthorized::Tool)?;
    let tools: Vec<_> = TOOLS.iter().map(|tool| described(*tool)).collect();
    Ok(axum::Json(json!({ "tools": tools })).into_response())
}

fn described(tool: Target) -> Value {
    let name = tool.tool_name();
    let reads = ["_GET", "_LIST"].iter().any(|end| name.ends_with(end));
    json!({
        "name": name,
        "description": format!("The tool {name} of the sandbox."),
        "inputSchema": input(tool).schema(),
        "outputSchema": { "type": "object" },
        "annotations": { "readOnlyHint": reads, "destructiveHint": name.ends_with("_DELETE") },
        "_meta": {},
    })
}

/// The input that a tool takes.
fn input(tool: Target) -> Shape {
    match tool {
        Target::CreateThread => schemas::CREATE_THREAD,
        Target::ListThreads => schemas::LIST_THREADS,
        Target::UpdateThread => schemas::UPDATE_THREAD,
        Target::ListMessages => schemas::LIST_MESSAGES,
        Target::ListAgents => schemas::COLLECTION,
        Target::CreateAgent => schemas::CREATE_AGENT,
        Target::ListConnections => schemas::CONNECTIONS,
        Target::CreateKey => schemas::CREATE_KEY,
        Target::UpdateKey => schemas::UPDATE_KEY,
        Target::DeleteKey => schemas::DELETE_KEY,
        Target::GetThread | Target::DeleteThread | Target::GetAgent | Target::GetConnection => {
            schemas::BY_ID
        }
        _ => schemas::NOTHING,
    }
}

async fn call_tool(
    State(deco): State<DecoStudio>,
    path: Names<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let Path(org) = path?;
    let mut state = deco.state();
    let caller = state.caller(&org, &headers, Unauthorized::Tool)?;
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    let tool = TOOLS.iter().find(|tool| tool.tool_name() == name).ok_or_else(|| unknown(name))?;
    if !caller.may_use(name) {
        let message = format!("Access denied to: {name}");
        return Err(Refusal::with(StatusCode::FORBIDDEN, message).into());
    }
    let given = read(&body)?;
    let found = issues(&given, input(*tool));
    if !found.is_empty() {
        let refusal = Refusal::with(StatusCode::BAD_REQUEST, "Invalid input");
        return Err(refusal.info(json!({ "issues": found })).into());
    }
    let output = call(*tool, &mut state, &caller, &given);
    let failed = |message| Refusal::with(StatusCode::INTERNAL_SERVER_ERROR, message);
    Ok(axum::Json(output.map_err(failed)?).into_response())
}

async fn call_unknown(
    State(deco): State<DecoStudio>,
    path: Names<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let Path((org, name)) = path?;
    deco.state().caller(&org, &headers, Unauthorized::Tool)?;
    Err(unknown(&name).into())
}

fn unknown(name: &str) -> Refusal {
    Refusal::with(StatusCode::NOT_FOUND, format!("Unknown tool: {name}"))
}

/// The input in a body, which may be empty.
fn read(body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    let message = "Request body must be valid JSON";
    serde_json::from_slice(body).map_err(|_| Refusal::with(StatusCode::BAD_REQUEST, message))
}

fn call(tool: Target, state: &mut Store, caller: &Caller, input: &Value) -> Output {
    match tool {
        Target::CreateThread => thread_tools::create(state, caller, &input["data"]),
        Target::GetThread => Ok(thread_tools::get(state, caller, input)),
        Target::ListThreads => Ok(thread_tools::list(state, caller, input)),
        Target::UpdateThread => thread_tools::update(state, caller, input),
        Target::DeleteThread => thread_tools::delete(state, caller, input),
        Target::ListMessages => thread_tools::messages(state, caller, input),
        Target::ListAgents => Ok(agent_tools::list(state, caller, input)),
        Target::GetAgent => Ok(agent_tools::get(state, caller, input)),
        Target::CreateAgent => Ok(agent_tools::create(state, caller, &input["data"])),
        Target::ListConnections => Ok(agent_tools::list_connections(state, caller, input)),
        Target::GetConnection => Ok(agent_tools::get_connection(state, caller, input)),
        Target::CreateKey => Ok(key_tools::create(state, caller, input)),
        Target::ListKeys => Ok(key_tools::list(state, caller)),
        Target::UpdateKey => key_tools::update(state, caller, input),
        Target::DeleteKey => key_tools::delete(state, caller, input),
        _ => Err("This is no tool".to_owned()),
    }
}
