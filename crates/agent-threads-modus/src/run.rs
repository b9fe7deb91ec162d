//! Runs: started, followed event by event, attached again.

use crate::{
    Client, Error, ErrorKind, EventStream,
    operations::{CreateRun, StreamRun},
    outcome::{Ending, Outcome},
    types::{RunAction, RunCreate, RunEvent},
};
use agent_threads_core::codegen::{self, Operation, Reconnect};
use futures_core::Stream;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

impl Client {
    /// A run of an agent with this message. Nothing is sent before its first event is asked for.
    ///
    /// The run's id is known at once: it is the idempotency key, by default a random UUID, or the body's `run_id` where
    /// that is set. [`Run::key`] sets another. So a [`Run::handle`] that is stored now finds the run again even if this
    /// process dies before the first answer.
    pub fn run(&self, body: RunCreate) -> Run {
        let run_id = body.run_id.clone().unwrap_or_else(codegen::new_key);
        Run::new(self.clone(), Handle::new(run_id), Start::Create(Box::new(body)))
    }

    /// The run of a handle, in this process or another, from the event after the handle's. Nothing is sent before its
    /// first event is asked for.
    pub fn attach(&self, handle: Handle) -> Run {
        Run::new(self.clone(), handle, Start::Attach)
    }
}

/// All that is needed to find a run again: what a program stores in its job queue. It carries no secret.
///
/// Its serialized form stays readable by later versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Handle {
    /// The run.
    pub run_id: String,
    /// The id of the last event delivered; empty for a run of which none has been.
    #[serde(default)]
    pub last_event_id: String,
}

impl Handle {
    /// The handle of a run, from its first event on.
    pub fn new(run_id: impl Into<String>) -> Self {
        Self { run_id: run_id.into(), last_event_id: String::new() }
    }

    /// The same run from its first event on, for a program that needs the whole text again.
    #[must_use]
    pub fn rewound(self) -> Self {
        Self { last_event_id: String::new(), ..self }
    }
}

/// One run, and how far its events have been delivered: [`next`](Self::next) event by event, as a [`Stream`], or
/// [`wait`](Self::wait) for the end.
///
/// A lost connection is taken up after the last event delivered, so that each event comes once and in order. Only the
/// vendor's last event ends a run; a stream that ends without it was lost. Dropping this value closes the connection and
/// stops nothing: the run goes on at the vendor.
#[must_use = "a run is not started before its first event is asked for"]
pub struct Run {
    client: Client,
    handle: Handle,
    start: Start,
    keepalives: bool,
    events: Option<EventStream<RunEvent>>,
    begun: bool,
    /// The run was refused before anything was sent, and asking again would be in vain.
    refused: bool,
    text: String,
    thread_id: Option<String>,
    unreadable: u32,
    ending: Option<Ending>,
}

enum Start {
    Create(Box<RunCreate>),
    Attach,
}

impl Run {
    fn new(client: Client, handle: Handle, start: Start) -> Self {
        Self {
            client,
            handle,
            start,
            keepalives: false,
            events: None,
            begun: false,
            refused: false,
            text: String::new(),
            thread_id: None,
            unreadable: 0,
            ending: None,
        }
    }

    /// Sets the idempotency key, and with it the run's id, such as the id of a job: the same key with the same body never
    /// starts a second run. Without effect once an event was asked for, and on a run that was attached.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        if matches!(self.start, Start::Create(_)) && self.events.is_none() {
            self.handle = Handle::new(key);
        }
        self
    }

    /// Delivers heartbeats too. Without this they only keep the stream from counting as silent. Without effect once an
    /// event was asked for.
    pub fn with_heartbeats(mut self) -> Self {
        self.keepalives = true;
        self
    }

    /// The run's id.
    pub fn run_id(&self) -> &str {
        &self.handle.run_id
    }

    /// What to store so that the run can be [attached](Client::attach) again after the last event delivered so far. At the
    /// end, that is before the run's last event, so that attaching brings it again.
    pub fn handle(&self) -> Handle {
        let delivered = self.events.as_ref().map_or("", EventStream::last_event_id);
        match delivered.is_empty() {
            true => self.handle.clone(),
            false => Handle { last_event_id: delivered.to_owned(), ..self.handle.clone() },
        }
    }

    /// The agent's text so far: the tokens delivered by this value, and where the vendor has taken its text back, what it
    /// put in its place.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The next event; `None` behind the last.
    ///
    /// An event that cannot be read is one `Err` with [`ErrorKind::Decode`], and the run goes on behind it. After any
    /// other `Err` comes `None`; [`handle`](Self::handle) can be attached again. Cancel-safe: an event is either returned
    /// or still to come.
    ///
    /// # Errors
    ///
    /// - [`Error::is_conflict`] when the key was used with another body, whether the vendor answers so or says it in the
    ///   stream.
    /// - [`Error::is_not_found`] when an attached run is not there: it was never started, or its events have expired.
    /// - [`ErrorKind::Interrupted`], [`ErrorKind::Transport`] and [`ErrorKind::Timeout`] when the connection was lost and
    ///   the retry policy is exhausted.
    /// - Those of [`create_run`](Client::create_run) and [`stream_run`](Client::stream_run).
    pub async fn next(&mut self) -> Option<Result<RunEvent, Error>> {
        std::future::poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Follows the run to its end.
    ///
    /// Events that cannot be read are passed over and counted in [`Outcome::unreadable`]. Cancel-safe: when it was dropped,
    /// by a timeout for one, call it again to go on. After an error, attach the [`handle`](Self::handle). A run that the vendor ends as failed or cancelled is an outcome, not an error.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next) that end the run's events.
    pub async fn wait(&mut self) -> Result<Outcome, Error> {
        while let Some(event) = self.next().await {
            match event {
                Err(error) if error.kind() != ErrorKind::Decode => return Err(error),
                _ => {}
            }
        }
        self.outcome()
    }

    /// How the run ended.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Interrupted`] when it has not: its last event was not delivered.
    pub fn outcome(&self) -> Result<Outcome, Error> {
        let Some(ending) = self.ending.clone() else {
            return Err(codegen::unfinished(&StreamRun::OPERATION, &self.handle().last_event_id));
        };
        Ok(Outcome {
            run_id: self.handle.run_id.clone(),
            thread_id: self.thread_id.clone(),
            text: self.text.clone(),
            unreadable: self.unreadable,
            ending,
        })
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<RunEvent, Error>>> {
        if self.refused {
            return Poll::Ready(None);
        }
        let events = match &mut self.events {
            Some(events) => events,
            None => match self.open() {
                Ok(events) => self.events.insert(events),
                Err(error) => {
                    self.refused = true;
                    return Poll::Ready(Some(Err(error)));
                }
            },
        };
        let event = ready!(Pin::new(events).poll_next(cx));
        Poll::Ready(event.map(|event| self.take(event)))
    }

    fn open(&self) -> Result<EventStream<RunEvent>, Error> {
        let by_read = ByRead { client: self.client.clone(), run_id: self.handle.run_id.clone() };
        let events = match &self.start {
            Start::Attach => {
                let read = self.client.stream_run(&self.handle.run_id);
                read.events().after(&self.handle.last_event_id)
            }
            Start::Create(body) => {
                check(body)?;
                let create = self.client.create_run(RunCreate::clone(body));
                create.idempotency_key(&self.handle.run_id).events()
            }
        };
        let events = if self.keepalives { events.with_keepalives() } else { events };
        Ok(events.reconnect_by(by_read))
    }

    /// Notes what an event says of the run before it is delivered.
    fn take(&mut self, event: Result<RunEvent, Error>) -> Result<RunEvent, Error> {
        let refusable = !self.begun && matches!(self.start, Start::Create(_));
        self.begun |= !matches!(event, Ok(RunEvent::Heartbeat(_)));
        let core = self.client.core();
        match &event {
            Ok(RunEvent::Token(token)) => self.text.push_str(&token.content),
            Ok(RunEvent::AssistantContentReset(reset)) => self.text.clone_from(&reset.content),
            Ok(RunEvent::Done(done)) => {
                self.thread_id = done.thread_id.clone().filter(|id| !id.is_empty());
                self.ending = Some(Ending::Done);
            }
            Ok(RunEvent::Cancelled(_)) => self.ending = Some(Ending::Cancelled),
            Ok(RunEvent::StreamTimeout(_)) => self.ending = Some(Ending::StreamTimeout),
            Ok(RunEvent::Error(error)) => {
                if refusable && let Some(conflict) = crate::conflict::of_event(core, error) {
                    return Err(conflict);
                }
                self.ending = Some(Ending::Failed(error.text().to_owned()));
            }
            Err(error) if error.kind() == ErrorKind::Decode => {
                if refusable && let Some(conflict) = crate::conflict::of_unreadable(core, error) {
                    return Err(conflict);
                }
                self.unreadable += 1;
                self.ending = self.ending.take().or_else(|| Ending::of_unreadable(error));
            }
            _ => {}
        }
        event
    }
}

/// Refuses what the vendor's page rules out.
fn check(body: &RunCreate) -> Result<(), Error> {
    match &body.action {
        None | Some(RunAction::Chat) => Ok(()),
        Some(_) => Err(codegen::invalid_request(
            &CreateRun::OPERATION,
            "`action` is not `chat`, the only one that the vendor accepts here",
        )),
    }
}

impl Stream for Run {
    type Item = Result<RunEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(cx)
    }
}

/// Shows neither the message nor the text.
impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("handle", &self.handle()).finish_non_exhaustive()
    }
}

/// Goes on by reading the run's events: a run that has begun is not created again.
struct ByRead {
    client: Client,
    run_id: String,
}

impl Reconnect for ByRead {
    fn request(
        &self,
        last_event_id: &str,
    ) -> Result<(&'static Operation, reqwest::Request), Error> {
        let read = self.client.stream_run(&self.run_id).request()?;
        let operation = &StreamRun::OPERATION;
        Ok((operation, codegen::with_last_event_id(operation, read, last_event_id)?))
    }

    /// Ids are those of a Redis stream, `<ms>-<number>`, and grow.
    fn is_repeat(&self, id: &str, last: &str) -> bool {
        match (position(id), position(last)) {
            (Some(id), Some(last)) => id <= last,
            _ => id == last,
        }
    }
}

fn position(id: &str) -> Option<(u64, u64)> {
    let (milliseconds, number) = id.split_once('-')?;
    Some((milliseconds.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_read() -> ByRead {
        let client = Client::builder().token("modus_test").build().unwrap();
        ByRead { client, run_id: "r1".into() }
    }

    #[test]
    fn ids_are_compared_as_numbers() {
        let repeats = |id, last| by_read().is_repeat(id, last);
        assert!(repeats("1717000000000-0", "1717000000000-0"));
        assert!(repeats("999-5", "1717000000000-0"));
        assert!(!repeats("1717000000000-10", "1717000000000-9"));
        assert!(!repeats("odd", "1717000000000-0"));
        assert!(repeats("odd", "odd"));
    }

    #[test]
    fn the_id_of_a_run_is_its_key_and_known_before_anything_is_sent() {
        let client = by_read().client;
        let body = || RunCreate::new("Which tickets are open?", "session", "org");
        assert_eq!(client.run(body()).key("job-7").handle(), Handle::new("job-7"));
        assert_eq!(client.run(body().run_id("mine")).run_id(), "mine");
        assert_ne!(client.run(body()).run_id(), client.run(body()).run_id());
    }

    #[test]
    fn a_stored_handle_stays_readable() {
        let handle: Handle = serde_json::from_str(r#"{"run_id":"r"}"#).unwrap();
        assert_eq!(handle, Handle::new("r"));
        let written = r#"{"run_id":"r","last_event_id":"7-0"}"#;
        let handle: Handle = serde_json::from_str(written).unwrap();
        assert_eq!(serde_json::to_string(&handle).unwrap(), written);
        assert_eq!(handle.rewound(), Handle::new("r"));
    }
}
