//! Bytes of server-sent events to events.

mod peers;
mod streams;

use crate::{
    case::{Case, Run},
    goal::Goal,
    group::{Group, Source},
};
use bytes::Bytes;
use std::hint::black_box;
use streams::Workload;

/// What this group measures.
pub(crate) const GROUP: Group = Group {
    name: "events",
    columns: &["agent-threads", "sse-stream", "sseer", "eventsource-stream", "memchr2 pass"],
    source: Source::Cases(cases),
};

const PEERS: &[&str] = &["sse-stream", "sseer", "eventsource-stream"];

/// Reads all events of a stream and returns their number and the bytes of their data.
type Reader = fn(&[Bytes]) -> (usize, usize);

/// In the order of the columns. The last is no peer: it shows what the machine could do.
const READERS: [Reader; 5] =
    [peers::ours, peers::sse_stream, peers::sseer, peers::eventsource_stream, peers::memchr_pass];

fn cases() -> Vec<Case> {
    streams::all().into_iter().map(case).collect()
}

fn case(workload: Workload) -> Case {
    let runs = READERS.map(|read| {
        let chunks = workload.chunks.clone();
        Run::Here(Box::new(move || {
            black_box(read(black_box(&chunks)));
        }))
    });
    let goals = vec![Goal::Beats(workload.goal, PEERS)];
    let (what, count) = (workload.name.clone(), workload.expected.0);
    let check = Box::new(move || check(&workload));
    Case { what, each: "event", count, runs: runs.into(), check, goals }
}

fn check(workload: &Workload) {
    for read in &READERS[..4] {
        assert_eq!(read(&workload.chunks), workload.expected, "{}", workload.name);
    }
}
