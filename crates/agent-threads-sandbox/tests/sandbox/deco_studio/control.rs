//! Cancelling and the queue.

use agent_threads_sandbox::deco_studio::Script;
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused_plainly, types};

fn cancelling(caller: &Caller, id: &str) -> reqwest::RequestBuilder {
    caller.with_key(caller.deco.key(), Method::POST, &format!("/decopilot/cancel/{id}"))
}

async fn queue(caller: &Caller, id: &str) -> Vec<Value> {
    let queue = answer(caller.get(&format!("/decopilot/queue/{id}")), 200).await;
    queue["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_cancelled_run_aborts_and_fails() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    caller.deco.next_run(Script::reply("so far").hold().text("more"));
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    stream.until("text-end").await;
    let asked = answer(cancelling(&caller, &id), 202).await;
    assert_eq!(asked, json!({ "cancelled": true, "async": true }));
    let chunks = stream.until("abort").await;
    assert_eq!(chunks, [json!({ "type": "abort", "reason": "The operation was aborted." })]);
    assert_eq!(caller.statuses(&id).await, ["failed"]);
    assert_eq!(caller.messages(&id).await[1]["parts"][0]["text"], "so far");
}

#[tokio::test]
async fn a_cancelled_run_may_end_without_a_word() {
    let caller = Caller::start().await;
    caller.deco.set_abort_chunk(false);
    let id = caller.thread().await;
    caller.deco.next_run(Script::new().hold());
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    stream.until("start-step").await;
    answer(cancelling(&caller, &id), 202).await;
    assert_eq!(caller.statuses(&id).await, ["failed"]);
    assert!(stream.has_nothing());
    // The next run goes on in the same stream.
    caller.say(&id, "Again").await;
    assert_eq!(types(&stream.until("finish").await)[0], "start");
}

#[tokio::test]
async fn cancelling_an_idle_thread_changes_nothing() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    answer(cancelling(&caller, &id), 202).await;
    assert_eq!(caller.statuses(&id).await, ["completed"]);
    caller.say(&id, "Hello!").await;
    assert_eq!(caller.rest(&id).await, "completed");
    answer(cancelling(&caller, &id), 202).await;
    assert_eq!(caller.statuses(&id).await, ["completed"]);
    refused_plainly(cancelling(&caller, "nothing"), 404, "Thread not found").await;
    refused_plainly(cancelling(&caller, "a.b"), 400, "Invalid thread ID").await;
}

#[tokio::test]
async fn a_run_that_has_not_begun_is_cancelled_as_well() {
    let caller = Caller::start().await;
    caller.deco.set_start_lag(1);
    let id = caller.thread().await;
    caller.say(&id, "Hello!").await;
    answer(cancelling(&caller, &id), 202).await;
    assert_eq!(caller.statuses(&id).await, ["completed", "in_progress", "failed"]);
}

#[tokio::test]
async fn what_waits_is_in_the_queue_and_can_be_taken_out() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    caller.deco.next_run(Script::new().hold());
    for (message, text) in [("m1", "one"), ("m2", "two"), ("m3", "three")] {
        let parts = json!([{ "type": "text", "text": text }]);
        let message = json!({ "id": message, "role": "user", "parts": parts });
        caller.accepted(&id, &caller.message(message)).await;
    }
    assert_eq!(caller.statuses(&id).await, ["in_progress"]);
    let items = queue(&caller, &id).await;
    let seen: Vec<_> =
        items.iter().map(|item| (&item["messageId"], &item["status"], &item["text"])).collect();
    assert_eq!(
        seen,
        [
            (&json!("m1"), &json!("running"), &json!("one")),
            (&json!("m2"), &json!("queued"), &json!("two")),
            (&json!("m3"), &json!("queued"), &json!("three")),
        ]
    );
    let second = &items[1];
    assert_eq!(second["workflowId"], json!(format!("thread-run:{id}:m2")));
    assert!(second["enqueuedAt"].is_u64() && second["hasAttachments"] == false, "{second}");

    let cancel = |workflow: &str| {
        let encoded = workflow.replace(':', "%3A");
        let path = format!("/decopilot/queue/{id}/cancel/{encoded}");
        caller.with_key(caller.deco.key(), Method::POST, &path)
    };
    let workflow = second["workflowId"].as_str().unwrap();
    assert_eq!(answer(cancel(workflow), 202).await, json!({ "cancelled": true }));
    let gone = cancel(workflow).send().await.unwrap();
    assert_eq!(gone.status(), 404);
    assert!(gone.bytes().await.unwrap().is_empty());

    caller.deco.release(&id, usize::MAX);
    assert_eq!(caller.statuses(&id).await, ["completed", "in_progress", "completed"]);
    let users = caller.deco.messages(&id).into_iter().filter(|message| message["role"] == "user");
    let ids: Vec<_> = users.map(|message| message["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["m1", "m3"]);
    assert_eq!(queue(&caller, &id).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_allowed_models_are_as_set() {
    let caller = Caller::start().await;
    let get = || answer(caller.get("/decopilot/allowed-models"), 200);
    assert_eq!(get().await, json!({ "allowAll": true, "models": {} }));
    let some = json!({ "allowAll": false, "models": { "cred_1": ["model-a"] } });
    caller.deco.set_allowed_models(some.clone());
    assert_eq!(get().await, some);
}
