//! Runs that are over although no event has said so.

use crate::{
    BoxFuture, Error, ErrorKind, RawResponse, Run,
    types::{RunStatus, ThreadEventList},
};
use agent_threads_core::codegen::Silence;
use serde::{Deserialize, de::IgnoredAny};
use std::{
    task::{Context, Poll, ready},
    time::Duration,
};

/// How long events are silent before the thread is read.
const SILENCE: Duration = Duration::from_secs(30);

/// The part of a thread that says where its latest run is. The rest is read elsewhere, so that nothing else can hide it.
#[derive(Deserialize)]
pub(crate) struct Glance {
    pub(crate) run: Option<Latest>,
}

/// The latest run of a thread.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Latest {
    pub(crate) id: String,
    pub(crate) status: RunStatus,
    final_output: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
}

impl Latest {
    /// Whether more about the end of the run stands in the log alone, as with a server of the dialect `seed`.
    pub(crate) fn ends_in_log(&self) -> bool {
        match self.status {
            RunStatus::Completed => self.final_output.is_none(),
            RunStatus::Failed => self.error.is_none(),
            _ => false,
        }
    }
}

/// What a read of the thread says of a run.
pub(crate) enum Standing {
    /// It is over, or the thread has gone on to another. With the log, where that could be read.
    Over(Option<ThreadEventList>),
    /// It has begun.
    Begun,
    /// It has not begun, or is in a status that this version does not know.
    Unknown,
}

impl Standing {
    async fn read(run: Run) -> Result<Self, Error> {
        let thread = run.client().get_thread(run.thread_id()).send_raw().await?;
        match Self::of(run.run_id(), &thread)? {
            Self::Over(_) => match run.log().await {
                Ok(log) => Ok(Self::Over(Some(log))),
                Err(error) if error.kind() == ErrorKind::Decode => Ok(Self::Over(None)),
                Err(error) => Err(error),
            },
            standing => Ok(standing),
        }
    }

    fn of(run_id: &str, thread: &RawResponse) -> Result<Self, Error> {
        let latest = thread.decode::<Glance>()?.run;
        Ok(match latest.filter(|latest| latest.id == run_id) {
            None => Self::Over(None),
            Some(latest) if latest.status.is_terminal() => Self::Over(None),
            Some(Latest { status: RunStatus::Running | RunStatus::WaitingInput, .. }) => {
                Self::Begun
            }
            Some(_) => Self::Unknown,
        })
    }
}

/// Looks after a run whose events are silent: its end may have left the log, or its thread may be gone, of which no event
/// tells.
#[derive(Default)]
pub(crate) struct Lookout {
    silence: Silence,
    reading: Option<BoxFuture<'static, Result<Standing, Error>>>,
    /// The run was over when last seen, and no event said so. That can still be on its way.
    over: bool,
}

impl Lookout {
    /// Events have come.
    pub(crate) fn heard(&mut self) {
        *self = Self::default();
    }

    /// Notes that the run is over without an event that says so, and whether it was so before, with a silence between.
    pub(crate) fn is_over_again(&mut self) -> bool {
        std::mem::replace(&mut self.over, true)
    }

    /// What the thread says after a silence.
    pub(crate) fn poll_standing(
        &mut self,
        run: &Run,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Standing, Error>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let read = ready!(reading.as_mut().poll(cx));
                self.reading = None;
                self.silence.broken();
                match read {
                    Ok(standing) => {
                        self.over &= matches!(standing, Standing::Over(_));
                        return Poll::Ready(Ok(standing));
                    }
                    Err(error) if error.is_retryable() || error.kind() == ErrorKind::Decode => {
                        self.over = false;
                    }
                    Err(error) => return Poll::Ready(Err(error)),
                }
            }
            ready!(self.silence.poll_over(cx, SILENCE));
            self.reading = Some(Box::pin(Standing::read(run.clone())));
        }
    }
}
