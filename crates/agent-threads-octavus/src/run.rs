//! Runs: dispatched, replied to, attached again.

use crate::{
    Before, BoxFuture, Client, Error, Wait,
    types::{DispatchThread, FollowUpThread, Thread, ThreadStatus},
};
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use std::fmt;

impl Client {
    /// Hands a task to an agent: a new thread, whose first run it starts.
    ///
    /// `message` is a text, or a [`DispatchThread`] with files. Await it for the [`Run`].
    ///
    /// # Errors
    ///
    /// Those of [`dispatch_thread`](Client::dispatch_thread). It is sent once, unless no connection was made: after a
    /// timeout or a broken connection the agent may be at work all the same.
    pub fn dispatch(
        &self,
        agent_id: impl Into<String>,
        message: impl Into<DispatchThread>,
    ) -> Dispatch {
        let (agent_id, message) = (agent_id.into(), message.into());
        Dispatch { client: self.clone(), agent_id, message, key: None }
    }

    /// [`dispatch`](Self::dispatch) and [`Run::wait`] in one: await it for the thread at the end of the run.
    ///
    /// When the wait fails, the run goes on at the vendor. [`Wait::on_dispatched`] gives its handle before the first read;
    /// a program that must not lose the run stores it there, or dispatches and waits in two steps.
    ///
    /// # Errors
    ///
    /// Those of [`dispatch`](Self::dispatch) and [`Run::wait`].
    pub fn run(&self, agent_id: impl Into<String>, message: impl Into<DispatchThread>) -> Wait {
        Wait::after_dispatch(self.dispatch(agent_id, message))
    }

    /// The run of a handle, in this process or another. Sends nothing.
    pub fn attach(&self, handle: Handle) -> Run {
        Run::started(self.clone(), handle, ThreadStatus::Pending, false)
    }
}

/// All that is needed to find a run again: what a program stores in its job queue. It carries no secret.
///
/// Its serialized form stays readable by later versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Handle {
    /// The agent at work.
    pub agent_id: String,
    /// The thread of the run.
    pub thread_id: String,
    /// What the thread showed when the run was started by a reply, so that the ending of the run before is not taken for
    /// this one's. `None` for the run that a dispatch started.
    #[serde(default)]
    pub before: Option<Before>,
}

impl Handle {
    /// The handle of a thread's latest run.
    pub fn new(agent_id: impl Into<String>, thread_id: impl Into<String>) -> Self {
        Self { agent_id: agent_id.into(), thread_id: thread_id.into(), before: None }
    }
}

/// One run of an agent: what it does with one message.
///
/// The vendor gives a run no id; it is the latest run of its thread. Dropping this value stops nothing.
#[derive(Clone, Debug)]
pub struct Run {
    client: Client,
    handle: Handle,
    status: ThreadStatus,
    replayed: bool,
}

impl Run {
    fn started(client: Client, handle: Handle, status: ThreadStatus, replayed: bool) -> Self {
        Self { client, handle, status, replayed }
    }

    /// The agent at work.
    pub fn agent_id(&self) -> &str {
        &self.handle.agent_id
    }

    /// The thread of the run.
    pub fn thread_id(&self) -> &str {
        &self.handle.thread_id
    }

    /// The status that the vendor answered when the run was started. [`read`](Self::read) gives the present one.
    ///
    /// `pending` for a run that was [attached](Client::attach).
    pub fn started_as(&self) -> &ThreadStatus {
        &self.status
    }

    /// Whether the dispatch found a run that an earlier one with the same key had started. False for every other run.
    pub fn is_replayed(&self) -> bool {
        self.replayed
    }

    /// What to store so that the run can be [attached](Client::attach) again.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Reads the thread once, at the end or not.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; nothing else comes of it.
    ///
    /// # Errors
    ///
    /// Those of [`get_thread`](Client::get_thread).
    pub async fn read(&self) -> Result<Thread, Error> {
        self.client.get_thread(self.agent_id(), self.thread_id()).await
    }

    /// Waits for the end of the run: await it for the thread.
    ///
    /// Reads at once and then every 3 s for at most 15 min, as the vendor's SDK does by default; [`Wait`] has setters.
    /// Reads that fail in a way that may pass are survived. Any number of waits for one run can go on at once.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Deadline`](crate::ErrorKind::Deadline) when the deadline passes first. It tells the last status
    ///   seen; the run goes on.
    /// - [`ErrorKind::Decode`](crate::ErrorKind::Decode) with [`Error::last_status`] when the run is at its end but the
    ///   thread is not as documented; [`Error::raw_body`] has it as it came.
    /// - Those of [`get_thread`](Client::get_thread) that do not pass, such as 401 or 404.
    pub fn wait(&self) -> Wait {
        Wait::of(self.clone())
    }

    /// Sends another message into the thread: await it for the run that answers it.
    ///
    /// The vendor starts it when the agent has finished its turn. `message` is a text, or a [`FollowUpThread`] with files.
    ///
    /// # Errors
    ///
    /// Those of [`get_thread`](Client::get_thread) and [`follow_up_thread`](Client::follow_up_thread): the thread is read
    /// first, so that the ending of the new run can be told from that of the run before. The reply itself is sent once,
    /// unless no connection was made.
    pub fn reply(&self, message: impl Into<FollowUpThread>) -> Reply {
        Reply { run: self.clone(), message: message.into() }
    }

    /// Stops the run, or whatever run the thread is in by then. Returns the status that the vendor answers: `cancelled` when
    /// there was one to stop.
    ///
    /// The stop itself completes a little later; [`wait`](Self::wait) sees it.
    ///
    /// # Cancel safety
    ///
    /// Whether the run is stopped is not known when the future is dropped. It can be called again.
    ///
    /// # Errors
    ///
    /// Those of [`cancel_thread`](Client::cancel_thread). A server of an early revision has no such operation and answers 404.
    pub async fn cancel(&self) -> Result<ThreadStatus, Error> {
        let stopped = self.client.cancel_thread(self.agent_id(), self.thread_id()).await?;
        Ok(stopped.status)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether a thread at its end shows the run before this one: a read made soon after a reply can.
    pub(crate) fn is_stale(&self, thread: &Thread) -> bool {
        self.handle.before.as_ref().is_some_and(|before| before.still_shows(thread))
    }
}

/// A dispatch that is sent when awaited.
///
/// # Cancel safety
///
/// Whether the vendor has started the run is not known when the future is dropped. With an
/// [`idempotency_key`](Self::idempotency_key) the same dispatch, made again, finds it; without one it starts another
/// run.
#[derive(Clone)]
#[must_use = "a dispatch does nothing until it is awaited"]
pub struct Dispatch {
    client: Client,
    agent_id: String,
    message: DispatchThread,
    key: Option<String>,
}

impl Dispatch {
    /// Sends this key, such as the id of a job: 1 to 255 printable ASCII characters without spaces. A dispatch with the same
    /// key and message, sent again after a failure, finds the run of the first one; see [`Run::is_replayed`].
    ///
    /// A server of an early revision passes over the key. So the client does not send a dispatch again by itself, but for
    /// the vendor's answer that the first one with this key is still in progress.
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
            let dispatch = self.client.dispatch_thread(&self.agent_id, self.message);
            let dispatch = match self.key {
                Some(key) => dispatch.idempotency_key(key),
                None => dispatch,
            };
            let answer = dispatch.send().await?;
            let replayed = answer.http_status() == StatusCode::OK;
            let started = answer.into_inner();
            let handle = Handle::new(self.agent_id, started.thread_id);
            Ok(Run::started(self.client, handle, started.status, replayed))
        })
    }
}

/// A reply that is sent when awaited.
///
/// # Cancel safety
///
/// Whether the vendor has the message is not known when the future is dropped, unless the thread was still being read.
/// [`Run::read`] shows it; a reply that is made again may stand in the thread twice.
#[derive(Clone)]
#[must_use = "a reply does nothing until it is awaited"]
pub struct Reply {
    run: Run,
    message: FollowUpThread,
}

impl IntoFuture for Reply {
    type Output = Result<Run, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { run, message } = self;
            let before = Before::of(&run.read().await?);
            let Run { client, mut handle, .. } = run;
            let (agent, thread) = (&handle.agent_id, &handle.thread_id);
            let accepted = client.follow_up_thread(agent, thread, message).await?;
            handle.before = Some(before);
            Ok(Run::started(client, handle, accepted.status, false))
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
