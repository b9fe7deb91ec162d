//! The call of the vendor's page, made with the real curl, with only host and token changed.

use serde_json::{Value, json};

use super::caller::Caller;
use crate::curl::shell;

const CALL: &str = r#"curl -X POST https://api.middesk.com/v1/threads \
 -H "Authorization: Bearer <token>" \
 -H "Content-Type: application/json" \
 -d '{
 "type": "cip_orchestrator"
}'"#;

#[tokio::test]
async fn the_call_of_the_page_makes_a_thread_with_every_field_of_the_page() {
    let caller = Caller::start().await;
    let call = CALL.replace("https://api.middesk.com", caller.middesk.url());
    let call = call.replace("<token>", caller.middesk.key());
    let Some(answer) = shell(&call, &[]).await else { return };
    let thread: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((&thread["object"], &thread["status"]), (&json!("thread"), &json!("running")));
    assert_eq!(thread["id"], caller.middesk.thread_ids()[0]);
    for time in ["created_at", "updated_at"] {
        let text = thread[time].as_str().unwrap();
        assert!(text.len() == 20 && text.ends_with('Z'), "{text}");
    }
    assert!(thread["metadata"].is_null() && thread["requester"].is_object());
    assert_eq!(thread["steps"], json!([]));
    let request = &caller.middesk.requests()[0];
    assert_eq!(request.json(), Some(json!({ "type": "cip_orchestrator" })));
}

#[tokio::test]
async fn the_steps_of_a_thread_have_every_field_of_the_page() {
    let caller = Caller::start().await;
    let run_id = caller.start_run().await;
    caller.rest(&run_id).await;
    let thread_id = caller.middesk.thread_ids()[0].clone();
    let path = format!("/v1/threads/{thread_id}");
    let thread = super::caller::answer(caller.get(&path), 200).await;
    for step in thread["steps"].as_array().unwrap() {
        for name in ["id", "run_id", "type", "name", "label", "status", "started_at", "agent"] {
            assert!(step[name].is_string(), "{name} in {step}");
        }
        assert!(step["parent_step_id"].is_null() && step["completed_at"].is_string(), "{step}");
    }
    let artifact = &thread["steps"][1]["artifacts"][0];
    assert!(artifact["title"].is_string() && artifact["type"].is_string(), "{thread}");
}
