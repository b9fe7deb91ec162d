//! Bytes of a stream to a deco Studio message: ours beside the reader of npm `ai`, on the same bytes.

mod ai;

use crate::median;
use agent_threads_core::{
    codegen::StreamEvent as _,
    sse::{Decoder, Limits},
};
use agent_threads_deco_studio::{
    Assembler,
    types::{UiMessage, UiMessageChunk},
};
use bytes::Bytes;
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    hint::black_box,
    time::{Duration, Instant},
};

/// As many bytes as come at once.
const PIECE: usize = 16 << 10;

const MEBIBYTES_8: usize = 8 << 20;

struct Workload {
    name: &'static str,
    bytes: Bytes,
    chunks: usize,
    rounds: usize,
    /// For the readers that make a message after each chunk.
    rounds_each: usize,
}

impl Workload {
    fn new(name: &'static str, rounds: usize, rounds_each: usize, chunks: &[Value]) -> Self {
        let mut text = String::new();
        for chunk in chunks {
            let _ = write!(text, "data: {chunk}\n\n");
        }
        Self { name, bytes: text.into(), chunks: chunks.len(), rounds, rounds_each }
    }
}

fn workloads() -> [Workload; 4] {
    let begin =
        || vec![json!({ "type": "start", "messageId": "m1" }), json!({ "type": "start-step" })];
    let mut text = begin();
    text.push(json!({ "type": "text-start", "id": "t0" }));
    text.extend(
        (0..49_994).map(|_| json!({ "type": "text-delta", "id": "t0", "delta": " tokens" })),
    );
    text.extend([json!({ "type": "text-end", "id": "t0" }), json!({ "type": "finish-step" })]);
    text.push(json!({ "type": "finish", "finishReason": "stop" }));

    let mut calls = begin();
    for number in 0..1_999 {
        let id = format!("call_{number}");
        let of = |kind: &str| json!({ "type": kind, "toolCallId": id, "toolName": "search" });
        let mut available = of("tool-input-available");
        available["input"] = json!({ "q": "refund" });
        let delta = |text: &str| json!({ "type": "tool-input-delta", "toolCallId": id, "inputTextDelta": text });
        let output =
            json!({ "type": "tool-output-available", "toolCallId": id, "output": { "n": 1 } });
        calls.extend([
            of("tool-input-start"),
            delta("{\"q\":"),
            delta("\"refund\"}"),
            available,
            output,
        ]);
    }

    let mut data = begin();
    let images = json!([{ "base64": "QUJD".repeat(MEBIBYTES_8 / 4), "mediaType": "image/png" }]);
    data.push(json!({ "type": "data-generate-image", "data": { "images": images } }));

    let mut input = begin();
    input.push(json!({ "type": "tool-input-start", "toolCallId": "c1", "toolName": "write" }));
    let written = json!({ "text": "word ".repeat(MEBIBYTES_8 / 5) }).to_string();
    let deltas = written.as_bytes().chunks(4 << 10).map(String::from_utf8_lossy);
    input.extend(deltas.map(
        |delta| json!({ "type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": delta }),
    ));

    [
        Workload::new("50 000 chunks, a text", 21, 3, &text),
        Workload::new("10 000 chunks, 1 999 calls", 21, 1, &calls),
        Workload::new("8 MiB of data in one chunk", 21, 3, &data),
        Workload::new("8 MiB of input in 4 KiB deltas", 11, 1, &input),
    ]
}

/// Prints a table of microseconds for each chunk.
pub(crate) fn report() {
    let ai = ai::Ai::install();
    println!("µs a chunk, medians of rounds; in brackets the whole stream in ms");
    print!("{:<34}{:>9}{:>9}", "", "chunks", "MiB");
    println!("{:>24}{:>24}{:>24}", "read at the end", "read after each chunk", "npm ai 6.0.326");
    for workload in workloads() {
        let mebibytes = workload.bytes.len() as f64 / f64::from(1 << 20);
        print!("{:<34}{:>9}{:>9.1}", workload.name, workload.chunks, mebibytes);
        let (at_end, message) = time(&workload, workload.rounds, false);
        print(&workload, at_end);
        let (after_each, same) = time(&workload, workload.rounds_each, true);
        assert_eq!(message, same);
        print(&workload, after_each);
        match &ai {
            Ok(ai) => print(&workload, ai.time(&workload, &message)),
            Err(why) => print!("  SKIPPED: {why}"),
        }
        println!();
    }
}

fn print(workload: &Workload, time: Duration) {
    let all = time.as_secs_f64();
    print!("{:>12.2} {:>11}", all * 1e6 / workload.chunks as f64, format!("({:.1})", all * 1e3));
}

fn time(workload: &Workload, rounds: usize, after_each: bool) -> (Duration, UiMessage) {
    let mut times = Vec::new();
    let mut message = None;
    for _ in 0..rounds {
        let start = Instant::now();
        message = Some(black_box(read(black_box(&workload.bytes), after_each)));
        times.push(start.elapsed());
    }
    (median(times), message.unwrap_or_else(|| read(&workload.bytes, false)))
}

fn read(bytes: &Bytes, after_each: bool) -> UiMessage {
    let mut decoder = Decoder::new(Limits::default());
    let mut assembler = Assembler::new();
    for at in (0..bytes.len()).step_by(PIECE) {
        decoder.push(bytes.slice(at..bytes.len().min(at + PIECE)));
        while let Ok(Some(event)) = decoder.next_event() {
            let Some(Ok(chunk)) = UiMessageChunk::read(&event) else {
                panic!("a chunk cannot be read")
            };
            if let Err(why) = assembler.push(&chunk) {
                panic!("{why}");
            }
            if after_each {
                black_box(assembler.message());
            }
        }
    }
    assembler.into_message()
}
