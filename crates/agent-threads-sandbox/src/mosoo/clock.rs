//! The time of this vendor, which only moves when it is told to, and the ids that are made of it.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::ulid;

pub(super) type Time = DateTime<Utc>;

/// 2026-05-19T00:00:00Z
const START: i64 = 1_779_148_800;

/// Two times: the one that windows and lifetimes are measured by, and the one that is written on what happens. The latter goes
/// on by a millisecond each time, so that the order of things shows, and does not move the former.
pub(super) struct Clock {
    now: Time,
    stamped: Time,
    ids: u64,
}

impl Default for Clock {
    fn default() -> Self {
        let now = DateTime::from_timestamp(START, 0).unwrap_or_default();
        Self { now, stamped: now, ids: 0 }
    }
}

impl Clock {
    pub(super) fn now(&self) -> Time {
        self.now
    }

    pub(super) fn advance(&mut self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        self.now = self.now.checked_add_signed(by).unwrap_or(self.now);
    }

    /// The time of the next thing that happens.
    pub(super) fn stamp(&mut self) -> Time {
        self.stamped = self.now.max(self.stamped + TimeDelta::milliseconds(1));
        self.stamped
    }

    /// The id of the next thing that is made.
    pub(super) fn id(&mut self) -> String {
        self.ids += 1;
        let millis = u64::try_from(self.stamped.timestamp_millis()).unwrap_or_default();
        ulid::make(millis, self.ids)
    }
}

/// A time as the vendor writes it.
pub(super) fn text(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_go_on_and_measured_time_does_not() {
        let mut clock = Clock::default();
        let start = clock.now();
        let stamps = [clock.stamp(), clock.stamp()];
        assert!(stamps[0] < stamps[1] && clock.now() == start);
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), start + TimeDelta::seconds(60));
        assert_eq!(clock.stamp(), clock.now());
    }

    #[test]
    fn times_have_milliseconds_and_a_z() {
        assert_eq!(text(Clock::default().now()), "2026-05-19T00:00:00.000Z");
    }
}
