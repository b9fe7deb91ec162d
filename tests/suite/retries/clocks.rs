//! Clocks that jump: the system's, by which dates are told, and that of the timers, over a machine that was suspended.

use crate::support::seam::{Answer, Seam, json, thread};
use agent_threads_octavus::{ErrorKind, Handle, RetryPolicy};
use std::time::Duration;
use tokio::time::{advance, timeout};

const DAYS: Duration = Duration::from_secs(3 * 86_400);

fn asks(date: &str) -> Answer {
    Answer::Full(503, vec![("retry-after", date.to_owned())], String::new())
}

fn steady() -> RetryPolicy {
    RetryPolicy::default().jitter(false)
}

/// Without a `Date` there is only the local clock. A date of this server is long past by a clock that is ahead, and far off by
/// one that is behind.
#[tokio::test(start_paused = true)]
async fn a_system_clock_that_is_wrong_makes_neither_a_hot_loop_nor_an_endless_wait() {
    let seam = Seam::new([asks("Fri, 31 Dec 1999 23:59:59 GMT")]);
    let client = seam.builder().retry(steady()).build().unwrap();
    client.get_thread("a", "t").await.unwrap_err();
    assert_eq!(seam.times(), [0.0, 0.5, 1.5, 3.5]);
    seam.play([asks("Fri, 31 Dec 9999 23:59:59 GMT")]);
    client.get_thread("a", "t").await.unwrap_err();
    assert_eq!(seam.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_slept_over_days_is_late_and_is_the_last() {
    let seam = Seam::new([Answer::Hangs]);
    let client = seam.client();
    let reading = tokio::spawn(async move { client.get_thread("a", "t").await.unwrap_err() });
    tokio::task::yield_now().await;
    advance(DAYS).await;
    let error = reading.await.unwrap();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_slept_over_the_total_timeout_is_followed_by_no_request() {
    let seam = Seam::new([json(503, ""), thread("running")]);
    let client = seam.builder().retry(steady()).build().unwrap();
    let reading = tokio::spawn(async move { client.get_thread("a", "t").await.unwrap_err() });
    tokio::task::yield_now().await;
    advance(DAYS).await;
    let error = reading.await.unwrap();
    assert_eq!((error.kind(), error.attempts(), seam.sent().len()), (ErrorKind::Timeout, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_slept_over_its_deadline_ends_and_says_so() {
    let seam = Seam::new([thread("running")]);
    let run = seam.client().attach(Handle::new("a", "t"));
    let waiting = tokio::spawn(async move { run.wait().await.unwrap_err() });
    tokio::task::yield_now().await;
    advance(DAYS).await;
    let error = waiting.await.unwrap();
    assert_eq!((error.kind(), error.last_status()), (ErrorKind::Deadline, Some("running")));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_slept_is_taken_up() {
    let silent = Answer::StreamHangs(String::new());
    let gone = json(404, "{}");
    let seam = Seam::new([silent, gone]);
    let builder =
        agent_threads_modus::Client::builder().token("modus_test").transport(seam.clone());
    let client = builder.build().unwrap();
    let mut events = client.stream_run("r").events();
    let next = tokio::spawn(async move { events.next().await.unwrap().unwrap_err() });
    tokio::task::yield_now().await;
    advance(DAYS).await;
    assert!(next.await.unwrap().is_not_found());
    assert_eq!(seam.sent().len(), 2);
}

/// Every duration that can be set, at its longest: nothing overflows, and what asks for eternity gets it.
#[tokio::test(start_paused = true)]
async fn the_longest_durations_are_no_overflow() {
    let forever = Duration::MAX;
    let policy = steady().base_delay(forever).max_delay(forever).max_retry_after(forever);
    let seam = Seam::new([json(503, "")]);
    let builder = seam.builder().retry(policy).connect_timeout(forever);
    let client = builder.attempt_timeout(forever).total_timeout(forever).build().unwrap();
    let client = client.with(|settings| settings.stall_timeout(forever));
    let patience = Duration::from_secs(1_000_000);
    assert!(timeout(patience, client.get_thread("a", "t")).await.is_err(), "a pause without end");
    seam.play([asks("99999999999999999999"), thread("completed")]);
    assert!(timeout(patience, client.get_thread("a", "t")).await.is_err());
    assert_eq!(seam.sent().len(), 1);
    seam.play([thread("running"), thread("completed")]);
    let run = client.attach(Handle::new("a", "t"));
    let wait = run.wait().interval(forever).timeout(forever);
    assert!(timeout(patience, wait).await.is_err());
    let run = client.attach(Handle::new("a", "t"));
    run.wait().timeout(forever).await.unwrap();
}
