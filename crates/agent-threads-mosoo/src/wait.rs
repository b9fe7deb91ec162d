//! Waiting for the end of a run.

use crate::{
    BoxFuture, Dialect, Dispatch, Error, ErrorKind, Events, Handle, Outcome, RawResponse, Run,
    RunEvent,
    lookout::{Glance, Latest},
    operations::GetThreadRequest,
    types::{RunStatus, ThreadEventList, ThreadEventType, ThreadResponse},
};
use agent_threads_core::codegen::{Observation, Pace, Poll};
use std::{
    fmt,
    future::pending,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    task::{self, Context},
    time::Duration,
};
use tokio::time::Instant;

/// Every read is one of the 120 requests that a token has in a minute.
const INTERVAL: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// How often the thread is read at least while its stream tells when to: not all that happens need be told.
const RARE: Duration = Duration::from_secs(30);

/// How many reads in a row may show a run still waiting that has been decided about. A decision that answers nothing is not
/// refused, and must not be waited on for ever.
const UNNOTICED_READS: u32 = 15;

/// A wait for the end of a run; await it for the [`Outcome`].
///
/// A run that fails, is cancelled, expires, or waits for a decision is an outcome with that status, not an error. A status
/// that this version does not know counts as not at its end.
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
    on_dispatched: Option<OnDispatched>,
    on_status: Option<OnStatus>,
    cancel: BoxFuture<'static, ()>,
}

type OnDispatched = Box<dyn FnOnce(&Handle) + Send>;
type OnStatus = Box<dyn FnMut(&RunStatus) + Send>;

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
            on_dispatched: None,
            on_status: None,
            cancel: Box::pin(pending()),
        }
    }

    /// The pause between two reads, which is 30 s at least while a stream tells when to read. Default: 2 s.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// How long to wait, from the first read on, before failing with [`ErrorKind::Deadline`]. Default: 15 min.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Ends the wait with [`ErrorKind::Cancelled`] as soon as `cancel` resolves. A dispatch that is on its way is finished
    /// first. Default: never.
    pub fn cancel_on(mut self, cancel: impl Future<Output = ()> + Send + 'static) -> Self {
        self.cancel = Box::pin(cancel);
        self
    }

    /// Called once with the handle of the run, before the first read.
    pub fn on_dispatched(mut self, call: impl FnOnce(&Handle) + Send + 'static) -> Self {
        self.on_dispatched = Some(Box::new(call));
        self
    }

    /// Called with the first status read and with each that differs from the one before.
    pub fn on_status(mut self, call: impl FnMut(&RunStatus) + Send + 'static) -> Self {
        self.on_status = Some(Box::new(call));
        self
    }

    async fn finish(self) -> Result<Outcome, Error> {
        let run = match self.start {
            Start::Run(run) => run,
            Start::Dispatch(dispatch) => dispatch.await?,
        };
        if let Some(call) = self.on_dispatched {
            call(&run.handle());
        }
        let overdue = AtomicBool::new(false);
        let poll = Poll {
            operation: &GetThreadRequest::OPERATION,
            subject: format!("run {}", run.run_id()),
            interval: Watch::of(&run, self.interval, &overdue),
            timeout: self.timeout,
            pauses_first: false,
            cancel: self.cancel,
        };
        let mut judge = Judge::of(&run, &overdue, self.on_status);
        poll.until(|| Seen::read(&run), |seen| judge.observe(&seen)).await
    }
}

impl IntoFuture for Wait {
    type Output = Result<Outcome, Error>;
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

/// When to read the thread: soon after its events say that there is something to see, and otherwise from time to time. Without
/// a stream of events, at each interval.
struct Watch<'w> {
    events: Option<Events>,
    /// The stream has brought something, so that it can be relied on.
    stands: bool,
    /// When the run last asked something. Its status can be late.
    asked: Option<Instant>,
    interval: Duration,
    /// A decision is to be noticed, of which no event need tell.
    overdue: &'w AtomicBool,
}

impl<'w> Watch<'w> {
    fn of(run: &Run, interval: Duration, overdue: &'w AtomicBool) -> Self {
        let has_stream = run.client().dialect() != Dialect::Seed;
        let events = has_stream.then(|| run.events());
        Self { events, stands: false, asked: None, interval, overdue }
    }
}

impl Pace for Watch<'_> {
    fn interval(&self) -> Duration {
        let expects =
            self.overdue.load(Relaxed) || self.asked.is_some_and(|at| at.elapsed() < RARE);
        match self.stands && !expects {
            true => self.interval.max(RARE),
            false => self.interval,
        }
    }

    fn poll_due(&mut self, cx: &mut Context<'_>) -> task::Poll<()> {
        let Some(events) = &mut self.events else {
            return task::Poll::Pending;
        };
        match task::ready!(poll_sign(events, &mut self.stands, cx)) {
            Sign::Asked => self.asked = Some(Instant::now()),
            Sign::Over => {
                self.events = None;
                self.stands = false;
            }
        }
        task::Poll::Ready(())
    }
}

/// What makes a read worth while.
enum Sign {
    Asked,
    /// The run is at its end, or the stream is.
    Over,
}

fn poll_sign(events: &mut Events, stands: &mut bool, cx: &mut Context<'_>) -> task::Poll<Sign> {
    loop {
        match task::ready!(events.poll_event(cx)) {
            Some(Ok(RunEvent::Event(event))) if event.ends_run() => {
                return task::Poll::Ready(Sign::Over);
            }
            Some(Ok(RunEvent::Event(event)))
                if event.type_ == ThreadEventType::ToolConfirmationRequired =>
            {
                return task::Poll::Ready(Sign::Asked);
            }
            Some(Err(error)) if error.kind() != ErrorKind::Decode => {
                return task::Poll::Ready(Sign::Over);
            }
            Some(_) => *stands = true,
            None => return task::Poll::Ready(Sign::Over),
        }
    }
}

/// What one read has seen.
struct Seen {
    thread: RawResponse,
    /// Where the thread does not tell how the run ended.
    log: Option<ThreadEventList>,
}

impl Seen {
    async fn read(run: &Run) -> Result<Self, Error> {
        let thread = run.client().get_thread(run.thread_id()).send_raw().await?;
        let needs_log = match thread.decode::<Glance>()?.run {
            Some(latest) if latest.id == run.run_id() => latest.ends_in_log(),
            _ => true,
        };
        let log = if needs_log { Some(run.log().await?) } else { None };
        Ok(Self { thread, log })
    }
}

/// Decides after each read whether the run is at its end.
struct Judge<'r> {
    run: &'r Run,
    overdue: &'r AtomicBool,
    on_status: Option<OnStatus>,
    last: Option<RunStatus>,
    /// How many more reads may show that the decision has not been noticed.
    unnoticed: u32,
}

impl<'r> Judge<'r> {
    fn of(run: &'r Run, overdue: &'r AtomicBool, on_status: Option<OnStatus>) -> Self {
        let unnoticed = if run.handle().decided { UNNOTICED_READS } else { 0 };
        Self { run, overdue, on_status, last: None, unnoticed }
    }

    fn observe(&mut self, Seen { thread, log }: &Seen) -> Result<Observation<Outcome>, Error> {
        let latest = thread.decode::<Glance>()?.run;
        let Some(Latest { status, .. }) = latest.filter(|latest| latest.id == self.run.run_id())
        else {
            return self.done(thread, log.as_ref());
        };
        let is_waiting = status == RunStatus::WaitingInput;
        self.unnoticed = if is_waiting { self.unnoticed.saturating_sub(1) } else { 0 };
        self.overdue.store(self.unnoticed > 0, Relaxed);
        self.tell(&status);
        let asks = is_waiting && self.unnoticed == 0;
        if !status.is_terminal() && !asks {
            return Ok(Observation::Pending(status.to_string()));
        }
        self.done(thread, log.as_ref()).map_err(|error| error.with_last_status(status.as_str()))
    }

    fn done(
        &self,
        thread: &RawResponse,
        log: Option<&ThreadEventList>,
    ) -> Result<Observation<Outcome>, Error> {
        let ThreadResponse { thread, run: latest, .. } = thread.decode()?;
        let latest = latest.filter(|latest| latest.id == self.run.run_id());
        Ok(Observation::Done(match (latest, log) {
            (Some(latest), log) => Outcome::of_latest(self.run, thread.status, latest, log),
            (None, log) => Outcome::of_earlier(self.run, thread.status, log),
        }))
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
