//! Waiting until a run rests.

use crate::{
    BoxFuture, Error, Events, RawResponse, Run,
    operations::GetRunRequest,
    run::STEPS,
    types::{self, RunStatus},
};
use agent_threads_core::codegen::{Observation, Pace, Poll};
use serde::Deserialize;
use std::{
    collections::BTreeSet,
    fmt,
    future::pending,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    task::{self, Context},
    time::Duration,
};

/// The vendor has no SDK whose defaults could be taken. A customer may make 20 requests a second, over all their waits.
const INTERVAL: Duration = Duration::from_secs(5);

/// "Work takes from seconds to hours."
const TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// How many times rarer the reads are while a stream tells of the end. They find what it may not tell, an interrupt for one.
const RARER: u32 = 6;

/// A wait until a run rests; await it for the [`types::Run`].
///
/// A run that has failed or is interrupted is a run with that status, not an error. A status that this version does not know
/// counts as not at rest.
///
/// # Cancel safety
///
/// Dropping the future ends the wait and closes its stream; the run goes on, and can be waited for anew.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait {
    run: Run,
    interval: Duration,
    timeout: Duration,
    streams: bool,
    steps: bool,
    answered: BTreeSet<String>,
    on_status: Option<OnStatus>,
    cancel: BoxFuture<'static, ()>,
}

type OnStatus = Box<dyn FnMut(&RunStatus) + Send>;

impl Wait {
    pub(crate) fn of(run: Run) -> Self {
        Self {
            run,
            interval: INTERVAL,
            timeout: TIMEOUT,
            streams: true,
            steps: false,
            answered: BTreeSet::new(),
            on_status: None,
            cancel: Box::pin(pending()),
        }
    }

    /// The pause between two reads, which is six times longer while the stream of events stands. Default: 5 s.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// How long to wait, from the first read on, before failing with [`ErrorKind::Deadline`](crate::ErrorKind::Deadline). It
    /// covers the reads, the pauses and the stream. Default: 1 h.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Only reads, and opens no stream.
    pub fn without_stream(mut self) -> Self {
        self.streams = false;
        self
    }

    /// Gives the run with its steps, by one more read at the end. Default: without.
    pub fn with_steps(mut self) -> Self {
        self.steps = true;
        self
    }

    /// The ids of interrupts that have been answered: while these are all that the run waits for, it is not taken to rest,
    /// since a read right after the answer may still show them.
    pub fn answered(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.answered.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Ends the wait with [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) as soon as `cancel` resolves. Default: never.
    pub fn cancel_on(mut self, cancel: impl Future<Output = ()> + Send + 'static) -> Self {
        self.cancel = Box::pin(cancel);
        self
    }

    /// Called with the first status read and with each that differs from the one before.
    pub fn on_status(mut self, call: impl FnMut(&RunStatus) + Send + 'static) -> Self {
        self.on_status = Some(Box::new(call));
        self
    }

    async fn finish(self) -> Result<types::Run, Error> {
        let Self { run, interval, timeout, streams, steps, answered, on_status, cancel } = self;
        let asks_steps = AtomicBool::new(false);
        let read = || {
            let request = run.client().get_run(run.run_id());
            let request = if asks_steps.load(Relaxed) { request.include(STEPS) } else { request };
            request.send_raw()
        };
        let events = streams.then(|| run.events());
        let mut judge =
            Judge { wants_steps: steps, asks_steps: &asks_steps, answered, on_status, last: None };
        let rest = Poll {
            operation: &GetRunRequest::OPERATION,
            subject: format!("run {}", run.run_id()),
            interval: Watch { events, stood: false, interval, asks_steps: &asks_steps },
            timeout,
            pauses_first: false,
            cancel,
        };
        rest.until(read, |answer| judge.observe(&answer)).await
    }
}

impl IntoFuture for Wait {
    type Output = Result<types::Run, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("run_id", &self.run.run_id())
            .field("interval", &self.interval)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// When to read the run again. What the events bring is passed over; that they end says that there is something to see.
struct Watch<'w> {
    events: Option<Events>,
    /// The stream stood when it was last looked at.
    stood: bool,
    interval: Duration,
    asks_steps: &'w AtomicBool,
}

impl Pace for Watch<'_> {
    fn interval(&self) -> Duration {
        match self.stood {
            true => self.interval.saturating_mul(RARER),
            false => self.interval,
        }
    }

    fn poll_due(&mut self, cx: &mut Context<'_>) -> task::Poll<()> {
        if self.asks_steps.load(Relaxed) {
            return task::Poll::Ready(());
        }
        let Some(events) = &mut self.events else {
            return task::Poll::Pending;
        };
        while let task::Poll::Ready(event) = events.poll_event(cx) {
            if event.is_none() {
                self.events = None;
                self.stood = false;
                return task::Poll::Ready(());
            }
        }
        let lost = self.stood && !events.stands();
        self.stood = events.stands();
        match lost {
            true => task::Poll::Ready(()),
            false => task::Poll::Pending,
        }
    }
}

/// The one field that every read needs. The rest is read at the end, so that nothing else can hide the end.
#[derive(Deserialize)]
struct Glance {
    status: RunStatus,
}

/// Decides after each read whether the run rests.
struct Judge<'w> {
    wants_steps: bool,
    /// Whether the next read is with steps, as the latest was if it has been set since.
    asks_steps: &'w AtomicBool,
    answered: BTreeSet<String>,
    on_status: Option<OnStatus>,
    last: Option<RunStatus>,
}

impl Judge<'_> {
    fn observe(&mut self, answer: &RawResponse) -> Result<Observation<types::Run>, Error> {
        let Glance { status } = answer.decode()?;
        self.tell(&status);
        let had_steps = self.asks_steps.swap(false, Relaxed);
        if !status.is_at_rest() {
            return Ok(Observation::Pending(status.to_string()));
        }
        let run: types::Run =
            answer.decode().map_err(|error| error.with_last_status(status.as_str()))?;
        if self.is_answered(&run) {
            return Ok(Observation::Pending(status.to_string()));
        }
        if self.wants_steps && !had_steps {
            self.asks_steps.store(true, Relaxed);
            return Ok(Observation::Pending(status.to_string()));
        }
        Ok(Observation::Done(run))
    }

    /// Whether all that the run waits for is on its way to it.
    fn is_answered(&self, run: &types::Run) -> bool {
        let interrupts = run.interrupts();
        run.status == RunStatus::Interrupted
            && !interrupts.is_empty()
            && interrupts.iter().all(|interrupt| self.answered.contains(&interrupt.id))
    }

    fn tell(&mut self, status: &RunStatus) {
        if self.last.as_ref() == Some(status) {
            return;
        }
        if let Some(call) = &mut self.on_status {
            call(status);
        }
        self.last = Some(status.clone());
    }
}
