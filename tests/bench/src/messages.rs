//! Bytes of a stream to a deco Studio message: ours beside the reader of npm `ai`, on the same bytes.

mod ai;

use crate::{
    case::{Case, Run},
    goal::Goal,
    group::{Group, Source},
    wire::tag_first,
};
use agent_threads_core::{
    codegen::StreamEvent as _,
    sse::{Decoder, Limits},
};
use agent_threads_deco_studio::{
    Assembler,
    types::{UiMessage, UiMessageChunk},
};
use ai::Ai;
use bytes::Bytes;
use serde_json::{Value, json};
use std::{cell::OnceCell, fmt::Write as _, hint::black_box, rc::Rc};

/// What this group measures. As npm's reader makes a message after each chunk, so does ours, but in the second column.
pub(crate) const GROUP: Group = Group {
    name: "messages",
    columns: &["agent-threads", "ours, read at the end", AI],
    source: Source::Cases(cases),
};

const AI: &str = "npm ai 6.0.326";

/// As many bytes as come at once.
const PIECE: usize = 16 << 10;

const MEBIBYTES_8: usize = 8 << 20;

struct Workload {
    name: String,
    bytes: Bytes,
    chunks: usize,
    /// For npm's reader; 0 where it has no part.
    rounds: usize,
    goals: Vec<Goal>,
}

impl Workload {
    fn new(name: &str, rounds: usize, goals: Vec<Goal>, chunks: &[Value]) -> Self {
        let mut text = String::new();
        for chunk in chunks {
            let _ = write!(text, "data: {}\n\n", tag_first(chunk));
        }
        Self { name: name.to_owned(), bytes: text.into(), chunks: chunks.len(), rounds, goals }
    }
}

/// How the names of those begin that grow.
const TEXT: &str = "a text in";

fn begin() -> Vec<Value> {
    vec![json!({ "type": "start", "messageId": "m1" }), json!({ "type": "start-step" })]
}

fn text(deltas: usize, rounds: usize, goals: Vec<Goal>) -> Workload {
    let mut text = begin();
    text.push(json!({ "type": "text-start", "id": "t0" }));
    text.extend(
        (0..deltas).map(|_| json!({ "type": "text-delta", "id": "t0", "delta": " tokens" })),
    );
    text.extend([json!({ "type": "text-end", "id": "t0" }), json!({ "type": "finish-step" })]);
    text.push(json!({ "type": "finish", "finishReason": "stop" }));
    Workload::new(&format!("{TEXT} {deltas} deltas"), rounds, goals, &text)
}

fn workloads() -> Vec<Workload> {
    let five_times = || Goal::Beats(5.0, &[AI]);
    let linear = |times, of: &str| Goal::Linear(times, of.to_owned());
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

    vec![
        text(12_500, 0, Vec::new()),
        text(50_000, 3, vec![five_times(), linear(1.25, "a text in 12500 deltas")]),
        text(200_000, 0, vec![linear(1.25, "a text in 12500 deltas")]),
        Workload::new("1999 calls in 9997 chunks", 1, vec![five_times()], &calls),
        Workload::new("8 MiB of data in one chunk", 3, vec![five_times()], &data),
        Workload::new("8 MiB of input in 4 KiB deltas", 1, vec![five_times()], &input),
    ]
}

fn cases() -> Vec<Case> {
    let ai = Rc::new(OnceCell::new());
    workloads().into_iter().map(|workload| case(workload, &ai)).collect()
}

fn case(workload: Workload, ai: &Rc<OnceCell<Result<Ai, String>>>) -> Case {
    let ours = |after_each| {
        let bytes = workload.bytes.clone();
        let run = Box::new(move || {
            black_box(read(black_box(&bytes), after_each));
        });
        // The others have no other size to be compared with.
        match workload.name.starts_with(TEXT) {
            true => Run::Here(run),
            false => Run::Timed(run),
        }
    };
    let (ai, bytes, rounds, chunks) =
        (Rc::clone(ai), workload.bytes.clone(), workload.rounds, workload.chunks);
    let theirs = move || {
        let ai = ai.get_or_init(Ai::install).as_ref().map_err(String::clone)?;
        Ok(ai.time(&bytes, rounds, chunks, &read(&bytes, false)))
    };
    let theirs = if rounds == 0 { Run::Nothing } else { Run::Elsewhere(Box::new(theirs)) };
    let runs = vec![ours(true), ours(false), theirs];
    let bytes = workload.bytes;
    let check = Box::new(move || assert!(read(&bytes, true) == read(&bytes, false)));
    Case { what: workload.name, each: "chunk", count: chunks, runs, check, goals: workload.goals }
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
