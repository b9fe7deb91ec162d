//! Streams that never end what they have begun, and what a decoder holds of them.

use agent_threads_core::sse::{DecodeError, Decoder, Limits};
use bytes::Bytes;

/// What is sent over and over: a name, what comes first, and what is repeated.
pub const SHAPES: [(&str, &str, &str); 10] = [
    ("a line of data", "data: ", "x"),
    ("a comment", ": ", "x"),
    ("a line without a colon", "", "x"),
    ("an event of many lines", "", "data: x\n"),
    ("a block of many ids", "", "id: 7\n"),
    ("many comments", "", ": keepalive\n"),
    ("empty lines", "", "\n"),
    ("empty lines of CR LF", "", "\r\n"),
    ("events", "", "id: 7\ndata: x\n\n"),
    ("unknown fields", "", "foo: bar\n"),
];

/// Sends `length` bytes of a shape in chunks of this size, and calls `look` behind each with what came of it.
///
/// # Errors
///
/// The decoder's.
pub fn send(
    (_, first, again): (&str, &str, &str),
    length: usize,
    chunk: usize,
    limits: Limits,
    mut look: impl FnMut(),
) -> Result<usize, DecodeError> {
    let mut decoder = Decoder::new(limits);
    decoder.push(Bytes::copy_from_slice(first.as_bytes()));
    let repeated = Bytes::from(again.repeat(chunk.div_ceil(again.len())));
    let (mut sent, mut events) = (0, 0);
    while sent < length {
        decoder.push(repeated.clone());
        while decoder.next_event()?.is_some() {
            events += 1;
        }
        look();
        sent += repeated.len();
    }
    Ok(events)
}
