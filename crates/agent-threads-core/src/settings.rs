//! What can differ from call to call.

use crate::{RetryPolicy, sse::Limits};
use std::time::Duration;

/// How calls are made: timeouts, retries, the cap on bodies.
///
/// A client has one; `Client::with` gives a cheap clone of the client with another, sharing the connection pool.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) retry: RetryPolicy,
    pub(crate) max_body_bytes: usize,
    pub(crate) stall_timeout: Option<Duration>,
    pub(crate) sse_limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            attempt_timeout: Some(Duration::from_secs(60)),
            total_timeout: Some(Duration::from_secs(300)),
            retry: RetryPolicy::default(),
            max_body_bytes: 64 << 20,
            stall_timeout: Some(Duration::from_secs(300)),
            sse_limits: Limits::default(),
        }
    }
}

impl Settings {
    /// How long one attempt may take, from connecting to the last byte of the body; of a
    /// [`Download`](crate::Download) to its head, and not of a stream of events. Default: 60 s; `None` lifts it.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.attempt_timeout = timeout.into();
        self
    }

    /// How long a call may take with all its attempts and pauses; of a [`Download`](crate::Download) to its head, and
    /// not of a stream of events. Default:
    /// 300 s; `None` lifts it.
    #[must_use]
    pub fn total_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.total_timeout = timeout.into();
        self
    }

    /// When and how often an attempt is made again. Default: [`RetryPolicy::default`].
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The largest body of a successful answer that is read, in bytes after decompression. Default: 64 MiB.
    ///
    /// A larger one fails with [`ErrorKind::BodyTooLarge`](crate::ErrorKind::BodyTooLarge).
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// How long a stream of events may be silent before its connection counts as lost, the wait for
    /// the head of the answer included. Any byte ends the silence, a comment too; a slow consumer
    /// does not make one. Between the chunks of a [`Download`](crate::Download) it is the same. Default: 300 s; `None`
    /// lifts it.
    #[must_use]
    pub fn stall_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.stall_timeout = timeout.into();
        self
    }

    /// The longest line and the longest event of a stream of events. Default:
    /// [`Limits::default`].
    ///
    /// A longer one ends the stream with
    /// [`ErrorKind::BodyTooLarge`](crate::ErrorKind::BodyTooLarge).
    #[must_use]
    pub fn sse_limits(mut self, limits: Limits) -> Self {
        self.sse_limits = limits;
        self
    }
}
