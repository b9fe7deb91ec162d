//! One operation, one mock server: exactly what is sent, and what the documented answer becomes.

use agent_threads_octavus::{
    Client,
    types::{
        AgentFileUpload, CreateAgentFiles, DispatchThread, FileReference, FollowUpThread,
        MessageRole, ThreadStatus, ToolDisplay, UiMessagePart,
    },
};
use httpmock::{Method, MockServer};
use serde_json::{Value, json};

const THREADS: &str = "/api/v1/workforce/agents/AGENT_ID/threads";
const THREAD: &str = "/api/v1/workforce/agents/AGENT_ID/threads/cm5xyz123abc456def";
const MESSAGES: &str = "/api/v1/workforce/agents/AGENT_ID/threads/cm5xyz123abc456def/messages";

fn client(server: &MockServer) -> Client {
    Client::builder().base_url(server.base_url()).token("oct_agt_key").build().unwrap()
}

#[tokio::test]
async fn the_seeds_dispatch_is_sent_and_read_as_documented() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(Method::POST)
                .path(THREADS)
                .header("authorization", "Bearer oct_agt_key")
                .header("content-type", "application/json")
                .header("accept", "application/json")
                .header("x-octavus-sdk-version", "4")
                .header_prefix("user-agent", "agent-threads-octavus/")
                .header_missing("api-version")
                .header_missing("idempotency-key")
                .is_true(|request| request.uri().query().is_none())
                .json_body(json!({ "message": "Summarize the latest sales report" }));
            then.status(201)
                .json_body(json!({ "threadId": "cm5xyz123abc456def", "status": "pending" }));
        })
        .await;
    let response = client(&server)
        .dispatch_thread("AGENT_ID", "Summarize the latest sales report")
        .send()
        .await
        .unwrap();
    mock.assert_async().await;
    assert_eq!(response.http_status(), 201);
    assert_eq!(response.attempts(), 1);
    assert_eq!(response.value().thread_id, "cm5xyz123abc456def");
    assert_eq!(response.value().status, ThreadStatus::Pending);
}

#[tokio::test]
async fn files_go_with_a_dispatch_and_a_follow_up() {
    let file = json!({ "id": "f-91", "mediaType": "text/csv", "url": "https://files.example/f-91?sig=x",
                       "filename": "may.csv", "size": 5120 });
    let reference = FileReference::new("f-91", "text/csv", "https://files.example/f-91?sig=x")
        .filename("may.csv")
        .size(5120);
    let server = MockServer::start_async().await;
    let dispatch = server
        .mock_async(|when, then| {
            when.method(Method::POST)
                .path(THREADS)
                .json_body(json!({ "message": "Reconcile the May ledger", "files": [file] }));
            then.status(201).json_body(json!({ "threadId": "t", "status": "queued" }));
        })
        .await;
    let follow_up = server
        .mock_async(|when, then| {
            when.method(Method::POST)
                .path(MESSAGES)
                .json_body(json!({ "message": "And this one", "files": [file] }));
            then.status(202).json_body(json!({ "threadId": "t", "status": "queued" }));
        })
        .await;
    let client = client(&server);
    let message = DispatchThread::new("Reconcile the May ledger").files(vec![reference.clone()]);
    client.dispatch_thread("AGENT_ID", message).await.unwrap();
    let message = FollowUpThread::new("And this one").files(vec![reference]);
    client.follow_up_thread("AGENT_ID", "cm5xyz123abc456def", message).await.unwrap();
    dispatch.assert_async().await;
    follow_up.assert_async().await;
}

#[tokio::test]
async fn the_seeds_follow_up_is_sent_and_read_as_documented() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(Method::POST)
                .path(MESSAGES)
                .header("authorization", "Bearer oct_agt_key")
                .header("content-type", "application/json")
                .json_body(json!({ "message": "Now turn that into a slide deck" }));
            then.status(202)
                .json_body(json!({ "threadId": "cm5xyz123abc456def", "status": "running" }));
        })
        .await;
    let response = client(&server)
        .follow_up_thread("AGENT_ID", "cm5xyz123abc456def", "Now turn that into a slide deck")
        .send()
        .await
        .unwrap();
    mock.assert_async().await;
    assert_eq!(response.http_status(), 202);
    assert_eq!(response.value().status, ThreadStatus::Running);
}

#[tokio::test]
async fn the_seeds_thread_is_read_as_documented() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method(Method::GET)
                .path(THREAD)
                .header("authorization", "Bearer oct_agt_key")
                .header("accept", "application/json")
                .header_missing("content-type")
                .header_missing("content-length");
            then.status(200)
                .json_body(json!({ "threadId": "cm5xyz123abc456def", "status": "completed",
                                               "failureReason": null, "messages": [] }));
        })
        .await;
    let thread = client(&server).get_thread("AGENT_ID", "cm5xyz123abc456def").await.unwrap();
    mock.assert_async().await;
    assert_eq!(thread.thread_id, "cm5xyz123abc456def");
    assert_eq!(thread.status, ThreadStatus::Completed);
    assert_eq!(thread.failure_reason, None);
    assert!(thread.messages.is_empty());
}

/// One message with every kind of part, and two of no kind or status that the documents know.
fn every_part() -> Value {
    json!({ "id": "1790000000000-ab12cd3", "role": "assistant", "status": "done", "createdAt": "2026-10-02T08:01:00.000Z",
      "parts": [
        { "type": "step-start" },
        { "type": "reasoning", "text": "Check totals first", "status": "done",
          "providerMetadata": { "anthropic": { "signature": "c2ln" } } },
        { "type": "tool-call", "toolCallId": "c1", "toolName": "ledger-lookup", "displayName": "Reading the ledger",
          "args": {}, "status": "done", "display": "title" },
        { "type": "tool-call", "toolCallId": "c2", "toolName": "sheet__sum", "args": { "col": "B" }, "result": [1, 2],
          "status": "done", "display": "stream" },
        { "type": "operation", "operationId": "o1", "name": "Save digest", "operationType": "serialize-thread",
          "status": "done", "thread": "digest" },
        { "type": "todo", "status": "done", "todos": [{ "id": "t1", "content": "Sum", "status": "completed" }] },
        { "type": "worker", "workerId": "w1", "workerSlug": "checker",
          "parts": [{ "type": "text", "text": "ok", "status": "done" }], "output": { "ok": true }, "status": "done" },
        { "type": "source", "sourceType": "url", "id": "s1", "url": "https://example.com" },
        { "type": "source", "sourceType": "document", "id": "s2", "mediaType": "application/pdf", "title": "Policy" },
        { "type": "file", "id": "f2", "mediaType": "text/csv", "url": "https://files.example/f2", "toolCallId": "c2" },
        { "type": "object", "id": "b1", "typeName": "Totals", "object": { "sum": 3 }, "status": "done" },
        { "type": "text", "text": "The total is 3.", "status": "done" },
        { "type": "hologram", "frames": [1, { "x": 0.5 }], "status": "done" },
        { "type": "text", "text": "odd", "status": "levitating", "thread": "aside" },
      ] })
}

#[tokio::test]
async fn every_kind_of_part_is_read_and_written_back_as_it_came() {
    let server = MockServer::start_async().await;
    let wire = json!({ "threadId": "t", "status": "completed", "failureReason": null, "messages": [every_part()] });
    server
        .mock_async(|when, then| {
            when.method(Method::GET).path(THREAD);
            then.status(200).json_body(wire.clone());
        })
        .await;
    let thread = client(&server).get_thread("AGENT_ID", "cm5xyz123abc456def").await.unwrap();
    let message = &thread.messages[0];
    assert_eq!(message.role, MessageRole::Assistant);
    assert_eq!(thread.text(), "The total is 3.");
    let kinds: Vec<_> = message.parts.iter().map(UiMessagePart::kind).collect();
    assert_eq!(
        kinds,
        [
            "step-start",
            "reasoning",
            "tool-call",
            "tool-call",
            "operation",
            "todo",
            "worker",
            "source",
            "source",
            "file",
            "object",
            "text",
            "hologram",
            "text"
        ]
    );
    let UiMessagePart::ToolCall(call) = &message.parts[2] else { panic!("{:?}", message.parts[2]) };
    assert_eq!(call.display, Some(ToolDisplay::Title));
    assert_eq!(call.display_name.as_deref(), Some("Reading the ledger"));
    let UiMessagePart::Worker(worker) = &message.parts[6] else { panic!("{:?}", message.parts[6]) };
    assert!(matches!(&worker.parts[..], [UiMessagePart::Text(text)] if text.text == "ok"));
    let UiMessagePart::Unknown(unknown) = &message.parts[12] else {
        panic!("{:?}", message.parts[12])
    };
    assert_eq!(unknown.json()["frames"][1]["x"], 0.5);
    let UiMessagePart::Text(odd) = &message.parts[13] else { panic!("{:?}", message.parts[13]) };
    assert_eq!(odd.status.as_str(), "levitating");
    let written = serde_json::to_value(&thread).unwrap();
    assert_eq!(written["messages"], wire["messages"]);
}

#[tokio::test]
async fn absent_and_null_fields_and_unknown_ones_are_read() {
    let server = MockServer::start_async().await;
    let wire = json!({
        "threadId": "t", "status": "sleeping", "weather": { "sun": 0.1 }, "recording": null, "usage": null, "completedAt": null,
        "messages": [{ "id": "m", "role": "narrator", "status": "done", "createdAt": 1_790_928_060_000_u64, "sender": null,
                       "mood": "good", "parts": [
            { "type": "text", "text": "a", "status": "done", "thread": null, "weight": 3 },
            { "type": "tool-call", "toolCallId": "c", "toolName": "t", "args": {}, "status": "done",
              "displayName": null, "error": null, "display": null, "result": null, "providerMetadata": null },
        ] }]
    });
    server
        .mock_async(|when, then| {
            when.method(Method::GET).path(THREAD);
            then.status(200).json_body(wire);
        })
        .await;
    let thread = client(&server).get_thread("AGENT_ID", "cm5xyz123abc456def").await.unwrap();
    assert_eq!(thread.status.as_str(), "sleeping");
    assert!(!thread.status.is_terminal());
    assert_eq!(thread.failure_reason, None);
    assert_eq!(thread.messages[0].role.as_str(), "narrator");
    assert_eq!(thread.messages[0].created().unwrap().timestamp(), 1_790_928_060);
}

#[tokio::test]
async fn ids_are_encoded_once_and_stay_one_segment() {
    let cases = [
        ("a/b", "a%2Fb"),
        ("a?b#c d", "a%3Fb%23c%20d"),
        ("ü", "%C3%BC"),
        ("%2F", "%252F"),
        (r"..\..", "..%5C.."),
        ("a\tb\n", "a%09b%0A"),
    ];
    for (id, encoded) in cases {
        let server = MockServer::start_async().await;
        let expected = format!("/api/v1/workforce/agents/{encoded}/threads/{encoded}");
        let mock = server
            .mock_async(|when, then| {
                when.method(Method::GET).is_true(move |request| request.uri().path() == expected);
                then.status(200)
                    .json_body(json!({ "threadId": "t", "status": "running", "messages": [] }));
            })
            .await;
        client(&server).get_thread(id, id).await.unwrap();
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn files_for_a_task_are_named() {
    let answer = r#"{"files":[{"id":"f-91","uploadUrl":"https://up.example/f-91","downloadUrl":"https://down.example/f-91"}]}"#;
    for status in [201, 200] {
        let server = MockServer::start_async().await;
        let mock = server
            .mock_async(|when, then| {
                when.method(Method::POST)
                    .path("/api/v1/workforce/agents/agent_1/files")
                    .header("authorization", "Bearer oct_agt_key")
                    .json_body(json!({ "files": [{ "filename": "may.csv", "mediaType": "text/csv", "size": 5120 }] }));
                then.status(status).header("content-type", "application/json").body(answer);
            })
            .await;
        let client = client(&server);
        let file = AgentFileUpload::new("may.csv", "text/csv", 5120);
        let named =
            client.create_agent_files("agent_1", CreateAgentFiles::new([file])).await.unwrap();
        mock.assert_async().await;
        let file = &named.files.unwrap()[0];
        assert_eq!(file.id.as_deref(), Some("f-91"));
        assert_eq!(file.upload_url.as_deref(), Some("https://up.example/f-91"));
        assert_eq!(file.download_url.as_deref(), Some("https://down.example/f-91"));
    }
}
