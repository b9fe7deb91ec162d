//! How long a server asks its client to wait.

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use std::time::{Duration, SystemTime};

const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");

/// Reads `retry-after-ms`, then `Retry-After` in seconds or as a date. What cannot be read counts as not there.
pub(crate) fn read(headers: &HeaderMap) -> Option<Duration> {
    milliseconds(headers).or_else(|| {
        let value = text(headers, &RETRY_AFTER)?;
        number(value).or_else(|| until(headers, value))
    })
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

fn milliseconds(headers: &HeaderMap) -> Option<Duration> {
    Some(number(text(headers, &RETRY_AFTER_MS)?)?.div_f64(1000.0))
}

/// Whole seconds by RFC 9110; fractions occur. More than a `Duration` can hold is still a wish to be left alone.
fn number(value: &str) -> Option<Duration> {
    let plain = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = value.parse().ok().filter(|_| plain)?;
    Some(Duration::try_from_secs_f64(number).unwrap_or(Duration::MAX))
}

/// The time until a date, by the server's own clock where the answer tells it: the two clocks need not agree.
fn until(headers: &HeaderMap, value: &str) -> Option<Duration> {
    let then = httpdate::parse_http_date(value).ok()?;
    let now = text(headers, &DATE)
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or_else(SystemTime::now);
    Some(then.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &str)]) -> Option<Duration> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        read(&headers)
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
    fn a_date_that_has_passed_is_now() {
        assert_eq!(
            asked(&[("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT")]),
            Some(Duration::ZERO)
        );
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
