//! What is refused, and other rules of single requests.

use agent_threads_sandbox::mosoo::{Dialect, Script};
use serde_json::{Value, json};

use super::caller::{Caller, answer, id, refused};

#[tokio::test]
async fn a_body_that_creates_a_thread_has_at_most_40192_bytes() {
    let caller = Caller::current().await;
    // Each letter has three bytes, so that the text is short enough and the body is not.
    let text = "\u{20ac}".repeat(14_000);
    refused(caller.creating(&text), 400, "invalid_request").await;
    answer(caller.creating(&text[..30_000]), 201).await;
}

#[tokio::test]
async fn texts_are_counted_in_utf_16_and_joined_before_they_are() {
    let caller = Caller::seed().await;
    let create = |parts: &[&str]| {
        let parts: Vec<_> = parts.iter().map(|t| json!({ "type": "text", "text": t })).collect();
        let input = json!({ "type": "user.message", "content": parts });
        caller.post(&caller.threads(), &json!({ "input": input }))
    };
    let (half, more) = ("a".repeat(15_999), "a".repeat(16_000));
    answer(create(&[&half, &more]), 201).await;
    let words = refused(create(&[&more, &more]), 400, "invalid_request").await;
    assert_eq!(words, "text must be 32000 characters or fewer.");
    // A message of the conversation has no such limit.
    let thread = caller.create("x").await;
    caller.mosoo.play(id(&thread));
    answer(caller.message(&thread, &"c".repeat(200_000)), 200).await;
}

#[tokio::test]
async fn bodies_of_other_shapes_are_refused_with_400() {
    let input = json!({ "type": "user.message", "content": [{ "type": "text", "text": "x" }] });
    let long = "r".repeat(256);
    for (dialect, body) in [
        (Dialect::Seed, json!([])),
        (Dialect::Seed, json!("x")),
        (Dialect::Seed, json!({ "input": null })),
        (Dialect::Seed, json!({ "input": input, "client_external_ref": 7 })),
        (Dialect::Seed, json!({ "input": input, "client_external_ref": long })),
        (Dialect::Seed, json!({ "input": input, "files": "x" })),
        (Dialect::Seed, json!({ "input": input, "resources": [] })),
        (Dialect::Current, json!({ "userId": 7 })),
        (Dialect::Current, json!({ "userId": "u", "resources": null })),
        (Dialect::Current, json!({ "userId": "u", "resources": [{ "type": "image" }] })),
        (Dialect::Current, json!({ "userId": "u", "resources": [{ "file_id": "x" }] })),
        (Dialect::Current, json!({ "userId": "u", "input": { "type": "user.message" } })),
        (
            Dialect::Current,
            json!({ "userId": "u", "input": { "type": "user.message", "content": [{ "type": "image" }] } }),
        ),
    ] {
        let caller = Caller::of(dialect).await;
        refused(caller.post(&caller.threads(), &body), 400, "invalid_request").await;
        assert!(caller.mosoo.thread_ids().is_empty(), "{body}");
    }
}

#[tokio::test]
async fn of_several_unknown_fields_the_first_in_the_body_is_named() {
    let caller = Caller::current().await;
    let post = |body: &'static str| {
        let token = caller.mosoo.token();
        caller.request_as(token, reqwest::Method::POST, &caller.threads()).body(body)
    };
    for (body, field) in [
        (r#" { "userId" : "u", "z\u0061": [1, {"b": 2}] ,"a": null }"#, "za"),
        (r#"{"a":"z","z":"a"}"#, "a"),
    ] {
        let words = refused(post(body), 400, "invalid_request").await;
        assert_eq!(words, format!("Unsupported create thread field: {field}."));
    }
}

#[tokio::test]
async fn each_event_has_its_own_fields() {
    for (dialect, event) in [
        (Dialect::Seed, json!({ "type": "user_message", "text": "x", "resources": [] })),
        (Dialect::Seed, json!({ "type": "user_message", "text": "x", "attachmentIds": ["x"] })),
        (Dialect::Current, json!({ "type": "user_message", "text": "x", "attachmentIds": [] })),
        (Dialect::Current, json!({ "type": "user_message", "text": "x", "requestId": 7 })),
        (Dialect::Current, json!({ "type": "user_message" })),
        (Dialect::Current, json!({ "type": "permission_decision", "decision": "allow_once" })),
        (Dialect::Current, json!({ "type": "permission_decision", "requestId": "a" })),
        (Dialect::Current, json!({ "type": "user_interrupt", "requestId": "a" })),
        (Dialect::Current, json!("user_interrupt")),
        (Dialect::Current, json!({})),
    ] {
        let caller = Caller::of(dialect).await;
        let thread = caller.create("x").await;
        refused(caller.sending(&thread, &json!([event])), 400, "invalid_request").await;
    }
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    let more = json!({ "events": [{ "type": "user_interrupt" }], "more": 1 });
    refused(caller.post(&format!("{thread}/events"), &more), 400, "invalid_request").await;
}

#[tokio::test]
async fn null_stands_for_an_absent_id_of_a_message_or_a_run() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    let interrupt = json!([{ "type": "user_interrupt", "runId": null }]);
    let sent = answer(caller.sending(&thread, &interrupt), 200).await;
    assert_eq!(sent["events"][0]["run"]["status"], "cancelled");
    let message = json!([{ "type": "user_message", "text": "y", "requestId": null }]);
    for _ in 0..2 {
        let sent = answer(caller.sending(&thread, &message), 200).await;
        assert_eq!(sent["events"][0]["requestId"], Value::Null);
        caller.mosoo.play(id(&thread));
    }
}

#[tokio::test]
async fn ids_can_be_sent_in_lower_case() {
    let caller = Caller::current().await;
    let lower = format!("/agents/{}/threads", caller.mosoo.agent_id().to_lowercase());
    let made = answer(caller.post(&lower, &caller.body("x")), 201).await;
    assert_eq!(made["thread"]["agent_id"], caller.mosoo.agent_id());
    let thread = made["thread"]["id"].as_str().unwrap();
    let read = answer(caller.get(&format!("/threads/{}", thread.to_lowercase())), 200).await;
    assert_eq!(read["thread"]["id"], thread);
}

#[tokio::test]
async fn a_list_has_the_hundred_threads_that_changed_last() {
    let caller = Caller::current().await;
    let first = caller.create("0").await;
    for text in 1..=101 {
        caller.mosoo.next_run(Script::new().hold());
        caller.create(&text.to_string()).await;
    }
    caller.mosoo.play(id(&first));
    let list = answer(caller.get(&caller.threads()), 200).await;
    let titles: Vec<_> = list["threads"].as_array().unwrap().iter().map(|t| &t["title"]).collect();
    assert_eq!(titles.len(), 100);
    assert_eq!((titles[0], titles[1], titles[99]), (&json!("0"), &json!("101"), &json!("3")));
}

#[tokio::test]
async fn wrong_methods_and_unknown_paths_have_an_error_that_is_a_string() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    let put = caller.request_as(caller.mosoo.token(), reqwest::Method::PUT, &thread);
    for request in [put, caller.get("/openapi"), caller.post(&thread, &json!({}))] {
        assert_eq!(answer(request, 404).await, json!({ "error": "Not Found" }));
    }
}

#[tokio::test]
async fn both_dialects_show_the_same_threads_in_their_own_way() {
    let caller = Caller::seed().await;
    let thread = caller.create("x").await;
    caller.mosoo.play(id(&thread));
    let seed = answer(caller.get(&thread), 200).await;
    assert_eq!(seed["thread"]["client_external_ref"], "cust-77");
    assert!(seed["run"].get("finalOutput").is_none() && seed["thread"].get("userId").is_none());
    caller.mosoo.set_dialect(Dialect::Current);
    let current = answer(caller.get(&thread), 200).await;
    assert_eq!(current["thread"]["id"], seed["thread"]["id"]);
    assert!(current["run"]["finalOutput"]["text"].is_string());
    assert!(current["thread"].get("created_by").is_none());
    assert_eq!(current["links"]["thread"], format!("/api/v1{thread}"));
}
