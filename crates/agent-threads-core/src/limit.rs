//! How long something may take.

use crate::Error;
use std::{pin::Pin, time::Duration};
use tokio::time::{Instant, timeout_at};

/// A point in time, and the setting that put it there.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    /// `None` is never.
    pub(crate) at: Option<Instant>,
    timeout: Duration,
    passed: fn(Duration) -> Error,
}

impl Limit {
    /// The limit of a whole call that begins now.
    pub(crate) fn total(timeout: Option<Duration>) -> Self {
        Self::new(timeout, Error::total_timeout)
    }

    /// This limit, or that of one attempt starting now, whichever comes first.
    pub(crate) fn at_most(self, timeout: Option<Duration>) -> Self {
        let attempt = Self::new(timeout, Error::attempt_timeout);
        match (self.at, attempt.at) {
            (Some(total), Some(at)) if at < total => attempt,
            (None, _) => attempt,
            _ => self,
        }
    }

    /// A timeout beyond what a clock can tell is none.
    pub(crate) fn new(timeout: Option<Duration>, passed: fn(Duration) -> Error) -> Self {
        Self {
            at: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
            timeout: timeout.unwrap_or_default(),
            passed,
        }
    }

    /// Whether a pause ends before it.
    pub(crate) fn allows(self, pause: Duration) -> bool {
        self.at.is_none_or(|at| at.saturating_duration_since(Instant::now()) > pause)
    }

    /// Refuses what would begin behind it.
    pub(crate) fn check(self) -> Result<(), Error> {
        match self.at {
            Some(at) if at <= Instant::now() => Err((self.passed)(self.timeout)),
            _ => Ok(()),
        }
    }

    /// What a future comes to, if it does so in time. It stays where it is pinned: these futures are large.
    pub(crate) async fn run<F: Future>(self, future: Pin<&mut F>) -> Result<F::Output, Error> {
        match self.at {
            None => Ok(future.await),
            Some(at) => timeout_at(at, future).await.map_err(|_| (self.passed)(self.timeout)),
        }
    }
}
