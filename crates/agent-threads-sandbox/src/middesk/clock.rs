//! The time that only a test moves, and the ids of what there is.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::sync::lock;

/// 2026-03-04T10:00:00Z
const FIRST_MILLIS: i64 = 1_772_618_400_000;

/// Stands still until it is moved. What happens is a second apart all the same, so that its order shows.
pub(super) struct Clock {
    state: Mutex<Times>,
}

struct Times {
    millis: i64,
    happened: i64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { state: Mutex::new(Times { millis: FIRST_MILLIS, happened: 0 }) }
    }
}

impl Clock {
    pub(super) fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let mut times = lock(&self.state);
        times.millis = times.millis.saturating_add(millis);
    }

    /// The second it is, in which requests are counted.
    pub(super) fn second(&self) -> i64 {
        lock(&self.state).millis.div_euclid(1000)
    }

    /// When something happens that has not happened before.
    pub(super) fn tick(&self) -> Instant {
        let mut times = lock(&self.state);
        times.happened += 1;
        let since = TimeDelta::seconds(times.happened - 1);
        let now = DateTime::from_timestamp_millis(times.millis).unwrap_or_default();
        Instant(now.checked_add_signed(since).unwrap_or(now))
    }
}

/// When something has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instant(DateTime<Utc>);

impl Instant {
    /// As threads and runs write it.
    pub(super) fn seconds(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// As everything else is written.
    pub(super) fn millis(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

/// What has an id.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Account = 1,
    Agent,
    Thread,
    Run,
    Step,
    Artifact,
    Feedback,
    Action,
    Event,
    Interrupt,
}

/// Makes ids that look like the vendor's, each once.
#[derive(Default)]
pub(super) struct Ids {
    made: AtomicU64,
}

impl Ids {
    pub(super) fn next(&self, kind: Kind) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        match kind {
            Kind::Interrupt => format!("int_{number:04}"),
            kind => format!("{:08x}-0000-4000-8000-{number:012}", kind as u32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_is_a_second_apart_while_the_clock_stands_still() {
        let clock = Clock::default();
        assert_eq!(clock.tick().seconds(), "2026-03-04T10:00:00Z");
        assert_eq!(clock.tick().millis(), "2026-03-04T10:00:01.000Z");
        let before = clock.second();
        clock.advance(Duration::from_millis(999));
        assert_eq!(clock.second(), before);
        clock.advance(Duration::from_millis(1));
        assert_eq!(clock.second(), before + 1);
    }
}
