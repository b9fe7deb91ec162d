//! Streams of events that survive their connections.

mod connection;
mod event;
mod open;
mod progress;
mod replays;
mod settings;
mod source;

use crate::{
    Body, Error, call::Core, exclusive::Exclusive, operation::Operation, retry_budget::Account,
};
use connection::{Connection, Read};
use futures_core::Stream;
use progress::Progress;
use reqwest::Request;
use source::Source;
use std::{
    fmt,
    future::poll_fn,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::time::{Sleep, sleep};

use event::Unreadable;
pub use event::{Named, Reading, StreamEvent, read_named, read_tagged};
pub use replays::{Replay, Replays};
pub use source::Reconnect;

fn is_terminal<T: StreamEvent>(tag: &str) -> bool {
    T::TERMINAL.contains(&tag)
}

fn is_keepalive<T: StreamEvent>(event: &T) -> bool {
    T::KEEPALIVE.contains(&event.tag())
}

/// Events as they happen, as a [`Stream`] of `Result<T, Error>`.
///
/// Nothing is sent before it is polled, and nothing goes on while it is not: there is no task and no channel behind it, so
/// a slow consumer slows the server down.
///
/// When the connection is lost, the stream is taken up after the last event *delivered*, where the vendor allows it, with
/// the pauses of the client's [`RetryPolicy`](crate::RetryPolicy). Attempts are counted anew from each event delivered, and
/// from a connection that stood although it brought none: one on which the other side still showed itself, by a byte or by
/// closing it, after the policy's longest pause ([`RetryPolicy::max_delay`](crate::RetryPolicy::max_delay), at least 1 s and
/// at most 30 s are taken for it). So a run that is silent behind a proxy which cuts idle connections goes on, and a server
/// that accepts and drops is given up. A request that is not idempotent is not repeated once an event has come.
///
/// An event that cannot be read is one `Err` with [`ErrorKind::Decode`](crate::ErrorKind::Decode), and the stream goes on
/// behind it. After any other `Err`, and after an event that the vendor documents as the last, comes `None`.
///
/// # Cancel safety
///
/// An event is either returned or still to come. A future of [`next`](Self::next) or [`opened`](Self::opened) that is
/// dropped leaves the request or the connection as it is, and the next call goes on with it; the timeout of a request
/// under way goes on too. Dropping the stream closes the connection; the vendor's work goes on.
#[must_use = "a stream does nothing until it is polled"]
pub struct EventStream<T> {
    source: Source,
    state: State,
    progress: Progress,
    /// Pays for attempts until the stream has begun.
    account: Option<Account>,
    event: PhantomData<fn() -> T>,
}

/// An event with the id to resume after it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Identified<T> {
    /// The id to resume from behind this event; before the last one, so that resuming from there brings it again. Empty
    /// where the server has sent none.
    pub id: String,
    /// The event.
    pub event: T,
}

enum State {
    /// No connection has been asked for.
    Idle,
    /// The next connection waits for its time.
    Pausing(Pin<Box<Sleep>>),
    /// The head of the answer is on its way.
    Connecting(Exclusive<dyn Future<Output = Result<Body, Error>> + Send>),
    /// Bytes come.
    Open(Box<Connection>),
    /// Nothing comes any more.
    Ended,
}

impl Core {
    /// A stream of events. Nothing is sent before it is polled.
    pub fn events<T: StreamEvent>(
        &self,
        operation: &'static Operation,
        request: Result<Request, Error>,
    ) -> EventStream<T> {
        EventStream {
            source: Source::new(self.clone(), operation, request),
            state: State::Idle,
            progress: Progress::default(),
            account: Some(self.account()),
            event: PhantomData,
        }
    }
}

impl<T: StreamEvent> EventStream<T> {
    /// Goes on by the same request with `Last-Event-ID`.
    #[doc(hidden)]
    pub fn resumable(mut self) -> Self {
        self.source.resumes = true;
        self
    }

    /// Delivers the events by which a server says that it is still there, where the vendor has such.
    /// Without this they only keep the stream from counting as silent.
    pub fn with_keepalives(mut self) -> Self {
        self.source.shows_keepalives = true;
        self
    }

    /// Goes on by another request once an event has come.
    #[doc(hidden)]
    pub fn reconnect_by(mut self, reconnect: impl Reconnect + 'static) -> Self {
        self.source.reconnect = Some(Box::new(reconnect));
        self
    }

    /// Begins behind an event that has been delivered elsewhere.
    #[doc(hidden)]
    pub fn after(mut self, last_event_id: impl Into<String>) -> Self {
        self.progress.last_id = last_event_id.into();
        self
    }

    /// The next event; `None` at the end.
    ///
    /// # Cancel safety
    ///
    /// An event is either returned or still to come: call it again to go on.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Resolves when the server has answered that the stream begins, or at once if it has before.
    ///
    /// # Cancel safety
    ///
    /// The request stays under way: call it again, or [`next`](Self::next), to go on.
    ///
    /// # Errors
    ///
    /// When no stream could be opened. The stream is then at its end.
    pub async fn opened(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.poll_open(cx)).await.map(|_| ())
    }

    /// The id of the last event delivered: what to resume from. Empty where the server has sent none.
    pub fn last_event_id(&self) -> &str {
        &self.progress.last_id
    }

    /// Each event with its id, for callers that fetch events before they handle them.
    pub fn with_ids(self) -> WithIds<T> {
        WithIds(self)
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            match ready!(self.poll_open(cx)) {
                Ok(true) => {}
                Ok(false) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
            let State::Open(connection) = &mut self.state else {
                continue;
            };
            match ready!(connection.poll_read(cx, &mut self.progress, &self.source)) {
                Read::Item(item) => {
                    self.note_life();
                    return Poll::Ready(Some(item));
                }
                Read::Last(item) => {
                    self.note_life();
                    self.state = State::Ended;
                    return Poll::Ready(Some(item));
                }
                Read::Closed => {
                    self.note_connection();
                    self.state = State::Ended;
                }
                Read::Failed(error) => return Poll::Ready(Some(Err(self.end(error)))),
                Read::Lost(error) => {
                    if let Err(error) = self.lose(error) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }

    /// Drives the stream until a connection is open (`true`) or none is to come any more (`false`).
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        loop {
            match &mut self.state {
                State::Open(_) => return Poll::Ready(Ok(true)),
                State::Ended => return Poll::Ready(Ok(false)),
                State::Idle => self.connect()?,
                State::Pausing(pause) => {
                    ready!(pause.as_mut().poll(cx));
                    self.connect()?;
                }
                State::Connecting(opening) => match ready!(opening.poll(cx)) {
                    Ok(body) => {
                        let connection = Connection::new(body, &self.source.core);
                        self.state = State::Open(Box::new(connection));
                    }
                    Err(error) => self.lose(error)?,
                },
            }
        }
    }

    fn connect(&mut self) -> Result<(), Error> {
        let request = self.source.request(&self.progress);
        let opening =
            request.and_then(|(operation, request)| self.source.core.open(operation, request));
        match opening {
            Ok(opening) => {
                self.progress.attempts = self.progress.attempts.saturating_add(1);
                self.progress.connections = self.progress.connections.saturating_add(1);
                if let Some(account) = &mut self.account {
                    account.attempt();
                }
                self.state = State::Connecting(Exclusive::new(opening));
                Ok(())
            }
            Err(error) => Err(self.end(error)),
        }
    }

    /// After a connection is lost: the pause before the next one, or the error that ends the stream.
    fn lose(&mut self, error: Error) -> Result<(), Error> {
        self.note_connection();
        let safe = self.source.can_go_on(&self.progress);
        let policy = &self.source.core.settings().retry;
        let pause = policy.pause(self.progress.attempts, safe, &error);
        let Some(pause) = pause.filter(|_| safe || !self.progress.begun) else {
            return Err(self.end(error));
        };
        if self.account.as_mut().is_some_and(|account| !account.pay()) {
            return Err(self.end(error.with_retry_budget_spent()));
        }
        self.progress.may_have_effect |= !error.is_without_effect();
        let pause = pause.max(self.progress.asked_pause);
        tracing::debug!(
            attempts = self.progress.attempts,
            pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            "a stream of events was lost; another connection follows"
        );
        self.progress.waited = self.progress.waited.saturating_add(pause);
        self.state = State::Pausing(Box::pin(sleep(pause)));
        Ok(())
    }

    /// Notes what a connection has shown that is lost.
    fn note_connection(&mut self) {
        let State::Open(connection) = &self.state else {
            self.progress.stood = false;
            return;
        };
        if let Some(asked) = connection.asked_pause() {
            let policy = &self.source.core.settings().retry;
            self.progress.asked_pause = policy.at_most_retry_after(asked);
        }
        self.progress.stood = connection.stood();
        if self.progress.stood && self.source.only_reads(&self.progress) {
            self.progress.attempts = self.progress.attempts.min(1);
            self.succeed();
        }
    }

    /// Notes that an event was delivered.
    fn note_life(&mut self) {
        if self.progress.begun {
            self.succeed();
        }
    }

    /// From here on connections are not paid for.
    fn succeed(&mut self) {
        if let Some(account) = self.account.take() {
            account.succeed();
        }
    }

    fn end(&mut self, error: Error) -> Error {
        self.state = State::Ended;
        let Progress { last_id, connections, waited, may_have_effect, .. } = &self.progress;
        let may_have_effect = *may_have_effect || !error.is_without_effect();
        let error = error.with_effect(may_have_effect);
        error.of_unless_known(self.source.operation).at_event(last_id).after(*connections, *waited)
    }
}

impl<T: StreamEvent> Stream for EventStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(cx)
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("operation", &self.source.operation.id)
            .field("last_event_id", &self.progress.last_id)
            .finish_non_exhaustive()
    }
}

/// An [`EventStream`] whose items carry their ids.
///
/// # Cancel safety
///
/// As [`EventStream`].
#[derive(Debug)]
#[must_use = "a stream does nothing until it is polled"]
pub struct WithIds<T>(EventStream<T>);

impl<T: StreamEvent> WithIds<T> {
    /// The next event with its id; `None` at the end.
    ///
    /// # Cancel safety
    ///
    /// As [`EventStream::next`].
    pub async fn next(&mut self) -> Option<Result<Identified<T>, Error>> {
        poll_fn(|cx| self.poll_identified(cx)).await
    }

    fn poll_identified(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Identified<T>, Error>>> {
        let item = ready!(self.0.poll_event(cx));
        let identify = |event| Identified { id: self.0.progress.last_id.clone(), event };
        Poll::Ready(item.map(|item| item.map(identify)))
    }
}

impl<T: StreamEvent> Stream for WithIds<T> {
    type Item = Result<Identified<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_identified(cx)
    }
}

#[cfg(test)]
mod tests;
