//! Streams whose events are told apart by their names.

use crate::server::{EVENT_STREAM, Server};
use crate::wire::{End, Wire};
use acme_agents::types::{FailureBody, ThreadEvent, ThreadStatus};
use acme_agents::{Error, ErrorKind, EventStream};
use serde_json::json;

const THREAD: &str = r#"{"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","status":"in_progress","parts":[],"createdAt":"2026-01-02T03:04:05Z"}"#;

/// What an event says, in short.
fn said(event: Result<ThreadEvent, Error>) -> String {
    match event {
        Err(error) => format!("{:?}", error.kind()),
        Ok(ThreadEvent::Unknown(event)) => format!("?{} {}", event.kind(), event.json()),
        Ok(event) => event.kind().to_owned(),
    }
}

/// What all events say up to the end, which comes once and for all.
async fn all(mut events: EventStream<ThreadEvent>) -> Vec<String> {
    let mut out = Vec::new();
    while let Some(event) = events.next().await {
        out.push(said(event));
    }
    assert!(events.next().await.is_none());
    out
}

async fn watched(body: impl Into<String>) -> Vec<String> {
    let body: &'static str = body.into().leak();
    let server = Server::streaming(body).await;
    all(server.client().watch_thread(uuid::Uuid::nil()).events()).await
}

#[tokio::test]
async fn each_event_is_read_by_its_name() {
    let body = format!(
        "event: STATE_SNAPSHOT\ndata: {THREAD}\n\n\
         event: idle\ndata: {{\"seconds\":3}}\n\n\
         event: over\ndata: {{\"status\":\"done\",\"type\":\"STATE_SNAPSHOT\"}}\n\n"
    );
    let server = Server::streaming(body.leak()).await;
    let mut events = server.client().watch_thread(uuid::Uuid::nil()).events().with_keepalives();
    let Some(Ok(ThreadEvent::StateSnapshot(thread))) = events.next().await else { panic!() };
    assert_eq!(thread.status, ThreadStatus::InProgress);
    let Some(Ok(ThreadEvent::Idle(idle))) = events.next().await else { panic!() };
    assert_eq!(idle.seconds, Some(3));
    let Some(Ok(ThreadEvent::Over(over))) = events.next().await else { panic!() };
    assert_eq!(over.status, ThreadStatus::Done);
    assert!(events.next().await.is_none());
    let seen = server.only();
    assert_eq!(seen.line, format!("GET /v1/threads/{}/events", uuid::Uuid::nil()));
    assert_eq!(seen.header("accept"), Some(EVENT_STREAM));
}

#[tokio::test]
async fn an_event_without_a_name_goes_by_the_type_in_its_data() {
    let found = watched(format!(
        "data: {{\"type\":\"STATE_SNAPSHOT\",{}\n\n\
         event: message\ndata: {{\"type\":\"step\",\"n\":1}}\n\n\
         data: {{\"n\":2}}\n\n\
         data: [DONE]\n\n\
         data: {{\"type\":\"over\",\"status\":\"done\"}}\n\n\
         data: too late\n\n",
        &THREAD[1..]
    ));
    assert_eq!(
        found.await,
        ["STATE_SNAPSHOT", r#"?step {"n":1,"type":"step"}"#, r#"?message {"n":2}"#, "over"]
    );
}

#[tokio::test]
async fn an_unknown_event_is_kept_whatever_its_data_are() {
    let found = watched(
        "event: note\ndata: not JSON\ndata: at all\n\n\
         event: note\ndata:\n\n\
         event: Over\ndata: {}\n\n\
         event: idle\ndata: {}\n\n\
         event: over\ndata: {\"status\":\"done\"}\n\n",
    );
    assert_eq!(found.await, [r#"?note "not JSON\nat all""#, r#"?note """#, "?Over {}", "over"]);
}

#[tokio::test]
async fn a_known_event_that_cannot_be_read_is_one_error_and_the_stream_goes_on() {
    let server = Server::streaming(
        "event: STATE_SNAPSHOT\ndata: PRIVATE\n\n\
         event: STATE_SNAPSHOT\ndata: {\"id\":7}\n\n\
         event: over\ndata: {\"status\":\"done\"}\n\n",
    )
    .await;
    let mut events = server.client().watch_thread(uuid::Uuid::nil()).events();
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some("watch_thread")));
    assert_eq!(error.raw_body().unwrap(), "PRIVATE");
    assert!(!format!("{error} {error:?}").contains("PRIVATE"));
    let error = events.next().await.unwrap().unwrap_err();
    assert!(error.to_string().contains("in `STATE_SNAPSHOT`: at `id`"), "{error}");
    assert_eq!(all(events).await, ["over"]);
}

#[tokio::test]
async fn the_name_alone_ends_the_stream() {
    for (last, said) in [
        ("event: over\ndata: {\"status\":\"done\"}\n\n", "over"),
        ("event: over\ndata: {\"status\":7}\n\n", "Decode"),
        ("event: over\ndata: done\n\n", "Decode"),
        ("event: over\ndata:\n\n", "Decode"),
        ("event: thread.error\ndata: {\"message\":\"No\"}\n\n", "thread.error"),
        ("data: {\"type\":\"over\"}\n\n", "Decode"),
    ] {
        let found = watched(format!("{last}event: note\ndata: 1\n\n"));
        assert_eq!(found.await, [said], "{last}");
    }
}

#[tokio::test]
async fn without_the_last_event_the_stream_has_broken_off() {
    let wire = Wire::streaming([("event: note\ndata: 1\n\n", End::Clean)]);
    let found = all(wire.client().watch_thread(uuid::Uuid::nil()).events()).await;
    assert_eq!(found, ["?note 1", "Interrupted"]);
    assert_eq!(wire.seen().len(), 1);
}

#[test]
fn an_arm_is_a_type_like_any_other() {
    let failure: FailureBody = serde_json::from_value(json!({ "message": "No" })).unwrap();
    let event = ThreadEvent::from(failure.clone());
    assert_eq!(event, ThreadEvent::Failed(failure));
    assert_eq!(event.kind(), "thread.error");
}
