//! The readers.

use agent_threads_core::sse::{Decoder, Limits};
use bytes::Bytes;
use eventsource_stream::Eventsource as _;
use futures::{StreamExt as _, executor::block_on, stream};
use std::convert::Infallible;

pub(crate) fn ours(chunks: &[Bytes]) -> (usize, usize) {
    let mut decoder = Decoder::new(Limits::default());
    let (mut events, mut bytes) = (0, 0);
    for chunk in chunks {
        decoder.push(chunk.clone());
        while let Ok(Some(event)) = decoder.next_event() {
            events += 1;
            bytes += event.data.len();
        }
    }
    (events, bytes)
}

fn source(chunks: &[Bytes]) -> impl futures::Stream<Item = Result<Bytes, Infallible>> + Unpin {
    stream::iter(chunks.iter().cloned().map(Ok))
}

pub(crate) fn sse_stream(chunks: &[Bytes]) -> (usize, usize) {
    let mut stream = sse_stream::SseByteStream::new(source(chunks));
    let (mut events, mut bytes) = (0, 0);
    block_on(async {
        while let Some(Ok(event)) = stream.next().await {
            events += 1;
            bytes += event.data.map_or(0, |data| data.len());
        }
    });
    (events, bytes)
}

pub(crate) fn sseer(chunks: &[Bytes]) -> (usize, usize) {
    let mut stream = sseer::EventStream::new(source(chunks));
    let (mut events, mut bytes) = (0, 0);
    block_on(async {
        while let Some(Ok(event)) = stream.next().await {
            events += 1;
            bytes += event.data.len();
        }
    });
    (events, bytes)
}

pub(crate) fn eventsource_stream(chunks: &[Bytes]) -> (usize, usize) {
    let mut stream = source(chunks).eventsource();
    let (mut events, mut bytes) = (0, 0);
    block_on(async {
        while let Some(Ok(event)) = stream.next().await {
            events += 1;
            bytes += event.data.len();
        }
    });
    (events, bytes)
}

/// Finds all line ends and does nothing with them.
pub(crate) fn memchr_pass(chunks: &[Bytes]) -> (usize, usize) {
    let ends = chunks.iter().map(|chunk| memchr::memchr2_iter(b'\n', b'\r', chunk).count());
    (ends.sum(), 0)
}

/// Finds all line ends and checks that what is between them is UTF-8.
pub(crate) fn utf_8_pass(chunks: &[Bytes]) -> (usize, usize) {
    let (mut lines, mut bytes) = (0, 0);
    for chunk in chunks {
        let mut start = 0;
        for end in memchr::memchr2_iter(b'\n', b'\r', chunk).chain([chunk.len()]) {
            bytes += simdutf8::basic::from_utf8(&chunk[start..end]).map_or(0, str::len);
            (lines, start) = (lines + 1, end + 1);
        }
    }
    (lines, bytes)
}
