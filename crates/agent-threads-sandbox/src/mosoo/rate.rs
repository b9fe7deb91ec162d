//! How many requests a token may make in a minute.

use std::collections::HashMap;

use http::StatusCode;

use super::clock::Time;
use crate::fault::RetryAfter;
use crate::refusal::Refusal;

const WORDS: &str = "Public API rate limit exceeded. Retry after the indicated number of seconds.";

const MINUTE: i64 = 60_000;

/// Windows that are minutes of the clock, one count for each token.
#[derive(Default)]
pub(super) struct Rate {
    pub(super) limit: Option<u32>,
    /// For each token the minute of its last request and the requests in it.
    counts: HashMap<String, (i64, u32)>,
}

impl Rate {
    /// Counts a request, or refuses it.
    pub(super) fn count(&mut self, token: &str, now: Time) -> Result<(), Refusal> {
        let Some(limit) = self.limit else { return Ok(()) };
        let millis = now.timestamp_millis();
        let minute = millis.div_euclid(MINUTE);
        let count = self.counts.entry(token.to_owned()).or_insert((minute, 0));
        if count.0 != minute {
            *count = (minute, 0);
        }
        if count.1 >= limit {
            let left = MINUTE - millis.rem_euclid(MINUTE);
            let seconds = u64::try_from(left).unwrap_or_default().div_ceil(1000);
            let refusal = Refusal::with(StatusCode::TOO_MANY_REQUESTS, WORDS);
            return Err(refusal.retry_after(RetryAfter::Seconds(seconds)));
        }
        count.1 += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::clock::Clock;
    use super::*;

    #[test]
    fn the_limit_is_exact_for_each_token_and_each_minute() {
        let mut rate = Rate { limit: Some(120), ..Rate::default() };
        let mut clock = Clock::default();
        clock.advance(Duration::from_millis(18_500));
        for _ in 0..120 {
            assert!(rate.count("a", clock.now()).is_ok());
        }
        let refusal = rate.count("a", clock.now()).unwrap_err();
        assert_eq!(refusal.status, 429);
        assert_eq!(refusal.retry_after, Some(RetryAfter::Seconds(42)));
        assert!(rate.count("b", clock.now()).is_ok());
        clock.advance(Duration::from_millis(41_499));
        let refusal = rate.count("a", clock.now()).unwrap_err();
        assert_eq!(refusal.retry_after, Some(RetryAfter::Seconds(1)));
        clock.advance(Duration::from_millis(1));
        assert!(rate.count("a", clock.now()).is_ok());
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let mut rate = Rate::default();
        for _ in 0..1000 {
            assert!(rate.count("a", Clock::default().now()).is_ok());
        }
    }
}
