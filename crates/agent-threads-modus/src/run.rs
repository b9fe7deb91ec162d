//! Runs: started, followed event by event, attached again.

mod by_read;
mod steer;

use crate::{
    Api, Client, Error, ErrorKind, EventStream, Handle, Target,
    outcome::{Ending, Outcome},
    start::Start,
    types::{
        ActiveRunsBySession, ModusRunCreate, RunCreate, RunEvent, ScopeRunCreate, WorkflowAction,
        WorkflowRunCreate,
    },
};
use agent_threads_core::codegen;
use by_read::ByRead;
use futures_core::Stream;
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

impl Client {
    /// A run at the vendor's first, unversioned address, `POST /agent/runs`. Nothing is sent before its first event is
    /// asked for.
    ///
    /// The run's id is known at once: it is the idempotency key, by default a random UUID, or the body's `run_id` where
    /// that is set. [`Run::key`] sets another. So a [`Run::handle`] that is stored now finds the run again even if this
    /// process dies; one that was never sent is not found, and can be started again with its id as key.
    pub fn run(&self, body: RunCreate) -> Run {
        let handle = first(Api::Unversioned, body.run_id.as_ref());
        let handle =
            handle.of(Target::Organization(body.organization_id.clone()), &body.session_id);
        Run::new(self.clone(), handle, Start::Unversioned(Box::new(body)))
    }

    /// A run of the organization's assistant, Modus. Otherwise as [`run`](Self::run).
    pub fn run_modus(&self, body: ModusRunCreate) -> Run {
        let handle = first(Api::V1, body.run_id.as_ref()).of(Target::Modus, &body.session_id);
        Run::new(self.clone(), handle, Start::Modus(Box::new(body)))
    }

    /// A run of a published scope. Otherwise as [`run`](Self::run).
    pub fn run_scope(&self, scope_id: i64, body: ScopeRunCreate) -> Run {
        let handle = first(Api::V1, body.run_id.as_ref());
        let handle = handle.of(Target::Scope(scope_id), &body.session_id);
        Run::new(self.clone(), handle, Start::Scope(scope_id, Box::new(body)))
    }

    /// A run of a workflow. Otherwise as [`run`](Self::run).
    pub fn run_workflow(&self, workflow_id: i64, body: WorkflowRunCreate) -> Run {
        let handle = first(Api::V1, body.run_id.as_ref());
        let handle = handle.of(Target::Workflow(workflow_id), &body.session_id);
        Run::new(self.clone(), handle, Start::Workflow(workflow_id, Box::new(body)))
    }

    /// A single action of a workflow, as a run. Otherwise as [`run`](Self::run); such a run takes neither replies nor
    /// decisions.
    pub fn run_action(&self, body: WorkflowAction) -> Run {
        let handle = first(Api::V1, body.run_id.as_ref()).of(Target::Action, &body.session_id);
        Run::new(self.clone(), handle, Start::Action(Box::new(body)))
    }

    /// The run of a handle, in this process or another, from the event after the handle's. Nothing is sent before its
    /// first event is asked for.
    pub fn attach(&self, handle: Handle) -> Run {
        Run::new(self.clone(), handle, Start::Attach)
    }

    /// The newest unfinished run of a conversation, for a program that has lost the handle: its [`Run`] from the first
    /// event on. `None` where none is unfinished.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; nothing else comes of it.
    ///
    /// # Errors
    ///
    /// Those of [`find_active_runs`](Client::find_active_runs).
    pub async fn unfinished_run(&self, session_id: &str) -> Result<Option<Run>, Error> {
        let found = self.find_active_runs(ActiveRunsBySession::new([session_id])).await?;
        let run = found.runs.into_iter().find(|run| run.session_id == session_id);
        Ok(run.map(|run| self.attach(Handle::v1(run.run_id))))
    }
}

/// The handle of a run that has not begun, under the id that its body has, or a random one.
fn first(api: Api, run_id: Option<&String>) -> Handle {
    Handle::at(api, run_id.cloned().unwrap_or_else(codegen::new_key))
}

/// One run, and how far its events have been delivered: [`next`](Self::next) event by event, as a [`Stream`], or
/// [`wait`](Self::wait) for the end.
///
/// A lost connection is taken up after the last event delivered, so that each event comes once and in order. Only the
/// vendor's last event ends a run; a stream that ends without it was lost.
///
/// # Cancel safety
///
/// A future of [`next`](Self::next) or [`wait`](Self::wait) that is dropped loses nothing: the request or the
/// connection stays, and the next call goes on with it. Dropping the run itself closes the connection; the vendor's
/// run, if it was started, goes on. Its [`handle`](Self::handle) attaches it behind the last event delivered, and the
/// same run made again with the same [`key`](Self::key) starts no second one.
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
    /// starts a second run. The vendor advises a UUID, and its pages do not say that a run under any other key can be followed
    /// later; it is sent as it is. 1 to 255 printable ASCII characters without spaces; any other is refused when the first event is
    /// asked for. Without effect once one was, and on a run that was attached.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        if self.start.creates() && self.events.is_none() {
            self.handle.run_id = key.into();
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
    /// other `Err` comes `None`; [`handle`](Self::handle) can be attached again.
    ///
    /// # Cancel safety
    ///
    /// An event is either returned or still to come: call it again to go on.
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
    /// Events that cannot be read are passed over and counted in [`Outcome::unreadable`]. After an error, attach the [`handle`](Self::handle). A run that the vendor ends as failed or cancelled is an outcome, not an error.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped, by a timeout for one: call it again to go on.
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
            return Err(codegen::unfinished(self.handle.reads(), &self.handle().last_event_id));
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
        let events = self.start.events(&self.client, &self.handle)?;
        let events = if self.keepalives { events.with_keepalives() } else { events };
        let Handle { run_id, api, .. } = self.handle.clone();
        Ok(events.reconnect_by(ByRead { client: self.client.clone(), run_id, api }))
    }

    /// Notes what an event says of the run before it is delivered.
    fn take(&mut self, event: Result<RunEvent, Error>) -> Result<RunEvent, Error> {
        let refusable = !self.begun && self.start.creates();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_run_is_its_key_and_known_before_anything_is_sent() {
        let client = Client::new("modus_test").unwrap();
        let body = || RunCreate::new("Which tickets are open?", "session", "org");
        let origin = Target::Organization("org".into());
        let expected = Handle::new("job-7").of(origin, "session");
        assert_eq!(client.run(body()).key("job-7").handle(), expected);
        assert_eq!(client.run(body().run_id("mine")).run_id(), "mine");
        assert_ne!(client.run(body()).run_id(), client.run(body()).run_id());
    }
}
