//! Rates over a transport that keeps the time of each request, with the clock paused.

use super::*;
use crate::{
    Body, BoxFuture, ClientBuilder, ErrorKind, Phase, RetryPolicy, Transport, TransportError,
    codegen::Core,
    testing::{Acme, GET},
};
use futures_util::future::join_all;
use reqwest::{Method, Request};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use tokio::time::advance;

/// Keeps when each request was sent and where to, and answers with this status.
#[derive(Clone)]
struct Watch {
    start: Instant,
    status: u16,
    sent: Arc<StdMutex<Vec<(Duration, String)>>>,
}

impl Watch {
    fn new(status: u16) -> Self {
        Self { start: Instant::now(), status, sent: Arc::default() }
    }

    fn client(&self, limit: RateLimit) -> Core {
        let builder = ClientBuilder::<Acme>::new().token("t").transport(self.clone());
        let retry = RetryPolicy::default().base_delay(Duration::ZERO);
        builder.retry(retry).rate_limit(limit).build().unwrap().0
    }

    fn sent(&self) -> Vec<(Duration, String)> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// In milliseconds since the start.
    fn times(&self) -> Vec<u128> {
        self.sent().iter().map(|(at, _)| at.as_millis()).collect()
    }
}

impl Transport for Watch {
    fn send(
        &self,
        request: Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let sent = (self.start.elapsed(), request.url().path().to_owned());
        self.sent.lock().unwrap().push(sent);
        let answer = http::Response::builder().status(self.status).body(Body::from("null"));
        Box::pin(async { answer.map_err(|error| TransportError::new(Phase::Exchange, error)) })
    }
}

fn get(path: impl std::fmt::Display) -> Result<Request, Error> {
    Ok(Request::new(Method::GET, format!("https://acme.example/{path}").parse().unwrap()))
}

/// So many calls at once.
async fn calls(core: &Core, count: usize) {
    let calls = (0..count).map(|number| core.call(&GET, get(number)));
    for result in join_all(calls).await {
        result.unwrap();
    }
}

/// The most requests in any time that is as long as this and includes its beginning only.
fn most_in(window: Duration, sent: &[(Duration, String)]) -> usize {
    let in_window = |start: Duration| {
        sent.iter().filter(|(at, _)| *at >= start && *at < start + window).count()
    };
    sent.iter().map(|(at, _)| in_window(*at)).max().unwrap_or(0)
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn in_no_second_are_there_more_than_the_rate() {
    for rate in [1, 3, 7, 20, 60, 300] {
        let watch = Watch::new(200);
        calls(&watch.client(RateLimit::per_second(rate)), 700.min(rate as usize * 5)).await;
        assert!(most_in(SECOND, &watch.sent()) <= rate as usize, "{rate}");
    }
}

#[tokio::test(start_paused = true)]
async fn twenty_per_second_are_fifty_milliseconds_apart() {
    let watch = Watch::new(200);
    calls(&watch.client(RateLimit::per_second(20)), 100).await;
    assert_eq!(watch.times(), (0..100).map(|n| n * 50).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_sent_at_once_and_has_to_be_earned_again() {
    let watch = Watch::new(200);
    let core = watch.client(RateLimit::per_second(20).burst(5));
    calls(&core, 60).await;
    let times = watch.times();
    assert_eq!(times[..7], [0, 0, 0, 0, 0, 50, 100]);
    assert_eq!(most_in(SECOND, &watch.sent()), 20 + 5 - 1);
    // Idle for as long as three take to be earned, and one more.
    let before = times.len();
    advance(Duration::from_millis(200)).await;
    let start = watch.start.elapsed().as_millis();
    calls(&core, 5).await;
    let times: Vec<_> = watch.times()[before..].iter().map(|at| at - start).collect();
    assert_eq!(times, [0, 0, 0, 0, 50]);
}

#[tokio::test(start_paused = true)]
async fn a_rate_per_minute_is_spread_over_it() {
    let watch = Watch::new(200);
    calls(&watch.client(RateLimit::per_minute(60)), 4).await;
    assert_eq!(watch.times(), [0, 1000, 2000, 3000]);
}

#[tokio::test(start_paused = true)]
async fn idle_time_is_not_hoarded() {
    let watch = Watch::new(200);
    let core = watch.client(RateLimit::per_second(20));
    advance(Duration::from_secs(10)).await;
    calls(&core, 3).await;
    assert_eq!(watch.times(), [10_000, 10_050, 10_100]);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_are_served_in_the_order_of_arrival() {
    let watch = Watch::new(200);
    let core =
        watch.client(RateLimit::per_second(20)).with(|settings| settings.total_timeout(None));
    let tasks = (0..1000).map(|number| tokio::spawn(core.call(&GET, get(number))));
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    let sent = watch.sent();
    let paths: Vec<_> = sent.iter().map(|(_, path)| path.clone()).collect();
    assert_eq!(paths, (0..1000).map(|number| format!("/{number}")).collect::<Vec<_>>());
    assert_eq!(sent[999].0, Duration::from_millis(999 * 50));
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waiting_has_used_nothing() {
    let watch = Watch::new(200);
    let core = watch.client(RateLimit::per_second(20));
    let mut tasks: Vec<_> = (0..6).map(|n| tokio::spawn(core.call(&GET, get(n)))).collect();
    tokio::task::yield_now().await;
    // The one whose turn is next, one in the middle, and the last.
    for (index, gone) in [1, 3, 5].into_iter().enumerate() {
        tasks.remove(gone - index).abort();
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let sent: Vec<_> = watch.sent().into_iter().map(|(at, path)| (at.as_millis(), path)).collect();
    let expected = [(0, "/0"), (50, "/2"), (100, "/4")];
    assert_eq!(sent, expected.map(|(at, path)| (at, path.to_owned())));
}

#[tokio::test(start_paused = true)]
async fn clones_share_the_rate_whatever_their_settings() {
    let watch = Watch::new(200);
    let core = watch.client(RateLimit::per_second(20));
    let other = core.with(|settings| settings.retry(RetryPolicy::never()));
    tokio::join!(calls(&core, 2), calls(&other, 2));
    assert_eq!(watch.times(), [0, 50, 100, 150]);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_counts_and_waits() {
    let watch = Watch::new(503);
    let core = watch.client(RateLimit::per_second(20));
    let error = core.call(&GET, get("a")).await.unwrap_err();
    assert_eq!((error.attempts(), error.total_wait()), (4, Duration::ZERO));
    assert_eq!(watch.times(), [0, 50, 100, 150]);
}

#[tokio::test(start_paused = true)]
async fn downloads_and_the_openings_of_streams_count_too() {
    let watch = Watch::new(200);
    let core = watch.client(RateLimit::per_second(20));
    drop(core.download(&GET, get("a")).await.unwrap());
    let opened = core.open(&GET, get("b").unwrap()).unwrap().await;
    assert_eq!(opened.unwrap_err().kind(), ErrorKind::NotAStream);
    core.call(&GET, get("c")).await.unwrap();
    assert_eq!(watch.times(), [0, 50, 100]);
}

#[tokio::test(start_paused = true)]
async fn the_wait_counts_in_the_total_timeout_and_not_in_that_of_an_attempt() {
    let watch = Watch::new(200);
    let core = watch.client(RateLimit::per_minute(1));
    let patient = core.with(|settings| settings.attempt_timeout(Duration::from_secs(1)));
    calls(&patient, 2).await;
    assert_eq!(watch.times(), [0, 60_000]);
    let hasty = core.with(|settings| settings.total_timeout(Duration::from_secs(5)));
    let error = hasty.call(&GET, get("late")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 0));
    assert_eq!(watch.start.elapsed(), Duration::from_secs(65));
    assert_eq!(watch.sent().len(), 2, "nothing was sent");
}

#[test]
fn a_rate_of_nothing_is_refused() {
    for none in [RateLimit::per_second(0), RateLimit::per_minute(0).burst(5)] {
        let builder = ClientBuilder::<Acme>::new().token("t").rate_limit(none);
        let error = builder.build().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("rate limit"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_largest_numbers_are_rates_too() {
    let watch = Watch::new(200);
    calls(&watch.client(RateLimit::per_second(u32::MAX).burst(u32::MAX)), 10).await;
    calls(&watch.client(RateLimit::per_minute(1).burst(u32::MAX)), 10).await;
    assert_eq!(watch.times(), [0; 20]);
    assert_eq!(RateLimit::per_second(5).burst(0), RateLimit::per_second(5));
}
