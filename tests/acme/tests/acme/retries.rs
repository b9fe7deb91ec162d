//! What the document says about sending a request again.

use crate::server::{EVENT_STREAM, Server};
use acme_agents::ErrorKind;
use acme_agents::types::{PutSetting, StartRun};

const THREAD: &str = r#"{"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","status":"queued","parts":[],"createdAt":"2026-01-02T03:04:05Z"}"#;
const IN_PROGRESS: &str = r#"{"error":{"message":"Wait","code":"KEY_IN_PROGRESS"}}"#;

#[tokio::test]
async fn a_key_is_made_for_a_call_and_stays_for_its_retries() {
    let server =
        Server::answering([(503, "{}"), (409, IN_PROGRESS), (201, THREAD), (201, THREAD)]).await;
    let client = server.client();
    client.start_thread("a", "go").await.unwrap();
    client.start_thread("a", "go").await.unwrap();
    let keys: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| seen.header("idempotency-key").unwrap().to_owned())
        .collect();
    assert_eq!(keys.len(), 4);
    assert!(!keys[0].is_empty() && keys[0] == keys[1] && keys[1] == keys[2], "{keys:?}");
    assert_ne!(keys[2], keys[3], "another call has another key");
}

#[tokio::test]
async fn the_callers_own_key_is_sent_instead() {
    let server = Server::answering([(503, "{}"), (201, THREAD)]).await;
    server.client().start_thread("a", "go").idempotency_key("job-7").await.unwrap();
    for seen in server.seen() {
        assert_eq!(seen.header("idempotency-key"), Some("job-7"));
    }
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_key_that_cannot_be_sent_is_refused() {
    let server = Server::answering([]).await;
    let error =
        server.client().start_thread("a", "go").idempotency_key("two words").await.unwrap_err();
    assert!(error.to_string().contains("idempotency_key"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_code_that_the_document_does_not_mark_is_final() {
    let used = r#"{"error":{"message":"Used","code":"KEY_USED"}}"#;
    let server = Server::answering([(409, used)]).await;
    let error = server.client().start_thread("a", "go").await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), (Some("KEY_USED"), 1));
}

#[tokio::test]
async fn a_code_that_the_document_marks_as_final_is_so_whatever_the_status() {
    let used = r#"{"error":{"message":"Used up","code":"QUOTA_USED"}}"#;
    let other = r#"{"error":{"message":"Slow down","code":"RATE"}}"#;
    let server = Server::answering([(429, other), (429, used)]).await;
    let error = server.client().start_thread("a", "go").await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), (Some("QUOTA_USED"), 2));
    assert!(!error.is_retryable());
    // Another operation does not have it.
    let server = Server::answering([(429, used), (200, "[]")]).await;
    server.client().list_agents().await.unwrap();
}

#[tokio::test]
async fn a_marked_code_is_tried_again_also_without_a_key_where_the_method_allows() {
    let server =
        Server::answering([(409, r#"{"error":{"message":"Busy","code":"BUSY"}}"#), (200, "null")])
            .await;
    server.client().put_setting("a", "s", PutSetting::new(1, None)).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].header("idempotency-key"), None);
    assert_eq!(seen[0].body, seen[1].body);
}

#[tokio::test]
async fn a_post_without_a_key_is_sent_once() {
    let server = Server::answering([(503, "{}")]).await;
    let error = server.client().cancel_thread(uuid::Uuid::nil()).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert_eq!(server.only().header("idempotency-key"), None);
}

const PENDING: &str = r#"{"error":{"message":"At work","code":"KEY_CONFLICT"}}"#;

#[tokio::test]
async fn a_code_for_a_key_that_may_be_at_work_is_asked_again_with_that_key() {
    let server = Server::answering([(409, PENDING), (201, THREAD)]).await;
    server.client().start_thread("a", "go").idempotency_key("job-7").await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    for seen in seen {
        assert_eq!(seen.header("idempotency-key"), Some("job-7"));
    }
}

#[tokio::test]
async fn a_key_that_stays_at_work_is_no_proof_that_nothing_was_done() {
    let server = Server::answering([(409, PENDING); 4]).await;
    let error = server.client().start_thread("a", "go").await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), (Some("KEY_CONFLICT"), 4));
    assert!(error.is_retryable() && !error.is_without_effect());
    // Another code says that nothing was done.
    let server = Server::answering([(409, IN_PROGRESS); 4]).await;
    let error = server.client().start_thread("a", "go").await.unwrap_err();
    assert!(error.is_retryable() && error.is_without_effect());
}

#[tokio::test]
async fn a_stream_whose_key_may_be_at_work_is_asked_for_again() {
    let done = "data: {\"type\":\"run.done\"}\n\n";
    let server =
        Server::giving([(409, "application/json", PENDING), (200, EVENT_STREAM, done)]).await;
    let mut events = server.client().start_run("a", StartRun::new("go", "t")).events();
    assert!(events.next().await.unwrap().is_ok());
    let [one, two] = &server.seen()[..] else { panic!("two requests") };
    let key = one.header("idempotency-key").unwrap();
    assert_eq!((key.len(), two.header("idempotency-key")), (36, Some(key)));
}

#[tokio::test]
async fn a_key_longer_than_the_vendor_takes_is_refused() {
    let server = Server::answering([]).await;
    let run = server.client().start_run("a", StartRun::new("go", "t"));
    let mut events = run.idempotency_key("k".repeat(65)).events();
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("1 to 64 printable"), "{error}");
    assert!(server.seen().is_empty());
}
