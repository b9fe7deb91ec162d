//! What is read: as the vendors' documents show it, and as one was recorded, a few hundred KiB of each.

use serde_json::{Value, json};
use std::fmt::Write as _;

const TOTAL: usize = 256 << 10;

const WORDS: [&str; 8] =
    ["Hel", "lo, ", "this ", "ticket ", "was \"solved\" ", "by ", "Zoë", " yesterday.\n"];

/// Repeats what a run sends until there is enough of it.
fn repeated(run: impl Fn(&mut String)) -> String {
    let mut text = String::new();
    while text.len() < TOTAL {
        run(&mut text);
    }
    text
}

fn data(text: &mut String, data: &str) {
    let _ = write!(text, "data: {data}\n\n");
}

/// How an object is written.
pub(super) type Write = fn(&Value) -> String;

/// Runs of 400 tokens.
pub(super) fn modus(write: Write) -> String {
    repeated(|text| modus_run(text, 400, write))
}

/// One run that is as long.
pub(super) fn modus_long(write: Write) -> String {
    let mut text = String::new();
    modus_run(&mut text, 3_000, write);
    text
}

/// Tokens, with a heartbeat now and then.
fn modus_run(text: &mut String, tokens: usize, write: Write) {
    let mut send = |event: Value| {
        let number = text.len();
        let _ = writeln!(text, "id: 1717000000000-{number}");
        data(text, &write(&event));
    };
    send(json!({ "type": "notice", "message": "Two sources.", "severity": "info" }));
    for number in 0..tokens {
        send(json!({ "type": "token", "content": WORDS[number % WORDS.len()] }));
        if number % 100 == 0 {
            send(json!({ "type": "heartbeat", "timestamp": 1717000000001u64 }));
        }
    }
    send(json!({ "type": "done", "runId": "7b1e", "threadId": "agent_0_5f1c" }));
}

/// A stream of a real server, without an end.
pub(super) fn mosoo() -> String {
    let recorded = include_str!("../../../fixtures/mosoo/current/032-stream-live-run.json");
    let recorded: Value = serde_json::from_str(recorded).unwrap_or_default();
    let stream = recorded["response"]["raw"].as_str().unwrap_or_default();
    let whole = stream.rfind("\n\n").map_or(stream, |end| &stream[..end + 2]);
    assert!(whole.contains("event: thread.event"), "the recording has no events");
    repeated(|text| text.push_str(whole))
}

/// A run of 20 steps, each of which sends the state so far.
pub(super) fn middesk() -> String {
    repeated(|text| {
        let mut send = |name: &str, fields: Value| {
            let mut event = json!({ "run_id": "e2a4c7d0-55f1-4d0e-9f7a-6c1b2d3e4f50" });
            if let (Value::Object(event), Value::Object(fields)) = (&mut event, fields) {
                event.extend(fields);
            }
            let _ = writeln!(text, "event: {name}");
            data(text, &event.to_string());
        };
        send("RUN_STARTED", json!({}));
        let step = |number: usize| {
            json!({
                "id": format!("step_{number}"), "type": "activity", "name": "verify_address",
                "label": "Verifying the address", "status": "completed", "artifacts": [],
                "started_at": "2026-08-21T09:00:01.000Z"
            })
        };
        for steps in 0..=20 {
            let steps: Vec<_> = (0..steps).map(step).collect();
            send("STATE_SNAPSHOT", json!({ "snapshot": { "steps": steps, "artifacts": [] } }));
        }
        send("RUN_FINISHED", json!({}));
    })
}

/// The trace of the vendor's protocol, with 300 deltas of text and a call whose input streams.
pub(super) fn deco_studio(write: Write) -> String {
    repeated(|text| {
        let mut send = |chunk: Value| data(text, &write(&chunk));
        let metadata = json!({ "agent": { "id": "vir_a1b2c3" }, "thread_id": "thrd_Qx8" });
        send(json!({ "type": "start", "messageId": "msg_01", "messageMetadata": metadata }));
        send(json!({ "type": "start-step" }));
        send(json!({ "type": "reasoning-start", "id": "r0" }));
        for word in WORDS {
            send(json!({ "type": "reasoning-delta", "id": "r0", "delta": word }));
        }
        send(json!({ "type": "reasoning-end", "id": "r0" }));
        let call = |kind: &str, name: &str, value: Value| json!({ "type": kind, "toolCallId": "call_1", "toolName": "search", name: value });
        send(json!({ "type": "tool-input-start", "toolCallId": "call_1", "toolName": "search" }));
        for piece in ["{\"q\":", "\"refund\",", "\"limit\":5}"] {
            let piece = json!({ "type": "tool-input-delta", "toolCallId": "call_1", "inputTextDelta": piece });
            send(piece);
        }
        send(call("tool-input-available", "input", json!({ "q": "refund", "limit": 5 })));
        let found = json!({ "found": [{ "id": 7, "title": "Refund" }], "more": false });
        send(json!({ "type": "tool-output-available", "toolCallId": "call_1", "output": found }));
        send(json!({ "type": "text-start", "id": "t0" }));
        for number in 0..300 {
            let delta = WORDS[number % WORDS.len()];
            send(json!({ "type": "text-delta", "id": "t0", "delta": delta }));
        }
        send(json!({ "type": "text-end", "id": "t0" }));
        send(json!({ "type": "finish-step" }));
        let usage = json!({ "usage": { "inputTokens": 11, "outputTokens": 7, "totalTokens": 18 } });
        send(json!({ "type": "finish", "finishReason": "stop", "messageMetadata": usage }));
    })
}
