//! The webhooks that runs would have sent.

use agent_threads_sandbox::middesk::{Interrupt, Script};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::caller::{Caller, answer};

#[tokio::test]
async fn a_run_tells_that_it_began_waits_and_is_over() {
    let caller = Caller::start().await;
    caller.middesk.next_run(Script::interrupted([Interrupt::new("Yes?")]).then(Script::fails()));
    let run_id = caller.start_run().await;
    let interrupt = caller.rest(&run_id).await["interrupts"][0]["id"].clone();
    let path = format!("/v1/runs/{run_id}/resume");
    answer(caller.post(&path, &json!({ "id": interrupt })), 200).await;
    caller.rest(&run_id).await;

    let webhooks = caller.middesk.webhooks(&run_id);
    let kinds: Vec<_> = webhooks.iter().map(|webhook| webhook.kind.as_str()).collect();
    assert_eq!(kinds, ["run.created", "run.interrupted", "run.completed"]);
    let events: Vec<Value> =
        webhooks.iter().map(|webhook| serde_json::from_slice(&webhook.body).unwrap()).collect();
    let statuses: Vec<_> = events.iter().map(|event| &event["data"]["object"]["status"]).collect();
    assert_eq!(statuses, ["running", "interrupted", "error"]);
    for (event, webhook) in events.iter().zip(&webhooks) {
        assert_eq!((&event["object"], &event["type"]), (&json!("event"), &json!(webhook.kind)));
        assert!(event["id"].is_string() && event["created_at"].is_string(), "{event}");
        let run = &event["data"]["object"];
        assert_eq!((&run["id"], &run["steps"]), (&json!(run_id), &json!([])));
        assert_eq!((run.get("thread_id"), run.get("output")), (None, None));
    }
    assert!(caller.middesk.webhooks("nothing").is_empty());
}

#[tokio::test]
async fn webhooks_are_signed_with_the_secret_over_their_bytes() {
    let caller = Caller::start().await;
    caller.middesk.set_webhook_secret("other secret");
    let run_id = caller.start_run().await;
    let webhook = caller.middesk.webhooks(&run_id).remove(0);
    let mut mac = Hmac::<Sha256>::new_from_slice(b"other secret").unwrap();
    mac.update(&webhook.body);
    let signature = webhook.headers["X-Middesk-Signature-256"].to_str().unwrap();
    let bytes = (0..signature.len()).step_by(2);
    let bytes: Vec<_> =
        bytes.map(|at| u8::from_str_radix(&signature[at..at + 2], 16).unwrap()).collect();
    mac.verify_slice(&bytes).unwrap();
    assert_eq!(webhook.headers["X-Correlation-Id"], run_id.as_str());
    assert_eq!(webhook.headers["Content-Type"], "application/json");
}
