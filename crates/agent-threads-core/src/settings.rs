//! What can differ from call to call.

use crate::RetryPolicy;
#[cfg(feature = "stream")]
use crate::sse::Limits;
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
    #[cfg(any(feature = "files", feature = "stream"))]
    pub(crate) stall_timeout: Option<Duration>,
    #[cfg(feature = "stream")]
    pub(crate) sse_limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            attempt_timeout: Some(Duration::from_secs(60)),
            total_timeout: Some(Duration::from_secs(300)),
            retry: RetryPolicy::default(),
            max_body_bytes: 64 << 20,
            #[cfg(any(feature = "files", feature = "stream"))]
            stall_timeout: Some(Duration::from_secs(300)),
            #[cfg(feature = "stream")]
            sse_limits: Limits::default(),
        }
    }
}

impl Settings {
    /// How long one attempt may take, from connecting to the last byte of the body; of a download to its head, and not of
    /// a stream of events. Default: 60 s; `None` lifts it.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.attempt_timeout = timeout.into();
        self
    }

    /// How long a call may take with all its attempts and pauses; of a download to its head, and not of a stream of events.
    /// Default: 300 s; `None` lifts it.
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
}
