//! A client on the transport seam, without a socket, so that the clock can be paused.

use super::recorded;
use agent_threads_mosoo::{
    Body, BoxFuture, Client, ClientBuilder, Dialect, RetryPolicy, Transport, TransportError,
    http::{self, HeaderMap},
    reqwest,
};
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// An answer.
#[derive(Clone)]
pub(super) struct Script {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Script {
    pub(super) fn text(status: u16, media: &str, body: &str) -> Self {
        let headers = vec![("content-type", media.to_owned())];
        Self { status, headers, body: body.to_owned() }
    }

    #[allow(clippy::needless_pass_by_value, reason = "callers write the JSON where they stand")]
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self::text(status, "application/json", &body.to_string())
    }

    /// What the vendor's server answered.
    pub(super) fn recorded(name: &str) -> Self {
        let (status, body) = recorded(name);
        Self::json(status, body)
    }

    /// Another header, as UTF-8 where it is not ASCII.
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn retry_after(self, seconds: u32) -> Self {
        self.header("retry-after", &seconds.to_string())
    }
}

/// A request as it was sent, and when.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) at: Duration,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    body: Vec<u8>,
}

impl Sent {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// All that was sent.
#[derive(Clone)]
pub(super) struct Log(Arc<Mutex<Vec<Sent>>>);

impl Log {
    pub(super) fn all(&self) -> Vec<Sent> {
        self.0.lock().unwrap().clone()
    }
}

/// A client that makes one attempt, and what it sends. The answers are played in order, the last one for ever.
pub(super) fn seam(dialect: Dialect, answers: impl IntoIterator<Item = Script>) -> (Client, Log) {
    let (builder, log) = seam_builder(dialect, answers);
    (builder.retry(RetryPolicy::never()).build().unwrap(), log)
}

/// The same with the client's own policy, not built yet.
pub(super) fn seam_builder(
    dialect: Dialect,
    answers: impl IntoIterator<Item = Script>,
) -> (ClientBuilder, Log) {
    let log = Log(Arc::default());
    let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
    let player = Player { answers, log: log.clone(), start: Instant::now() };
    let builder = Client::builder()
        .base_url("https://mosoo.example/api/v1")
        .token("mst_test")
        .dialect(dialect)
        .transport(player);
    (builder, log)
}

struct Player {
    answers: Arc<Mutex<VecDeque<Script>>>,
    log: Log,
    start: Instant,
}

impl Player {
    fn next(&self) -> Script {
        let mut answers = self.answers.lock().unwrap();
        match answers.len() {
            1 => answers[0].clone(),
            _ => answers.pop_front().expect("the script has an answer"),
        }
    }
}

impl Transport for Player {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        self.log.0.lock().unwrap().push(Sent {
            at: self.start.elapsed(),
            method: request.method().to_string(),
            url: request.url().to_string(),
            headers: request.headers().clone(),
            body: body.to_vec(),
        });
        let Script { status, headers, body } = self.next();
        Box::pin(async move {
            let answer = http::Response::builder().status(status);
            let answer = headers
                .iter()
                .fold(answer, |answer, (name, value)| answer.header(*name, value.as_bytes()));
            Ok(answer.body(Body::from(body)).unwrap())
        })
    }
}
