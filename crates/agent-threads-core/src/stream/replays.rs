//! Streams of servers that keep no place for their readers.

use super::{EventStream, StreamEvent};
use crate::{Error, ErrorKind, RetryPolicy, call::Core, operation::Operation};
use reqwest::Request;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Sleep, sleep};

/// What a stream of replays brings.
#[derive(Debug)]
pub enum Replay<T> {
    /// A connection stands. What comes now begins with what the server still has, delivered before or not.
    Opened,
    /// An event, or one that cannot be read.
    Event(Result<T, Error>),
    /// The connection is gone. Polled again, the stream makes another after a pause.
    Lost,
}

/// Events of a server that replays what it has on every connection, and has no cursor to go on from.
///
/// The caller tells new from old, and calls [`progressed`](Self::progressed) for what is new: connections that bring nothing
/// new are made as often as the retry policy allows, and no more.
pub struct Replays<T> {
    core: Core,
    operation: &'static Operation,
    request: Box<dyn Fn() -> Result<Request, Error> + Send + Sync>,
    state: State<T>,
    /// Connections since something new came, the one that brought it included.
    attempts: u32,
    connections: u32,
    waited: Duration,
}

enum State<T> {
    Idle,
    Pausing(Pin<Box<Sleep>>),
    Opening(EventStream<T>),
    Open(EventStream<T>),
    Ended,
}

impl Core {
    /// A stream of replays. Nothing is sent before it is polled.
    pub fn replays<T: StreamEvent>(
        &self,
        operation: &'static Operation,
        request: impl Fn() -> Result<Request, Error> + Send + Sync + 'static,
    ) -> Replays<T> {
        Replays {
            core: self.clone(),
            operation,
            request: Box::new(request),
            state: State::Idle,
            attempts: 0,
            connections: 0,
            waited: Duration::ZERO,
        }
    }
}

impl<T: StreamEvent> Replays<T> {
    /// Something new has come.
    pub fn progressed(&mut self) {
        self.attempts = self.attempts.min(1);
    }

    /// Closes the connection. Nothing comes any more.
    pub fn close(&mut self) {
        self.state = State::Ended;
    }

    /// What comes next; `None` behind an event that is documented as the last, and behind an error. An error says that no
    /// further connection is made.
    pub fn poll_replay(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Replay<T>, Error>>> {
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Idle => self.connect(),
                State::Pausing(pause) => {
                    ready!(pause.as_mut().poll(cx));
                    self.connect();
                }
                State::Opening(events) => match ready!(events.poll_open(cx)) {
                    Ok(_) => return Poll::Ready(Some(Ok(self.opened()))),
                    Err(error) => return Poll::Ready(Some(self.lose(error))),
                },
                State::Open(events) => {
                    let item = ready!(events.poll_event(cx));
                    let is_last = item.is_some() && matches!(events.state, super::State::Ended);
                    return Poll::Ready(Some(self.read(item, is_last)));
                }
            }
        }
    }

    fn connect(&mut self) {
        // Attempts are counted here, over all connections.
        let core = self.core.with(|settings| settings.retry(RetryPolicy::never()));
        self.attempts += 1;
        self.connections += 1;
        self.state = State::Opening(core.events(self.operation, (self.request)()));
    }

    fn opened(&mut self) -> Replay<T> {
        if let State::Opening(events) = std::mem::replace(&mut self.state, State::Ended) {
            self.state = State::Open(events);
        }
        Replay::Opened
    }

    fn read(&mut self, item: Option<Result<T, Error>>, is_last: bool) -> Result<Replay<T>, Error> {
        let event = match item {
            Some(Err(error)) if error.kind() != ErrorKind::Decode => return self.lose(error),
            None => return self.lose(self.closed()),
            Some(event) => event,
        };
        if is_last {
            self.state = State::Ended;
        }
        Ok(Replay::Event(event))
    }

    fn closed(&self) -> Error {
        Error::interrupted("the server closed the stream").of(self.operation)
    }

    /// The pause before the next connection, or the error that ends the stream.
    fn lose(&mut self, error: Error) -> Result<Replay<T>, Error> {
        match self.core.settings().retry.pause(self.attempts, true, &error) {
            Some(pause) => {
                tracing::debug!(
                    attempts = self.attempts,
                    "a stream of replays was lost; another connection follows"
                );
                self.waited = self.waited.saturating_add(pause);
                self.state = State::Pausing(Box::pin(sleep(pause)));
                Ok(Replay::Lost)
            }
            None => {
                self.state = State::Ended;
                Err(error.after(self.connections, self.waited))
            }
        }
    }
}

impl<T> fmt::Debug for Replays<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replays").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}
