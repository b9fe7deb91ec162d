//! A transport that makes whoever polls it wait at every point where a network could: before the head of each answer,
//! before each piece of its body, and before its end.

use agent_threads_core::{Body, BoxFuture, Transport, TransportError};
use bytes::Bytes;
use futures::stream;
use http::HeaderMap;
use serde_json::Value;
use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

/// A script of these targets and answers.
pub(super) fn script<R: IntoIterator<Item = Reply>>(
    routes: impl IntoIterator<Item = (&'static str, R)>,
) -> Routes {
    routes.into_iter().map(|(target, answers)| (target, answers.into_iter().collect())).collect()
}

/// How many pieces a body comes in: few enough for long ones, and enough to cut JSON and events in their midst.
const PIECES: usize = 12;

/// An answer.
#[derive(Clone)]
pub(super) struct Reply {
    status: u16,
    media: &'static str,
    body: String,
}

impl Reply {
    pub(super) fn json(status: u16, body: impl Into<Value>) -> Self {
        let body = match body.into() {
            Value::String(text) => text,
            body => body.to_string(),
        };
        Self { status, media: "application/json", body }
    }

    pub(super) fn events(events: impl Into<String>) -> Self {
        Self { status: 200, media: "text/event-stream", body: events.into() }
    }

    pub(super) fn file(content: &str) -> Self {
        Self { status: 200, media: "text/plain", body: content.to_owned() }
    }

    pub(super) fn none() -> Self {
        Self { status: 204, media: "text/plain", body: String::new() }
    }

    /// A server that goes on behind an id leaves out what is before it.
    fn behind(&self, headers: &HeaderMap) -> String {
        let id = headers.get("last-event-id").and_then(|id| id.to_str().ok());
        let mark = id.map(|id| format!("id: {id}\n"));
        let place = mark.and_then(|mark| self.body.find(&mark));
        let rest = place.and_then(|place| self.body[place..].split_once("\n\n"));
        rest.map_or(self.body.as_str(), |(_, rest)| rest).to_owned()
    }
}

/// What is answered to each target, in order; the last for ever.
pub(super) type Routes = Vec<(&'static str, VecDeque<Reply>)>;

/// Plays a script.
#[derive(Clone, Default)]
pub(super) struct Stage(Arc<Inner>);

#[derive(Default)]
struct Inner {
    script: Mutex<Routes>,
    /// What is left of the script.
    routes: Mutex<Routes>,
    sent: Mutex<Vec<Sent>>,
    alive: AtomicUsize,
}

/// A request as it was sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sent {
    /// Method and path.
    pub(super) target: String,
    pub(super) key: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Stage {
    /// Plays this from now on. A target is a method and the end of a path.
    pub(super) fn play(&self, script: Routes) {
        *self.0.script.lock().unwrap() = script;
        self.renew();
    }

    /// Begins anew, for the same client: to make one takes longer than to play a whole script.
    pub(super) fn renew(&self) {
        self.0.routes.lock().unwrap().clone_from(&self.0.script.lock().unwrap());
        self.0.sent.lock().unwrap().clear();
    }

    /// How many requests are under way, and bodies not let go of.
    pub(super) fn alive(&self) -> usize {
        self.0.alive.load(Ordering::SeqCst)
    }

    pub(super) fn sent(&self) -> Vec<Sent> {
        self.0.sent.lock().unwrap().clone()
    }

    /// Method and path of all that was sent.
    pub(super) fn targets(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.target).collect()
    }

    fn record(&self, request: &reqwest::Request) {
        let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok());
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        self.0.sent.lock().unwrap().push(Sent {
            target: format!("{} {}", request.method(), request.url().path()),
            key: key.map(str::to_owned),
            body: body.to_vec(),
        });
    }

    fn answer(&self, request: &reqwest::Request) -> Reply {
        let (method, path) = (request.method().as_str(), request.url().path());
        let mut routes = self.0.routes.lock().unwrap();
        let is_meant = |target: &str| {
            target.split_once(' ').is_some_and(|(is, end)| is == method && path.ends_with(end))
        };
        let answers = routes.iter_mut().find(|(target, _)| is_meant(target));
        let (_, answers) = answers.unwrap_or_else(|| panic!("no answer to {method} {path}"));
        match answers.len() {
            1 => answers[0].clone(),
            _ => answers.pop_front().expect("each target has an answer"),
        }
    }
}

impl Transport for Stage {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        self.record(&request);
        let (reply, alive) = (self.answer(&request), Alive::new(self));
        Box::pin(async move {
            wait().await;
            let body = Body::from_stream(played(reply.behind(request.headers()), alive));
            let response = http::Response::builder().status(reply.status);
            Ok(response.header("content-type", reply.media).body(body).unwrap())
        })
    }
}

/// The pieces of a body, each after a wait, as is the end.
fn played(
    body: String,
    alive: Alive,
) -> impl futures::Stream<Item = Result<Bytes, TransportError>> + Send + 'static {
    let most = body.len().div_ceil(PIECES);
    stream::unfold((Bytes::from(body), alive), move |(mut body, alive)| async move {
        wait().await;
        let piece = body.split_to(body.len().min(most));
        (!piece.is_empty()).then(|| (Ok(piece), (body, alive)))
    })
}

/// Waits for itself alone, twice: what has arrived need not be there when one asks for it the first time.
async fn wait() {
    let mut left = 2;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Counts what is alive.
struct Alive(Stage);

impl Alive {
    fn new(stage: &Stage) -> Self {
        stage.0.alive.fetch_add(1, Ordering::SeqCst);
        Self(stage.clone())
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.0.alive.fetch_sub(1, Ordering::SeqCst);
    }
}
