//! A look at the thread now and then, while its stream is silent.

use crate::{BoxFuture, Error, types::Thread};
use agent_threads_core::codegen::{Exclusive, Silence};
use std::{
    task::{Context, Poll, ready},
    time::Duration,
};

/// How long no chunk comes before the thread is looked at, and then between two looks. Signs of life do not count: the
/// server sends them whether a run goes on or not.
const SILENCE: Duration = Duration::from_secs(15);

/// When the thread is read next.
pub(crate) enum Look {
    Waiting(Silence),
    Reading(Exclusive<dyn Future<Output = Result<Thread, Error>> + Send>),
}

impl Default for Look {
    fn default() -> Self {
        Self::Waiting(Silence::default())
    }
}

impl Look {
    /// A chunk has come.
    pub(crate) fn put_off(&mut self) {
        *self = Self::default();
    }

    /// The thread, each time that the silence has lasted long enough.
    pub(crate) fn poll_thread(
        &mut self,
        cx: &mut Context<'_>,
        read: impl Fn() -> BoxFuture<'static, Result<Thread, Error>>,
    ) -> Poll<Result<Thread, Error>> {
        loop {
            match self {
                Self::Waiting(silence) => {
                    ready!(silence.poll_over(cx, SILENCE));
                    *self = Self::Reading(Exclusive::new(read()));
                }
                Self::Reading(reading) => {
                    let thread = ready!(reading.poll(cx));
                    *self = Self::default();
                    return Poll::Ready(thread);
                }
            }
        }
    }
}
