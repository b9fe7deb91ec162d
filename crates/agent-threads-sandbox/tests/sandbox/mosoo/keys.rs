//! Idempotency keys and the limit of requests.

use std::time::Duration;

use agent_threads_sandbox::mosoo::{Dialect, Script};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::caller::{Caller, answer, id, refusal, refused};

const MINUTES: u64 = 60;

fn keyed(request: RequestBuilder, key: &str) -> RequestBuilder {
    request.header("Idempotency-Key", key)
}

/// Sends a request whose answer MUST be a stored one.
async fn replayed(request: RequestBuilder, status: u16) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["idempotency-replayed"], "true");
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_key_is_kept_for_a_day_and_belongs_to_its_token() {
    let caller = Caller::current().await;
    let create = || keyed(caller.creating("x"), " key ");
    let first = answer(create(), 201).await;
    caller.mosoo.play(first["thread"]["id"].as_str().unwrap());
    assert_eq!(replayed(keyed(caller.creating("x"), "key"), 201).await, first);
    caller.mosoo.advance(Duration::from_secs(24 * 60 * MINUTES - 1));
    assert_eq!(replayed(create(), 201).await, first);
    caller.mosoo.advance(Duration::from_secs(1));
    assert_ne!(answer(create(), 201).await, first);

    let token = caller.mosoo.add_token();
    let create = caller.request_as(&token, reqwest::Method::POST, &caller.threads());
    answer(keyed(create, "key").json(&caller.body("another")), 201).await;
}

#[tokio::test]
async fn the_same_request_is_the_same_however_its_json_is_written() {
    let caller = Caller::current().await;
    let post = |body: &str| {
        let token = caller.mosoo.token();
        let post = caller.request_as(token, reqwest::Method::POST, &caller.threads());
        keyed(post, "key").body(body.to_owned())
    };
    let one =
        r#"{"userId":"u","input":{"type":"user.message","content":[{"type":"text","text":"x"}]}}"#;
    let same = r#"{ "input": { "content": [{ "text": " \u0078 ", "type": "text" }], "type": "user.message" }, "userId": "u" }"#;
    let first = answer(post(one), 201).await;
    assert_eq!(replayed(post(same), 201).await, first);
    let other = one.replace("\"u\"", "\"v\"");
    let (words, head) = refusal(post(&other), 409, "idempotency_conflict").await;
    assert_eq!(words, "Idempotency-Key was already used for a different request.");
    assert_eq!(head.headers()["retry-after"], "2");
}

#[tokio::test]
async fn a_key_of_a_create_cannot_be_one_of_a_send() {
    let caller = Caller::seed().await;
    let thread = caller.create("x").await;
    caller.mosoo.play(id(&thread));
    answer(keyed(caller.creating("x"), "key"), 201).await;
    refused(keyed(caller.message(&thread, "x"), "key"), 409, "idempotency_conflict").await;
}

#[tokio::test]
async fn refusals_of_a_create_are_stored_and_those_of_a_send_are_not() {
    let caller = Caller::current().await;
    let agent = caller.mosoo.agent_id();
    caller.mosoo.set_published(agent, false);
    let create = || keyed(caller.creating("x"), "key");
    let first = answer(create(), 409).await;
    caller.mosoo.set_published(agent, true);
    assert_eq!(replayed(create(), 409).await, first);

    let thread = caller.create("x").await;
    let send = || keyed(caller.message(&thread, "y"), "other");
    assert_eq!(send().send().await.unwrap().status(), 500);
    caller.mosoo.play(id(&thread));
    answer(send(), 200).await;
}

#[tokio::test]
async fn what_is_not_valid_uses_no_key_and_some_keys_are_not_valid() {
    let caller = Caller::seed().await;
    let invalid = keyed(caller.post(&caller.threads(), &json!({})), "key");
    refused(invalid, 400, "invalid_request").await;
    answer(keyed(caller.creating("x"), "key"), 201).await;
    for key in ["", " ", &"k".repeat(129)] {
        refused(keyed(caller.creating("x"), key), 400, "invalid_request").await;
    }
    answer(keyed(caller.creating("x"), &"k".repeat(128)), 201).await;
}

#[tokio::test]
async fn a_repeat_can_find_the_first_request_in_flight() {
    let caller = Caller::seed().await;
    let create = || keyed(caller.creating("x"), "key");
    let first = answer(create(), 201).await;
    caller.mosoo.hold_repeats(2);
    for _ in 0..2 {
        let (words, head) = refusal(create(), 409, "idempotency_conflict").await;
        assert_eq!(words, "A request with this Idempotency-Key is still processing.");
        assert_eq!(head.headers()["retry-after"], "2");
    }
    assert_eq!(replayed(create(), 201).await, first);
}

#[tokio::test]
async fn a_create_that_was_given_up_is_recovered_in_the_current_dialect_and_done_again_in_the_seed()
{
    for (dialect, threads) in [(Dialect::Seed, 2), (Dialect::Current, 1)] {
        let caller = Caller::of(dialect).await;
        let create = || keyed(caller.creating("x"), "key");
        let first = answer(create(), 201).await;
        caller.mosoo.abandon_key("key");
        caller.mosoo.advance(Duration::from_secs(10 * MINUTES - 1));
        refused(create(), 409, "idempotency_conflict").await;
        caller.mosoo.advance(Duration::from_secs(1));
        match dialect {
            Dialect::Current => assert_eq!(replayed(create(), 201).await, first),
            _ => assert_ne!(answer(create(), 201).await["thread"]["id"], first["thread"]["id"]),
        }
        assert_eq!(caller.mosoo.thread_ids().len(), threads);
    }
}

#[tokio::test]
async fn a_send_that_was_given_up_is_refused_for_the_rest_of_the_day_and_done_again_in_the_seed() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    caller.mosoo.play(id(&thread));
    let send = || keyed(caller.message(&thread, "y"), "key");
    answer(send(), 200).await;
    caller.mosoo.play(id(&thread));
    caller.mosoo.abandon_key("key");
    caller.mosoo.advance(Duration::from_secs(11 * MINUTES));
    let (_, head) = refusal(send(), 409, "idempotency_conflict").await;
    let rest = 24 * 60 * MINUTES - 11 * MINUTES;
    assert_eq!(head.headers()["retry-after"], rest.to_string());
    caller.mosoo.set_dialect(Dialect::Seed);
    answer(send(), 200).await;
}

#[tokio::test]
async fn a_message_id_counts_once_in_a_thread_and_costs_the_message_in_the_seed() {
    let message = |name: &str| json!([{ "type": "user_message", "text": "Hi", name: "msg-42" }]);
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    for status in [200, 409] {
        caller.mosoo.play(id(&thread));
        let send = caller.sending(&thread, &message("requestId")).send().await.unwrap();
        assert_eq!(send.status(), status);
        assert_eq!(send.headers().get("retry-after").is_some(), status == 409);
    }
    let caller = Caller::seed().await;
    let thread = caller.create("x").await;
    for _ in 0..2 {
        caller.mosoo.play(id(&thread));
        answer(caller.sending(&thread, &message("clientRequestId")), 200).await;
    }
    let events = caller.played(&thread).await;
    assert_eq!(super::caller::of_type(&events, "user.message").len(), 2);
    assert_eq!(super::caller::of_type(&events, "run.completed").len(), 3);
}

#[tokio::test]
async fn a_batch_stays_done_up_to_where_it_fails() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    let file = caller.upload("a.txt", "text/plain", b"a").await;
    let resource = json!([{ "type": "file", "file_id": file }]);
    let batch = json!([
        { "type": "user_interrupt" },
        { "type": "user_message", "text": "One." },
        { "type": "user_message", "text": "Two.", "resources": resource },
    ]);
    assert_eq!(caller.sending(&thread, &batch).send().await.unwrap().status(), 500);
    let events = caller.events(&thread).await;
    let messages = super::caller::of_type(&events, "user.message");
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[1]["content"], "One.");
    let files = answer(caller.get(&format!("{thread}/files")), 200).await;
    assert_eq!(files["files"][0]["id"], file);
    let again = json!([{ "type": "user_message", "text": "Two.", "resources": resource }]);
    let words = refused(caller.sending(&thread, &again), 400, "invalid_request").await;
    assert_eq!(words, format!("Attachment {file} is not a draft attachment."));
}

#[tokio::test]
async fn a_token_may_make_as_many_requests_in_a_minute_as_set() {
    let caller = Caller::current().await;
    caller.mosoo.next_run(Script::new().hold());
    let thread = caller.create("x").await;
    caller.mosoo.set_rate_limit(Some(3));
    caller.mosoo.advance(Duration::from_secs(20));
    let first = answer(keyed(caller.creating("y"), "key"), 201).await;
    answer(caller.get(&thread), 200).await;
    // What is not valid, not authenticated or not new is not counted.
    refused(caller.post(&caller.threads(), &json!({})), 400, "invalid_request").await;
    let unknown = caller.request_as("mst_unknown", reqwest::Method::GET, &thread);
    refused(unknown, 401, "unauthenticated").await;
    replayed(keyed(caller.creating("y"), "key"), 201).await;
    // A refusal that is none of these is.
    refused(caller.get("/threads/not-a-ulid"), 400, "invalid_request").await;

    let stream = caller.get(&format!("{thread}/events/stream"));
    let (words, head) = refusal(stream, 429, "rate_limited").await;
    assert!(words.starts_with("Public API rate limit exceeded."), "{words}");
    assert_eq!(head.headers()["retry-after"], "40");
    assert_eq!(replayed(keyed(caller.creating("y"), "key"), 201).await, first);
    let fresh = || keyed(caller.creating("z"), "fresh");
    refused(fresh(), 429, "rate_limited").await;
    let other = caller.mosoo.add_token();
    answer(caller.request_as(&other, reqwest::Method::GET, &thread), 200).await;
    caller.mosoo.advance(Duration::from_secs(40));
    answer(fresh(), 201).await;
}
