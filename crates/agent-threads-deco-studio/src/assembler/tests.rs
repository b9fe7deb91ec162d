//! The rules by which the vendor's own reader puts a message together, one by one.

#![allow(clippy::needless_pass_by_value, reason = "the chunks are written out where they are used")]

mod approvals;
mod data;
mod errors;
mod inputs;
mod length;
mod messages;
mod metadata;
mod properties;
mod replays;
mod texts;
mod tools;

use super::*;
use serde_json::{Value, json};

fn push(assembler: &mut Assembler, chunk: &Value) -> Result<Change, ProtocolError> {
    assembler.push(&serde_json::from_value(chunk.clone()).unwrap())
}

fn shown(assembler: &mut Assembler) -> Value {
    serde_json::to_value(assembler.message()).unwrap()
}

/// The message after all of the chunks, all of which must fit. It is the same whether it was looked at in between or not.
fn read_with(mut assembler: Assembler, chunks: impl IntoIterator<Item = Value>) -> Value {
    let mut looked_at = assembler.clone();
    for chunk in chunks {
        push(&mut assembler, &chunk).unwrap();
        push(&mut looked_at, &chunk).unwrap();
        shown(&mut looked_at);
    }
    let message = serde_json::to_value(assembler.into_message()).unwrap();
    assert_eq!(shown(&mut looked_at), message);
    message
}

fn read(chunks: impl IntoIterator<Item = Value>) -> Value {
    read_with(Assembler::new(), chunks)
}

fn parts(chunks: impl IntoIterator<Item = Value>) -> Value {
    read(chunks)["parts"].take()
}

fn only_part(chunks: impl IntoIterator<Item = Value>) -> Value {
    let mut parts = parts(chunks);
    assert_eq!(parts.as_array().unwrap().len(), 1, "{parts}");
    parts[0].take()
}

fn continuing(prior: &Value) -> Assembler {
    Assembler::continuing(serde_json::from_value(prior.clone()).unwrap())
}

fn start(id: &str) -> Value {
    json!({ "type": "start", "messageId": id })
}

fn step() -> Value {
    json!({ "type": "start-step" })
}

fn finish_step() -> Value {
    json!({ "type": "finish-step" })
}

fn text_start(id: &str) -> Value {
    json!({ "type": "text-start", "id": id })
}

fn text_delta(id: &str, delta: &str) -> Value {
    json!({ "type": "text-delta", "id": id, "delta": delta })
}

fn text_end(id: &str) -> Value {
    json!({ "type": "text-end", "id": id })
}

fn whole_text(text: &str) -> [Value; 3] {
    [text_start("t0"), text_delta("t0", text), text_end("t0")]
}

fn done(text: &str) -> Value {
    json!({ "type": "text", "text": text, "state": "done" })
}

fn input_start() -> Value {
    json!({ "type": "tool-input-start", "toolCallId": "c1", "toolName": "search" })
}

fn input_delta(text: &str) -> Value {
    json!({ "type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": text })
}

fn available(input: Value) -> Value {
    json!({ "type": "tool-input-available", "toolCallId": "c1", "toolName": "search", "input": input })
}

fn input_error(input: Value) -> Value {
    json!({ "type": "tool-input-error", "toolCallId": "c1", "toolName": "search", "input": input, "errorText": "bad" })
}

fn output(output: Value) -> Value {
    json!({ "type": "tool-output-available", "toolCallId": "c1", "output": output })
}

fn output_error() -> Value {
    json!({ "type": "tool-output-error", "toolCallId": "c1", "errorText": "failed" })
}

/// The chunk with other or more fields.
fn with(mut chunk: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else { panic!() };
    chunk.as_object_mut().unwrap().extend(fields);
    chunk
}

fn dynamic(chunk: Value) -> Value {
    with(chunk, json!({ "dynamic": true }))
}

/// A call's part with more fields.
fn call(state: &str, fields: Value) -> Value {
    with(json!({ "type": "tool-search", "toolCallId": "c1", "state": state }), fields)
}

fn dynamic_call(state: &str, fields: Value) -> Value {
    with(
        json!({ "type": "dynamic-tool", "toolName": "search", "toolCallId": "c1", "state": state }),
        fields,
    )
}
