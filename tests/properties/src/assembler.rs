//! Messages of deco Studio, put together from any chunks in any order.

use crate::{cuts::cut, json};
use agent_threads_deco_studio::{
    Assembler,
    types::{UiMessage, UiMessageChunk},
};
use arbitrary::{Result, Unstructured};
use serde_json::{Value, json};

const KINDS: [&str; 31] = [
    "start",
    "start-step",
    "finish-step",
    "reset-step",
    "finish",
    "abort",
    "error",
    "text-start",
    "text-delta",
    "text-end",
    "reasoning-start",
    "reasoning-delta",
    "reasoning-end",
    "tool-input-start",
    "tool-input-delta",
    "tool-input-available",
    "tool-input-error",
    "tool-approval-request",
    "tool-approval-response",
    "tool-output-available",
    "tool-output-error",
    "tool-output-denied",
    "source-url",
    "source-document",
    "file",
    "reasoning-file",
    "custom",
    "data-a",
    "data-b",
    "message-metadata",
    "dance",
];

const IDS: [&str; 4] = ["a", "b", "", "constructor"];

/// Bytes per chunk that a message may have beside what the chunks themselves bring, once as text and once as a value.
const FRAME: usize = 512;

/// Chunks of any kinds with few ids. However they are read, the message is the same; it can be told again, gone on with, written
/// and read; and it is not larger than what came.
pub fn check(input: &[u8]) {
    let mut bytes = Unstructured::new(input);
    let at = usize::from(bytes.arbitrary::<u8>().unwrap_or_default());
    let (mut chunks, mut told) = (Vec::new(), 0);
    while !bytes.is_empty()
        && let Ok(json) = chunk(&mut bytes)
    {
        // A value may hold what no text can, such as half a character in a name: that is no chunk.
        chunks.extend(serde_json::from_str(&json));
        told += json.len();
    }
    let (message, size) = check_looks(&chunks);
    assert!(size <= 3 * told + FRAME * (chunks.len() + 1), "{size} bytes of a message from {told}");
    check_stop(&chunks);
    check_again(&chunks, at);
    let mut on = Assembler::continuing(message.clone());
    let shown = serde_json::to_value(on.message()).expect("JSON");
    assert_eq!(shown, serde_json::to_value(&message).expect("JSON"));
    push_all(&mut on, &chunks);
    on.message();
}

/// Looking at the message after each chunk, and only at the end.
fn check_looks(chunks: &[UiMessageChunk]) -> (UiMessage, usize) {
    let (mut looked_at, mut left) = (Assembler::new(), Assembler::new());
    for chunk in chunks {
        assert_eq!(looked_at.push(chunk), left.push(chunk));
        looked_at.message();
    }
    assert_eq!(looked_at.finish_reason(), left.finish_reason());
    let message = looked_at.message().clone();
    assert_eq!(message, *left.message());
    assert_eq!(message, left.into_message());
    let text = serde_json::to_string(&message).expect("JSON");
    if json::unambiguous(&text).is_some() {
        let read: UiMessage = serde_json::from_str(&text).expect("a message as it was written");
        assert_eq!(read, message);
    }
    (message, text.len())
}

/// The message of one that stops is that of the chunks before the first error.
fn check_stop(chunks: &[UiMessageChunk]) {
    let (mut stopping, mut other) = (Assembler::new().stop_at_errors(), Assembler::new());
    let mut error = None;
    for chunk in chunks {
        let pushed = stopping.push(chunk);
        match &error {
            Some(error) => assert_eq!(pushed.as_ref(), Err(error)),
            None => {
                let expected = other.push(chunk);
                assert_eq!(pushed, expected);
                error = expected.err();
            }
        }
    }
    assert_eq!(stopping.message(), other.message());
}

/// A run that is told again from its beginning, after the connection was lost anywhere.
fn check_again(chunks: &[UiMessageChunk], at: usize) {
    let start = json!({ "type": "start", "messageId": "m1" });
    let start = serde_json::from_value(start).expect("a chunk");
    let run = [&[start][..], chunks].concat();
    let (mut once, mut again) = (Assembler::new(), Assembler::new());
    push_all(&mut once, &run);
    push_all(&mut again, &run[..at.min(run.len())]);
    again.reconnected();
    push_all(&mut again, &run);
    assert_eq!(again.message(), once.message());
    assert_eq!(again.finish_reason(), once.finish_reason());
}

fn push_all(assembler: &mut Assembler, chunks: &[UiMessageChunk]) {
    for chunk in chunks {
        let _ = assembler.push(chunk);
    }
}

/// A chunk that has what its kind needs; what is more is passed over.
fn chunk(bytes: &mut Unstructured<'_>) -> Result<String> {
    let kind = *bytes.choose(&KINDS)?;
    let id = *bytes.choose(&IDS)?;
    let flags: u8 = bytes.arbitrary()?;
    let flag = |bit: u8| flags >> bit & 1 == 1;
    let (text, value) = (text(bytes)?, value(bytes)?);
    let mut chunk = json!({
        "type": kind, "id": id, "messageId": id, "toolCallId": id, "approvalId": id, "sourceId": id, "toolName": id,
        "delta": "@", "inputTextDelta": "@", "errorText": "@", "url": "@", "mediaType": "@", "kind": "@",
        "title": "@", "input": value, "output": value, "data": value, "messageMetadata": value,
        "approved": flag(0), "dynamic": flag(1), "preliminary": flag(2), "transient": flag(3),
    });
    if flag(4) {
        chunk["inputEncoding"] = "text".into();
    }
    if flag(5) {
        chunk["providerMetadata"] = value;
    }
    if flag(6) {
        chunk["id"].take();
    }
    Ok(chunk.to_string().replace("\"@\"", &text))
}

/// A text as JSON writes it, perhaps with half a character at an end.
fn text(bytes: &mut Unstructured<'_>) -> Result<String> {
    let length = usize::from(bytes.arbitrary::<u8>()? & 31).min(bytes.len());
    let text = String::from_utf8_lossy(bytes.bytes(length)?).into_owned();
    let (first, last) = match bytes.arbitrary::<u8>()? & 15 {
        0 => ("", "\\ud83d"),
        1 => ("\\ude00", ""),
        2 => ("\\ude00", "\\ud83d"),
        3 => ("", "\\ud83d\\ud83d"),
        _ => ("", ""),
    };
    let quoted = Value::from(text).to_string();
    Ok(format!("\"{first}{}{last}\"", &quoted[1..quoted.len() - 1]))
}

/// Any JSON.
fn value(bytes: &mut Unstructured<'_>) -> Result<Value> {
    let length = usize::from(bytes.arbitrary::<u8>()? & 31).min(bytes.len());
    let text = String::from_utf8_lossy(bytes.bytes(length)?);
    Ok(serde_json::from_str(&text).unwrap_or_else(|_| text.into()))
}

/// The first byte says how the rest, the input of a tool, is cut. At each cut it reads as if it had come at once; and at the end,
/// if it is JSON, as that.
pub fn check_input(input: &[u8]) {
    let (seed, text) = input.split_first().unwrap_or((&0, &[]));
    let text = String::from_utf8_lossy(text);
    let (mut whole, mut so_far) = (String::new(), begun());
    for piece in cut(text.as_bytes(), *seed) {
        // A cut within a character leaves something that stands for its halves; both sides are given the same.
        let piece = String::from_utf8_lossy(piece);
        whole += &piece;
        push_input(&mut so_far, &piece);
        let mut at_once = begun();
        push_input(&mut at_once, &whole);
        assert_eq!(so_far.message(), at_once.message(), "{whole:?}");
    }
    let Ok(value) = serde_json::from_str::<Value>(&whole) else { return };
    let message = serde_json::to_value(so_far.message()).expect("JSON");
    assert_eq!(message["parts"][0]["input"], value, "{whole:?}");
}

fn begun() -> Assembler {
    let mut assembler = Assembler::new();
    let start = json!({ "type": "tool-input-start", "toolCallId": "c1", "toolName": "search" });
    let start: UiMessageChunk = serde_json::from_value(start).expect("a chunk");
    assembler.push(&start).expect("a call begins");
    assembler
}

fn push_input(assembler: &mut Assembler, piece: &str) {
    let delta = json!({ "type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": piece });
    let delta: UiMessageChunk = serde_json::from_value(delta).expect("a chunk");
    assembler.push(&delta).expect("the call has begun");
}
