//! Every kind of chunk that versions 5 to 7 of the AI SDK document, with all its fields and with those alone that it must have.

use agent_threads_deco_studio::{
    StudioData,
    types::{FinishReason, InputEncoding, UiMessageChunk},
};
use serde_json::{Value, json};

fn read(chunk: &Value) -> UiMessageChunk {
    serde_json::from_str(&chunk.to_string()).unwrap()
}

/// Each kind with every field that a version has.
fn full() -> Vec<Value> {
    let pm = json!({ "openai": { "itemId": "i" } });
    let meta = json!({ "mcp": { "server": "s" } });
    vec![
        json!({ "type": "start", "messageId": "m", "messageMetadata": { "a": [1] } }),
        json!({ "type": "start-step" }),
        json!({ "type": "text-start", "id": "t", "providerMetadata": pm }),
        json!({ "type": "text-delta", "id": "t", "delta": "x", "providerMetadata": pm }),
        json!({ "type": "text-end", "id": "t", "providerMetadata": pm, "citations": [{ "url": "u" }] }),
        json!({ "type": "reasoning-start", "id": "r", "providerMetadata": pm }),
        json!({ "type": "reasoning-delta", "id": "r", "delta": "", "providerMetadata": pm }),
        json!({ "type": "reasoning-end", "id": "r", "providerMetadata": pm }),
        json!({ "type": "reasoning-file", "url": "u", "mediaType": "image/png", "providerMetadata": pm }),
        json!({ "type": "custom", "kind": "openai.thing", "providerMetadata": pm }),
        json!({ "type": "tool-input-start", "toolCallId": "c", "toolName": "t", "providerExecuted": true, "dynamic": false,
            "title": "T", "providerMetadata": pm, "toolMetadata": meta, "inputEncoding": "text" }),
        json!({ "type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "{\"a" }),
        json!({ "type": "tool-input-available", "toolCallId": "c", "toolName": "t", "input": { "a": null },
            "providerExecuted": false, "dynamic": true, "title": "T", "providerMetadata": pm, "toolMetadata": meta }),
        json!({ "type": "tool-input-error", "toolCallId": "c", "toolName": "t", "input": "{\"a", "errorText": "E",
            "providerExecuted": false, "dynamic": true, "title": "T", "providerMetadata": pm, "toolMetadata": meta }),
        json!({ "type": "tool-approval-request", "approvalId": "a", "toolCallId": "c", "approvalDescriptor": { "d": 1 },
            "inputSchemaInput": null, "signature": "s", "reason": "R", "isAutomatic": false }),
        json!({ "type": "tool-approval-response", "approvalId": "a", "approved": false, "reason": "R",
            "providerExecuted": true, "providerMetadata": pm }),
        json!({ "type": "tool-output-available", "toolCallId": "c", "output": { "content": [], "isError": true },
            "providerExecuted": false, "dynamic": true, "preliminary": true, "providerMetadata": pm, "toolMetadata": meta }),
        json!({ "type": "tool-output-error", "toolCallId": "c", "errorText": "E", "providerExecuted": false, "dynamic": true,
            "providerMetadata": pm, "toolMetadata": meta }),
        json!({ "type": "tool-output-denied", "toolCallId": "c" }),
        json!({ "type": "source-url", "sourceId": "s", "url": "u", "title": "T", "providerMetadata": pm }),
        json!({ "type": "source-document", "sourceId": "s", "mediaType": "text/plain", "title": "T", "filename": "f",
            "providerMetadata": pm }),
        json!({ "type": "file", "url": "u", "mediaType": "image/png", "providerMetadata": pm }),
        json!({ "type": "data-weather", "id": "d", "data": { "sun": [true] }, "transient": false }),
        json!({ "type": "message-metadata", "messageMetadata": { "reasoning_start_at": 1 } }),
        json!({ "type": "steering-message", "id": "m", "parts": [{ "type": "text", "text": "x" }, { "type": "tool-x",
            "toolCallId": "c", "state": "input-available", "input": null }] }),
        json!({ "type": "finish-step" }),
        json!({ "type": "reset-step" }),
        json!({ "type": "finish", "finishReason": "tool-calls", "messageMetadata": { "usage": { "totalTokens": 18 } } }),
        json!({ "type": "abort", "reason": "The operation was aborted." }),
        json!({ "type": "error", "errorText": "[CREDITS] No balance." }),
    ]
}

/// Each kind with what it must have in every version.
fn least() -> Vec<Value> {
    vec![
        json!({ "type": "start" }),
        json!({ "type": "start-step" }),
        json!({ "type": "text-start", "id": "" }),
        json!({ "type": "text-delta", "id": "", "delta": "" }),
        json!({ "type": "text-end", "id": "" }),
        json!({ "type": "reasoning-start", "id": "" }),
        json!({ "type": "reasoning-delta", "id": "", "delta": "" }),
        json!({ "type": "reasoning-end", "id": "" }),
        json!({ "type": "reasoning-file", "url": "u", "mediaType": "m" }),
        json!({ "type": "custom", "kind": "a.b" }),
        json!({ "type": "tool-input-start", "toolCallId": "c", "toolName": "t" }),
        json!({ "type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "" }),
        json!({ "type": "tool-input-available", "toolCallId": "c", "toolName": "t", "input": null }),
        json!({ "type": "tool-input-error", "toolCallId": "c", "toolName": "t", "errorText": "" }),
        json!({ "type": "tool-approval-request", "approvalId": "a", "toolCallId": "c" }),
        json!({ "type": "tool-approval-response", "approvalId": "a", "approved": true }),
        json!({ "type": "tool-output-available", "toolCallId": "c" }),
        json!({ "type": "tool-output-error", "toolCallId": "c", "errorText": "" }),
        json!({ "type": "tool-output-denied", "toolCallId": "c" }),
        json!({ "type": "source-url", "sourceId": "s", "url": "u" }),
        json!({ "type": "source-document", "sourceId": "s", "mediaType": "m", "title": "t" }),
        json!({ "type": "file", "url": "u", "mediaType": "m" }),
        json!({ "type": "data-x", "data": null }),
        json!({ "type": "message-metadata", "messageMetadata": null }),
        json!({ "type": "steering-message", "id": "m", "parts": [] }),
        json!({ "type": "finish-step" }),
        json!({ "type": "reset-step" }),
        json!({ "type": "finish" }),
        json!({ "type": "abort" }),
        json!({ "type": "error" }),
    ]
}

#[test]
fn every_kind_is_known_and_nothing_of_it_is_lost() {
    let (full, least) = (full(), least());
    let kinds = |chunks: &[Value]| -> Vec<String> {
        let kind =
            |chunk: &Value| chunk["type"].as_str().unwrap().replace("data-weather", "data-x");
        chunks.iter().map(kind).collect()
    };
    assert_eq!(kinds(&full), kinds(&least));
    for chunk in full.iter().chain(&least) {
        let read = read(chunk);
        assert!(!matches!(read, UiMessageChunk::Unknown(_)), "{chunk}");
        assert_eq!(read.kind(), chunk["type"]);
        assert_eq!(&serde_json::to_value(&read).unwrap(), chunk);
    }
}

#[test]
fn a_field_that_is_not_known_is_no_fault() {
    for mut chunk in full() {
        chunk["later"] = json!({ "x": [null] });
        let kind = chunk["type"].as_str().unwrap().to_owned();
        let read = read(&chunk);
        assert_eq!(read.kind(), kind);
        assert!(!matches!(read, UiMessageChunk::Unknown(_)), "{kind}");
    }
}

#[test]
fn an_optional_field_may_be_null() {
    for chunk in full() {
        let least = least().into_iter().find(|least| {
            least["type"] == chunk["type"]
                || chunk["type"] == "data-weather" && least["type"] == "data-x"
        });
        let least = least.unwrap();
        for (name, _) in chunk.as_object().unwrap() {
            if least.get(name).is_none() {
                let mut nulled = chunk.clone();
                nulled[name] = Value::Null;
                assert_eq!(read(&nulled).kind(), chunk["type"], "{name}");
            }
        }
    }
}

#[test]
fn a_chunk_without_a_field_that_it_must_have_is_an_error() {
    for least in least() {
        for (name, _) in least.as_object().unwrap().iter().filter(|(name, _)| *name != "type") {
            let mut chunk = least.clone();
            chunk.as_object_mut().unwrap().remove(name);
            let read = serde_json::from_str::<UiMessageChunk>(&chunk.to_string());
            let error = read.unwrap_err().to_string();
            assert!(error.contains(&format!("missing field `{name}`")), "{chunk}: {error}");
        }
    }
}

#[test]
fn a_kind_of_a_later_version_is_kept_whole() {
    for odd in [
        json!({ "type": "dance", "steps": [1, null] }),
        json!({ "steps": 1 }),
        json!([1]),
        json!("start"),
    ] {
        let UiMessageChunk::Unknown(unknown) = read(&odd) else { panic!("{odd}") };
        assert_eq!(unknown.json(), &odd);
    }
}

#[test]
fn no_output_is_told_from_null() {
    let output = |chunk: Value| match read(&chunk) {
        UiMessageChunk::ToolOutputAvailable(chunk) => chunk.output,
        other => panic!("{other:?}"),
    };
    assert_eq!(output(json!({ "type": "tool-output-available", "toolCallId": "c" })), None);
    let null = json!({ "type": "tool-output-available", "toolCallId": "c", "output": null });
    assert_eq!(output(null), Some(Value::Null));
}

#[test]
fn reasons_and_encodings_of_each_version_are_known() {
    for (wire, reason) in [
        ("stop", FinishReason::Stop),
        ("length", FinishReason::Length),
        ("content-filter", FinishReason::ContentFilter),
        ("tool-calls", FinishReason::ToolCalls),
        ("error", FinishReason::Error),
        ("other", FinishReason::Other),
        ("unknown", FinishReason::NotSaid),
    ] {
        assert_eq!((FinishReason::from(wire), reason.as_str()), (reason.clone(), wire));
    }
    let UiMessageChunk::Finish(finish) =
        read(&json!({ "type": "finish", "finishReason": "tired" }))
    else {
        panic!()
    };
    assert_eq!(finish.finish_reason.unwrap().as_str(), "tired");
    assert_eq!(InputEncoding::from("json"), InputEncoding::Json);
}

#[test]
fn studios_own_data_are_read_by_their_name() {
    let chunk =
        json!({ "type": "data-thread-title", "data": { "title": "Invoices" }, "transient": true });
    let UiMessageChunk::Data(data) = read(&chunk) else { panic!() };
    assert_eq!((data.name(), data.transient), ("thread-title", Some(true)));
    let Some(StudioData::ThreadTitle(title)) = data.studio_data() else { panic!() };
    assert_eq!(title.title, "Invoices");
    for name in [
        "run-status",
        "tool-metadata",
        "tool-subtask-metadata",
        "generate-image",
        "web-search",
        "trigger-event",
        "user-message",
    ] {
        let UiMessageChunk::Data(data) =
            read(&json!({ "type": format!("data-{name}"), "data": 7 }))
        else {
            panic!()
        };
        assert_eq!((data.name(), data.studio_data(), &data.data), (name, None, &json!(7)));
    }
}
