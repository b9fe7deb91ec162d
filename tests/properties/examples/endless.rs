//! How long the decoder of server-sent events takes for streams that never end what they have begun, and how much it holds.
//!
//! ```text
//! cargo run --release -p agent-threads-properties --example endless
//! ```
//!
//! The limits are above all lengths, so that nothing but the stream's length bounds what is held. Time is linear if the
//! columns of a row double, and memory is flat if the last column does not depend on the length.

use agent_threads_core::sse::Limits;
use agent_threads_properties::endless::{SHAPES, send};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::{alloc::System, time::Instant};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MEBIBYTE: usize = 1 << 20;
const LENGTHS: [usize; 5] = [4, 8, 16, 32, 64];

fn held() -> usize {
    let stats = HEAP.stats();
    stats.bytes_allocated.saturating_sub(stats.bytes_deallocated)
}

fn main() {
    let limits = Limits { line: 128 * MEBIBYTE, event: 128 * MEBIBYTE };
    print!("{:<26}{:>8}", "milliseconds for", "chunk");
    LENGTHS.iter().for_each(|length| print!("{length:>7} MiB"));
    println!("{:>16}{:>16}", "KiB held at 4", "at 64 MiB");
    for shape in SHAPES {
        for chunk in [64, 16 << 10] {
            print!("{:<26}{chunk:>8}", shape.0);
            let mut most = Vec::new();
            for length in LENGTHS {
                let (before, mut peak) = (held(), 0);
                let start = Instant::now();
                let sent =
                    send(shape, length * MEBIBYTE, chunk, limits, || peak = peak.max(held()));
                let time = start.elapsed();
                assert!(sent.is_ok(), "within limits");
                most.push(peak.saturating_sub(before) / 1024);
                print!("{:>11.1}", time.as_secs_f64() * 1000.0);
            }
            println!("{:>16}{:>16}", most[0], most[LENGTHS.len() - 1]);
        }
    }
}
