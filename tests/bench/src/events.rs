//! Bytes of server-sent events to events.

mod growing;
mod peers;
mod streams;

use crate::{
    case::{Case, Run},
    group::{Group, Source},
};
use bytes::Bytes;
use std::hint::black_box;
use streams::{Stream, Workload};

/// What this group measures.
pub(crate) const GROUP: Group = Group {
    name: "events",
    columns: &[
        "agent-threads",
        "sse-stream",
        "sseer",
        "eventsource-stream",
        "memchr2 pass",
        UTF_8_PASS,
    ],
    source: Source::Cases(cases),
};

const PEERS: &[&str] = &["sse-stream", "sseer", "eventsource-stream"];

/// Reads all events of a stream and returns their number and the bytes of their data.
type Reader = fn(&[Bytes]) -> (usize, usize);

/// What the machine could do: finds all line ends, and checks what is between them.
const UTF_8_PASS: &str = "memchr2 + UTF-8 pass";

/// In the order of the columns. The last two are no peers: they decode nothing.
const READERS: [Reader; 6] = [
    peers::ours,
    peers::sse_stream,
    peers::sseer,
    peers::eventsource_stream,
    peers::memchr_pass,
    peers::utf_8_pass,
];

const OURS: usize = 0;
const EVENTSOURCE_STREAM: usize = 3;
const PASSES: usize = 4;

fn cases() -> Vec<Case> {
    let all = streams::all().into_iter().chain(growing::all());
    all.map(case).collect()
}

/// How a reader stands to a stream.
enum Fit {
    Reads,
    /// It takes too long to be counted.
    Slow,
    Not(&'static str),
}

fn fit(column: usize, stream: Stream) -> Fit {
    match (stream, column) {
        // Its time grows with the square of a chunk and of an event.
        (Stream::Large, EVENTSOURCE_STREAM) => Fit::Slow,
        (Stream::Growing | Stream::NotUtf8, EVENTSOURCE_STREAM) => Fit::Not("quadratic"),
        (Stream::NotUtf8, OURS | PASSES..) => Fit::Reads,
        (Stream::NotUtf8, _) => Fit::Not("refuses it"),
        _ => Fit::Reads,
    }
}

fn case(workload: Workload) -> Case {
    let runs = READERS.iter().enumerate().map(|(column, read)| {
        let chunks = workload.chunks.clone();
        let run = Box::new(move || {
            black_box(read(black_box(&chunks)));
        });
        match fit(column, workload.stream) {
            Fit::Reads => Run::Here(run),
            Fit::Slow => Run::Timed(run),
            Fit::Not(why) => Run::Elsewhere(Box::new(move || Err(why.to_owned()))),
        }
    });
    let runs = runs.collect();
    let (what, goals) = (workload.name.clone(), workload.goals.clone());
    let (each, count) = (workload.each, workload.count);
    let check = Box::new(move || check(&workload));
    Case { what, each, count, runs, check, goals }
}

fn check(workload: &Workload) {
    for (column, read) in READERS[..PASSES].iter().enumerate() {
        if !matches!(fit(column, workload.stream), Fit::Not(_)) {
            assert_eq!(read(&workload.chunks), workload.expected, "{}", workload.name);
        }
    }
}
