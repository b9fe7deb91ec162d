//! What is read.

use super::{PEERS, UTF_8_PASS};
use crate::goal::Goal;
use bytes::Bytes;
use std::fmt::Write as _;

/// A stream in chunks.
pub(crate) struct Workload {
    pub(crate) name: String,
    pub(crate) chunks: Vec<Bytes>,
    /// Events, and bytes of data.
    pub(crate) expected: (usize, usize),
    /// What the figures are of, and how many of them there are.
    pub(crate) each: &'static str,
    pub(crate) count: usize,
    pub(crate) goals: Vec<Goal>,
    pub(crate) stream: Stream,
}

/// What may make a stream unfit for a reader.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Usual,
    /// Its chunks or its events are.
    Large,
    /// Its events are as large as the whole stream, or its chunks are.
    Growing,
    NotUtf8,
}

/// Of each stream, about.
pub(crate) const TOTAL: usize = 1 << 20;

/// The sizes of chunks.
const SIZES: &[usize] = &[64, 16 << 10, 1 << 20];

type Shape = fn(&str, usize) -> String;

/// Every stream in every size of chunk.
pub(crate) fn all() -> Vec<Workload> {
    let token = r#"{"type":"token","content":"Hel"}"#;
    let (small, large) = (token.to_owned(), "x".repeat(16 << 10));
    let shapes: [(&str, Shape, &str, &[usize]); 4] = [
        ("60 B events", |data, _| format!("data: {data:<52}\n\n"), &small, SIZES),
        ("60 B events, CRLF", |data, _| format!("data: {data:<50}\r\n\r\n"), &small, SIZES),
        (
            "id, event and data",
            |data, n| format!("id: {n}-0\nevent: token\ndata: {data}\n\n"),
            &small,
            SIZES,
        ),
        ("16 KiB data", |data, n| format!("id: {n}-0\ndata: {data}\n\n"), &large, &[64, 16 << 10]),
    ];
    let mut all = Vec::new();
    for (name, shape, data, chunk_sizes) in shapes {
        for size in chunk_sizes {
            all.push(workload(name, shape, data, *size));
        }
    }
    all.extend(texts());
    all
}

/// Text in ASCII and text that has none, which is as valid: to read it as UTF-8 whatever it is must cost a check and
/// nothing else.
fn texts() -> [Workload; 2] {
    let shape: Shape = |data, _| format!("data: {data}\n\n");
    let ascii = "The agent has found the report. ".repeat(32);
    let others = "\u{30ec}\u{30dd}\u{30fc}\u{30c8}\u{306f}\u{e9}\u{1f600}".repeat(49);
    let texts = [("1 KiB text, ASCII", ascii), ("1 KiB text, no ASCII", others)];
    texts.map(|(name, text)| {
        let mut workload = workload(name, shape, &text, 16 << 10);
        workload.goals.push(Goal::Within(1.25, UTF_8_PASS));
        workload
    })
}

fn workload(name: &str, shape: Shape, data: &str, chunk: usize) -> Workload {
    let (mut text, mut events) = (String::new(), 0);
    while text.len() < TOTAL {
        let _ = write!(text, "{}", shape(data, 1_717_000_000_000 + events));
        events += 1;
    }
    let line = text.lines().find(|line| line.starts_with("data: ")).unwrap_or_default();
    let expected = (events, events * (line.len() - "data: ".len()));
    let is_large = chunk.max(data.len()) > 16 << 10 || data.len() > 4 << 10;
    let goal = if data.len() < 1 << 10 { 1.5 } else { 1.0 };
    Workload {
        name: format!("{name}, chunks of {chunk} B"),
        chunks: cut(text.into(), chunk),
        expected,
        each: "event",
        count: events,
        goals: vec![Goal::Beats(goal, PEERS)],
        stream: if is_large { Stream::Large } else { Stream::Usual },
    }
}

/// A stream in chunks of one size.
pub(crate) fn cut(stream: Vec<u8>, chunk: usize) -> Vec<Bytes> {
    let stream = Bytes::from(stream);
    let starts = (0..stream.len()).step_by(chunk);
    starts.map(|at| stream.slice(at..stream.len().min(at + chunk))).collect()
}
