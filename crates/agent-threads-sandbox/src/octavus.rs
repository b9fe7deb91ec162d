//! Octavus: its Workforce Agents API in each of the [generations](Generation) that it has had. Unless
//! [set](Octavus::set_generation), it is the first: start a thread, get it, follow up in it.
//!
//! # What the sandbox decides
//!
//! The vendor does not document everything. Where it is silent, this server behaves as follows:
//!
//! - A read of a thread takes its run one step further. Reading one thread never moves another.
//! - A new thread of a free agent shows `pending`, `queued` and `running`, then its end. A follow up, or a run that had to
//!   wait, shows `running`, then its end.
//! - An agent runs one thread at a time. The next one shows `queued` until the first has ended. A thread whose run never
//!   ends keeps its agent busy for good.
//! - A follow up is answered with `running` when it starts at once and with `queued` when it has to wait. The message of a
//!   waiting follow up appears when its turn begins, so that questions and answers alternate.
//! - A follow up that waits behind its own thread's run goes before other threads, and the thread shows no terminal status
//!   in between, unless [`Script::shows_end_between_turns`] says so.
//! - An empty message is refused with 400, and an agent that is not the key's with 403, whether or not it exists.
//!
//! Of the later generations:
//!
//! - An idempotency key belongs to its agent, is bound by an accepted dispatch only, and stands for the whole body as JSON. A
//!   repeat gets the answer of the first request, status included, also if the agent is busy or paused by then.
//! - A thread has started when a read shows work, or an end with a reply or with `completed`. Without that, its end leaves
//!   `startedAt` and `provenance` null, its usage as it was and its recording `unavailable`.
//! - A cancel is answered with `cancelled` while a run is in flight or waits. Follow ups that wait in the thread are forgotten.
//!   One read still shows the run as it was, unless [`Script::cancel_takes`] says otherwise; the next shows `cancelled` and
//!   makes way for other threads. The reply stays as it was.
//! - Usage and recording settle one read after the end, unless [`Script::settles_after`] says otherwise.
//! - A follow up to a paused agent is refused as a dispatch is.
//! - A file's bytes are put and read at addresses of this server, without a key, and are refused with another media type than
//!   was declared. Addresses do not expire, and a size that is wrong is not noticed.

mod account;
mod agent;
mod api;
mod config;
mod dispatch;
mod files;
mod generation;
mod key;
mod message;
mod part;
mod script;
mod state;
mod thread;
mod tool;
mod usage;
mod worker;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use serde_json::Value;

use crate::fault::{Fault, RetryAfter};
use crate::front::Front;
use crate::in_process::InProcess;
use crate::log::RecordedRequest;
use crate::sync::{Stop, lock};

pub use agent::Agent;
pub use api::Target;
pub use generation::Generation;
pub use part::Part;
pub use script::Script;
pub use tool::{Display, ToolCall};
pub use usage::Usage;
pub use worker::Worker;

use api::Api;
use state::State;

const FIRST_AGENT: &str = "agent_1";
const FIRST_KEY: &str = "oct_agt_sandbox";

/// The handle of a sandbox's Octavus: where it listens, what its agents do, what it has been asked. Clones are the same server.
#[derive(Clone)]
pub struct Octavus {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    front: Arc<Front<Api>>,
    state: Mutex<State>,
}

impl Octavus {
    pub(crate) fn new(url: &str, stop: Stop) -> Self {
        let mut state = State::default();
        state.add_key(FIRST_KEY, FIRST_AGENT);
        Self {
            shared: Arc::new(Shared {
                url: url.to_owned(),
                front: Arc::new(Front::new(stop)),
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

    /// The key of the agent that is there from the start: `oct_agt_sandbox`.
    pub fn key(&self) -> &'static str {
        FIRST_KEY
    }

    /// The agent that is there from the start: `agent_1`.
    pub fn agent_id(&self) -> &'static str {
        FIRST_AGENT
    }

    /// Makes a key for another agent and returns it. An agent that has keys gets one more.
    pub fn add_agent(&self, agent_id: impl Into<String>) -> String {
        self.state().add_agent(agent_id.into())
    }

    /// Which state of the vendor's API this is: [`Generation::G1`] unless set. Threads are kept, and shown as the new one would.
    pub fn set_generation(&self, generation: Generation) {
        self.state().rules.generation = generation;
    }

    /// How an agent is set up from here on: [`Agent::new`] unless set. Threads keep the agent that they were started with as their
    /// provenance.
    pub fn set_agent(&self, agent_id: impl Into<String>, agent: Agent) {
        self.state().set_agent(agent_id.into(), agent);
    }

    /// The models that exist, as `provider/model-id`. A `config` that names another is refused. Unless set, all exist.
    pub fn set_models<S: Into<String>>(&self, models: impl IntoIterator<Item = S>) {
        self.state().rules.models = Some(models.into_iter().map(Into::into).collect());
    }

    /// Whether threads say what they cost. Unless set, they do; otherwise their `usage` is null.
    pub fn set_reports_usage(&self, reports: bool) {
        self.state().rules.hides_usage = !reports;
    }

    /// The next requests, that many, which repeat an idempotency key are told with 409 that the first is still in progress, and when
    /// to try again. This replaces what an earlier call left.
    pub fn hold_repeats(&self, requests: u32, retry_after: RetryAfter) {
        self.state().idempotency.hold(requests, retry_after);
    }

    /// Queues the script of the next run. Each accepted message, of any agent, takes the first script in the queue; when there
    /// is none, the agent answers with a text that quotes the message.
    pub fn next_run(&self, script: Script) {
        self.state().push_script(script);
    }

    /// What runs do for which no script is queued, made of the message. It must not call this handle.
    pub fn default_script(&self, make: impl Fn(&str) -> Script + Send + Sync + 'static) {
        self.state().set_default_script(make);
    }

    /// Queues a fault for the requests that `target` means. Of several faults for a request the first in the queue has its
    /// turn, until it has happened as often as it was to.
    pub fn fault(&self, target: Target, fault: Fault) {
        self.shared.front.faults.push(target, fault);
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

    /// The requests so far, oldest first: the last 10,000 unless
    /// [another number](Self::keep_requests) is kept, and fewer when their bodies are over 64 MiB together.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.front.log.requests()
    }

    /// How many requests are kept: 10,000 unless set. With fewer, the oldest are forgotten at once.
    pub fn keep_requests(&self, most: usize) {
        self.shared.front.log.keep(most);
    }

    /// How many threads are kept: all unless set. With one more, the oldest that is at rest is [forgotten](Self::forget); the newest, and those
    /// that are at work, are always kept.
    pub fn keep(&self, most: usize) {
        self.state().keep(most);
    }

    /// Forgets a thread, with the keys that stand for it, as if it had never been: for a server that runs for long. A run of it that
    /// goes on ends without a word. Whether there was one.
    pub fn forget(&self, thread_id: &str) -> bool {
        self.state().forget(thread_id)
    }

    /// The ids of all threads, oldest first.
    pub fn thread_ids(&self) -> Vec<String> {
        self.state().thread_ids()
    }

    /// A thread as the last read showed it, without taking its run further.
    pub fn peek(&self, thread_id: &str) -> Option<Value> {
        self.state().peek(thread_id)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.shared.state)
    }
}

impl fmt::Debug for Octavus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Octavus").field("url", &self.shared.url).finish_non_exhaustive()
    }
}
