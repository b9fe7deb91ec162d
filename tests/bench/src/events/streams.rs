//! What is read.

use bytes::Bytes;
use std::fmt::Write as _;

/// A stream in chunks.
pub(crate) struct Workload {
    pub(crate) name: String,
    pub(crate) chunks: Vec<Bytes>,
    /// Events, and bytes of data.
    pub(crate) expected: (usize, usize),
    /// How many times as quick as the best peer.
    pub(crate) goal: f64,
}

const TOTAL: usize = 1 << 20;

/// Every stream in every size of chunk.
pub(crate) fn all() -> Vec<Workload> {
    let token = r#"{"type":"token","content":"Hel"}"#;
    let (small, large) = (token.to_owned(), "x".repeat(16 << 10));
    let shapes: [(&str, Shape, &[usize]); 4] = [
        ("60 B events", |data, _| format!("data: {data:<52}\n\n"), &[64, 16 << 10, 1 << 20]),
        ("60 B events, CRLF", |data, _| format!("data: {data:<50}\r\n\r\n"), &[16 << 10]),
        (
            "id, event and data",
            |data, n| format!("id: {n}-0\nevent: token\ndata: {data}\n\n"),
            &[16 << 10],
        ),
        ("16 KiB data", |data, n| format!("id: {n}-0\ndata: {data}\n\n"), &[64, 16 << 10]),
    ];
    let mut all = Vec::new();
    for (name, shape, chunk_sizes) in shapes {
        let data = if name.starts_with("16") { &large } else { &small };
        for size in chunk_sizes {
            all.push(workload(name, shape, data, *size));
        }
    }
    all
}

type Shape = fn(&str, usize) -> String;

fn workload(name: &str, shape: Shape, data: &str, chunk: usize) -> Workload {
    let (mut text, mut events) = (String::new(), 0);
    while text.len() < TOTAL {
        let _ = write!(text, "{}", shape(data, 1_717_000_000_000 + events));
        events += 1;
    }
    let line = text.lines().find(|line| line.starts_with("data: ")).unwrap_or_default();
    let expected = (events, events * (line.len() - "data: ".len()));
    let text = Bytes::from(text);
    let chunks = (0..text.len()).step_by(chunk);
    let chunks = chunks.map(|at| text.slice(at..text.len().min(at + chunk))).collect();
    let goal = if data.len() < chunk.max(1 << 10) { 1.5 } else { 1.0 };
    Workload { name: format!("{name}, chunks of {chunk} B"), chunks, expected, goal }
}
