//! What a policy says of the connections of a stream.

use super::RetryPolicy;
use std::time::Duration;

/// Keeps a policy without pauses from making connections without end and without pause.
const SHORTEST_STANDING: Duration = Duration::from_secs(1);

/// Proxies cut idle connections after half a minute and more.
const LONGEST_STANDING: Duration = Duration::from_secs(30);

impl RetryPolicy {
    /// A pause that a server asks for, no longer than the caller allows.
    pub(crate) fn at_most_retry_after(&self, asked: Duration) -> Duration {
        asked.min(self.max_retry_after)
    }

    /// How long a connection of a stream stands that is no failure although it brought nothing: the longest pause, as no
    /// more connections are made that way than the policy makes anyway.
    pub(crate) fn standing(&self) -> Duration {
        self.max_delay.clamp(SHORTEST_STANDING, LONGEST_STANDING)
    }
}
