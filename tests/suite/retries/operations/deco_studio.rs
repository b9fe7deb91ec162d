//! deco Studio: a message that is posted with its id may be posted again. Most of what reads is a POST.

use super::{Call, Repeats, Vendor, call};
use crate::support::seam::Seam;
use agent_threads_deco_studio::{
    Client,
    types::{
        ById, CreateApiKey, FlipToolCall, ListAgents, ListConnections, ListMessages, ListThreads,
        NewThread, PostMessage, ThreadChanges, ToolInput, UiMessage, UpdateApiKey, UpdateThread,
    },
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[allow(clippy::needless_pass_by_value, reason = "callers write the JSON where they stand")]
fn from<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).unwrap()
}

fn message() -> UiMessage {
    from(json!({ "id": "m", "role": "user", "parts": [{ "type": "text", "text": "Hi" }] }))
}

fn post() -> PostMessage {
    let agent: agent_threads_deco_studio::types::AgentRef = from(json!({ "id": "a" }));
    PostMessage::new([message()]).agent(agent)
}

fn key() -> CreateApiKey {
    CreateApiKey::new("k", [("self", vec!["A".to_owned()])])
}

fn agent() -> agent_threads_deco_studio::types::CreateAgent {
    from(json!({ "data": { "title": "A", "status": "active", "pinned": false,
                           "metadata": {}, "connections": [] } }))
}

pub(super) fn vendor(seam: &Seam) -> Vendor {
    let builder = Client::builder().base_url("https://studio.example").token("t");
    let builder = builder.parameter("org", "acme").transport(seam.clone());
    let client = builder.retry_budget(None).build().unwrap();
    let mut calls = reads(&client);
    calls.extend(writes(&client));
    Vendor { calls, document: include_str!("../../../../openapi/deco-studio.yaml") }
}

fn reads(client: &Client) -> Vec<Call> {
    vec![
        call!(Repeats::Reads, client.list_allowed_models()),
        call!(Repeats::Reads, client.list_queue("t")),
        call!(Repeats::Reads, client.list_tools()),
        call!(Repeats::Reads, stream client.stream_job("t", "j")),
        call!(Repeats::Reads, stream client.stream_thread("t")),
        call!(Repeats::Reads, stream client.watch()),
        call!(Repeats::Reads, client.get_agent(ById::new("a"))),
        call!(Repeats::Reads, client.get_connection(ById::new("c"))),
        call!(Repeats::Reads, client.get_thread(ById::new("t"))),
        call!(Repeats::Reads, client.list_agents(ListAgents::new())),
        call!(Repeats::Reads, client.list_api_keys()),
        call!(Repeats::Reads, client.list_connections(ListConnections::new())),
        call!(Repeats::Reads, client.list_messages(ListMessages::new("t"))),
        call!(Repeats::Reads, client.list_threads(ListThreads::new())),
    ]
}

fn writes(client: &Client) -> Vec<Call> {
    vec![
        call!(Repeats::KeyedByCaller, client.post_message("t", post())),
        call!(Repeats::Once, client.call_tool("T", ToolInput::new())),
        call!(Repeats::Once, client.cancel_queued("t", "w")),
        call!(Repeats::Once, client.cancel_run("t")),
        call!(Repeats::Once, client.create_agent(agent())),
        call!(Repeats::Once, client.create_api_key(key())),
        call!(Repeats::Once, client.create_thread(NewThread::new("v"))),
        call!(Repeats::Once, client.delete_api_key("k")),
        call!(Repeats::Once, client.delete_thread("t")),
        call!(Repeats::Once, client.flip_tool_call("t", FlipToolCall::new("c"))),
        call!(Repeats::Once, client.update_api_key(UpdateApiKey::new("k"))),
        call!(Repeats::Once, client.update_thread(UpdateThread::new("t", ThreadChanges::new()))),
    ]
}
