//! What scripted runs say, and how they end.

use agent_threads_sandbox::deco_studio::{Script, ToolCall};
use agent_threads_sandbox::sse::Frame;
use serde_json::{Value, json};

use super::caller::{Caller, types};

/// The chunks of a run up to one of this type, and the parts that are stored of it.
async fn played(script: Script, last: &str) -> (Vec<Value>, Vec<Value>) {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    caller.deco.next_run(script);
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    let chunks = stream.until(last).await;
    let messages = caller.messages(&id).await;
    let parts = messages[1]["parts"].as_array().unwrap().clone();
    (chunks, parts)
}

#[tokio::test]
async fn the_trace_of_the_dossier_comes_out_in_its_order() {
    let script =
        Script::new().reasoning("Look at the ticket").deltas(["It is ", "solved."]).usage(11, 7);
    let (chunks, parts) = played(script, "finish").await;
    assert_eq!(
        types(&chunks),
        [
            "start",
            "start-step",
            "reasoning-start",
            "reasoning-delta",
            "reasoning-delta",
            "reasoning-delta",
            "reasoning-delta",
            "reasoning-end",
            "text-start",
            "text-delta",
            "text-delta",
            "text-end",
            "finish-step",
            "finish"
        ]
    );
    let usage = json!({ "usage": { "inputTokens": 11, "outputTokens": 7, "totalTokens": 18 } });
    assert_eq!(
        (&chunks[13]["finishReason"], &chunks[13]["messageMetadata"]),
        (&json!("stop"), &usage)
    );
    assert_ne!(chunks[2]["id"], chunks[8]["id"]);
    let expected = [
        json!({ "type": "reasoning", "text": "Look at the ticket", "state": "done" }),
        json!({ "type": "text", "text": "It is solved.", "state": "done" }),
    ];
    assert_eq!(parts, expected);
}

#[tokio::test]
async fn a_tool_call_streams_its_input_and_has_each_kind_of_result() {
    let input = json!({ "ticket": 812, "note": "a \"quoted\" one" });
    let call =
        ToolCall::new("call_1", "crm-lookup").input(input.clone()).title("CRM").streams_input();
    let call = call.preliminary(json!({ "so": "far" })).output(json!({ "content": [] }));
    let script = Script::new()
        .tool(call)
        .tool_metadata("call_1", json!({ "latencyMs": 12 }))
        .next_step()
        .tool(ToolCall::new("call_2", "crm-write").fails("no"))
        .tool(ToolCall::new("call_3", "crm-write").invalid_input("bad"))
        .tool(ToolCall::new("call_4", "later").dynamic())
        .subtask_metadata("call_4", 3, 4);
    let (chunks, parts) = played(script, "finish").await;
    let deltas = chunks.iter().filter_map(|chunk| chunk["inputTextDelta"].as_str());
    assert_eq!(serde_json::from_str::<Value>(&deltas.collect::<String>()).unwrap(), input);
    let of = |kind: &str, call: &str| {
        chunks
            .iter()
            .find(|chunk| chunk["type"] == kind && chunk["toolCallId"] == call)
            .unwrap()
            .clone()
    };
    assert_eq!(of("tool-input-start", "call_1")["title"], "CRM");
    assert_eq!(of("tool-input-available", "call_1")["input"], input);
    assert_eq!(of("tool-output-available", "call_1")["preliminary"], true);
    assert_eq!(of("tool-output-error", "call_2")["errorText"], "no");
    assert_eq!(of("tool-input-error", "call_3")["errorText"], "bad");
    assert_eq!(of("tool-output-available", "call_4")["dynamic"], true);

    let states: Vec<_> =
        parts.iter().map(|part| (part["type"].as_str().unwrap(), part["state"].as_str())).collect();
    assert_eq!(
        states,
        [
            ("tool-crm-lookup", Some("output-available")),
            ("data-tool-metadata", None),
            ("tool-crm-write", Some("output-error")),
            ("tool-crm-write", Some("output-error")),
            ("dynamic-tool", Some("output-available")),
            ("data-tool-subtask-metadata", None),
        ]
    );
    assert_eq!((&parts[1]["id"], &parts[4]["toolName"]), (&json!("call_1"), &json!("later")));
    assert_eq!(parts[5]["data"]["usage"]["totalTokens"], 7);
}

#[tokio::test]
async fn data_files_and_sources_are_chunks_and_parts_unless_they_are_transient() {
    let script = Script::new()
        .run_status("waiting-runner")
        .run_status("starting-run")
        .data("web-search", json!({ "delta": "x" }))
        .data_with_id("progress", "p", json!(1))
        .data_with_id("progress", "p", json!(2))
        .transient_data("note", json!("gone"))
        .generate_image("call_1", &"A".repeat(3 << 20), "image/png")
        .file("https://files.example/a.png", "image/png")
        .source_url("s1", "https://example.com", "Example")
        .source_document("s2", "application/pdf", "Report")
        .metadata(json!({ "reasoning_start_at": "x" }))
        .chunk(json!({ "type": "custom", "kind": "a.b" }));
    let (chunks, parts) = played(script, "finish").await;
    assert_eq!(types(&chunks)[..4], ["data-run-status", "data-run-status", "start", "start-step"]);
    assert_eq!(
        (&chunks[0]["id"], &chunks[0]["data"]),
        (&json!("run-status"), &json!({ "stage": "waiting-runner" }))
    );
    assert!(chunks.iter().any(|chunk| chunk["type"] == "data-note" && chunk["transient"] == true));
    assert!(chunks.iter().any(|chunk| *chunk == json!({ "type": "custom", "kind": "a.b" })));
    assert_eq!(
        types(&parts),
        [
            "data-web-search",
            "data-progress",
            "data-generate-image",
            "file",
            "source-url",
            "source-document"
        ]
    );
    assert_eq!(parts[1]["data"], 2);
    assert_eq!(parts[2]["data"]["images"][0]["base64"].as_str().unwrap().len(), 3 << 20);
}

#[tokio::test]
async fn a_thread_that_has_no_name_gets_one() {
    let caller = Caller::start().await;
    let data = json!({ "virtual_mcp_id": caller.deco.agent_id() });
    for (script, title) in [
        (Script::new(), "Where is my parcel?"),
        (Script::new().thread_title("A parcel"), "A parcel"),
    ] {
        let made = caller.call("COLLECTION_THREADS_CREATE", json!({ "data": data })).await;
        let id = made["item"]["id"].as_str().unwrap().to_owned();
        caller.deco.next_run(script);
        let mut stream = caller.stream(&id).await;
        caller.say(&id, "Where is my parcel?").await;
        let chunks = stream.until("finish").await;
        let named: Vec<_> =
            chunks.iter().filter(|chunk| chunk["type"] == "data-thread-title").collect();
        assert_eq!(
            (named.len(), &named[0]["data"]["title"], &named[0]["transient"]),
            (1, &json!(title), &json!(true))
        );
        assert_eq!(caller.read(&id).await["title"], title);
    }
}

#[tokio::test]
async fn each_end_has_its_chunks_its_status_and_its_trace_in_the_transcript() {
    let caller = Caller::start().await;
    let error = "Error: [CREDITS] No balance";
    for (script, tail, status, last) in [
        (Script::reply("a"), &["finish-step", "finish"][..], "completed", "a"),
        (Script::reply("a").finishes("length"), &["finish-step", "finish"], "failed", "a"),
        (Script::reply("a").finishes("tool-calls"), &["finish-step", "finish"], "completed", "a"),
        (
            Script::reply("a").fails("[CREDITS] No balance"),
            &["error", "finish-step", "finish"],
            "failed",
            error,
        ),
        (Script::new().fails("[CREDITS] No balance"), &["start", "error"], "failed", error),
        (
            Script::new().fails_twice("[CREDITS] No balance"),
            &["start", "error", "error"],
            "failed",
            error,
        ),
        (Script::reply("a").aborts("stopped"), &["text-end", "abort"], "failed", "a"),
        (Script::reply("a").breaks_off(), &["text-delta", "text-end"], "failed", "a"),
        (Script::reply("a").without_start(), &["finish-step", "finish"], "completed", "a"),
    ] {
        let id = caller.thread().await;
        caller.deco.next_run(script);
        caller.say(&id, "Hello!").await;
        assert_eq!(caller.rest(&id).await, status);
        let wire = caller.deco.wire(&id).unwrap();
        let wire = std::str::from_utf8(&wire).unwrap().lines();
        let chunks = wire.filter_map(|line| line.strip_prefix("data: "));
        let chunks: Vec<Value> = chunks.map(|data| serde_json::from_str(data).unwrap()).collect();
        assert_eq!(types(&chunks[chunks.len() - tail.len()..]), tail);
        let said =
            caller.messages(&id).await[1]["parts"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(said["text"], last);
    }
}

#[tokio::test]
async fn the_second_error_says_nothing_and_a_long_one_is_cut_in_the_transcript() {
    let (chunks, _) =
        played(Script::new().fails_twice("no").chunk(json!({ "type": "x" })), "x").await;
    assert_eq!(types(&chunks), ["start", "start-step", "x"]);
    let caller = Caller::start().await;
    let id = caller.thread().await;
    caller.deco.next_run(Script::new().fails_twice("ß".repeat(9000)));
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    stream.until("error").await;
    assert_eq!(stream.until("error").await[0]["errorText"], "[object Object]");
    let text = caller.messages(&id).await[1]["parts"][0]["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("Error: ß") && text.chars().count() == 8000);
}

#[tokio::test]
async fn keepalives_and_any_frame_come_where_the_script_has_them() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let script = Script::new().keepalive().frame(Frame::data("[DONE]")).frame(Frame::raw(
        "data: {\"type\":\"text-delta\",\"id\":\"t0\",\"delta\":\"\\ud83d\"}\n\n",
    ));
    caller.deco.next_run(script);
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    let mut frames = Vec::new();
    for _ in 0..5 {
        frames.push(stream.frame().await.unwrap());
    }
    assert_eq!((frames[2].as_str(), frames[3].as_str()), (": keepalive", "data: [DONE]"));
    assert!(frames[4].ends_with(r#""delta":"\ud83d"}"#), "{frames:?}");
}
