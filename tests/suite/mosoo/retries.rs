//! Which calls are made again, with the clock paused: what the vendor remembers with a key, and what it says by a code.

use super::{
    AGENT, THREAD,
    seam::{Script, seam_builder},
};
use agent_threads_mosoo::{
    Client, Dialect, Error, FilePart,
    types::{AttachFile, CreateThread, MessageInput, SendEvents, TextPart, UserInterrupt},
};
use serde_json::json;

fn failure(status: u16, code: &str) -> Script {
    Script::json(status, json!({ "error": { "code": code, "message": "No." } }))
}

fn conflict() -> Script {
    failure(409, "idempotency_conflict").retry_after(2)
}

/// A client with the default policy.
fn client(
    dialect: Dialect,
    answers: impl IntoIterator<Item = Script>,
) -> (Client, super::seam::Log) {
    let (builder, log) = seam_builder(dialect, answers);
    (builder.build().unwrap(), log)
}

fn hello() -> CreateThread {
    CreateThread::new().input(MessageInput::new([TextPart::new("Hi")]))
}

fn interrupt() -> SendEvents {
    SendEvents::new([UserInterrupt::new()])
}

#[tokio::test(start_paused = true)]
async fn a_create_and_a_send_without_a_key_get_one_each() {
    let created = Script::recorded("seed/001-create-thread-quickstart");
    let done = Script::recorded("seed/043-send-message-quickstart");
    let (client, sent) = client(Dialect::Seed, [created, done]);
    client.create_thread(AGENT, hello()).await.unwrap();
    client.send_events(THREAD, interrupt()).await.unwrap();
    let sent = sent.all();
    let keys: Vec<_> = sent.iter().map(|sent| &sent.headers["idempotency-key"]).collect();
    assert_ne!(keys[0], keys[1]);
    assert!(keys.iter().all(|key| (1..=128).contains(&key.len())), "{keys:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_key_is_in_flight_is_made_again_with_it_when_the_server_says() {
    let created = Script::recorded("seed/001-create-thread-quickstart");
    let (client, sent) = client(Dialect::Seed, [conflict(), created]);
    let response = client.create_thread(AGENT, hello()).send().await.unwrap();
    assert_eq!(response.value().thread.id, THREAD);
    let sent = sent.all();
    let times: Vec<_> = sent.iter().map(|sent| sent.at.as_secs_f64()).collect();
    assert_eq!(times, [0.0, 2.0]);
    assert_eq!(sent[0].headers["idempotency-key"], sent[1].headers["idempotency-key"]);
    assert_eq!(sent[0].json(), sent[1].json());
}

#[tokio::test(start_paused = true)]
async fn a_key_that_stays_in_conflict_is_given_up() {
    let (client, sent) = client(Dialect::Seed, [conflict()]);
    for error in [
        client.create_thread(AGENT, hello()).idempotency_key("job-1").await.unwrap_err(),
        client.send_events(THREAD, interrupt()).idempotency_key("job-1").await.unwrap_err(),
    ] {
        assert_eq!((error.code(), error.attempts()), (Some("idempotency_conflict"), 4));
        assert!(!error.is_without_effect(), "the first call may have done its work: {error}");
    }
    assert_eq!(sent.all().len(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_for_a_day_is_not_waited_for() {
    // Recorded for a send whose first call never came to its end.
    let (client, sent) =
        client(Dialect::Current, [failure(409, "idempotency_conflict").retry_after(85740)]);
    let error = client.send_events(THREAD, interrupt()).await.unwrap_err();
    assert_eq!(error.retry_after().map(|pause| pause.as_secs()), Some(85740));
    assert_eq!(sent.all().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn other_conflicts_are_not_tried_again() {
    for code in ["agent_not_published", "service_inactive", "readiness_blocked"] {
        let (client, sent) = client(Dialect::Seed, [failure(409, code)]);
        let error = client.create_thread(AGENT, hello()).await.unwrap_err();
        assert_eq!((error.code(), sent.all().len()), (Some(code), 1));
    }
}

/// A create's failure is stored with its key, and a send's says that the thread's state does not allow it.
#[tokio::test(start_paused = true)]
async fn an_internal_error_of_a_create_or_a_send_is_not_tried_again() {
    let (client, sent) = client(Dialect::Seed, [failure(500, "internal_error")]);
    client.create_thread(AGENT, hello()).await.unwrap_err();
    client.send_events(THREAD, interrupt()).await.unwrap_err();
    assert_eq!(sent.all().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_internal_error_of_a_read_is_tried_again() {
    let thread = Script::recorded("seed/001-create-thread-quickstart");
    let (client, sent) = client(Dialect::Seed, [failure(500, "internal_error"), thread]);
    client.get_thread(THREAD).await.unwrap();
    assert_eq!(sent.all().len(), 2);
}

/// What stands before the server has no code; a keyed call is safe to make again.
#[tokio::test(start_paused = true)]
async fn a_failure_of_the_edge_is_tried_again_with_the_key() {
    let created = Script::recorded("seed/001-create-thread-quickstart");
    let (client, sent) = client(Dialect::Seed, [Script::text(503, "text/html", "busy"), created]);
    client.create_thread(AGENT, hello()).await.unwrap();
    let sent = sent.all();
    assert_eq!(sent[0].headers["idempotency-key"], sent[1].headers["idempotency-key"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_key_is_made_once() {
    let (seed, sent) = client(Dialect::Seed, [failure(500, "internal_error")]);
    let once = |error: Error| assert_eq!(error.attempts(), 1, "{error}");
    once(seed.archive_thread(THREAD).await.unwrap_err());
    once(seed.unarchive_thread(THREAD).await.unwrap_err());
    once(seed.attach_file(THREAD, AttachFile::new("a", "text/plain", "YQ==")).await.unwrap_err());
    assert_eq!(sent.all().len(), 3);
    let (current, sent) = client(Dialect::Current, [failure(503, "internal_error")]);
    once(current.upload_file(AGENT, FilePart::bytes("a", "a")).await.unwrap_err());
    assert_eq!(sent.all().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_spent_budget_is_waited_for_as_the_server_says() {
    let limited = Script::recorded("seed/119-rate-limited-list-events").retry_after(41);
    let log = Script::recorded("seed/034-list-events-completed");
    let (client, sent) = client(Dialect::Seed, [limited, log]);
    client.list_events(THREAD).await.unwrap();
    let times: Vec<_> = sent.all().iter().map(|sent| sent.at.as_secs_f64()).collect();
    assert_eq!(times, [0.0, 41.0]);
    assert!(sent.all().iter().all(|sent| sent.method == "GET"));
}
