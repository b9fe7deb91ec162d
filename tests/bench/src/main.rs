//! Bytes of server-sent events to events: ours beside its peers, on the same bytes in the same run.
//!
//! ```text
//! cargo run --release -p agent-threads-bench
//! cargo run --release -p agent-threads-bench -- messages
//! ```
//!
//! The second goes on to the messages of deco Studio, beside the reader of npm `ai`; without Node and npm that is SKIPPED.
//!
//! The rounds of all readers are interleaved, and the figures are medians. A pass of `memchr2` over the same bytes shows what
//! the machine could do.

mod messages;
mod peers;
mod streams;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use streams::Workload;

const ROUNDS: usize = 101;

/// Reads all events of a stream and returns their number and the bytes of their data.
type Reader = fn(&[bytes::Bytes]) -> (usize, usize);

const READERS: [(&str, Reader); 5] = [
    ("agent-threads", peers::ours),
    ("sse-stream", peers::sse_stream),
    ("sseer", peers::sseer),
    ("eventsource-stream", peers::eventsource_stream),
    ("memchr2 pass", peers::memchr_pass),
];

fn main() {
    match std::env::args().nth(1).as_deref() {
        None => events(),
        Some("messages") => messages::report(),
        Some(other) => panic!("`messages`, or nothing, and not `{other}`"),
    }
}

fn events() {
    print!("{:<44}", "MiB/s, medians of interleaved rounds");
    for (name, _) in READERS {
        print!("{name:>20}");
    }
    println!("{:>20}", "ours / best peer");
    for workload in streams::all() {
        report(&workload);
    }
}

fn report(workload: &Workload) {
    check(workload);
    let mut times = READERS.map(|_| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for ((_, read), times) in READERS.iter().zip(&mut times) {
            let start = Instant::now();
            black_box(read(black_box(&workload.chunks)));
            times.push(start.elapsed());
        }
    }
    let speeds = times.map(|times| workload.mebibytes / median(times).as_secs_f64());
    print!("{:<44}", workload.name);
    for speed in speeds {
        print!("{speed:>20.0}");
    }
    let best_peer = speeds[1].max(speeds[2]).max(speeds[3]);
    println!("{:>20.2}", speeds[0] / best_peer);
}

/// A reader that is quick because it reads something else is no peer.
fn check(workload: &Workload) {
    for (name, read) in &READERS[..4] {
        assert_eq!(read(&workload.chunks), workload.expected, "{name}: {}", workload.name);
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
