//! Middesk: the agents section of its API, with the actions that people take on what agents propose.
//!
//! # What the sandbox decides
//!
//! The vendor does not document everything. Where it is silent, this server behaves as follows:
//!
//! Requests
//!
//! - They are checked in this order: key (401), rate (429), what the path names (404), JSON and what must be there (400), what
//!   the body names (404), the rest (422). Unknown fields are ignored, and null is an absent field.
//! - A thread is made of a `type` alone, as the vendor's sample has it, although its prose asks for something that the thread is
//!   about; [`set_wants_context`](Middesk::set_wants_context) holds it to that. One half of the context pair is always refused.
//! - Any business may be named, and is known from then on. A run is refused while the business that it names is in audit.
//! - Lists are newest first, 20 on a page unless `per_page` says otherwise, and show runs without taking them further.
//! - Things belong to a customer; others do not find them.
//!
//! Runs
//!
//! - Each read of a run takes it one step further; a read of a thread does so with all runs in it. A stream takes its run as far
//!   as its client reads. A new run shows `running` and no steps, then its steps one by one, then its end.
//! - A thread without runs is `running`, as on the vendor's page. Otherwise it is `running` or `interrupted` if some run is, and
//!   else what the latest run is.
//! - A step is `running` until the next one begins, and one that asks something until it is answered.
//! - A run's output is also that of its last step. The `snapshot` of a stream has `status`, `steps` and `artifacts`.
//! - The stream of a run that waits ends as that of one that is over. When the run goes on, a stream is opened again from the
//!   start, and what ended the one before is not in it.
//! - Streams of runs that are over can be opened again and again, or as often as [`set_replays`](Middesk::set_replays) says.
//!
//! Answers
//!
//! - Resuming is described by the vendor in passing only. Here it takes an interrupt's `id`, or its `interrupt_id`, beside any input, and
//!   returns the run; the run goes on when all its interrupts are answered. An action does that only if
//!   [`set_actions_resume`](Middesk::set_actions_resume) says so.
//! - A decision on a business is refused only while it is in audit. The effects of an action are its payload.
//! - Feedback takes an artifact of any step that has begun.

mod account;
mod actions;
mod api;
mod artifact;
mod body;
mod ids;
mod interrupt;
mod life;
mod page;
mod plan;
mod run;
mod runs;
mod script;
mod settings;
mod shown;
mod state;
mod step;
mod target;
mod threads;
mod webhook;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use bytes::Bytes;
use serde_json::Value;

use crate::fault::Fault;
use crate::front::Front;
use crate::in_process::InProcess;
use crate::log::RecordedRequest;
use crate::sse::{Delivery, Streams, wire};
use crate::sync::{Stop, lock};

pub use account::Environment;
pub use artifact::{Artifact, Source};
pub use interrupt::{Interrupt, InterruptPolicy};
pub use script::{Script, StreamEnd};
pub use step::Step;
pub use target::Target;
pub use webhook::Webhook;

use api::Api;
use state::State;

const FIRST_KEYS: [&str; 2] = ["mk_test_sandbox_key", "mk_live_sandbox_key"];
const FIRST_BUSINESS: &str = "5b3f7a10-0d3c-4a52-9a57-6f4f1f0b1c01";
const FIRST_RESULT: &str = "5b3f7a10-0d3c-4a52-9a57-6f4f1f0b1c02";
const AGENTS: [(&str, &str); 3] = [
    ("cip_orchestrator", "CIP Orchestrator"),
    ("address_verification", "Address Verification"),
    ("watchlist_resolution", "Watchlist Resolution"),
];

/// The handle of a sandbox's Middesk: where it listens, what its agents do, what it has been asked. Clones are the same server.
#[derive(Clone)]
pub struct Middesk {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    front: Arc<Front<Api>>,
    streams: Streams,
    state: Mutex<State>,
}

impl Middesk {
    pub(crate) fn new(url: &str, stop: Stop) -> Self {
        let mut state = State::default();
        state.accounts.add("Sandbox Lending", &state.world.ids, FIRST_KEYS);
        AGENTS.iter().for_each(|(kind, name)| state.add_agent(kind, name));
        state.objects.know_business(FIRST_BUSINESS);
        state.objects.add_watchlist_result(FIRST_RESULT.to_owned());
        Self {
            shared: Arc::new(Shared {
                url: url.to_owned(),
                front: Arc::new(Front::new(stop.clone())),
                streams: Streams::new(stop),
                state: Mutex::new(state),
            }),
        }
    }

    pub(crate) fn router(&self) -> Router {
        self.shared.front.guard(api::routes(self.clone()))
    }

    /// This server to be called without a socket, also where it has one.
    pub fn in_process(&self) -> InProcess {
        InProcess::new(self.router())
    }

    /// The base URL, such as `http://127.0.0.1:49152`, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The test key of the customer that is there from the start: `mk_test_sandbox_key`.
    pub fn key(&self) -> &'static str {
        FIRST_KEYS[0]
    }

    /// The live key of the same customer: `mk_live_sandbox_key`.
    pub fn live_key(&self) -> &'static str {
        FIRST_KEYS[1]
    }

    /// The agent type that is there from the start, among others: `cip_orchestrator`.
    pub fn agent_type(&self) -> &'static str {
        AGENTS[0].0
    }

    /// A business that is there from the start and in review.
    pub fn business_id(&self) -> &'static str {
        FIRST_BUSINESS
    }

    /// A watchlist result that is there from the start.
    pub fn watchlist_result_id(&self) -> &'static str {
        FIRST_RESULT
    }

    /// Makes a test key for another customer and returns it.
    pub fn add_account(&self, name: &str) -> String {
        let mut state = self.state();
        let number = state.accounts.len();
        let keys = ["test", "live"].map(|kind| format!("mk_{kind}_sandbox_key_{number}"));
        let world = state.world.clone();
        state.accounts.add(name, &world.ids, [&keys[0], &keys[1]]);
        let [test, _] = keys;
        test
    }

    /// Adds an agent that threads and runs can name by its type.
    pub fn add_agent(&self, agent_type: &str, name: &str) {
        self.state().add_agent(agent_type, name);
    }

    /// The webhooks that a run would have sent so far, signed with the secret that is set now. Empty for an unknown run.
    pub fn webhooks(&self, run_id: &str) -> Vec<Webhook> {
        let state = self.state();
        let secret = &state.rules.webhook_secret;
        let run = state.any_run(run_id);
        run.map(|run| run.webhooks(|happened| happened.webhook(secret))).unwrap_or_default()
    }

    /// Queues the script of the next run. Each new run, of any customer, takes the first script in the queue; when there is
    /// none, it completes with an artifact.
    pub fn next_run(&self, script: Script) {
        self.state().push_script(script);
    }

    /// Lets `moments` more of what a run's script holds happen: steps, and at last its rest. Nothing happens by that alone; reads
    /// and streams take the run further.
    pub fn release(&self, run_id: &str, moments: usize) {
        if let Some(run) = self.state().any_run(run_id) {
            run.release(moments);
        }
    }

    /// What runs do for which no script is queued, made of the agent's type. It must not call this handle.
    pub fn default_script(&self, make: impl Fn(&str) -> Script + Send + Sync + 'static) {
        self.state().set_default_script(make);
    }

    /// Queues a fault for the requests that `target` means: a [`Fault`], or a [`StreamFault`](crate::sse::StreamFault). Of
    /// several faults for a request the first in the queue has its turn, until it has happened as often as it was to.
    pub fn fault(&self, target: Target, fault: impl Into<Fault>) {
        self.shared.front.faults.push(target, fault.into());
    }

    /// Asks `choose` about each request that `target` means and no queued fault is for, such as to let one in twenty fail. Of several
    /// that are asked, the first with a fault has its turn. It must not call this handle.
    pub fn fault_each(
        &self,
        target: Target,
        choose: impl FnMut(&RecordedRequest) -> Option<Fault> + Send + 'static,
    ) {
        self.shared.front.faults.choose(target, choose);
    }

    /// How many queued faults have not happened, or not as often as they were to.
    pub fn faults_left(&self) -> usize {
        self.shared.front.faults.len()
    }

    /// Removes all queued faults, and those that are yet to be [chosen](Self::fault_each).
    pub fn clear_faults(&self) {
        self.shared.front.faults.clear();
    }

    /// The form of all streams that are opened from here on.
    pub fn set_delivery(&self, delivery: Delivery) {
        self.shared.streams.set_delivery(delivery);
    }

    /// The requests so far, oldest first: the last 10,000 unless
    /// [another number](Self::keep_requests) is kept, and fewer when their bodies are over 64 MiB together.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.front.log.requests()
    }

    /// How many requests are kept: 10,000 unless set. With fewer, the oldest are forgotten at once.
    pub fn keep_requests(&self, most: usize) {
        self.shared.front.log.keep(most);
    }

    /// How many runs are kept: all unless set. With one more, the oldest that is at rest is [forgotten](Self::forget); the newest, and those
    /// that are at work, are always kept.
    pub fn keep(&self, most: usize) {
        self.state().keep(most);
    }

    /// Forgets a run, and its thread where that has no other, as if they had never been: for a server that runs for long. Streams of it
    /// that are open go on. Whether there was one.
    pub fn forget(&self, run_id: &str) -> bool {
        self.state().forget(run_id)
    }

    /// The ids of all threads, oldest first.
    pub fn thread_ids(&self) -> Vec<String> {
        self.state().thread_ids()
    }

    /// The ids of all runs, oldest first.
    pub fn run_ids(&self) -> Vec<String> {
        self.state().run_ids()
    }

    /// A run with its steps, without taking it further.
    pub fn peek(&self, run_id: &str) -> Option<Value> {
        let state = self.state();
        Some(state.any_run(run_id)?.view(state.rules.shown, true))
    }

    /// The bytes of a run's stream as far as the run has come, in the form that is set now.
    pub fn wire(&self, run_id: &str) -> Option<Bytes> {
        let state = self.state();
        let frames = state.any_run(run_id)?.so_far(state.rules.shown);
        Some(wire(&frames, &self.shared.streams.delivery()))
    }

    /// How many streams are open: neither at their end nor given up by their clients.
    pub fn open_streams(&self) -> usize {
        self.shared.streams.open()
    }

    /// Returns as soon as this many streams are open, such as 0 when clients must have left.
    pub async fn wait_for_open_streams(&self, streams: usize) {
        self.shared.streams.reach(streams).await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.shared.state)
    }
}

impl fmt::Debug for Middesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Middesk").field("url", &self.shared.url).finish_non_exhaustive()
    }
}
