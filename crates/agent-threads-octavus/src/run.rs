//! Runs: dispatched, replied to, attached again.

use crate::{
    BoxFuture, Client, Error, Wait,
    types::{DispatchThread, FollowUpThread, Thread, ThreadStatus},
};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

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
        Dispatch { client: self.clone(), agent_id: agent_id.into(), message: message.into() }
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
        let status = ThreadStatus::Pending;
        Run { client: self.clone(), handle, status, seen: Arc::default() }
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
    /// How many messages the thread had when the run was started by a reply; 0 where that is not known. An ending with no
    /// more messages than that is the ending of the run before.
    #[serde(default)]
    pub messages_before: usize,
}

impl Handle {
    /// The handle of a thread's latest run.
    pub fn new(agent_id: impl Into<String>, thread_id: impl Into<String>) -> Self {
        Self { agent_id: agent_id.into(), thread_id: thread_id.into(), messages_before: 0 }
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
    /// The number of messages in the last thread that a wait has read to its end; 0 before.
    seen: Arc<AtomicUsize>,
}

impl Run {
    fn started(client: Client, handle: Handle, status: ThreadStatus) -> Self {
        Self { client, handle, status, seen: Arc::default() }
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

    /// What to store so that the run can be [attached](Client::attach) again.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Reads the thread once, at the end or not.
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
    /// Those of [`follow_up_thread`](Client::follow_up_thread). It is sent once, unless no connection was made.
    pub fn reply(&self, message: impl Into<FollowUpThread>) -> Reply {
        Reply { run: self.clone(), message: message.into() }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether a thread at its end shows the run before this one: a read made soon after a reply can.
    pub(crate) fn is_stale(&self, thread: &Thread) -> bool {
        let before = self.handle.messages_before;
        before > 0 && thread.messages.len() <= before
    }

    pub(crate) fn saw(&self, thread: &Thread) {
        self.seen.store(thread.messages.len(), Ordering::Relaxed);
    }
}

/// A dispatch that is sent when awaited.
#[derive(Clone)]
#[must_use = "a dispatch does nothing until it is awaited"]
pub struct Dispatch {
    client: Client,
    agent_id: String,
    message: DispatchThread,
}

impl IntoFuture for Dispatch {
    type Output = Result<Run, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let started = self.client.dispatch_thread(&self.agent_id, self.message).await?;
            let handle = Handle::new(self.agent_id, started.thread_id);
            Ok(Run::started(self.client, handle, started.status))
        })
    }
}

/// A reply that is sent when awaited.
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
            let Self { run: Run { client, mut handle, seen, .. }, message } = self;
            let (agent, thread) = (&handle.agent_id, &handle.thread_id);
            let accepted = client.follow_up_thread(agent, thread, message).await?;
            handle.messages_before = seen.load(Ordering::Relaxed);
            Ok(Run::started(client, handle, accepted.status))
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
