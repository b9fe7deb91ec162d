//! The decoder of server-sent events beside the standard.

use crate::{
    cuts::cut,
    oracle::{self, Dispatched},
};
use agent_threads_core::sse::{DecodeError, Decoder, Limits};
use std::time::Duration;

/// Limits that a small input can exceed.
const SMALL: Limits = Limits { line: 24, event: 16 };

/// The first byte says how the stream is cut; the rest is the stream.
///
/// However it is cut, the events are those of the standard; under small limits, those in front of the first line that
/// exceeds one.
pub fn check(input: &[u8]) {
    let (seed, stream) = input.split_first().unwrap_or((&0, &[]));
    let expected = oracle::dispatched(stream);
    for chunks in [vec![stream], cut(stream, *seed), stream.chunks(1).collect()] {
        for eager in [true, false] {
            let (events, error) = decode(&chunks, Limits::default(), eager);
            assert_eq!(error, None);
            assert_eq!(events, expected);
        }
        check_limits(stream, &chunks);
    }
}

fn check_limits(stream: &[u8], chunks: &[&[u8]]) {
    let within = oracle::within_limits(stream, SMALL.line, SMALL.event);
    let (events, error) = decode(chunks, SMALL, true);
    assert_eq!(error.is_some(), within.is_some(), "{error:?}");
    assert_eq!(events, oracle::dispatched(within.unwrap_or(stream)));
}

/// Takes the events after each chunk, or all of them when all chunks have been pushed.
fn decode(chunks: &[&[u8]], limits: Limits, eager: bool) -> (Vec<Dispatched>, Option<DecodeError>) {
    let mut decoder = Decoder::new(limits);
    let mut events = Vec::new();
    for (at, chunk) in chunks.iter().enumerate() {
        decoder.push(chunk.to_vec());
        if !eager && at + 1 < chunks.len() {
            continue;
        }
        if let Err(error) = drain(&mut decoder, &mut events) {
            return (events, Some(error));
        }
    }
    (events, None)
}

fn drain(decoder: &mut Decoder, into: &mut Vec<Dispatched>) -> Result<(), DecodeError> {
    loop {
        match decoder.next_event() {
            Ok(None) => return Ok(()),
            Ok(Some(event)) => into.push(Dispatched {
                event: event.event.to_owned(),
                data: event.data.to_owned(),
                id: event.id.map(str::to_owned),
                last_id: event.last_id.to_owned(),
                retry: event.retry.map(milliseconds),
            }),
            Err(error) => {
                assert_eq!(decoder.next_event(), Err(error), "an error is for good");
                return Err(error);
            }
        }
        assert!(into.last().is_some_and(|event| event.last_id == decoder.last_event_id()));
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
