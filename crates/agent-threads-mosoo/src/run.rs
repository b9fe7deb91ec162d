//! Runs: started, replied to, decided about, cancelled, attached again.

use crate::{
    BoxFuture, Client, Error, Events, Handle, Wait,
    types::{
        self, CreateThread, Decision, PermissionDecision, RunStatus, RunSummary, SentEvent,
        ThreadEvent, ThreadEventInput, ThreadEventList, ThreadResponse, UserInterrupt, UserMessage,
    },
};
use agent_threads_core::codegen;
use std::fmt;

/// The most entries of its log that the vendor gives.
pub(crate) const WHOLE_LOG: i64 = 1000;

impl Client {
    /// Hands a task to an agent: a new thread, whose first run it starts.
    ///
    /// `thread` is a text, or a [`CreateThread`] with a message. In the dialect `current` it needs a
    /// [`user_id`](CreateThread::user_id). Await it for the [`Run`].
    ///
    /// # Errors
    ///
    /// Those of [`create_thread`](Client::create_thread), and
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a thread without a message: it would have no run.
    pub fn dispatch(
        &self,
        agent_id: impl Into<String>,
        thread: impl Into<CreateThread>,
    ) -> Dispatch {
        let (agent_id, thread) = (agent_id.into(), thread.into());
        Dispatch { client: self.clone(), agent_id, thread, key: None }
    }

    /// [`dispatch`](Self::dispatch) and [`Run::wait`] in one: await it for the outcome of the run.
    ///
    /// When the wait fails, the run goes on at the vendor. [`Wait::on_dispatched`] gives its handle before the first read.
    ///
    /// # Errors
    ///
    /// Those of [`dispatch`](Self::dispatch) and [`Run::wait`].
    pub fn run(&self, agent_id: impl Into<String>, thread: impl Into<CreateThread>) -> Wait {
        Wait::after_dispatch(self.dispatch(agent_id, thread))
    }

    /// The run of a handle, in this process or another. Sends nothing.
    pub fn attach(&self, handle: Handle) -> Run {
        Run { client: self.clone(), handle }
    }
}

/// One run of an agent: what it does with one message.
///
/// Dropping this value stops nothing.
#[derive(Clone, Debug)]
pub struct Run {
    client: Client,
    handle: Handle,
}

impl Run {
    /// The thread of the run.
    pub fn thread_id(&self) -> &str {
        &self.handle.thread_id
    }

    /// The run's id.
    pub fn run_id(&self) -> &str {
        &self.handle.run_id
    }

    /// What to store so that the run can be [attached](Client::attach) again.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Reads the thread and its latest run once.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; nothing else comes of it.
    ///
    /// # Errors
    ///
    /// Those of [`get_thread`](Client::get_thread).
    pub async fn read(&self) -> Result<ThreadResponse, Error> {
        self.client.get_thread(self.thread_id()).await
    }

    /// Waits for the end of the run, or until it waits for a decision: await it for the
    /// [`Outcome`](crate::Outcome).
    ///
    /// In the dialect `current` it follows the thread's stream, so that a wait costs few requests of the 120 that a token
    /// has in a minute, and then reads how the run ended: its events do not tell. It reads the thread at once and then every
    /// 30 s as well; every 2 s where there is no stream, or it fails. It waits for at most 15 min; [`Wait`] has setters.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Deadline`](crate::ErrorKind::Deadline) when the deadline passes first. It tells the last status
    ///   seen; the run goes on.
    /// - [`ErrorKind::Decode`](crate::ErrorKind::Decode) when the run is at its end but the thread is not as documented;
    ///   [`Error::raw_body`] has it as it came.
    /// - Those of [`get_thread`](Client::get_thread) that do not pass, such as 401 or 404, and those of
    ///   [`list_events`](Client::list_events) where the thread does not tell how the run ended: in the dialect `seed`, and for
    ///   a run that another has followed.
    pub fn wait(&self) -> Wait {
        Wait::of(self.clone())
    }

    /// Follows the run as it happens, from its first event.
    ///
    /// In the dialect `current` these come from the thread's stream, in `seed`, which has none, from reads of its log every
    /// 2 s. See [`Events`] for what is promised about lost connections.
    pub fn events(&self) -> Events {
        Events::of(self.clone())
    }

    /// Sends another message into the thread: await it for the run that answers it.
    ///
    /// `message` is a text, or a [`UserMessage`] with files. A thread has one run at a time: while one is active, the vendor
    /// refuses a message with 500.
    ///
    /// # Errors
    ///
    /// Those of [`send_events`](Client::send_events).
    pub fn reply(&self, message: impl Into<UserMessage>) -> Reply {
        Reply { run: self.clone(), message: message.into(), key: None }
    }

    /// What the run asks permission for: the latest `tool.confirmation.required` of its log, unless something behind it shows
    /// that it was answered, or `None`. Its [`tool_call_id`](ThreadEvent::tool_call_id) is the best that is known of the id to answer with; in the
    /// dialect `seed` it has none.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; nothing else comes of it.
    ///
    /// # Errors
    ///
    /// Those of [`list_events`](Client::list_events).
    pub async fn pending_confirmation(&self) -> Result<Option<ThreadEvent>, Error> {
        Ok(crate::log::pending(&self.log().await?, self.run_id()).cloned())
    }

    /// Allows, this once, what the run asks permission for, and gives the run to wait on: one that does not take
    /// `waiting_input` for an answer until the server has noticed the decision.
    ///
    /// An id that answers nothing is not refused: the run just goes on waiting, and after 15 reads that show so, half a minute
    /// unless the interval is another, a wait says so too. See
    /// [`pending_confirmation`](Self::pending_confirmation).
    ///
    /// # Cancel safety
    ///
    /// Whether the vendor has the decision is not known when the future is dropped;
    /// [`pending_confirmation`](Self::pending_confirmation) shows whether the run still asks. It can be called again.
    ///
    /// # Errors
    ///
    /// Those of [`send_events`](Client::send_events).
    pub async fn approve(&self, request_id: impl Into<String>) -> Result<Self, Error> {
        self.decide(request_id.into(), Decision::AllowOnce).await
    }

    /// Denies, this once, what the run asks permission for. Otherwise as [`approve`](Self::approve).
    ///
    /// # Cancel safety
    ///
    /// As [`approve`](Self::approve).
    ///
    /// # Errors
    ///
    /// Those of [`send_events`](Client::send_events).
    pub async fn deny(&self, request_id: impl Into<String>) -> Result<Self, Error> {
        self.decide(request_id.into(), Decision::RejectOnce).await
    }

    /// Cancels the run. Returns its status, `cancelled`, or how it had ended before.
    ///
    /// # Cancel safety
    ///
    /// Whether the run is cancelled is not known when the future is dropped. It can be called again.
    ///
    /// # Errors
    ///
    /// Those of [`send_events`](Client::send_events), and [`ErrorKind::Decode`](crate::ErrorKind::Decode) when the answer
    /// tells no run.
    pub async fn cancel(&self) -> Result<RunStatus, Error> {
        let interrupt = UserInterrupt::new().run_id(self.run_id());
        let interrupt = ThreadEventInput::UserInterrupt(interrupt);
        Ok(self.send(interrupt, None).await?.status)
    }

    async fn decide(&self, request_id: String, decision: Decision) -> Result<Self, Error> {
        let decision = PermissionDecision::new(request_id, decision);
        let events = [ThreadEventInput::PermissionDecision(decision)];
        self.client.send_events(self.thread_id(), types::SendEvents::new(events)).await?;
        let handle = Handle { decided: true, ..self.handle.clone() };
        Ok(Self { client: self.client.clone(), handle })
    }

    /// Sends one event, and gives the run that the answer tells of.
    async fn send(
        &self,
        event: ThreadEventInput,
        key: Option<String>,
    ) -> Result<RunSummary, Error> {
        let request = self.client.send_events(self.thread_id(), types::SendEvents::new([event]));
        let request = match key {
            Some(key) => request.idempotency_key(key),
            None => request,
        };
        let sent = request.send().await?;
        let run = sent.value().events.first().and_then(|sent: &SentEvent| sent.run.clone());
        run.ok_or_else(|| codegen::unexpected(&sent, "the event that was sent has no run"))
    }

    /// The latest entries of the thread's log, as many as there are to be had.
    pub(crate) async fn log(&self) -> Result<ThreadEventList, Error> {
        self.client.list_events(self.thread_id()).limit(WHOLE_LOG).await
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

/// A dispatch that is sent when awaited.
///
/// # Cancel safety
///
/// Whether the vendor has started the run is not known when the future is dropped. The same dispatch, made again with
/// the [`idempotency_key`](Self::idempotency_key) that was set on this one, finds it; without one it starts another
/// run.
#[derive(Clone)]
#[must_use = "a dispatch does nothing until it is awaited"]
pub struct Dispatch {
    client: Client,
    agent_id: String,
    thread: CreateThread,
    key: Option<String>,
}

impl Dispatch {
    /// Sends this key, such as the id of a job: 1 to 128 printable ASCII characters without spaces. Default: a random UUID.
    ///
    /// A dispatch with the same key and thread, sent again within 24 hours, finds the run of the first one. So does one that
    /// failed with 403, 404, 409 or 500, which the vendor remembers: it needs another key.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl IntoFuture for Dispatch {
    type Output = Result<Run, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            if self.thread.input.is_none() {
                let why = "`input` is missing: a thread without a message has no run";
                return Err(codegen::invalid_request(
                    &crate::operations::CreateThreadRequest::OPERATION,
                    why,
                ));
            }
            let request = self.client.create_thread(self.agent_id, self.thread);
            let request = match self.key {
                Some(key) => request.idempotency_key(key),
                None => request,
            };
            let created = request.send().await?;
            let ThreadResponse { thread, run, .. } = created.value();
            let Some(run) = run else {
                return Err(codegen::unexpected(
                    &created,
                    "the thread that was created has no run",
                ));
            };
            let handle = Handle::new(&thread.id, &run.id);
            Ok(Run { client: self.client, handle })
        })
    }
}

/// A reply that is sent when awaited.
///
/// # Cancel safety
///
/// Whether the vendor has the message is not known when the future is dropped. The same reply, made again with the
/// [`idempotency_key`](Self::idempotency_key) that was set on this one, finds its run; without one it may start
/// another.
#[derive(Clone)]
#[must_use = "a reply does nothing until it is awaited"]
pub struct Reply {
    run: Run,
    message: UserMessage,
    key: Option<String>,
}

impl Reply {
    /// Sends this key: 1 to 128 printable ASCII characters without spaces. Default: a random UUID. A reply with the same key
    /// and message, sent again within 24 hours, finds the run of the first one.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl IntoFuture for Reply {
    type Output = Result<Run, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { run, message, key } = self;
            let started = run.send(ThreadEventInput::UserMessage(message), key).await?;
            let handle = Handle::new(run.thread_id(), started.id);
            Ok(Run { client: run.client, handle })
        })
    }
}

/// Shows no message.
impl fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatch").field("agent_id", &self.agent_id).finish_non_exhaustive()
    }
}

/// Shows no message.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("run", &self.run).finish_non_exhaustive()
    }
}
