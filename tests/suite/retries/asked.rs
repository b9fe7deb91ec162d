//! What a server asks for by `Retry-After`, and what is waited: to the millisecond of the clock.

use crate::support::seam::{Answer, Seam, thread};
use agent_threads_octavus::RetryPolicy;
use std::time::Duration;

/// The policy's own first pause, by which what asks for nothing is told from what asks for none.
const OWN: u64 = 500;

/// RFC 9110 has its example in three forms. Seven seconds before it:
const SERVER_TIME: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:30 GMT");

type Headers<'h> = &'h [(&'static str, &'h str)];

async fn answered(headers: Headers<'_>) -> (Seam, Result<(), agent_threads_octavus::Error>) {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let seam = Seam::new([Answer::Full(503, headers, String::new()), thread("running")]);
    let client = seam.builder().retry(RetryPolicy::default().jitter(false)).build().unwrap();
    let read = client.get_thread("agent_1", "t1").await;
    (seam, read.map(drop))
}

/// Milliseconds from the first request to the second.
async fn waited(headers: Headers<'_>) -> u64 {
    let (seam, read) = answered(headers).await;
    read.unwrap();
    let [_, second] = &seam.sent()[..] else { panic!("two requests") };
    u64::try_from(second.at.as_millis()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn numbers_are_waited_for_exactly() {
    for (name, value, expected) in [
        ("retry-after", "0", 0),
        ("retry-after", "7", 7_000),
        ("retry-after", "007", 7_000),
        ("retry-after", "1.5", 1_500),
        ("retry-after", "0.001", 1),
        ("retry-after", "60", 60_000),
        ("retry-after-ms", "0", 0),
        ("retry-after-ms", "250", 250),
        ("retry-after-ms", "1500.0", 1_500),
        ("retry-after-ms", "60000", 60_000),
    ] {
        assert_eq!(waited(&[(name, value)]).await, expected, "{name}: {value}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_date_in_each_of_the_three_forms_is_waited_for_by_the_servers_clock() {
    for date in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        assert_eq!(waited(&[("retry-after", date), SERVER_TIME]).await, 7_000, "{date}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_asks_for_nothing_gets_the_policys_own_pause() {
    let past = "Sun, 06 Nov 1994 08:49:29 GMT";
    for value in [
        "",
        "soon",
        "-1",
        "-0.5",
        "+5",
        "1e3",
        "0x10",
        "inf",
        "NaN",
        "5 seconds",
        "5, 7",
        "٣",
        "Sun, 06 Nov 1994",
        "Sun, 99 Nov 1994 08:49:37 GMT",
        past,
    ] {
        assert_eq!(waited(&[("retry-after", value), SERVER_TIME]).await, OWN, "{value:?}");
    }
    for value in ["", "soon", "-1", "1e3"] {
        assert_eq!(waited(&[("retry-after-ms", value)]).await, OWN, "{value:?}");
    }
    assert_eq!(waited(&[]).await, OWN);
}

#[tokio::test(start_paused = true)]
async fn of_several_headers_the_most_exact_counts_and_then_the_longest() {
    let cases: [(Headers<'_>, u64); 5] = [
        (&[("retry-after-ms", "250"), ("retry-after", "9")], 250),
        (&[("retry-after-ms", "soon"), ("retry-after", "9")], 9_000),
        (&[("retry-after", "5"), ("retry-after", "7")], 7_000),
        (&[("retry-after", "7"), ("retry-after", "soon")], 7_000),
        (
            &[("retry-after", "5"), ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), SERVER_TIME],
            7_000,
        ),
    ];
    for (headers, expected) in cases {
        assert_eq!(waited(headers).await, expected, "{headers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn more_than_the_callers_bound_ends_the_call_at_once_and_is_told() {
    let whole = |seconds| Duration::from_secs(seconds);
    for (name, value, least) in [
        ("retry-after", "60.001", Duration::from_millis(60_001)),
        ("retry-after", "61", whole(61)),
        ("retry-after", "86400", whole(86_400)),
        ("retry-after", "18446744073709551615", whole(1 << 63)),
        ("retry-after", "18446744073709551616", Duration::MAX),
        ("retry-after", "99999999999999999999999999", Duration::MAX),
        ("retry-after-ms", "60001", Duration::from_millis(60_001)),
        ("retry-after-ms", "99999999999999999999999999", whole(1 << 40)),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT", whole(200_000_000_000)),
    ] {
        let (seam, read) = answered(&[(name, value), SERVER_TIME]).await;
        let error = read.unwrap_err();
        assert_eq!((error.attempts(), seam.times()), (1, vec![0.0]), "{name}: {value}");
        assert!(error.retry_after().unwrap() >= least, "{value}: {:?}", error.retry_after());
        assert!(!error.is_retry_budget_spent());
    }
}
