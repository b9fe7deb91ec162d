//! The tool route as such.

use agent_threads_sandbox::Fault;
use agent_threads_sandbox::deco_studio::Target;
use reqwest::Method;
use serde_json::json;

use super::caller::{Caller, answer, refused};

#[tokio::test]
async fn all_tools_are_listed_with_what_they_take() {
    let caller = Caller::start().await;
    let list = answer(caller.get("/tools"), 200).await;
    let names: Vec<_> = list["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "COLLECTION_THREADS_CREATE",
            "COLLECTION_THREADS_GET",
            "COLLECTION_THREADS_LIST",
            "COLLECTION_THREADS_UPDATE",
            "COLLECTION_THREADS_DELETE",
            "COLLECTION_THREAD_MESSAGES_LIST",
            "COLLECTION_VIRTUAL_MCP_LIST",
            "COLLECTION_VIRTUAL_MCP_GET",
            "COLLECTION_VIRTUAL_MCP_CREATE",
            "COLLECTION_CONNECTIONS_LIST",
            "COLLECTION_CONNECTIONS_GET",
            "API_KEY_CREATE",
            "API_KEY_LIST",
            "API_KEY_UPDATE",
            "API_KEY_DELETE",
        ]
    );
    let create = &list["tools"][0];
    for name in ["description", "inputSchema", "outputSchema", "annotations", "_meta"] {
        assert!(create.get(name).is_some(), "{name} in {create}");
    }
    assert_eq!(create["inputSchema"]["properties"]["data"]["required"], json!(["virtual_mcp_id"]));
}

#[tokio::test]
async fn a_tool_is_refused_for_its_name_its_json_its_input_or_fails() {
    let caller = Caller::start().await;
    let post =
        |tool: &str| caller.with_key(caller.deco.key(), Method::POST, &format!("/tools/{tool}"));
    assert_eq!(refused(post("NOTHING"), 404).await, "Unknown tool: NOTHING");
    let message = refused(post("COLLECTION_THREADS_GET").body("{"), 400).await;
    assert_eq!(message, "Request body must be valid JSON");
    let body = answer(post("COLLECTION_THREADS_GET").json(&json!({ "id": 7 })), 400).await;
    assert_eq!(body["error"], "Invalid input");
    let issue = &body["issues"][0];
    assert_eq!((&issue["code"], &issue["path"]), (&json!("invalid_type"), &json!(["id"])));
    assert!(issue["message"].is_string(), "{issue}");
    // An empty body is an empty object, and fields that are not known are passed over.
    answer(post("COLLECTION_THREADS_LIST"), 200).await;
    answer(post("COLLECTION_THREADS_LIST").json(&json!({ "other": 1 })), 200).await;
    let message = refused(post("COLLECTION_THREAD_MESSAGES_LIST"), 500).await;
    assert!(message.starts_with("thread_id is required"), "{message}");
}

#[tokio::test]
async fn a_fault_can_aim_at_one_tool() {
    let caller = Caller::start().await;
    let fault = Fault::status(403).code("ai_budget_exhausted").message("No budget");
    caller.deco.fault(Target::ListThreads, fault);
    answer(caller.calling("COLLECTION_THREADS_GET", &json!({ "id": "x" })), 200).await;
    let body = answer(caller.calling("COLLECTION_THREADS_LIST", &json!({})), 403).await;
    assert_eq!(body, json!({ "error": "No budget", "code": "ai_budget_exhausted" }));
    assert_eq!(caller.deco.faults_left(), 0);
}
