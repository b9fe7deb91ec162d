//! Which failures are tried again, and after what pause.

#[cfg(feature = "stream")]
mod connections;

use crate::{Error, decode, operation::Operation};
use reqwest::{Request, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// How often and how soon an attempt is made again.
///
/// What is tried again: failures of the network, timeouts of an attempt, the statuses 408, 429, 500, 502, 503 and 504,
/// and codes that a vendor documents as passing. And only where that cannot do a thing twice: the method is
/// idempotent or only reads, or the vendor honours the idempotency key that the request carries, or no connection was made, or the code
/// says that nothing was done.
///
/// The pause grows from [`base_delay`](Self::base_delay), doubling up to [`max_delay`](Self::max_delay), and is drawn
/// evenly between nothing and that value, so that clients which failed together do not come back together. A server's
/// `Retry-After` replaces it.
///
/// The policy bounds one call. A client's [`RetryBudget`](crate::RetryBudget) bounds what all its calls add to the load of
/// a server that fails.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
    jitter: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(60),
            jitter: true,
        }
    }
}

impl RetryPolicy {
    /// One attempt, no more.
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// The most attempts of a call, the first included. Default: 4. 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The longest pause after the first attempt; it doubles with each further one. Default: 500 ms.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest pause after any attempt, where the server asks for none. Default: 8 s.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest `Retry-After` that is waited for. Default: 60 s.
    ///
    /// A server that asks for more gets no further attempt: the call fails at once, and
    /// [`Error::retry_after`] says what was asked.
    #[must_use]
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// Whether pauses are drawn at random. Default: true. Without, each is as long as it can be.
    #[must_use]
    pub fn jitter(mut self, jitter: bool) -> Self {
        self.jitter = jitter;
        self
    }

    /// The pause before the next attempt; `None` where there is to be none.
    pub(crate) fn pause(&self, attempts: u32, safe: bool, error: &Error) -> Option<Duration> {
        let again = error.is_without_effect() || (safe && error.is_retryable());
        if !again || attempts >= self.max_attempts {
            return None;
        }
        match error.retry_after() {
            Some(asked) => Some(asked).filter(|asked| *asked <= self.max_retry_after),
            None => Some(self.backoff(attempts)),
        }
    }

    fn backoff(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        let ceiling = self.base_delay.saturating_mul(1 << doublings).min(self.max_delay);
        match self.jitter {
            true => ceiling.mul_f64(crate::random::fraction()),
            false => ceiling,
        }
    }
}

/// Whether the request can be sent twice and still take effect once.
pub(crate) fn is_safe(operation: &Operation, request: &Request) -> bool {
    let keyed =
        operation.idempotency_key.is_some_and(|header| request.headers().contains_key(header));
    keyed
        || operation.is_safe
        || request.method().is_idempotent()
        || operation.key_in_body.is_some_and(|pointer| is_keyed(request, pointer))
}

/// Whether the body has a text in each place where the vendor looks for a key.
fn is_keyed(request: &Request, pointer: &str) -> bool {
    let body = request.body().and_then(reqwest::Body::as_bytes);
    let body: Option<Value> = body.and_then(|body| decode::body(body).ok());
    let places = body.as_ref().map(|body| places(body, pointer)).unwrap_or_default();
    let is_key =
        |place: &Option<&Value>| place.and_then(Value::as_str).is_some_and(|key| !key.is_empty());
    !places.is_empty() && places.iter().all(is_key)
}

/// What a pointer points at, in which `*` is each item of a list. `None` for a place that is not there.
fn places<'v>(value: &'v Value, pointer: &str) -> Vec<Option<&'v Value>> {
    let mut places = vec![Some(value)];
    for step in pointer.split('/').skip(1) {
        let follow = |place: Option<&'v Value>| match (step, place.and_then(Value::as_array)) {
            ("*", Some(items)) => items.iter().map(Some).collect(),
            _ => vec![place.and_then(|value| value.get(step))],
        };
        places = places.into_iter().flat_map(follow).collect();
    }
    places
}

/// Statuses that say: not now.
pub(crate) fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Phase, TransportError};
    use proptest::prelude::*;

    fn lost() -> Error {
        Error::transport(TransportError::new(Phase::Exchange, "reset"))
    }

    fn unsent() -> Error {
        Error::transport(TransportError::new(Phase::Connect, "refused"))
    }

    #[test]
    fn what_may_have_been_sent_is_not_sent_again_unless_safe() {
        let policy = RetryPolicy::default();
        assert!(policy.pause(1, true, &lost()).is_some());
        assert!(policy.pause(1, false, &lost()).is_none());
        assert!(policy.pause(1, false, &unsent()).is_some());
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let policy = RetryPolicy::default().jitter(false).max_attempts(100);
        let pauses: Vec<_> = (1..=7)
            .map(|attempts| policy.pause(attempts, true, &lost()).unwrap().as_millis())
            .collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
    }

    #[test]
    fn never_means_one_attempt() {
        assert!(RetryPolicy::never().pause(1, true, &unsent()).is_none());
        assert!(RetryPolicy::default().max_attempts(0).pause(1, true, &unsent()).is_none());
    }

    fn post(body: &str) -> Request {
        let url = "https://acme.example/threads".parse().unwrap();
        let mut request = Request::new(reqwest::Method::POST, url);
        *request.body_mut() = Some(body.to_owned().into());
        request
    }

    #[test]
    fn what_only_reads_is_safe_whatever_its_method() {
        let (writes, reads) =
            (Operation { ..Operation::PLAIN }, Operation { is_safe: true, ..Operation::PLAIN });
        assert!(!is_safe(&writes, &post("{}")));
        assert!(is_safe(&reads, &post("{}")));
    }

    #[test]
    fn a_body_is_safe_if_it_has_a_key_in_each_place() {
        let keyed = Operation { key_in_body: Some("/messages/*/id"), ..Operation::PLAIN };
        for (body, expected) in [
            (r#"{"messages":[{"id":"a"}]}"#, true),
            (r#"{"messages":[{"id":"a"},{"id":"b"}],"more":1}"#, true),
            (r#"{"messages":[{"id":"a"},{}]}"#, false),
            (r#"{"messages":[{"id":"a"},{"id":""}]}"#, false),
            (r#"{"messages":[{"id":7}]}"#, false),
            (r#"{"messages":[{"id":null}]}"#, false),
            (r#"{"messages":[]}"#, false),
            (r#"{"messages":{"id":"a"}}"#, false),
            ("{}", false),
            ("no json", false),
        ] {
            assert_eq!(is_safe(&keyed, &post(body)), expected, "{body}");
        }
        let url = "https://acme.example/threads".parse().unwrap();
        assert!(!is_safe(&keyed, &Request::new(reqwest::Method::POST, url)));
    }

    proptest! {
        #[test]
        fn a_drawn_pause_is_never_longer_than_the_ceiling(attempts in 1..u32::MAX, base in 0..u64::MAX, longest in 0..100_000u64) {
            let policy = RetryPolicy::default()
                .max_attempts(u32::MAX)
                .base_delay(Duration::from_millis(base))
                .max_delay(Duration::from_millis(longest));
            let pause = policy.pause(attempts, true, &lost()).unwrap();
            prop_assert!(pause <= Duration::from_millis(longest));
        }
    }
}
