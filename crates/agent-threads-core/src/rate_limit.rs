//! How many requests a client sends in a time.

use crate::Error;
use governor::{
    Quota, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};
use std::{fmt, num::NonZeroU32, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};

/// A burst that would take longer to earn than anybody waits.
const LONGEST_BURST: u32 = 1_000_000;

/// How many requests a client and all its clones send in a time.
///
/// They are spread evenly: at 20 per second each is sent 50 ms after the one before at the earliest, so that in no second
/// there are more than 20. With a [`burst`](Self::burst) of `n` up to `n` are sent at once after a time without any, and in
/// no second there are more than 20 and `n` - 1. A pause lasts whole milliseconds, so that of several hundred per second
/// not all are used.
///
/// Every attempt counts, retries and the openings of streams included; a redirect that is followed does not. Who has to
/// wait is served in the order of arrival. The wait counts in the total timeout of a call
/// ([`Settings::total_timeout`](crate::Settings::total_timeout)), and not in that of an attempt. Who gives up waiting has
/// used nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    per: Duration,
    burst: u32,
}

impl RateLimit {
    /// So many requests per second. 0 is refused when the client is built.
    pub fn per_second(requests: u32) -> Self {
        Self { requests, per: Duration::from_secs(1), burst: 1 }
    }

    /// So many requests per minute. 0 is refused when the client is built.
    pub fn per_minute(requests: u32) -> Self {
        Self { requests, per: Duration::from_secs(60), burst: 1 }
    }

    /// How many requests may be sent at once after a time without any. Default: 1, and 0 counts as 1; more than a million
    /// counts as a million.
    #[must_use]
    pub fn burst(mut self, requests: u32) -> Self {
        self.burst = requests.clamp(1, LONGEST_BURST);
        self
    }

    /// From one request to the next. Rounded up, for a nanosecond less would let one more into each second.
    fn period(self) -> Option<Duration> {
        let requests = u128::from(self.requests);
        let period = (requests > 0).then(|| self.per.as_nanos().div_ceil(requests))?;
        Some(Duration::from_nanos(u64::try_from(period).ok()?))
    }
}

/// Lets requests through at their time.
pub(crate) struct Limiter {
    /// Held by the one who waits for the next time, so that all others stand behind.
    turn: Mutex<()>,
    clock: TokioClock,
    limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Nanos>>,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Result<Self, Error> {
        let quota = limit.period().and_then(Quota::with_period);
        let quota = quota.zip(NonZeroU32::new(limit.burst));
        let (quota, burst) = quota.ok_or_else(|| {
            Error::config("a rate limit must allow a request; leave it out for none")
        })?;
        let clock = TokioClock(Instant::now());
        let limiter = RateLimiter::direct_with_clock(quota.allow_burst(burst), clock);
        Ok(Self { turn: Mutex::new(()), clock, limiter })
    }

    /// Resolves when another request may be sent, and counts it.
    pub(crate) async fn ready(&self) {
        let _turn = self.turn.lock().await;
        while let Err(early) = self.limiter.check() {
            sleep(early.wait_time_from(self.clock.now())).await;
        }
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limiter(..)")
    }
}

/// The time since the client was built, by the clock that its timers go by.
#[derive(Clone, Copy)]
struct TokioClock(Instant);

impl Clock for TokioClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.elapsed().into()
    }
}

#[cfg(test)]
mod tests;
