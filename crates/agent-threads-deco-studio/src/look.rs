//! A look at the thread now and then, while its stream is silent.

use crate::{BoxFuture, Error, types::Thread};
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Sleep, sleep};

/// How long no chunk comes before the thread is looked at, and then between two looks. Signs of life do not count: the
/// server sends them whether a run goes on or not.
const SILENCE: Duration = Duration::from_secs(15);

/// When the thread is read next.
#[derive(Default)]
pub(crate) enum Look {
    #[default]
    Idle,
    Waiting(Pin<Box<Sleep>>),
    Reading(BoxFuture<'static, Result<Thread, Error>>),
}

impl Look {
    /// A chunk has come.
    pub(crate) fn put_off(&mut self) {
        *self = Self::Idle;
    }

    /// The thread, each time that the silence has lasted long enough.
    pub(crate) fn poll_thread(
        &mut self,
        cx: &mut Context<'_>,
        read: impl Fn() -> BoxFuture<'static, Result<Thread, Error>>,
    ) -> Poll<Result<Thread, Error>> {
        loop {
            match self {
                Self::Idle => *self = Self::Waiting(Box::pin(sleep(SILENCE))),
                Self::Waiting(silence) => {
                    ready!(silence.as_mut().poll(cx));
                    *self = Self::Reading(read());
                }
                Self::Reading(reading) => {
                    let thread = ready!(reading.as_mut().poll(cx));
                    *self = Self::Idle;
                    return Poll::Ready(thread);
                }
            }
        }
    }
}
