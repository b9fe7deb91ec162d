//! The clients over a transport that answers with what a fuzzer makes.

use agent_threads_core::{
    Body, BoxFuture, ClientBuilder, Phase, RetryPolicy, Transport, TransportError,
    codegen::VendorClient,
    http::{HeaderName, HeaderValue, Response},
    reqwest::{Request, Url},
};
use agent_threads_mosoo::Dialect;
use bytes::Bytes;
use futures::stream;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::runtime::{Builder, Runtime};

/// What no text of a client may show.
pub(crate) const TOKEN: &str = "modus_MARKER-token";

/// What a server answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) chunks: Vec<Bytes>,
}

impl Answer {
    pub(crate) fn json(body: &[u8]) -> Self {
        Self::ok("application/json", [body])
    }

    pub(crate) fn ok<'b>(kind: &'static str, chunks: impl IntoIterator<Item = &'b [u8]>) -> Self {
        let kind = (HeaderName::from_static("content-type"), HeaderValue::from_static(kind));
        let chunks = chunks.into_iter().map(Bytes::copy_from_slice).collect();
        Self { status: 200, headers: vec![kind], chunks }
    }
}

/// Gives its answers in order, and then no connection any more.
#[derive(Clone, Default)]
pub(crate) struct Seam(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    sent: Vec<Url>,
}

impl Seam {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn answer(&self, url: Url) -> Result<Response<Body>, TransportError> {
        let mut state = self.state();
        state.sent.push(url);
        let none = || TransportError::new(Phase::Connect, "there are no more answers");
        let answer = state.answers.pop_front().ok_or_else(none)?;
        let mut response =
            Response::new(Body::from_stream(stream::iter(answer.chunks.into_iter().map(Ok))));
        *response.status_mut() = answer.status.try_into().map_err(|_| none())?;
        response.headers_mut().extend(answer.headers.into_iter().map(|(n, v)| (Some(n), v)));
        Ok(response)
    }
}

impl Transport for Seam {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(std::future::ready(self.answer(request.url().clone())))
    }
}

/// A client of each vendor, over one transport, and a runtime whose time passes at once.
pub(crate) struct World {
    runtime: Runtime,
    seam: Seam,
    pub(crate) deco_studio: agent_threads_deco_studio::Client,
    pub(crate) middesk: agent_threads_middesk::Client,
    pub(crate) modus: agent_threads_modus::Client,
    pub(crate) mosoo: agent_threads_mosoo::Client,
    pub(crate) octavus: agent_threads_octavus::Client,
}

thread_local! {
    static WORLD: World = World::new();
}

impl World {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        let seam = Seam::default();
        Self {
            runtime: runtime.expect("a runtime without I/O"),
            deco_studio: built(ClientBuilder::new().parameter("org", "acme"), &seam),
            middesk: built(ClientBuilder::new(), &seam),
            modus: built(ClientBuilder::new(), &seam),
            mosoo: built(ClientBuilder::new().dialect(Dialect::Current), &seam),
            octavus: built(ClientBuilder::new(), &seam),
            seam,
        }
    }

    /// Runs something against these answers, and returns with it where the requests went.
    pub(crate) fn run<T>(
        answers: impl IntoIterator<Item = Answer>,
        run: impl AsyncFnOnce(&Self) -> T,
    ) -> (T, Vec<Url>) {
        WORLD.with(|world| {
            *world.seam.state() =
                State { answers: answers.into_iter().collect(), sent: Vec::new() };
            let output = world.runtime.block_on(run(world));
            (output, std::mem::take(&mut world.seam.state().sent))
        })
    }

    /// A client that asks the same transport.
    pub(crate) fn over_seam<C: VendorClient>(&self, builder: ClientBuilder<C>) -> ClientBuilder<C> {
        builder.retry(RetryPolicy::never()).transport(self.seam.clone())
    }

    /// Where the last request went.
    pub(crate) fn last_sent(&self) -> Option<Url> {
        self.seam.state().sent.last().cloned()
    }
}

fn built<C: VendorClient>(builder: ClientBuilder<C>, seam: &Seam) -> C {
    let builder = builder.token(TOKEN).allow_any_token(true).retry(RetryPolicy::never());
    let builder = builder.transport(seam.clone());
    builder.build().expect("a client over the seam")
}
