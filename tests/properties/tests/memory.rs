//! What the decoder of server-sent events holds of streams that never end what they have begun.
//!
//! A binary of its own, as all that its process allocates is counted.

use agent_threads_core::sse::{DecodeError, Limits};
use agent_threads_properties::endless::{SHAPES, send};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn held() -> usize {
    let stats = HEAP.stats();
    stats.bytes_allocated.saturating_sub(stats.bytes_deallocated)
}

const LIMITS: Limits = Limits { line: 64 << 10, event: 128 << 10 };
const LENGTH: usize = 1 << 20;

/// One test, so that no other one allocates beside it.
#[test]
fn an_endless_stream_is_held_no_further_than_its_limits() {
    for shape in SHAPES {
        for chunk in [64, 16 << 10] {
            let (before, mut peak) = (held(), 0);
            let sent = send(shape, LENGTH, chunk, LIMITS, || peak = peak.max(held()));
            let held = peak.saturating_sub(before);
            match shape.0 {
                "a line of data" | "a comment" | "a line without a colon" => {
                    assert_eq!(sent, Err(DecodeError::LineTooLong(LIMITS.line)), "{shape:?}");
                    // A buffer that grows may be twice as large as what is in it.
                    assert!(held <= 2 * LIMITS.line + 2 * chunk, "{shape:?}: {held}");
                }
                "an event of many lines" => {
                    assert_eq!(sent, Err(DecodeError::EventTooLong(LIMITS.event)));
                    assert!(held <= 2 * LIMITS.event + 2 * chunk, "{shape:?}: {held}");
                }
                "events" => {
                    assert!(sent.is_ok_and(|events| events > LENGTH / 32));
                    assert!(held <= 2 * chunk + 4096, "{shape:?}: {held}");
                }
                _ => {
                    assert_eq!(sent, Ok(0), "{shape:?}");
                    assert!(held <= 2 * chunk + 4096, "{shape:?}: {held}");
                }
            }
        }
    }
}
