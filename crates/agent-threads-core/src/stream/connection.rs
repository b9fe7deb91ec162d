//! One connection of a stream: bytes in, events out, silence noticed.

use super::{StreamEvent, progress::Progress, source::Source};
use crate::{Body, Error, call::Core, silence::Silence, sse::Decoder};
use bytes::Bytes;
use futures_core::Stream as _;
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::Instant;

/// What reading a connection has brought.
pub(super) enum Read<T> {
    Item(Result<T, Error>),
    Last(Result<T, Error>),
    Lost(Error),
    Failed(Error),
    Closed,
}

/// One connection, from the head of its answer on.
pub(super) struct Connection {
    body: Body,
    decoder: Decoder,
    stall_timeout: Option<Duration>,
    silence: Silence,
    opened: Instant,
    /// How long after its opening a connection that still shows life is one that stands.
    standing: Duration,
    stood: bool,
}

impl Connection {
    pub(super) fn new(body: Body, core: &Core) -> Self {
        let settings = core.settings();
        Self {
            body,
            decoder: Decoder::new(settings.sse_limits),
            stall_timeout: settings.stall_timeout,
            silence: Silence::default(),
            opened: Instant::now(),
            standing: settings.retry.standing(),
            stood: false,
        }
    }

    /// How long the server wants its client to wait before it connects again, where it has said so.
    pub(super) fn asked_pause(&self) -> Option<Duration> {
        self.decoder.retry()
    }

    /// Whether the other side has shown itself late enough: by a byte, or by an end that it made. Silence that this side
    /// has ended is not that.
    pub(super) fn stood(&self) -> bool {
        self.stood
    }

    /// The next event that has not been delivered, or how the connection ended.
    pub(super) fn poll_read<T: StreamEvent>(
        &mut self,
        cx: &mut Context<'_>,
        progress: &mut Progress,
        source: &Source,
    ) -> Poll<Read<T>> {
        loop {
            match self.decoder.next_event() {
                Err(error) => return Poll::Ready(Read::Failed(Error::event_too_large(error))),
                Ok(Some(event)) if T::DONE == Some(event.data) => return Poll::Ready(Read::Closed),
                Ok(Some(event)) => {
                    let Some(arrival) = source.read(&event, &progress.last_id) else {
                        continue;
                    };
                    // Behind the last event there is nothing to go on with; before it there is that event.
                    let id = Some(event.last_id).filter(|_| !arrival.is_last);
                    let item = progress.deliver(arrival.event, id);
                    return Poll::Ready(match arrival.is_last {
                        true => Read::Last(item),
                        false => Read::Item(item),
                    });
                }
                Ok(None) => {}
            }
            match ready!(self.poll_chunk(cx)) {
                Ok(Some(chunk)) => self.decoder.push(chunk),
                Ok(None) if !T::TERMINAL.is_empty() => {
                    let early = "the stream ended before the event that documents its end";
                    return Poll::Ready(Read::Lost(Error::interrupted(early)));
                }
                Ok(None) => return Poll::Ready(Read::Closed),
                Err(error) => return Poll::Ready(Read::Lost(error)),
            }
        }
    }

    /// The next bytes. The time that the consumer spends elsewhere does not count as silence.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        if let Poll::Ready(chunk) = Pin::new(&mut self.body).poll_next(cx) {
            self.silence.broken();
            self.stood = self.stood || self.opened.elapsed() >= self.standing;
            return Poll::Ready(chunk.transpose().map_err(Error::transport));
        }
        let Some(longest) = self.stall_timeout else {
            return Poll::Pending;
        };
        ready!(self.silence.poll_over(cx, longest));
        Poll::Ready(Err(Error::stalled(longest)))
    }
}
