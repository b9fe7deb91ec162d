//! A network that fails as the dice fall, before a sandbox without sockets.

use super::{
    breaking::{Passing, passed},
    dice::Dice,
    faults::{Fault, Mood},
    figures::Figures,
};
use crate::support::in_process::Direct;
use agent_threads_core::{Body, BoxFuture, Phase, Transport, TransportError};
use agent_threads_sandbox::InProcess;
use futures::future;
use std::sync::{Arc, Mutex};

/// More requests of one run than any policy allows: it goes on for ever.
const FOR_EVER: u64 = 20_000;

/// What a vendor's streams allow.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// Which requests are left alone: those that may be sent once only.
    pub(super) spares: fn(&reqwest::Request) -> bool,
    /// Which events may come again on one connection, where the client must know them.
    pub(super) may_repeat: Option<fn(&[u8]) -> bool>,
    /// The server may forget that it was told a place to go on from.
    pub(super) loses_cursor: bool,
}

/// Clones are the same network.
#[derive(Clone)]
pub(super) struct Network {
    server: Direct,
    rules: Rules,
    state: Arc<Mutex<State>>,
    figures: Figures,
}

struct State {
    dice: Dice,
    mood: Mood,
    faults_left: usize,
    requests: u64,
    streams: usize,
}

impl Network {
    pub(super) fn new(
        server: InProcess,
        rules: Rules,
        mut dice: Dice,
        mood: Mood,
        figures: &Figures,
    ) -> Self {
        let faults_left = match mood {
            Mood::Bounded => dice.small(4),
            Mood::Endless => usize::MAX,
        };
        let state = State { dice, mood, faults_left, requests: 0, streams: 0 };
        let state = Arc::new(Mutex::new(state));
        Self { server: Direct(server), rules, state, figures: figures.clone() }
    }

    /// Nothing fails from here on.
    pub(super) fn heal(&self) {
        self.state.lock().unwrap().faults_left = 0;
    }

    /// A program begins to follow a run.
    pub(super) fn begins(&self) {
        self.state.lock().unwrap().streams = 0;
    }

    /// How often a stream has been asked for since a program began to follow its run.
    pub(super) fn streams(&self) -> usize {
        self.state.lock().unwrap().streams
    }

    /// What happens to this request.
    fn draw(&self, request: &reqwest::Request, is_stream: bool) -> Option<Fault> {
        let mut state = self.state.lock().unwrap();
        state.requests += 1;
        state.streams += usize::from(is_stream);
        assert!(state.requests < FOR_EVER, "requests go on for ever");
        let State { dice, mood, faults_left, .. } = &mut *state;
        let passes = match mood {
            Mood::Bounded => dice.one_in(4),
            Mood::Endless => dice.one_in(8),
        };
        if *faults_left == 0 || passes || (self.rules.spares)(request) {
            return None;
        }
        *faults_left -= 1;
        Some(Fault::draw(dice, is_stream, *mood))
    }

    async fn pass(
        &self,
        mut request: reqwest::Request,
        fault: Option<Fault>,
        is_stream: bool,
    ) -> Result<http::Response<Body>, TransportError> {
        let dice = {
            let mut state = self.state.lock().unwrap();
            let forgets = self.rules.loses_cursor && state.faults_left > 0;
            if forgets
                && state.dice.one_in(6)
                && request.headers_mut().remove("last-event-id").is_some()
            {
                self.figures.count("cursor not honoured");
            }
            state.dice.fork()
        };
        let answer = self.server.send(request).await?;
        let breaks = match fault {
            Some(Fault::Breaks(place, end)) => Some((place, end)),
            _ => None,
        };
        let figures = self.figures.clone();
        let passing = Passing {
            dice,
            breaks,
            may_repeat: self.rules.may_repeat.filter(|_| is_stream),
            tell: Box::new(move |name| figures.count(name)),
            name: fault.map_or("", Fault::name),
        };
        Ok(answer.map(|body| passed(body, passing)))
    }
}

impl Transport for Network {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let accept = request.headers().get("accept");
        let is_stream = accept.is_some_and(|accept| accept == "text/event-stream");
        let fault = self.draw(&request, is_stream);
        self.figures.requested(is_stream);
        if let Some(fault) = fault
            && !matches!(fault, Fault::Breaks(..))
        {
            self.figures.count(fault.name());
        }
        Box::pin(async move {
            match fault {
                Some(Fault::Refused) => {
                    Err(TransportError::new(Phase::Connect, "refused on purpose"))
                }
                Some(Fault::Lost) => Err(TransportError::new(Phase::Exchange, "lost on purpose")),
                Some(Fault::AnswerLost) => {
                    self.server.send(request).await?;
                    Err(TransportError::new(Phase::Exchange, "lost on purpose"))
                }
                Some(Fault::Hangs) => future::pending().await,
                Some(Fault::Status { status, retry_after, html }) => {
                    Ok(refusal(status, retry_after, html))
                }
                fault => self.pass(request, fault, is_stream).await,
            }
        })
    }
}

/// What a gateway answers in the vendor's place.
fn refusal(status: u16, retry_after: Option<(&str, u64)>, html: bool) -> http::Response<Body> {
    let (media, body) = match html {
        true => ("text/html", "<!DOCTYPE html><title>Error</title>"),
        false => ("application/json", r#"{"error":{"code":"UNAVAILABLE","message":"Not now."}}"#),
    };
    let mut answer = http::Response::builder().status(status).header("content-type", media);
    if let Some((name, value)) = retry_after {
        answer = answer.header(name, value);
    }
    answer.body(Body::from(body)).unwrap()
}
