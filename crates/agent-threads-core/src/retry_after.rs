//! How long a server asks its client to wait.

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use std::time::{Duration, SystemTime};

const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");

/// Reads `retry-after-ms`, then `Retry-After` in seconds or as a date. What cannot be read counts as not there; of several,
/// as where a proxy adds its own, the longest is meant.
pub(crate) fn read(headers: &HeaderMap) -> Option<Duration> {
    let milliseconds = texts(headers, &RETRY_AFTER_MS).filter_map(number).max();
    milliseconds.map(|number| number.div_f64(1000.0)).or_else(|| {
        let asked = |value| number(value).or_else(|| until(headers, value));
        texts(headers, &RETRY_AFTER).filter_map(asked).max()
    })
}

fn texts<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    headers.get_all(name).into_iter().filter_map(|value| Some(value.to_str().ok()?.trim()))
}

/// Whole seconds by RFC 9110; fractions occur. More than a `Duration` can hold is still a wish to be left alone.
fn number(value: &str) -> Option<Duration> {
    let plain = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = value.parse().ok().filter(|_| plain)?;
    Some(Duration::try_from_secs_f64(number).unwrap_or(Duration::MAX))
}

/// The time until a date, by the server's own clock where the answer tells it: the two clocks need not agree. A date that
/// has passed, as one has by a clock that is ahead, does not say how long to wait.
fn until(headers: &HeaderMap, value: &str) -> Option<Duration> {
    let then = httpdate::parse_http_date(value).ok()?;
    let date = texts(headers, &DATE).find_map(|date| httpdate::parse_http_date(date).ok());
    then.duration_since(date.unwrap_or_else(SystemTime::now)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &str)]) -> Option<Duration> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        read(&all)
    }

    #[test]
    fn seconds_milliseconds_and_dates_are_read() {
        assert_eq!(asked(&[("retry-after", "120")]), Some(Duration::from_secs(120)));
        assert_eq!(asked(&[("retry-after", "0")]), Some(Duration::ZERO));
        assert_eq!(asked(&[("retry-after", "1.5")]), Some(Duration::from_millis(1500)));
        assert_eq!(
            asked(&[("retry-after-ms", "250"), ("retry-after", "9")]),
            Some(Duration::from_millis(250))
        );
        let date = [
            ("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT"),
            ("date", "Fri, 31 Dec 1999 23:59:29 GMT"),
        ];
        assert_eq!(asked(&date), Some(Duration::from_secs(30)));
    }

    #[test]
    fn obsolete_forms_of_a_date_are_read() {
        for form in ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            let now = ("date", "Sun, 06 Nov 1994 08:49:27 GMT");
            assert_eq!(
                asked(&[("retry-after", form), now]),
                Some(Duration::from_secs(10)),
                "{form}"
            );
        }
    }

    #[test]
    fn a_date_that_has_passed_asks_for_nothing_and_one_that_is_now_for_no_pause() {
        let then = ("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT");
        assert_eq!(asked(&[then]), None);
        assert_eq!(asked(&[then, ("date", "Sat, 01 Jan 2000 00:00:00 GMT")]), None);
        assert_eq!(asked(&[then, ("date", "Fri, 31 Dec 1999 23:59:59 GMT")]), Some(Duration::ZERO));
    }

    #[test]
    fn a_date_far_away_by_a_clock_that_is_behind_is_a_long_wish_and_no_overflow() {
        let date = ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT");
        assert!(asked(&[date]) > Some(Duration::from_secs(86_400 * 365 * 1000)));
        let old = ("date", "Thu, 01 Jan 1970 00:00:00 GMT");
        assert!(asked(&[date, old]) > asked(&[date]));
    }

    #[test]
    fn of_several_the_longest_that_can_be_read_is_meant() {
        let seconds = |values: &[&'static str]| {
            let values: Vec<_> = values.iter().map(|value| ("retry-after", *value)).collect();
            asked(&values).map(|asked| asked.as_secs())
        };
        assert_eq!(seconds(&["5", "7"]), Some(7));
        assert_eq!(seconds(&["7", "5"]), Some(7));
        assert_eq!(seconds(&["soon", "5"]), Some(5));
        assert_eq!(seconds(&["5, 7"]), None, "one value that is a list is none of the forms");
    }

    #[test]
    fn more_than_a_duration_holds_is_the_longest_one() {
        assert_eq!(asked(&[("retry-after", "99999999999999999999")]), Some(Duration::MAX));
        assert!(
            asked(&[("retry-after-ms", &"9".repeat(400))]) > Some(Duration::from_secs(1 << 40))
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_there() {
        for bad in ["", ".", "soon", "-1", "NaN", "inf", "1e300", "12 seconds"] {
            assert_eq!(asked(&[("retry-after", bad)]), None, "{bad}");
            assert_eq!(asked(&[("retry-after-ms", bad)]), None, "{bad}");
        }
    }
}
