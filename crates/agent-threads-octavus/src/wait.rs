//! Waiting for the end of a run.

use crate::{
    BoxFuture, Dispatch, Error, Handle, RawResponse, Run,
    types::{RecordingStatus, Thread, ThreadStatus},
};
use agent_threads_core::codegen::{Observation, Poll};
use serde::Deserialize;
use std::{fmt, future::pending, time::Duration};

/// The vendor's SDK has these two.
const INTERVAL: Duration = Duration::from_secs(3);
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// How many reads in a row may show the ending of the run before. A vendor that never counts up is not waited for in vain.
const STALE_READS: u32 = 10;

/// A wait for the end of a run; await it for the [`Thread`].
///
/// A run that ends as `failed`, `cancelled` or `blocked` is a thread with that status, not an error. A status that this
/// version does not know counts as not at its end.
///
/// # Cancel safety
///
/// Dropping the future ends the wait; the run goes on, and can be waited for anew. Where the wait begins with a
/// dispatch that is not answered yet, see [`Dispatch`].
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait {
    start: Start,
    interval: Duration,
    timeout: Duration,
    idle_reads: Option<u32>,
    settling: Duration,
    on_dispatched: Option<OnDispatched>,
    on_status: Option<OnStatus>,
    cancel: BoxFuture<'static, ()>,
}

type OnDispatched = Box<dyn FnOnce(&Handle) + Send>;
type OnStatus = Box<dyn FnMut(&ThreadStatus) + Send>;

enum Start {
    Dispatch(Dispatch),
    Run(Run),
}

impl Wait {
    pub(crate) fn of(run: Run) -> Self {
        Self::from(Start::Run(run))
    }

    pub(crate) fn after_dispatch(dispatch: Dispatch) -> Self {
        Self::from(Start::Dispatch(dispatch))
    }

    fn from(start: Start) -> Self {
        Self {
            start,
            interval: INTERVAL,
            timeout: TIMEOUT,
            idle_reads: None,
            settling: Duration::ZERO,
            on_dispatched: None,
            on_status: None,
            cancel: Box::pin(pending()),
        }
    }

    /// The pause between two reads. Default: 3 s.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// How long to wait, from the first read on, before failing with [`ErrorKind::Deadline`](crate::ErrorKind::Deadline).
    /// Default: 15 min.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Ends the wait with [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) as soon as `cancel` resolves. A dispatch that is
    /// on its way is finished first. Default: never.
    pub fn cancel_on(mut self, cancel: impl Future<Output = ()> + Send + 'static) -> Self {
        self.cancel = Box::pin(cancel);
        self
    }

    /// Takes the thread as it is after so many reads in a row have shown `idle`; 0 counts as 1. Default: `idle` is waited
    /// out, as the vendor's SDK does. No document says what it means for a thread.
    pub fn stop_when_idle(mut self, reads: u32) -> Self {
        self.idle_reads = Some(reads.max(1));
        self
    }

    /// After the end, goes on reading for at most so long until what settles late has: the recording, where there is one,
    /// is final, and two reads in a row tell the same usage. Then takes the thread as it is; never an error. Default: not at
    /// all. The vendor's SDK gives a recording 120 s.
    pub fn settle(mut self, timeout: Duration) -> Self {
        self.settling = timeout;
        self
    }

    /// Called once with the handle of the run, before the first read.
    pub fn on_dispatched(mut self, call: impl FnOnce(&Handle) + Send + 'static) -> Self {
        self.on_dispatched = Some(Box::new(call));
        self
    }

    /// Called with the first status read and with each that differs from the one before.
    pub fn on_status(mut self, call: impl FnMut(&ThreadStatus) + Send + 'static) -> Self {
        self.on_status = Some(Box::new(call));
        self
    }

    async fn finish(self) -> Result<Thread, Error> {
        let run = match self.start {
            Start::Run(run) => run,
            Start::Dispatch(dispatch) => dispatch.await?,
        };
        if let Some(call) = self.on_dispatched {
            call(&run.handle());
        }
        let read = || run.client().get_thread(run.agent_id(), run.thread_id()).send_raw();
        let mut cancel = self.cancel;
        let ending = Poll {
            operation: &crate::operations::GetThreadRequest::OPERATION,
            subject: format!("thread {}", run.thread_id()),
            interval: self.interval,
            timeout: self.timeout,
            pauses_first: false,
            cancel: &mut cancel,
        };
        let mut judge = Judge {
            run: &run,
            idle_reads: self.idle_reads,
            on_status: self.on_status,
            last: None,
            idle: 0,
            stale: 0,
        };
        let thread = ending.until(read, |answer| judge.observe(&answer)).await?;
        let mut settling = Settling::of(thread);
        if !self.settling.is_zero() && !settling.is_settled() {
            let settled = Poll {
                operation: &crate::operations::GetThreadRequest::OPERATION,
                subject: String::new(),
                interval: self.interval,
                timeout: self.settling,
                pauses_first: true,
                cancel: &mut cancel,
            };
            // What has not settled in time is no failure of the run.
            let _ = settled.until(read, |answer| settling.observe(&answer)).await;
        }
        Ok(settling.thread)
    }
}

impl IntoFuture for Wait {
    type Output = Result<Thread, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("interval", &self.interval)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The one field that every read needs. The rest is read at the end, so that nothing else can hide the end.
#[derive(Deserialize)]
struct Glance {
    status: ThreadStatus,
}

/// Decides after each read whether the run is at its end.
struct Judge<'r> {
    run: &'r Run,
    idle_reads: Option<u32>,
    on_status: Option<OnStatus>,
    last: Option<ThreadStatus>,
    idle: u32,
    stale: u32,
}

impl Judge<'_> {
    fn observe(&mut self, answer: &RawResponse) -> Result<Observation<Thread>, Error> {
        let Glance { status } = answer.decode()?;
        self.idle = if status == ThreadStatus::Idle { self.idle + 1 } else { 0 };
        let idled = self.idle_reads.is_some_and(|reads| self.idle >= reads);
        if !status.is_terminal() && !idled {
            self.tell(&status);
            return Ok(Observation::Pending(status.to_string()));
        }
        let thread: Thread =
            answer.decode().map_err(|error| error.with_last_status(status.as_str()))?;
        if self.run.is_stale(&thread) && self.stale < STALE_READS {
            self.stale += 1;
            return Ok(Observation::Pending(status.to_string()));
        }
        self.tell(&status);
        Ok(Observation::Done(thread))
    }

    fn tell(&mut self, status: &ThreadStatus) {
        if self.last.as_ref() == Some(status) {
            return;
        }
        if let Some(call) = &mut self.on_status {
            call(status);
        }
        self.last = Some(status.clone());
    }
}

/// A thread at its end, while what settles late is waited for.
struct Settling {
    thread: Thread,
    /// Two reads in a row have told the same usage.
    usage_rests: bool,
}

impl Settling {
    fn of(thread: Thread) -> Self {
        let usage_rests = thread.usage.is_none();
        Self { thread, usage_rests }
    }

    fn is_settled(&self) -> bool {
        let recording =
            self.thread.recording.as_ref().and_then(|recording| recording.status.as_ref());
        self.usage_rests && recording.is_none_or(RecordingStatus::is_final)
    }

    fn observe(&mut self, answer: &RawResponse) -> Result<Observation<()>, Error> {
        let thread: Thread = answer.decode()?;
        if !thread.status.is_terminal() {
            // Another run has begun; the thread as it was is the ending of this one.
            return Ok(Observation::Done(()));
        }
        self.usage_rests = thread.usage == self.thread.usage;
        self.thread = thread;
        match self.is_settled() {
            true => Ok(Observation::Done(())),
            false => Ok(Observation::Pending(self.thread.status.to_string())),
        }
    }
}
