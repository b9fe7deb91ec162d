//! Answers that are streams of events.

use crate::server::{EVENT_STREAM, Server};
use crate::wire::{End, Wire};
use acme_agents::types::{AnswerEvent, Question, RunEvent, StartRun};
use acme_agents::{Client, Error, ErrorKind, EventStream};
use serde_json::json;

const RUN: &str = "\
id: 1
data: {\"type\":\"words\",\"text\":\"Hel\"}

data: {\"type\":\"ping\"}

id: 2
data: {\"type\":\"note\",\"text\":\"aside\",\"at\":[1]}

id: 3
data: {\"text\":\"lo\",\"part\":[{\"type\":\"text\",\"text\":\"p\"}],\"type\":\"words\",\"later\":1}

id: 4
data: {\"type\":\"run.done\",\"tokens\":9007199254740993}

id: 5
data: {\"type\":\"words\",\"text\":\"too late\"}

";

fn start(client: &Client) -> EventStream<RunEvent> {
    client.start_run("agent_1", StartRun::new("Sum it up", "team_1")).events()
}

/// What an event says, in short.
fn said(event: Option<Result<RunEvent, Error>>) -> String {
    match event {
        None => "end".into(),
        Some(Err(error)) => format!("{:?}", error.kind()),
        Some(Ok(RunEvent::Words(words))) => words.text,
        Some(Ok(event)) => format!("<{}>", event.kind()),
    }
}

/// What all events say up to the end, which comes once and for all.
async fn all(mut events: EventStream<RunEvent>) -> Vec<String> {
    let mut out = Vec::new();
    while out.last().is_none_or(|last| last != "end") {
        out.push(said(events.next().await));
    }
    assert!(events.next().await.is_none());
    out
}

#[tokio::test]
async fn a_stream_is_asked_for_when_it_is_polled_and_not_before() {
    let server = Server::streaming(RUN).await;
    let mut events = start(&server.client());
    assert!(server.seen().is_empty());
    events.opened().await.unwrap();
    let seen = server.only();
    assert_eq!(seen.line, "POST /v1/agents/agent_1/runs");
    assert_eq!(
        seen.header_names(),
        [
            "accept",
            "authorization",
            "content-length",
            "content-type",
            "host",
            "idempotency-key",
            "user-agent",
            "x-acme-version"
        ]
    );
    assert_eq!(seen.header("accept"), Some("text/event-stream"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("authorization"), Some("Bearer acme_secret"));
    assert_eq!(seen.header("x-acme-version"), Some("2"));
    assert_eq!(seen.header("idempotency-key").map(str::len), Some(36));
    assert_eq!(seen.json(), json!({ "task": "Sum it up", "team": "team_1" }));
}

#[tokio::test]
async fn events_are_read_and_those_that_are_not_known_are_kept() {
    let server = Server::streaming(RUN).await;
    let mut events = start(&server.client());
    let Some(Ok(RunEvent::Words(first))) = events.next().await else { panic!("words") };
    assert_eq!((first.text.as_str(), &first.part), ("Hel", &None));
    assert_eq!(events.last_event_id(), "1");
    let Some(Ok(RunEvent::Unknown(note))) = events.next().await else { panic!("a note") };
    assert_eq!(note.kind(), "note");
    assert_eq!(note.json(), &json!({ "type": "note", "text": "aside", "at": [1] }));
    let Some(Ok(RunEvent::Words(second))) = events.next().await else { panic!("words") };
    assert_eq!(second.text, "lo");
    assert_eq!(second.part.unwrap().len(), 1);
    let Some(Ok(RunEvent::RunDone(done))) = events.next().await else { panic!("the end") };
    // More than a double can hold exactly.
    assert_eq!(done.tokens, Some(9_007_199_254_740_993));
    // The end does not move the cursor: resuming there brings it again.
    assert_eq!(events.last_event_id(), "3");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_terminal_event_ends_the_stream_whatever_follows() {
    for (body, expected) in [
        ("data: {\"type\":\"run.done\"}\n\ndata: {\"type\":\"note\"}\n\n", ["<run.done>", "end"]),
        ("data: {\"type\":\"run.failed\",\"reason\":null}\n\ndata: x\n\n", ["<run.failed>", "end"]),
        ("data: {\"type\":\"run.done\",\"tokens\":\"many\"}\n\ndata: x\n\n", ["Decode", "end"]),
    ] {
        let server = Server::streaming(body).await;
        assert_eq!(all(start(&server.client())).await, expected);
    }
}

#[tokio::test]
async fn keepalives_are_passed_over_unless_they_are_asked_for() {
    let server = Server::giving([(200, EVENT_STREAM, RUN), (200, EVENT_STREAM, RUN)]).await;
    let client = server.client();
    assert_eq!(all(start(&client)).await, ["Hel", "<note>", "lo", "<run.done>", "end"]);
    let shown = start(&client).with_keepalives();
    assert_eq!(all(shown).await, ["Hel", "<ping>", "<note>", "lo", "<run.done>", "end"]);
}

#[tokio::test]
async fn a_known_event_that_is_malformed_is_one_error_and_the_stream_goes_on() {
    let server = Server::streaming(
        "id: 1\ndata: {\"type\":\"words\",\"text\":\"a\"}\n\n\
         id: 2\ndata: {\"type\":\"words\",\"text\":\"b\",\"part\":[{\"type\":\"text\",\"text\":7}]}\n\n\
         id: 3\ndata: {\"type\":\"words\",\"text\":\"c\"}\n\n\
         id: 4\ndata: {\"type\":\"run.done\"}\n\n",
    )
    .await;
    let mut events = start(&server.client());
    assert_eq!(said(events.next().await), "a");
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.operation(), Some("start_run"));
    assert_eq!(error.last_event_id(), Some("2"));
    assert!(error.to_string().contains("part[0].text"), "{error}");
    assert_eq!(all(events).await, ["c", "<run.done>", "end"]);
}

#[tokio::test]
async fn an_answer_that_is_no_stream_is_an_error() {
    let server = Server::answering([(200, r#"{"text":"Hi"}"#)]).await;
    let mut events = start(&server.client());
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAStream);
    assert!(error.to_string().contains("application/json"), "{error}");
    assert_eq!(error.raw_body().unwrap(), r#"{"text":"Hi"}"#);
    assert!(events.next().await.is_none());
    server.only();
}

#[tokio::test]
async fn a_refusal_carries_what_the_vendor_says() {
    let body = r#"{"error":{"message":"No such agent","code":"NOT_FOUND"}}"#;
    let server = Server::answering([(404, body)]).await;
    let mut events = start(&server.client());
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!((error.code(), error.operation()), (Some("NOT_FOUND"), Some("start_run")));
    assert!(events.next().await.is_none());
    server.only();
}

#[tokio::test]
async fn a_stream_that_did_not_begin_is_asked_for_again_with_the_same_key() {
    let server = Server::giving([
        (503, "application/json", "{}"),
        (200, EVENT_STREAM, "data: {\"type\":\"ping\"}\n\n"),
        (200, EVENT_STREAM, "data: {\"type\":\"run.done\"}\n\n"),
    ])
    .await;
    assert_eq!(all(start(&server.client())).await, ["<run.done>", "end"]);
    let keys: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| seen.header("idempotency-key").unwrap().to_owned())
        .collect();
    assert_eq!(keys.len(), 3);
    assert!(!keys[0].is_empty() && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[tokio::test]
async fn the_callers_own_key_is_sent_instead() {
    let server = Server::streaming(RUN).await;
    let run = server.client().start_run("a", StartRun::new("go", "t")).idempotency_key("job-7");
    run.events().opened().await.unwrap();
    assert_eq!(server.only().header("idempotency-key"), Some("job-7"));
}

#[tokio::test]
async fn a_call_that_cannot_be_resumed_is_not_sent_again_once_an_event_has_come() {
    let wire =
        Wire::streaming([("id: 1\ndata: {\"type\":\"words\",\"text\":\"a\"}\n\n", End::Cut)]);
    let mut events = start(&wire.client());
    assert_eq!(said(events.next().await), "a");
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.last_event_id(), Some("1"));
    assert!(events.next().await.is_none());
    assert_eq!(wire.seen().len(), 1);
}

#[tokio::test]
async fn a_resumable_stream_goes_on_after_the_last_event_delivered() {
    let wire = Wire::streaming([
        (
            "id: a-1\ndata: {\"type\":\"words\",\"text\":\"a\"}\n\n\
             id: a-2\ndata: {\"type\":\"words\",\"text\":\"b\"}\n\n\
             id: a-3\ndata: {\"type\":\"words\",",
            End::Cut,
        ),
        // An end without a terminal event is a lost connection too.
        ("id: a-3\ndata: {\"type\":\"words\",\"text\":\"c\"}\n\n", End::Clean),
        ("id: a-4\ndata: {\"type\":\"run.done\"}\n\n", End::Cut),
    ]);
    let events = wire.client().watch_run("run/1").events();
    assert_eq!(all(events).await, ["a", "b", "c", "<run.done>", "end"]);
    let seen = wire.seen();
    let cursors: Vec<_> = seen.iter().map(|seen| seen.header("last-event-id")).collect();
    assert_eq!(cursors, [None, Some("a-2"), Some("a-3")]);
    for seen in &seen {
        assert_eq!(seen.line, "GET /v1/runs/run%2F1/events");
        assert_eq!(seen.header("accept"), Some("text/event-stream"));
        assert_eq!((seen.body.as_str(), seen.header("idempotency-key")), ("", None));
    }
}

#[tokio::test]
async fn a_resumable_stream_begins_where_the_caller_says() {
    let wire =
        Wire::streaming([("", End::Cut), ("id: 8\ndata: {\"type\":\"run.done\"}\n\n", End::Cut)]);
    let events = wire.client().watch_run("r").last_event_id("7").events();
    assert_eq!(events.last_event_id(), "7");
    assert_eq!(all(events).await, ["<run.done>", "end"]);
    let seen = wire.seen();
    let cursors: Vec<_> = seen.iter().map(|seen| seen.header("last-event-id")).collect();
    assert_eq!(cursors, [Some("7"), Some("7")]);
}

#[tokio::test]
async fn an_error_before_the_first_event_says_from_where_to_go_on() {
    let server = Server::answering([(404, "{}")]).await;
    let mut events = server.client().watch_run("r").last_event_id("7").events();
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.last_event_id(), Some("7"));
}

#[tokio::test]
async fn an_empty_id_asks_for_all_events() {
    let server = Server::streaming(RUN).await;
    let mut events = server.client().watch_run("r").last_event_id("5").last_event_id("").events();
    events.opened().await.unwrap();
    assert_eq!(server.only().header("last-event-id"), None);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_as_the_only_item() {
    let server = Server::answering([]).await;
    let client = server.client();
    for mut events in [
        client.watch_run("").events(),
        client.watch_run("..").events(),
        client.watch_run("r").last_event_id("line\nbreak").events(),
        client.start_run("a", StartRun::new("go", "t")).idempotency_key("two words").events(),
    ] {
        let error = events.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert!(events.next().await.is_none());
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn one_operation_is_two_methods_where_it_answers_in_two_ways() {
    let pieces = "id: 1\ndata: {\"kind\":\"piece\",\"text\":\"Bl\"}\n\n\
                  id: 2\ndata: {\"kind\":\"piece\",\"text\":\"ue\"}\n\n";
    let whole = r#"{"text":"Blue"}"#;
    let server =
        Server::giving([(200, "application/json", whole), (200, EVENT_STREAM, pieces)]).await;
    let client = server.client();
    assert_eq!(client.ask_agent("a", "Which color?").await.unwrap().text, "Blue");
    // What the method stands for wins over what the body says.
    let question = Question::new("Which color?").stream(false).detail("brief");
    let mut events = client.ask_agent_live("a", question).events();
    let mut text = String::new();
    while let Some(event) = events.next().await {
        let AnswerEvent::Piece(piece) = event.unwrap() else { panic!("a piece") };
        text += &piece.text;
    }
    assert_eq!(text, "Blue");
    let [one, two] = &server.seen()[..] else { panic!("two requests") };
    assert_eq!(
        (one.line.as_str(), two.line.as_str()),
        ("POST /v1/agents/a/ask", "POST /v1/agents/a/ask")
    );
    assert_eq!(one.header("accept"), Some("application/json"));
    assert_eq!(two.header("accept"), Some("text/event-stream"));
    assert_eq!(one.json(), json!({ "text": "Which color?" }));
    assert_eq!(two.json(), json!({ "text": "Which color?", "stream": true, "detail": "full" }));
    let key = |seen: &crate::server::Seen| seen.header("idempotency-key").unwrap().to_owned();
    assert_ne!(key(one), key(two));
}

#[tokio::test]
async fn the_json_beside_a_stream_may_come_with_another_status() {
    let accepted = r#"{"runId":"r2"}"#;
    let server = Server::giving([
        (201, "application/json", accepted),
        // Not as documented, and clear all the same.
        (200, "application/json", accepted),
        (200, EVENT_STREAM, "data: {\"type\":\"run.done\"}\n\n"),
        (201, "application/json", accepted),
    ])
    .await;
    let client = server.client();
    for status in [201, 200] {
        let response = client.follow_up("r1").send().await.unwrap();
        assert_eq!(response.http_status().as_u16(), status);
        assert_eq!(response.value().run_id, "r2");
    }
    assert_eq!(all(client.follow_up_live("r1").events()).await, ["<run.done>", "end"]);
    let error = client.follow_up_live("r1").events().next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAStream);
    let accepts: Vec<_> =
        server.seen().iter().map(|seen| seen.header("accept").unwrap().to_owned()).collect();
    let (json, stream) = ("application/json", "text/event-stream");
    assert_eq!(accepts, [json, json, stream, stream]);
}

#[tokio::test]
async fn each_of_the_two_methods_has_its_own_name_in_errors() {
    let server = Server::answering([(404, "{}"), (404, "{}")]).await;
    let client = server.client();
    assert_eq!(client.ask_agent("a", "Why?").await.unwrap_err().operation(), Some("ask_agent"));
    let refused = client.ask_agent_live("a", "Why?").events().next().await.unwrap().unwrap_err();
    assert_eq!(refused.operation(), Some("ask_agent_live"));
}

#[tokio::test]
async fn a_stream_without_terminal_events_ends_with_its_connection_and_is_resumed_if_that_breaks() {
    let wire = Wire::streaming([
        ("id: 1\ndata: {\"kind\":\"piece\",\"text\":\"Bl\"}\n\n", End::Cut),
        ("id: 2\ndata: {\"kind\":\"piece\",\"text\":\"ue\"}\n\n", End::Clean),
    ]);
    let mut events = wire.client().ask_agent_live("a", "Which color?").events();
    let mut kinds = Vec::new();
    while let Some(event) = events.next().await {
        kinds.push(event.unwrap().kind().to_owned());
    }
    assert_eq!(kinds, ["piece", "piece"]);
    let [first, second] = &wire.seen()[..] else { panic!("two requests") };
    assert_eq!((first.header("last-event-id"), second.header("last-event-id")), (None, Some("1")));
    assert_eq!(first.header("idempotency-key"), second.header("idempotency-key"));
    assert_eq!(first.json(), second.json());
}

#[test]
fn streams_and_their_requests_can_be_moved_and_show_neither_body_nor_token() {
    fn can_move<T: Send + 'static>(_: &T) {}
    let client = Client::builder().token("acme_TOPSECRET").build().unwrap();
    let request = client.start_run("agent_1", StartRun::new("PRIVATE", "team_1"));
    let events = request.clone().events();
    can_move(&request);
    can_move(&events);
    let shown = format!("{request:?} {events:?}");
    assert!(shown.contains("agent_1") && shown.contains("start_run"), "{shown}");
    assert!(!shown.contains("PRIVATE") && !shown.contains("TOPSECRET"), "{shown}");
}
