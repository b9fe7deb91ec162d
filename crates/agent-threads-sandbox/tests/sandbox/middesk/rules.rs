//! What all operations have in common.

use agent_threads_sandbox::Fault;
use agent_threads_sandbox::middesk::Target;
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused};

#[tokio::test]
async fn agents_are_listed_without_an_envelope_of_pages() {
    let caller = Caller::start().await;
    caller.middesk.add_agent("tin_check", "TIN Check");
    let list = answer(caller.get("/v1/agents"), 200).await;
    assert_eq!(list.as_object().unwrap().keys().collect::<Vec<_>>(), ["data"]);
    let types: Vec<_> =
        list["data"].as_array().unwrap().iter().map(|agent| &agent["type"]).collect();
    assert_eq!(
        types,
        ["cip_orchestrator", "address_verification", "watchlist_resolution", "tin_check"]
    );
    let first = &list["data"][0];
    let path = format!("/v1/agents/{}", first["id"].as_str().unwrap());
    assert_eq!(answer(caller.get(&path), 200).await, *first);
    refused(caller.get("/v1/agents/nothing"), 404).await;
}

#[tokio::test]
async fn bodies_that_are_no_json_objects_are_refused() {
    let caller = Caller::start().await;
    for path in ["/v1/threads", "/v1/runs", "/v1/actions"] {
        for body in ["", "{", "[]", "null"] {
            let post = caller.without_key(Method::POST, path).bearer_auth(caller.middesk.key());
            refused(post.body(body), 400).await;
        }
    }
    // What is not known is passed over.
    let body = json!({ "type": "cip_orchestrator", "prompt": "Look", "business": { "name": "A" } });
    answer(caller.post("/v1/threads", &body), 201).await;
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_get_the_envelope() {
    let caller = Caller::start().await;
    let run_id = caller.start_run().await;
    refused(caller.get("/v1/agents/"), 404).await;
    refused(caller.get(&format!("/v1/threads/{run_id}/runs")), 404).await;
    refused(caller.post("/v1/agents", &Value::Null), 405).await;
    refused(caller.get(&format!("/v1/runs/{run_id}/feedback")), 405).await;
    let head = caller.without_key(Method::HEAD, &format!("/v1/runs/{run_id}"));
    assert_eq!(head.bearer_auth(caller.middesk.key()).send().await.unwrap().status(), 405);
    assert_eq!(caller.middesk.peek(&run_id).unwrap()["steps"], json!([]));
}

#[tokio::test]
async fn faults_have_the_vendors_envelope_and_no_effect() {
    let caller = Caller::start().await;
    caller.middesk.fault(
        Target::CreateRun,
        Fault::status(422).message("No").info(json!({ "parameter": "type" })),
    );
    let error = refused(caller.starting(), 422).await;
    assert_eq!(error, json!({ "message": "No", "parameter": "type" }));
    caller.middesk.fault(Target::Any, Fault::status(500));
    refused(caller.starting(), 500).await;
    assert_eq!(caller.middesk.run_ids(), [""; 0]);
    caller.middesk.fault(Target::CreateRun, Fault::close().with_effect());
    assert!(caller.starting().send().await.is_err());
    assert_eq!(caller.middesk.run_ids().len(), 1);
}
