//! What a reader may take ever longer for, byte by byte, the longer it gets.

use super::streams::{Stream, TOTAL, Workload, cut};
use crate::goal::Goal;

/// What becomes longer.
struct Growing {
    name: &'static str,
    /// A part of so many bytes, about.
    part: fn(usize) -> Vec<u8>,
    /// The bytes of data in a part with one event.
    data: fn(usize) -> usize,
    chunk: usize,
    stream: Stream,
}

const GROWING: [Growing; 6] = [
    Growing { name: "lines", part: line, data: |size| size, chunk: 64, stream: Stream::Growing },
    Growing {
        name: "lines",
        part: line,
        data: |size| size,
        chunk: 16 << 10,
        stream: Stream::Growing,
    },
    Growing {
        name: "events of many lines",
        part: |size| format!("{}\n", "data: y\n".repeat(size / 8)).into(),
        data: |size| size / 8 * 2 - 1,
        chunk: 1 << 10,
        stream: Stream::Growing,
    },
    Growing {
        name: "events of many lines, CR",
        part: |size| format!("{}\r", "data: y\r".repeat(size / 8)).into(),
        data: |size| size / 8 * 2 - 1,
        chunk: 1 << 20,
        stream: Stream::Growing,
    },
    Growing {
        name: "comments before events",
        part: |size| format!("{}data: z\n\n", ": pings\n".repeat(size / 8)).into(),
        data: |_| 1,
        chunk: 1 << 10,
        stream: Stream::Growing,
    },
    Growing {
        name: "lines without UTF-8",
        part: |size| [b"data: ", &*vec![0xFF; size], b"\n\n"].concat(),
        data: |size| size * "\u{fffd}".len(),
        chunk: 16 << 10,
        stream: Stream::NotUtf8,
    },
];

/// An event of one line.
fn line(size: usize) -> Vec<u8> {
    format!("data: {}\n\n", "x".repeat(size)).into()
}

/// Everything in a size that is usual, and in one that is 64 times that.
pub(crate) fn all() -> impl Iterator<Item = Workload> {
    let usual = GROWING.iter().map(|growing| growing.workload(USUAL, Vec::new()));
    let grown = GROWING.iter().map(|growing| {
        let goal = Goal::Linear(MOST_GROWTH, growing.name(USUAL));
        growing.workload(USUAL * 64, vec![goal])
    });
    usual.zip(grown).flat_map(|(usual, grown)| [usual, grown])
}

const USUAL: usize = 16 << 10;

/// What is no longer in the caches nearest to the processor costs more, byte by byte. Counts of instructions know no caches
/// and are held to it too; where time grows with the square, 64 times the size costs 64 times as much for each byte.
const MOST_GROWTH: f64 = 3.0;

impl Growing {
    fn name(&self, size: usize) -> String {
        format!("{}, {} KiB, chunks of {} B", self.name, size >> 10, self.chunk)
    }

    fn workload(&self, size: usize, goals: Vec<Goal>) -> Workload {
        let parts = TOTAL / size;
        Workload {
            name: self.name(size),
            chunks: cut((self.part)(size).repeat(parts), self.chunk),
            expected: (parts, parts * (self.data)(size)),
            each: "KiB",
            count: TOTAL >> 10,
            goals,
            stream: self.stream,
        }
    }
}
