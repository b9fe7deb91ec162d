//! Waiting for the end of a run.

use crate::{
    BoxFuture, Dialect, Dispatch, Error, ErrorKind, Events, Handle, Outcome, RawResponse, Run,
    RunEvent,
    operations::GetThreadRequest,
    types::{RunStatus, ThreadEventType, ThreadResponse},
};
use agent_threads_core::codegen::{Observation, Poll};
use serde::Deserialize;
use std::{
    fmt,
    future::pending,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Every read is one of the 120 requests that a token has in a minute.
const INTERVAL: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// How many reads in a row may show a run still waiting that has been decided about. A decision that answers nothing is not
/// refused, and must not be waited on for ever.
const UNNOTICED_READS: u32 = 15;

/// A wait for the end of a run; await it for the [`Outcome`].
///
/// A run that fails, is cancelled, expires, or waits for a decision is an outcome with that status, not an error. A status
/// that this version does not know counts as not at its end. Dropping the future ends the wait; the run goes on.
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

    /// The pause between two reads. Default: 2 s.
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
        let poll = Poll {
            operation: &GetThreadRequest::OPERATION,
            subject: format!("run {}", run.run_id()),
            interval: self.interval,
            timeout: self.timeout,
            pauses_first: false,
            cancel: self.cancel,
        };
        let signs = Signs::of(&run);
        let mut first = true;
        let read = || {
            let signs = (!std::mem::replace(&mut first, false)).then(|| signs.clone());
            let read = run.client().get_thread(run.thread_id()).send_raw();
            async move {
                if let Some(signs) = signs {
                    signs.next().await;
                }
                read.await
            }
        };
        let mut judge = Judge::of(&run, &signs, self.on_status);
        match poll.until(read, |answer| judge.observe(&answer)).await? {
            Seen::Latest(thread) => match thread.run {
                Some(latest) => Outcome::of_latest(&run, thread.thread.status, latest).await,
                None => Outcome::of_earlier(&run, thread.thread.status).await,
            },
            Seen::Earlier(thread) => Outcome::of_earlier(&run, thread.thread.status).await,
        }
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

/// When it is worth reading the thread: the events of the run say so, where there is a stream of them. Without one it always
/// is.
#[derive(Clone)]
struct Signs {
    events: Arc<Mutex<Option<Events>>>,
    /// There may be none to wait for: a decision that answers nothing leaves no trace.
    silent: Arc<AtomicBool>,
}

impl Signs {
    fn of(run: &Run) -> Self {
        let has_stream = run.client().dialect() != Dialect::Seed;
        let events = has_stream.then(|| run.events());
        Self { events: Arc::new(Mutex::new(events)), silent: Arc::default() }
    }

    fn set_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }

    /// Comes with the end of the run, a question, or the end of the stream.
    async fn next(self) {
        if self.silent.load(Ordering::Relaxed) {
            return;
        }
        let Some(mut events) = self.slot().take() else { return };
        loop {
            match events.next().await {
                Some(Ok(RunEvent::Event(event))) if event.ends_run() => return,
                Some(Ok(RunEvent::Event(event)))
                    if event.type_ == ThreadEventType::ToolConfirmationRequired =>
                {
                    *self.slot() = Some(events);
                    return;
                }
                Some(Err(error)) if error.kind() != ErrorKind::Decode => return,
                Some(_) => {}
                None => return,
            }
        }
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Events>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What every read needs. The rest is read at the end, so that nothing else can hide the end.
#[derive(Deserialize)]
struct Glance {
    run: Option<RunGlance>,
}

#[derive(Deserialize)]
struct RunGlance {
    id: String,
    status: RunStatus,
}

/// A thread when its run needs no more waiting.
enum Seen {
    /// The run is the thread's latest.
    Latest(ThreadResponse),
    /// Others have followed.
    Earlier(ThreadResponse),
}

/// Decides after each read whether the run is at its end.
struct Judge<'r> {
    run: &'r Run,
    signs: &'r Signs,
    on_status: Option<OnStatus>,
    last: Option<RunStatus>,
    /// How many more reads may show that the decision has not been noticed.
    unnoticed: u32,
}

impl<'r> Judge<'r> {
    fn of(run: &'r Run, signs: &'r Signs, on_status: Option<OnStatus>) -> Self {
        let unnoticed = if run.handle().decided { UNNOTICED_READS } else { 0 };
        Self { run, signs, on_status, last: None, unnoticed }
    }

    fn observe(&mut self, answer: &RawResponse) -> Result<Observation<Seen>, Error> {
        let latest = answer.decode::<Glance>()?.run;
        let Some(RunGlance { status, .. }) = latest.filter(|latest| latest.id == self.run.run_id())
        else {
            return Ok(Observation::Done(Seen::Earlier(answer.decode()?)));
        };
        let is_waiting = status == RunStatus::WaitingInput;
        self.unnoticed = if is_waiting { self.unnoticed.saturating_sub(1) } else { 0 };
        self.signs.set_silent(self.unnoticed > 0);
        self.tell(&status);
        let asks = is_waiting && self.unnoticed == 0;
        if !status.is_terminal() && !asks {
            return Ok(Observation::Pending(status.to_string()));
        }
        let thread = answer.decode().map_err(|error| error.with_last_status(status.as_str()))?;
        Ok(Observation::Done(Seen::Latest(thread)))
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
