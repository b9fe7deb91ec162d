//! A transport that plays a script, so that tests can pause the clock.

use agent_threads_octavus::{
    Body, BoxFuture, Client, ClientBuilder, Phase, Transport, TransportError,
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// What happens to one request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Status, headers, body.
    Full(u16, Vec<(&'static str, String)>, String),
    /// The network fails.
    Fails(Phase),
    /// Nothing ever comes.
    Hangs,
    /// A success whose body breaks off.
    Breaks(String),
    /// A stream of events that begins and then hangs.
    StreamHangs(String),
    /// A stream of events that begins and is cut after so many seconds of silence.
    StreamCut(String, u64),
    /// A status whose body begins and then hangs.
    HangsAfter(u16, String),
}

pub(crate) fn json(status: u16, body: impl Into<String>) -> Answer {
    Answer::Full(status, vec![("content-type", "application/json".into())], body.into())
}

/// A thread of the seed's generation without messages.
pub(crate) fn thread(status: &str) -> Answer {
    json(
        200,
        format!(r#"{{"threadId":"t1","status":"{status}","failureReason":null,"messages":[]}}"#),
    )
}

/// A request as it was sent, and when.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) at: Duration,
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

/// Plays answers in order; the last one for ever.
#[derive(Clone)]
pub(crate) struct Seam {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    start: Instant,
}

impl Seam {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        Self { answers, sent: Arc::default(), start: Instant::now() }
    }

    /// Begins anew with other answers.
    pub(crate) fn play(&self, answers: impl IntoIterator<Item = Answer>) {
        *self.answers.lock().unwrap() = answers.into_iter().collect();
        self.sent.lock().unwrap().clear();
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder()
            .base_url("https://octavus.example")
            .token("oct_agt_test")
            .transport(self.clone())
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// What was sent since this was asked last.
    pub(crate) fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.sent.lock().unwrap())
    }

    /// When each request was sent, in seconds since the start.
    pub(crate) fn times(&self) -> Vec<f64> {
        self.sent().iter().map(|sent| sent.at.as_secs_f64()).collect()
    }

    fn record(&self, request: &reqwest::Request) {
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        self.sent.lock().unwrap().push(Sent {
            at: self.start.elapsed(),
            method: request.method().to_string(),
            url: request.url().to_string(),
            headers: request.headers().clone(),
            body: String::from_utf8(body.to_vec()).unwrap(),
        });
    }

    fn next(&self) -> Answer {
        let mut answers = self.answers.lock().unwrap();
        match answers.len() {
            1 => answers[0].clone(),
            _ => answers.pop_front().expect("the script has an answer"),
        }
    }
}

impl Transport for Seam {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        self.record(&request);
        let answer = self.next();
        Box::pin(play(answer))
    }
}

async fn play(answer: Answer) -> Result<http::Response<Body>, TransportError> {
    match answer {
        Answer::Full(status, headers, body) => Ok(response(status, headers, Body::from(body))),
        Answer::Fails(phase) => Err(TransportError::new(phase, "scripted")),
        Answer::Hangs => std::future::pending().await,
        Answer::Breaks(body) => {
            let chunks = [Ok(Bytes::from(body)), Err(TransportError::new(Phase::Body, "scripted"))];
            Ok(response(200, vec![], Body::from_stream(stream::iter(chunks))))
        }
        Answer::StreamHangs(events) => {
            let chunks = stream::iter([Ok(Bytes::from(events))]).chain(stream::pending());
            let headers = vec![("content-type", "text/event-stream".into())];
            Ok(response(200, headers, Body::from_stream(chunks)))
        }
        Answer::StreamCut(events, seconds) => {
            let cut = async move {
                sleep(Duration::from_secs(seconds)).await;
                Err(TransportError::new(Phase::Body, "scripted"))
            };
            let chunks = stream::iter([Ok(Bytes::from(events))]).chain(stream::once(cut));
            let headers = vec![("content-type", "text/event-stream".into())];
            Ok(response(200, headers, Body::from_stream(chunks)))
        }
        Answer::HangsAfter(status, body) => {
            let chunks = stream::iter([Ok(Bytes::from(body))]).chain(stream::pending());
            Ok(response(status, vec![], Body::from_stream(chunks)))
        }
    }
}

fn response(status: u16, headers: Vec<(&'static str, String)>, body: Body) -> http::Response<Body> {
    let response = http::Response::builder().status(status);
    let response =
        headers.into_iter().fold(response, |response, (name, value)| response.header(name, value));
    response.body(body).unwrap()
}
