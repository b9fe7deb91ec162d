//! Posting messages: what is accepted, and what is refused with which words.

use agent_threads_sandbox::deco_studio::{AgentField, Script};
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, refused};

fn hello() -> Value {
    json!({ "role": "user", "parts": [{ "type": "text", "text": "Hello!" }] })
}

/// The issues that MUST be within the error's text.
async fn issues(caller: &Caller, thread_id: &str, body: &Value) -> Vec<Value> {
    let message = refused(caller.posting(thread_id, body), 400).await;
    serde_json::from_str(&message).unwrap()
}

#[tokio::test]
async fn the_body_is_strict_and_its_issues_are_json_within_a_text() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    for (name, value, code, path) in [
        ("models", json!({}), "unrecognized_keys", json!([])),
        ("tier", json!("best"), "invalid_value", json!(["tier"])),
        ("temperature", json!("0.5"), "invalid_type", json!(["temperature"])),
        ("agent", json!("vir_sandbox"), "invalid_type", json!(["agent"])),
        ("agent", json!({}), "invalid_type", json!(["agent", "id"])),
        ("messages", json!([]), "too_small", json!(["messages"])),
        (
            "messages",
            json!([{ "role": "tool", "parts": [] }]),
            "invalid_value",
            json!(["messages", 0, "role"]),
        ),
        ("messages", json!([{ "role": "user" }]), "invalid_type", json!(["messages", 0, "parts"])),
    ] {
        let mut body = caller.message(hello());
        body[name] = value;
        let issues = issues(&caller, &id, &body).await;
        assert_eq!((&issues[0]["code"], &issues[0]["path"]), (&json!(code), &path), "{issues:?}");
        assert_eq!(issues.len(), 1, "{issues:?}");
    }
    let mut body = caller.message(hello());
    body.as_object_mut().unwrap().remove("agent");
    assert_eq!(issues(&caller, &id, &body).await[0]["path"], json!(["agent"]));
    let post = caller.with_key(
        caller.deco.key(),
        Method::POST,
        &format!("/decopilot/threads/{id}/messages"),
    );
    assert_eq!(refused(post.body("{"), 400).await, "Invalid JSON body");
}

#[tokio::test]
async fn everything_that_the_code_of_the_vendor_takes_is_taken() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let mut body = caller.message(hello());
    body["messages"].as_array_mut().unwrap().insert(0, json!({ "role": "system", "parts": [] }));
    for (name, value) in [
        ("temperature", json!(0.2)),
        ("toolApprovalLevel", json!("readonly")),
        ("mode", json!("plan")),
        ("memory", json!({ "windowSize": 10, "thread_id": id })),
        ("thread_id", json!(id)),
        ("stream", json!(true)),
        ("branch", Value::Null),
        ("harnessId", json!("codex")),
        ("sandboxProviderKind", Value::Null),
    ] {
        body[name] = value;
    }
    body["agent"]["name"] = json!("extra");
    body["messages"][1]["extra"] = json!(1);
    caller.accepted(&id, &body).await;
}

#[tokio::test]
async fn each_refusal_has_its_words() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let mut other = caller.message(hello());
    other["thread_id"] = json!("thrd_other");
    let message = refused(caller.posting(&id, &other), 400).await;
    assert_eq!(message, "threadId in URL does not match thread_id in body");
    for bad in ["a.b", "a*", "a%3E", "a%20b"] {
        assert_eq!(
            refused(caller.posting(bad, &caller.message(hello())), 400).await,
            "Invalid thread ID"
        );
    }
    let mut two = caller.message(hello());
    two["messages"] = json!([hello(), hello()]);
    refused(caller.posting(&id, &two), 400).await;
    let only_system = caller.message(json!({ "role": "system", "parts": [] }));
    assert_eq!(refused(caller.posting(&id, &only_system), 400).await, "No user message found");
    assert_eq!(
        refused(caller.posting("thrd_none", &caller.message(hello())), 404).await,
        "Thread not found"
    );
    caller.deco.set_tiers(["fast"]);
    let message = refused(caller.posting(&id, &caller.message(hello())), 400).await;
    assert!(message.starts_with(r#"No model available for tier "smart"."#), "{message}");
    caller.deco.set_tiers(["smart"]);
    let data = json!({ "metadata": { "read_only": true } });
    caller.call("COLLECTION_THREADS_UPDATE", json!({ "id": id, "data": data })).await;
    refused(caller.posting(&id, &caller.message(hello())), 409).await;
    assert_eq!(caller.statuses(&id).await, ["completed", "completed"]);
}

#[tokio::test]
async fn a_later_generation_may_reject_the_agent() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let with = caller.message(hello());
    let mut without = with.clone();
    without.as_object_mut().unwrap().remove("agent");
    caller.deco.set_agent_field(AgentField::Optional);
    caller.accepted(&id, &with).await;
    caller.accepted(&id, &without).await;
    caller.deco.set_agent_field(AgentField::Rejected);
    assert_eq!(issues(&caller, &id, &with).await[0]["keys"], json!(["agent"]));
    caller.accepted(&id, &without).await;
}

#[tokio::test]
async fn a_message_id_is_a_retry_key_and_without_one_a_repeat_runs_twice() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let mut keyed = caller.message(hello());
    keyed["messages"][0]["id"] = json!("5b0d3c52-8c2b-4c0e-9e0c-0f3b1f1e7a10");
    for _ in 0..3 {
        caller.accepted(&id, &keyed).await;
    }
    assert_eq!(caller.rest(&id).await, "completed");
    caller.accepted(&id, &keyed).await;
    assert_eq!(caller.statuses(&id).await, ["completed", "completed"]);
    assert_eq!(caller.messages(&id).await.len(), 2);
    assert_eq!(caller.messages(&id).await[0]["id"], "5b0d3c52-8c2b-4c0e-9e0c-0f3b1f1e7a10");

    let keyless = caller.message(hello());
    caller.accepted(&id, &keyless).await;
    caller.accepted(&id, &keyless).await;
    caller.rest(&id).await;
    caller.rest(&id).await;
    assert_eq!(caller.messages(&id).await.len(), 6);
}

#[tokio::test]
async fn runs_of_one_thread_wait_for_each_other() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    for text in ["one", "two"] {
        caller.deco.next_run(Script::reply(text));
        caller.say(&id, text).await;
    }
    let texts = |messages: Vec<Value>| {
        messages
            .iter()
            .map(|one| one["parts"][0]["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(caller.rest(&id).await, "completed");
    assert_eq!(texts(caller.deco.messages(&id)), ["one", "one"]);
    assert_eq!(caller.rest(&id).await, "completed");
    assert_eq!(texts(caller.deco.messages(&id)), ["one", "one", "two", "two"]);
}

#[tokio::test]
async fn a_posted_file_of_20_mb_is_put_away_and_noted() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let url = format!("data:image/png;base64,{}", "AAAA".repeat(20 * 1024 * 1024 / 4));
    let file =
        json!({ "type": "file", "url": url, "mediaType": "image/png", "filename": "scan.png" });
    let text = json!({ "type": "text", "text": "What is this?" });
    let link = json!({ "type": "file", "url": "https://files.example/a.pdf", "mediaType": "application/pdf" });
    let body = caller.message(json!({ "id": "m1", "role": "user", "parts": [file, text, link] }));
    caller.accepted(&id, &body).await;
    assert_eq!(caller.rest(&id).await, "completed");
    let parts = caller.messages(&id).await[0]["parts"].clone();
    assert!(parts[0]["url"].as_str().unwrap().starts_with("studio-storage:"), "{parts}");
    let text = parts[1]["text"].as_str().unwrap();
    assert!(
        text.contains("scan.png")
            && text.contains("15728640 bytes")
            && text.ends_with("What is this?"),
        "{text}"
    );
    assert_eq!(parts[2]["url"], "https://files.example/a.pdf");
    // All that was sent is there for assertions.
    let sent =
        caller.deco.requests().into_iter().find(|one| one.path.ends_with("/messages")).unwrap();
    assert!(sent.body.len() > 20 * 1024 * 1024);
}
