//! Messages that are posted back: everything as it came but for what is answered.

use super::{Studio, post};
use agent_threads_deco_studio::types::{
    DynamicToolPart, PartState, PostMessage, ThreadMessage, ToolApproval, ToolPart, ToolState,
    UiMessage, UiPart,
};
use serde_json::{Value, json};

const MESSAGES: &str = "/api/acme-inc/decopilot/threads/thrd_1/messages";

/// Each kind of part with every field that is documented, and some that are not.
fn parts() -> Value {
    let pm = json!({ "openai": { "itemId": "i", "none": null } });
    json!([
        { "type": "step-start", "later": 1 },
        { "type": "text", "text": "x", "state": "streaming", "providerMetadata": pm, "later": [null] },
        { "type": "reasoning", "text": "", "id": "r", "state": "done", "providerMetadata": pm },
        { "type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AA==", "filename": "a.png", "providerMetadata": pm },
        { "type": "reasoning-file", "mediaType": "image/png", "url": "u" },
        { "type": "source-url", "sourceId": "s", "url": "u", "title": "T", "providerMetadata": pm },
        { "type": "source-document", "sourceId": "s", "mediaType": "m", "title": "T", "filename": "f" },
        { "type": "custom", "kind": "openai.thing" },
        { "type": "data-run-status", "id": "run-status", "data": { "stage": "starting-run" }, "transient": false },
        { "type": "data-", "data": null },
        { "type": "tool-user_ask", "toolCallId": "c1", "state": "input-available", "input": { "prompt": "Which colour?" } },
        { "type": "tool-tool-x", "toolCallId": "c2", "state": "input-streaming", "input": null, "rawInput": "{\"a", "inputEncoding": "json" },
        { "type": "dynamic-tool", "toolName": "t", "toolCallId": "c3", "state": "output-available", "input": 1, "output": null,
          "preliminary": true, "title": "T", "toolMetadata": pm, "providerExecuted": false, "callProviderMetadata": pm,
          "resultProviderMetadata": pm },
        { "type": "tool-a", "toolCallId": "c4", "state": "output-error", "input": [], "rawInput": { "b": 1 }, "errorText": "E" },
        { "type": "tool-b", "toolCallId": "c5", "state": "approval-requested", "input": {},
          "approval": { "id": "apr_1", "signature": "sig", "descriptor": { "d": null }, "inputSchemaInput": null, "isAutomatic": false, "later": "x" } },
        { "type": "tool-b", "toolCallId": "c6", "state": "output-denied", "input": {}, "approval": { "id": "apr_2", "approved": false, "reason": null } },
        { "type": "tool-b", "toolCallId": "c7", "state": "dozing", "title": null, "approval": null, "errorText": null, "preliminary": null },
        { "type": "video", "url": "u" },
    ])
}

fn message() -> Value {
    json!({ "id": "msg_01", "role": "assistant", "parts": parts(), "metadata": { "usage": { "inputTokens": 11 }, "title": null },
        "createdAt": "2026-08-01", "none": null })
}

#[test]
fn a_message_survives_being_read_and_written() {
    let text = message().to_string();
    let read: UiMessage = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), message());
    let buffered: UiMessage = serde_json::from_value(message()).unwrap();
    assert_eq!(buffered, read);
    let unknown = read.parts.iter().filter(|part| matches!(part, UiPart::Unknown(_))).count();
    assert_eq!(unknown, 1);
    for least in [
        json!({ "role": "user", "parts": [] }),
        json!({ "role": "narrator", "parts": [], "id": null, "metadata": null }),
    ] {
        let read: UiMessage = serde_json::from_value(least.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), least);
    }
}

#[test]
fn parts_tell_what_they_are() {
    let read: UiMessage = serde_json::from_value(message()).unwrap();
    let kinds: Vec<_> = read.parts.iter().map(UiPart::kind).collect();
    let wire: Vec<_> = parts()
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, wire);
    let tools: Vec<_> = read
        .parts
        .iter()
        .filter_map(|part| match part {
            UiPart::Tool(ToolPart { state, .. })
            | UiPart::DynamicTool(DynamicToolPart { state, .. }) => Some(state.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        tools,
        [
            "input-available",
            "input-streaming",
            "output-available",
            "output-error",
            "approval-requested",
            "output-denied",
            "dozing"
        ]
    );
    let names: Vec<_> = read
        .parts
        .iter()
        .filter_map(|part| match part {
            UiPart::Tool(tool) => Some(tool.name()),
            _ => None,
        })
        .collect();
    assert_eq!(names, ["user_ask", "tool-x", "a", "b", "b", "b"]);
    assert!(
        matches!(&read.parts[1], UiPart::Text(text) if text.state == Some(PartState::Streaming))
    );
}

#[tokio::test]
async fn an_answer_posts_the_message_back_with_that_part_changed() {
    let stored = json!({ "id": "msg_01", "thread_id": "thrd_1", "role": "assistant", "created_at": "2026-08-01T09:30:00.120Z",
        "parts": parts(), "metadata": { "title": null } });
    let mut expected = json!({ "messages": [{ "id": "msg_01", "role": "assistant", "parts": parts(), "metadata": { "title": null } }],
        "agent": { "id": "vir_a1b2c3" } });
    let answered = &mut expected["messages"][0]["parts"][10];
    answered["state"] = json!("output-available");
    answered["output"] = json!({ "response": "Red" });
    let posted = Studio::call(
        post(MESSAGES, expected),
        (202, json!({ "taskId": "thrd_1" })),
        async |client| {
            let mut message =
                UiMessage::from(serde_json::from_value::<ThreadMessage>(stored.clone()).unwrap());
            for part in &mut message.parts {
                if let UiPart::Tool(tool) = part
                    && tool.name() == "user_ask"
                {
                    tool.state = ToolState::OutputAvailable;
                    tool.output = Some(json!({ "response": "Red" }));
                }
            }
            client.post_message("thrd_1", PostMessage::to("vir_a1b2c3", message)).await
        },
    );
    assert_eq!(posted.await.task_id, "thrd_1");
}

#[tokio::test]
async fn an_approval_keeps_its_signature() {
    let approval = json!({ "id": "apr_1", "signature": "sig", "descriptor": { "tool": "delete" }, "inputSchemaInput": null, "later": [1] });
    let part = json!({ "type": "tool-delete", "toolCallId": "c", "state": "approval-requested", "input": { "id": 7 }, "approval": approval });
    let mut expected = json!({ "messages": [{ "id": "msg_01", "role": "assistant", "parts": [part] }], "agent": { "id": "vir_1" } });
    let answered = &mut expected["messages"][0]["parts"][0];
    answered["state"] = json!("approval-responded");
    answered["approval"]["approved"] = json!(true);
    answered["approval"]["reason"] = json!("fine");
    let posted = Studio::call(
        post(MESSAGES, expected),
        (202, json!({ "taskId": "thrd_1" })),
        async |client| {
            let message = json!({ "id": "msg_01", "role": "assistant", "parts": [part] });
            let mut message: UiMessage = serde_json::from_value(message).unwrap();
            if let [UiPart::Tool(tool)] = &mut message.parts[..] {
                tool.state = ToolState::ApprovalResponded;
                let approval: ToolApproval = tool.approval.take().unwrap();
                tool.approval = Some(approval.approved(true).reason("fine"));
            }
            client.post_message("thrd_1", PostMessage::to("vir_1", message)).await
        },
    );
    assert_eq!(posted.await.task_id, "thrd_1");
}

#[test]
fn a_part_without_what_it_must_have_is_an_error_with_its_place() {
    let message = json!({ "role": "user", "parts": [{ "type": "text", "text": "a" }, { "type": "tool-x", "toolCallId": 7, "state": "s" }] });
    let error = serde_json::from_value::<UiMessage>(message).unwrap_err().to_string();
    assert!(error.contains("invalid type: integer"), "{error}");
}
