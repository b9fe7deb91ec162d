//! The streams of threads, jobs and organizations.

use super::{EVENTS, Studio, stream};
use agent_threads_deco_studio::{
    ErrorKind, EventStream,
    types::{FinishReason, ThreadStatus, UiMessageChunk, WatchEvent},
};
use serde_json::json;

const STREAM: &str = "/api/acme-inc/decopilot/threads/thrd_1/stream";

/// As the page about chunks shows a run, with the keepalives of the server.
const RUN: &str = concat!(
    ": keepalive\n\n",
    "data: {\"type\":\"data-run-status\",\"id\":\"run-status\",\"data\":{\"stage\":\"starting-run\"}}\n\n",
    "data: {\"type\":\"start\",\"messageId\":\"msg_01\",\"messageMetadata\":{\"agent\":{\"id\":\"vir_a1b2c3\"},\"thread_id\":\"thrd_Qx8\"}}\n\n",
    "data: {\"type\":\"start-step\"}\n\n",
    "data: {\"type\":\"reasoning-start\",\"id\":\"r0\"}\n\n",
    "data: {\"type\":\"reasoning-delta\",\"id\":\"r0\",\"delta\":\"Look at the ticket\"}\n\n",
    "data: {\"type\":\"reasoning-end\",\"id\":\"r0\"}\n\n",
    "data: {\"type\":\"text-start\",\"id\":\"t0\"}\n\n",
    ": keepalive\n\n",
    "data: {\"type\":\"text-delta\",\"id\":\"t0\",\"delta\":\"It is \"}\n\n",
    "data: {\"type\":\"text-delta\",\"id\":\"t0\",\"delta\":\"solved.\"}\n\n",
    "data: {\"type\":\"text-end\",\"id\":\"t0\"}\n\n",
    "data: {\"type\":\"finish-step\"}\n\n",
    "data: {\"type\":\"finish\",\"finishReason\":\"stop\",\"messageMetadata\":{\"usage\":{\"inputTokens\":11,\"outputTokens\":7,\"totalTokens\":18}}}\n\n",
);

async fn kinds(mut chunks: EventStream<UiMessageChunk>) -> Vec<String> {
    let mut kinds = Vec::new();
    while let Some(chunk) = chunks.next().await {
        kinds.push(match chunk {
            Ok(chunk) => chunk.kind().to_owned(),
            Err(error) => format!("{:?}", error.kind()),
        });
    }
    kinds
}

#[tokio::test]
async fn a_run_is_followed_and_the_next_one_on_the_same_stream() {
    let studio = Studio::start().await;
    let second =
        "data: {\"type\":\"start\",\"messageId\":\"msg_02\"}\n\ndata: {\"type\":\"abort\"}\n\n";
    let mock = studio.answers(stream(STREAM), 200, EVENTS, &format!("{RUN}{second}")).await;
    let mut chunks = studio.client.stream_thread("thrd_1").events();
    chunks.opened().await.unwrap();
    let mut text = String::new();
    let mut starts = Vec::new();
    let mut last = None;
    while let Some(chunk) = chunks.next().await {
        match chunk.unwrap() {
            UiMessageChunk::TextDelta(delta) => text.push_str(&delta.delta),
            UiMessageChunk::Start(start) => starts.push(start.message_id),
            UiMessageChunk::Finish(finish) => {
                assert_eq!(finish.finish_reason, Some(FinishReason::Stop));
            }
            other => last = Some(other),
        }
    }
    assert_eq!(text, "It is solved.");
    assert_eq!(starts, [Some("msg_01".to_owned()), Some("msg_02".to_owned())]);
    assert!(matches!(last, Some(UiMessageChunk::Abort(_))), "{last:?}");
    mock.assert_async().await;
}

#[tokio::test]
async fn the_end_mark_of_older_servers_ends_the_stream() {
    let studio = Studio::start().await;
    let body = "data: {\"type\":\"finish\"}\n\ndata: [DONE]\n\ndata: {\"type\":\"start\"}\n\n";
    studio.answers(stream(STREAM), 200, EVENTS, body).await;
    assert_eq!(kinds(studio.client.stream_thread("thrd_1").events()).await, ["finish"]);
}

#[tokio::test]
async fn a_chunk_that_cannot_be_read_is_one_error() {
    let studio = Studio::start().await;
    let body = concat!(
        "data: {\"type\":\"text-delta\",\"id\":7,\"delta\":\"x\"}\n\n",
        "data: {\"type\":\"text-delta\",\"id\":\"t\"}\n\n",
        "data: not JSON\n\n",
        "data: {\"type\":\"dance\",\"steps\":3}\n\n",
        "data: [1]\n\n",
        "data: {\"type\":\"error\"}\n\n",
    );
    studio.answers(stream(STREAM), 200, EVENTS, body).await;
    let kinds = kinds(studio.client.stream_thread("thrd_1").events()).await;
    assert_eq!(kinds, ["Decode", "Decode", "Decode", "dance", "", "error"]);
}

#[tokio::test]
async fn a_character_cut_between_two_chunks_is_joined() {
    let studio = Studio::start().await;
    let body = concat!(
        "data: {\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"so \\ud83d\"}\n\n",
        "data: {\"type\":\"text-delta\",\"id\":\"t\",\"delta\":\"\\ude00\"}\n\n",
        "data: {\"type\":\"tool-input-delta\",\"toolCallId\":\"c\",\"inputTextDelta\":\"\\ud83d\"}\n\n",
        "data: {\"type\":\"reasoning-delta\",\"id\":\"r\",\"delta\":\"\\ude00\"}\n\n",
    );
    studio.answers(stream(STREAM), 200, EVENTS, body).await;
    let mut chunks = studio.client.stream_thread("thrd_1").events();
    let mut text = agent_threads_deco_studio::TextPiece::default();
    let mut halves = Vec::new();
    while let Some(chunk) = chunks.next().await {
        match chunk.unwrap() {
            UiMessageChunk::TextDelta(delta) => text.push(&delta.delta),
            UiMessageChunk::ToolInputDelta(delta) => {
                halves.push(delta.input_text_delta.to_string());
            }
            UiMessageChunk::ReasoningDelta(delta) => {
                halves.push(delta.delta.to_string());
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((text.as_str(), halves), ("so 😀", vec!["\u{FFFD}".to_owned(); 2]));
}

#[tokio::test]
async fn a_chunk_of_megabytes_is_read() {
    let studio = Studio::start().await;
    let image = "A".repeat(8 << 20);
    let chunk = json!({ "type": "data-generate-image", "data": { "toolCallId": "c",
        "images": [{ "base64": image, "mediaType": "image/png" }], "prompt": "A cat" } });
    studio.answers(stream(STREAM), 200, EVENTS, &format!("data: {chunk}\n\n")).await;
    let mut chunks = studio.client.stream_thread("thrd_1").events();
    let chunk = chunks.next().await.unwrap().unwrap();
    let UiMessageChunk::Data(data) = chunk else { panic!("{}", chunk.kind()) };
    assert_eq!(data.data["images"][0]["base64"].as_str().map(str::len), Some(8 << 20));
}

#[tokio::test]
async fn no_stream_to_be_had_says_so() {
    let studio = Studio::start().await;
    studio.answers(stream(STREAM), 204, EVENTS, "").await;
    let error = studio.client.stream_thread("thrd_1").events().opened().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NothingToStream);
}

#[tokio::test]
async fn a_job_is_followed_by_its_id_with_colons() {
    let studio = Studio::start().await;
    let path = "/api/acme-inc/decopilot/threads/thrd_1/jobs/bgtool%3Athrd_1%3Acall_1/stream";
    let mock = studio.answers(stream(path), 200, EVENTS, RUN).await;
    let kinds = kinds(studio.client.stream_job("thrd_1", "bgtool:thrd_1:call_1").events()).await;
    assert_eq!((kinds.len(), kinds.last().map(String::as_str)), (12, Some("finish")));
    mock.assert_async().await;
}

#[tokio::test]
async fn an_organization_is_watched() {
    let studio = Studio::start().await;
    let body = concat!(
        "event: connected\nid: 1\ndata: {\"listenerId\":\"l\",\"organizationId\":\"org_7\",\"typePatterns\":[\"decopilot.*\"],\"connectedAt\":\"2026-08-01T09:30:00.120Z\"}\n\n",
        "event: keepalive\ndata: \n\n",
        "event: decopilot.run.status\nid: 2\ndata: {\"id\":\"e2\",\"type\":\"decopilot.run.status\",\"source\":\"decopilot\",\"subject\":\"thrd_1\",\"time\":1,\"data\":{\"stage\":\"starting-run\"}}\n\n",
        "event: decopilot.step\nid: 3\ndata: {\"id\":\"e3\",\"subject\":\"thrd_1\",\"data\":{\"stepCount\":2}}\n\n",
        "event: decopilot.finish\nid: 4\ndata: {\"id\":\"e4\",\"subject\":\"thrd_1\",\"data\":{\"status\":\"completed\"}}\n\n",
        "event: decopilot.thread.status\nid: 5\ndata: {\"id\":\"e5\",\"type\":\"decopilot.thread.status\",\"source\":\"decopilot\",\"subject\":\"thrd_1\",\"time\":\"2026-08-01T09:30:00.120Z\",\"data\":{\"status\":\"requires_action\",\"message_id\":\"msg_1\",\"title\":\"T\",\"metadata\":{}}}\n\n",
        "event: decopilot.dance\nid: 6\ndata: {\"steps\":3}\n\n",
        "event: error\ndata: {\"error\":\"Too many connections\",\"message\":\"Close some.\"}\n\n",
    );
    let sent =
        super::Sent { query: vec![("types", "decopilot.*")], ..stream("/api/acme-inc/watch") };
    let mock = studio.answers(sent, 200, EVENTS, body).await;
    let mut events = studio.client.watch().types("decopilot.*").events();
    let mut seen = Vec::new();
    while let Some(event) = events.next().await {
        let event = event.unwrap();
        seen.push(event.kind().to_owned());
        match event {
            WatchEvent::Connected(connected) => {
                assert_eq!(connected.organization_id.as_deref(), Some("org_7"));
            }
            WatchEvent::RunStatus(event) => {
                assert_eq!(event.data.stage.as_deref(), Some("starting-run"));
            }
            WatchEvent::Step(event) => {
                assert_eq!(event.data.step_count, Some(2));
            }
            WatchEvent::Finish(event) => {
                assert_eq!(event.data.status, Some(ThreadStatus::Completed));
            }
            WatchEvent::ThreadStatus(event) => {
                assert_eq!(
                    (event.subject.as_str(), event.data.status),
                    ("thrd_1", ThreadStatus::RequiresAction)
                );
                assert_eq!(event.data.message_id.as_deref(), Some("msg_1"));
            }
            WatchEvent::Unknown(unknown) => {
                assert_eq!(unknown.json(), &json!({ "steps": 3 }));
            }
            WatchEvent::Error(error) => {
                assert_eq!(error.error.as_deref(), Some("Too many connections"));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        seen,
        [
            "connected",
            "decopilot.run.status",
            "decopilot.step",
            "decopilot.finish",
            "decopilot.thread.status",
            "decopilot.dance",
            "error"
        ]
    );
    mock.assert_async().await;
    let all = studio
        .answers(stream("/api/acme-inc/watch"), 200, EVENTS, "event: keepalive\ndata: \n\n")
        .await;
    let mut events = studio.client.watch().events().with_keepalives();
    assert!(matches!(events.next().await, Some(Ok(WatchEvent::Keepalive(_)))));
    all.assert_async().await;
}
