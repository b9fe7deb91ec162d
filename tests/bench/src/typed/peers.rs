//! The readers.

use super::{Known, vendors::Vendor};
use agent_threads_core::{
    codegen::StreamEvent as _,
    sse::{Decoder, Event, Limits},
};
use bytes::Bytes;
use eventsource_stream::Eventsource as _;
use futures::{StreamExt as _, executor::block_on, stream};
use std::convert::Infallible;

/// Calls back with each server-sent event that our decoder finds.
fn each(chunks: &[Bytes], mut take: impl FnMut(&Event<'_>)) {
    let mut decoder = Decoder::new(Limits::default());
    for chunk in chunks {
        decoder.push(chunk.clone());
        while let Ok(Some(event)) = decoder.next_event() {
            take(&event);
        }
    }
}

/// How each event of a stream is read by one who knows which comes.
pub(super) fn known<V: Vendor>(chunks: &[Bytes]) -> Vec<Known<V>> {
    let mut known = Vec::new();
    each(chunks, |event| known.push(V::known(event)));
    known
}

pub(super) fn ours<V: Vendor>(chunks: &[Bytes], _: &[Known<V>], take: &mut dyn FnMut(V::Event)) {
    each(chunks, |event| {
        if let Some(Ok(event)) = V::Event::read(event) {
            take(event);
        }
    });
}

pub(super) fn known_beforehand<V: Vendor>(
    chunks: &[Bytes],
    known: &[Known<V>],
    take: &mut dyn FnMut(V::Event),
) {
    let mut known = known.iter();
    each(chunks, |event| {
        if let Some(Ok(event)) = known.next().map(|read| read(event.data.as_bytes())) {
            take(event);
        }
    });
}

pub(super) fn tagged<V: Vendor>(chunks: &[Bytes], _: &[Known<V>], take: &mut dyn FnMut(V::Event)) {
    let source = stream::iter(chunks.iter().cloned().map(Ok::<_, Infallible>));
    let mut stream = source.eventsource();
    block_on(async {
        while let Some(Ok(event)) = stream.next().await {
            if let Ok(event) = V::tagged(&event) {
                take(event);
            }
        }
    });
}
