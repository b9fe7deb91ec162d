//! One call with a JSON answer, on a connection that is kept.

mod by_hand;

use crate::{
    case::{Case, Run},
    goal::Goal,
    group::{Group, Source},
    server::Server,
};
use agent_threads_octavus::{
    Client,
    types::{DispatchResult, DispatchThread, Thread},
};
pub(crate) use by_hand::ByHand;
use std::{hint::black_box, rc::Rc};
use tokio::runtime::Runtime;

/// What this group measures.
pub(crate) const GROUP: Group =
    Group { name: "call", columns: &["agent-threads", BY_HAND], source: Source::Cases(cases) };

/// The peer: the same requests with the same settings, and the answers read as the same types.
pub(crate) const BY_HAND: &str = "reqwest by hand";

/// What one run makes of them.
const CALLS: usize = 200;

/// The most that ours may cost, in the peer's terms.
const GOAL: f64 = 1.05;

/// No key of anyone.
pub(crate) const TOKEN: &str = "oct_agt_0123456789abcdef0123456789abcdef";

const MESSAGE: &str = "Summarize the latest sales report";

fn cases() -> Vec<Case> {
    let place = Rc::new(Place::new());
    let builder = Client::builder().token(TOKEN).base_url(place.url());
    let ours = builder.build().expect("a client");
    let by_hand = ByHand::new(place.url(), &[("x-octavus-sdk-version", "4")]);
    let case = |what: &str, ours: Box<dyn FnMut()>, theirs: Box<dyn FnMut()>| Case {
        what: what.to_owned(),
        each: "call",
        count: CALLS,
        runs: vec![Run::Here(ours), Run::Here(theirs)],
        // Each call is of the same types, and its answer is unwrapped.
        check: Box::new(|| ()),
        goals: vec![Goal::Within(GOAL, BY_HAND)],
    };
    vec![
        case(
            "POST, an answer of 40 B",
            {
                let (place, ours) = (place.clone(), ours.clone());
                Box::new(move || place.run(dispatch(&ours)))
            },
            {
                let (place, by_hand) = (place.clone(), by_hand.clone());
                Box::new(move || place.run(dispatch_by_hand(&by_hand)))
            },
        ),
        case(
            "GET, an answer of 10 KB",
            {
                let place = place.clone();
                Box::new(move || place.run(read(&ours)))
            },
            Box::new(move || place.run(read_by_hand(&by_hand))),
        ),
    ]
}

/// Where calls are made.
pub(crate) struct Place {
    server: Server,
    runtime: Runtime,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { server: Server::start().expect("a server that starts"), runtime: runtime() }
    }

    pub(crate) fn url(&self) -> &str {
        self.server.url()
    }

    pub(crate) fn run<T>(&self, calls: impl Future<Output = T>) -> T {
        self.runtime.block_on(calls)
    }
}

/// One thread for all: what runs on it can be counted.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

async fn dispatch(client: &Client) {
    for _ in 0..CALLS {
        let started = client.dispatch_thread("a1", DispatchThread::new(MESSAGE)).await;
        let started: DispatchResult = started.expect("an answer");
        assert_eq!(black_box(started).thread_id, "t1");
    }
}

async fn dispatch_by_hand(by_hand: &ByHand) {
    for _ in 0..CALLS {
        let body = DispatchThread::new(MESSAGE);
        let started = by_hand.post("/api/v1/workforce/agents/a1/threads", &body).await;
        let started: DispatchResult = started.expect("an answer");
        assert_eq!(black_box(started).thread_id, "t1");
    }
}

async fn read(client: &Client) {
    for _ in 0..CALLS {
        let thread: Thread = client.get_thread("a1", "t1").await.expect("an answer");
        assert_eq!(black_box(thread).messages.len(), 20);
    }
}

async fn read_by_hand(by_hand: &ByHand) {
    for _ in 0..CALLS {
        let thread = by_hand.get("/api/v1/workforce/agents/a1/threads/t1").await;
        let thread: Thread = thread.expect("an answer");
        assert_eq!(black_box(thread).messages.len(), 20);
    }
}
