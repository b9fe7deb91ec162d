//! The time that only a test moves.

use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::sync::lock;

/// 2026-03-04T10:00:00Z
const FIRST_MILLIS: i64 = 1_772_618_400_000;

/// Stands still until it is moved. What happens is a second apart all the same, so that its order shows.
pub(crate) struct Clock {
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
    pub(crate) fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let mut times = lock(&self.state);
        times.millis = times.millis.saturating_add(millis);
    }

    /// The milliseconds since 1970 to which it was moved, whatever has happened since.
    pub(crate) fn millis(&self) -> i64 {
        lock(&self.state).millis
    }

    /// When something happens that has not happened before.
    pub(crate) fn tick(&self) -> Instant {
        let mut times = lock(&self.state);
        times.happened += 1;
        let since = TimeDelta::seconds(times.happened - 1);
        let now = DateTime::from_timestamp_millis(times.millis).unwrap_or_default();
        Instant(now.checked_add_signed(since).unwrap_or(now))
    }
}

/// When something has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instant(DateTime<Utc>);

impl Instant {
    /// A moment by its milliseconds since 1970.
    pub(crate) fn at(millis: i64) -> Self {
        Self(DateTime::from_timestamp_millis(millis).unwrap_or_default())
    }

    /// With whole seconds.
    pub(crate) fn seconds(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// With milliseconds.
    pub(crate) fn millis(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Millis, true)
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
        let before = clock.millis();
        clock.advance(Duration::from_millis(999));
        assert_eq!(clock.millis(), before + 999);
        assert_eq!(clock.tick().millis(), "2026-03-04T10:00:02.999Z");
    }
}
