//! The streams of one vendor: how they are delivered, and how many are open.

use std::io;
use std::sync::Mutex;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use tokio::sync::watch;

use super::chunks::Chunks;
use super::pieces::{Pieces, pieces};
use super::{Delivery, EVENT_STREAM, Frame, StreamFault};
use crate::server::written;
use crate::sync::{Stop, lock};

pub(crate) struct Streams {
    delivery: Mutex<Delivery>,
    open: watch::Sender<usize>,
    stop: Stop,
}

impl Streams {
    pub(crate) fn new(stop: Stop) -> Self {
        Self { delivery: Mutex::default(), open: watch::Sender::new(0), stop }
    }

    pub(crate) fn delivery(&self) -> Delivery {
        lock(&self.delivery).clone()
    }

    pub(crate) fn set_delivery(&self, delivery: Delivery) {
        *lock(&self.delivery) = delivery;
    }

    /// How many bodies have neither ended nor been given up.
    pub(crate) fn open(&self) -> usize {
        *self.open.borrow()
    }

    pub(crate) async fn reach(&self, open: usize) {
        // The error says that the sender is gone, but it is here.
        let _ = self.open.subscribe().wait_for(|now| *now == open).await;
    }

    /// The answer that streams `frames`.
    pub(crate) fn response(
        &self,
        frames: impl Stream<Item = Frame> + Send + 'static,
        fault: Option<StreamFault>,
    ) -> Response {
        let mut fault = fault.unwrap_or_default();
        let usual_type = HeaderValue::from_static(EVENT_STREAM);
        let content_type = fault.content_type.take().unwrap_or(usual_type);
        let delivery = fault.delivery.take().unwrap_or_else(|| self.delivery());
        let chunk = delivery.chunk();
        let whole = pieces(frames.boxed(), fault, delivery);
        let chunks = match chunk {
            Some(size) => Chunks::new(whole, size).boxed(),
            None => whole,
        };
        let mut response = Response::new(Body::from_stream(self.count(chunks)));
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }

    /// A stream that counts as open while it lives, and is cut when the sandbox stops.
    fn count(&self, chunks: Pieces) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let open = Open::new(&self.open);
        stream::unfold((chunks, self.stop.clone(), open), |(mut chunks, stop, open)| async move {
            let chunk = tokio::select! {
                biased;
                () = stop.requested() => Some(Err(io::Error::other("the sandbox stops"))),
                chunk = chunks.next() => chunk,
            };
            if matches!(chunk, Some(Err(_))) {
                written().await;
            }
            Some((chunk?, (chunks, stop, open)))
        })
    }
}

struct Open(watch::Sender<usize>);

impl Open {
    fn new(count: &watch::Sender<usize>) -> Self {
        count.send_modify(|open| *open += 1);
        Self(count.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;

    use super::*;
    use crate::sync::stop_switch;

    #[test]
    fn frames_are_made_only_when_the_client_takes_them() {
        let (_switch, stop) = stop_switch();
        let streams = Streams::new(stop);
        let made = Arc::new(AtomicUsize::new(0));
        let count = made.clone();
        let frames = stream::repeat_with(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Frame::data("x")
        });
        let mut body = streams.response(frames, None).into_body().into_data_stream();
        for taken in 0..5 {
            assert_eq!(made.load(Ordering::Relaxed), taken);
            assert_eq!(body.next().now_or_never().unwrap().unwrap().unwrap(), "data: x\n\n");
        }
    }

    #[tokio::test]
    async fn a_stream_is_open_until_its_end_or_until_it_is_given_up() {
        let (_switch, stop) = stop_switch();
        let streams = Streams::new(stop);
        let given_up = streams.response(stream::pending(), None);
        let ending = streams.response(stream::iter([Frame::data("x")]), None);
        assert_eq!(streams.open(), 2);
        let mut body = ending.into_body().into_data_stream();
        while body.next().await.is_some() {}
        assert_eq!(streams.open(), 1);
        assert!(streams.reach(0).now_or_never().is_none());
        drop(given_up);
        streams.reach(0).await;
    }

    #[tokio::test]
    async fn a_stop_cuts_a_stream_also_while_it_has_more() {
        let (switch, stop) = stop_switch();
        let streams = Streams::new(stop);
        let endless = stream::repeat_with(|| Frame::data("x"));
        let mut body = streams.response(endless, None).into_body().into_data_stream();
        assert!(body.next().await.unwrap().is_ok());
        switch.stop();
        assert!(body.next().now_or_never().is_none(), "a moment to write comes first");
        assert!(body.next().await.unwrap().is_err());
    }
}
