//! Streams of servers that keep no place for their readers.

use super::{EventStream, StreamEvent};
use crate::{Error, ErrorKind, call::Core, operation::Operation, retry_budget::Account};
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
/// new are made as often as the retry policy allows, and no more. One that stood is no such connection, new or not: see
/// [`EventStream`]. Each of them keeps the server busy for no less than the policy's longest pause.
pub struct Replays<T> {
    core: Core,
    operation: &'static Operation,
    request: Box<dyn Fn() -> Result<Request, Error> + Send + Sync>,
    state: State<T>,
    /// Connections since the last one that brought something new or stood, that one included.
    attempts: u32,
    connections: u32,
    waited: Duration,
    /// How long the server wants its client to wait before it connects again.
    asked_pause: Duration,
    /// Pays for attempts until something has come, or a connection has stood.
    account: Option<Account>,
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
            asked_pause: Duration::ZERO,
            account: Some(self.account()),
        }
    }
}

impl<T: StreamEvent> Replays<T> {
    /// Something new has come.
    pub fn progressed(&mut self) {
        self.attempts = self.attempts.min(1);
        if let Some(account) = self.account.take() {
            account.succeed();
        }
    }

    /// Gives up a connection from which nothing comes although there is something to come: it is dead, and is lost as any
    /// other. Without effect while there is none.
    ///
    /// # Errors
    ///
    /// When the retry policy allows for no other. Nothing comes any more then.
    pub fn give_up(&mut self, why: &str) -> Result<(), Error> {
        match self.state {
            State::Opening(_) | State::Open(_) => {
                self.lose(Error::interrupted(why).of(self.operation)).map(drop)
            }
            _ => Ok(()),
        }
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
        // Attempts are counted and paid for here, over all connections.
        let core = self.core.with(|settings| {
            let once = settings.retry.clone().max_attempts(1);
            settings.retry(once)
        });
        let mut events = core.events(self.operation, (self.request)());
        events.account = None;
        events.progress.asked_pause = self.asked_pause;
        self.attempts = self.attempts.saturating_add(1);
        self.connections = self.connections.saturating_add(1);
        if let Some(account) = &mut self.account {
            account.attempt();
        }
        self.state = State::Opening(events);
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
        self.note_connection();
        let Some(pause) = self.core.settings().retry.pause(self.attempts, true, &error) else {
            return Err(self.end(error));
        };
        if self.account.as_mut().is_some_and(|account| !account.pay()) {
            return Err(self.end(error.with_retry_budget_spent()));
        }
        let pause = pause.max(self.asked_pause);
        tracing::debug!(
            attempts = self.attempts,
            pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            "a stream of replays was lost; another connection follows"
        );
        self.waited = self.waited.saturating_add(pause);
        self.state = State::Pausing(Box::pin(sleep(pause)));
        Ok(Replay::Lost)
    }

    /// Notes what the connection has shown that is lost.
    fn note_connection(&mut self) {
        if let State::Open(events) = &self.state {
            self.asked_pause = events.progress.asked_pause;
            if events.progress.stood {
                self.progressed();
            }
        }
    }

    fn end(&mut self, error: Error) -> Error {
        self.state = State::Ended;
        error.after(self.connections, self.waited)
    }
}

impl<T> fmt::Debug for Replays<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replays").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}
