//! deco Studio: its tool route and the runs of its agents, as when the vendor's page was written (the dossier's G2).
//!
//! # What the sandbox decides
//!
//! The vendor does not document everything. Where it is silent, this server behaves as follows:
//!
//! Requests
//!
//! - They are checked in this order: organization (404), key (401), the key's organization (403), tool (404), permission (403), JSON
//!   and shape (400). An expired key is as good as none. A wrong method is an unknown path.
//! - A posted message is checked in this order: JSON, shape, ids, the number of messages, tier (400), thread (404), owner (403), read-only
//!   threads and answers that nobody waits for (409). Which agent it names is not compared with the thread's.
//! - What fails in a tool is 500 with a text, also where something is not found.
//!
//! Runs
//!
//! - Each read of a thread, or of its messages, takes its run one step further: the first shows `in_progress`, the next one the end. A stream takes the
//!   run as far as its client reads, and a watcher of the organization takes all runs as far as they go.
//! - A run is stored when it has ended, and after as many reads as [`set_store_lag`](DecoStudio::set_store_lag) says. Only then does
//!   the next one in the queue begin.
//! - The user's message is in the transcript when its run begins.
//! - A thread that is named `New chat` gets a name from its first message.
//! - A run that is cancelled is not taken back: what it has said is stored. One that waits in the queue begins and is aborted at once.
//! - Scripts are taken in the order in which messages are posted.
//!
//! Answers
//!
//! - An answer brings its message back with at least one waiting call changed. Calls that it leaves open stay so.
//! - The result of a call that is approved comes right after `start`, as its [`ToolCall::output`] says.
//! - The same answer again is the same job; it is known by its content.
//!
//! Streams
//!
//! - A stream stays open over runs, and ends when its thread is deleted.
//! - A stream that is opened while a thread reads `in_progress` begins with the run's first chunk, otherwise with the next chunk
//!   that is published.
//! - Keepalives come where a script says so, and for watchers by [`keep_watchers_alive`](DecoStudio::keep_watchers_alive).
//! - A tool call that is moved to the background goes on in its run; the job's stream says what [`set_job`](DecoStudio::set_job) has
//!   set, or a text.

mod access;
mod agent_tools;
mod api;
mod call;
mod collection;
mod compose;
mod control;
mod events;
mod job;
mod key_tools;
mod post;
mod refused;
mod run;
mod schemas;
mod script;
mod settings;
mod state;
mod streams;
mod target;
mod thread;
mod thread_tools;
mod tools;
mod world;
mod zod;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::fault::Fault;
use crate::front::Front;
use crate::in_process::InProcess;
use crate::log::RecordedRequest;
use crate::sse::{Delivery, Frame, Streams, wire};
use crate::sync::{Stop, lock};

pub use call::ToolCall;
pub use script::Script;
pub use target::Target;
pub use world::AgentField;

use access::NewKey;
use api::Api;
use state::State;

const FIRST_SLUG: &str = "acme";
const FIRST_ORGANIZATION: &str = "org_sandbox";
const FIRST_USER: &str = "usr_sandbox";
const FIRST_AGENT: &str = "vir_sandbox";
const FIRST_KEY: &str = "mcp_key_SandboxSandboxSandboxSandbox";

/// The handle of a sandbox's deco Studio: where it listens, what its agents do, what it has been asked. Clones are the same server.
#[derive(Clone)]
pub struct DecoStudio {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    front: Arc<Front<Api>>,
    streams: Streams,
    state: Mutex<State>,
    /// Tells streams that something may have changed.
    changes: watch::Sender<()>,
    /// One more clone for each that watches.
    watchers: Arc<()>,
}

impl DecoStudio {
    pub(crate) fn new(url: &str, stop: Stop) -> Self {
        Self {
            shared: Arc::new(Shared {
                url: url.to_owned(),
                front: Arc::new(Front::new(stop.clone())),
                streams: Streams::new(stop),
                state: Mutex::new(first_state()),
                changes: watch::Sender::new(()),
                watchers: Arc::default(),
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

    /// The slug of the organization that is there from the start: `acme`.
    pub fn organization(&self) -> &'static str {
        FIRST_SLUG
    }

    /// The id of that organization: `org_sandbox`.
    pub fn organization_id(&self) -> &'static str {
        FIRST_ORGANIZATION
    }

    /// The user that is there from the start: `usr_sandbox`.
    pub fn user_id(&self) -> &'static str {
        FIRST_USER
    }

    /// The key of that user, which may use every tool.
    pub fn key(&self) -> &'static str {
        FIRST_KEY
    }

    /// The agent that is there from the start: `vir_sandbox`.
    pub fn agent_id(&self) -> &'static str {
        FIRST_AGENT
    }

    /// Queues the script of the next run. Each posted message, of any organization, takes the first script in the queue; when
    /// there is none, the agent answers with a text that quotes the message.
    pub fn next_run(&self, script: Script) {
        self.state().push_script(script);
    }

    /// What the stream of a background job says.
    pub fn set_job(&self, thread_id: &str, tool_call_id: &str, script: Script) {
        self.state().set_job(thread_id, tool_call_id, script);
    }

    /// Lets `items` more of what the script of a thread's run holds be published: chunks, and at last the end.
    pub fn release(&self, thread_id: &str, items: usize) {
        if let Some(thread) = self.state().any_thread(thread_id) {
            thread.release(items);
        }
        self.touch();
    }

    /// Sends a `keepalive` to all who watch the first organization.
    pub fn keep_watchers_alive(&self) {
        self.state().world.events.keepalive(FIRST_ORGANIZATION);
        self.touch();
    }

    /// What runs do for which no script is queued, made of the message's text. It must not call this handle.
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

    /// How many threads are kept: all unless set. With one more, the oldest that is at rest is [forgotten](Self::forget); the newest, and those
    /// that are at work, are always kept.
    pub fn keep(&self, most: usize) {
        self.state().keep(most);
        self.touch();
    }

    /// Forgets a thread, with its jobs and what watchers were told of it, as if it had never been: for a server that runs for long. Its
    /// streams end. Whether there was one.
    pub fn forget(&self, thread_id: &str) -> bool {
        let was_there = self.state().forget(thread_id);
        self.touch();
        was_there
    }

    /// The ids of all threads, oldest first.
    pub fn thread_ids(&self) -> Vec<String> {
        self.state().threads.iter().map(|thread| thread.id().to_owned()).collect()
    }

    /// A thread, without taking its run further.
    pub fn peek(&self, thread_id: &str) -> Option<Value> {
        let state = self.state();
        let thread = state.threads.iter().find(|thread| thread.id() == thread_id)?;
        Some(thread.view(&state.world))
    }

    /// The stored messages of a thread, oldest first, without taking its run further. Empty for an unknown thread.
    pub fn messages(&self, thread_id: &str) -> Vec<Value> {
        let state = self.state();
        let thread = state.threads.iter().find(|thread| thread.id() == thread_id);
        thread.map(|thread| thread.messages.clone()).unwrap_or_default()
    }

    /// The bytes of all that has been published in a thread, of all runs, in the form that is set now.
    pub fn wire(&self, thread_id: &str) -> Option<Bytes> {
        let state = self.state();
        let thread = state.threads.iter().find(|thread| thread.id() == thread_id)?;
        Some(wire(&thread.log, &self.shared.streams.delivery()))
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

    /// Lets streams look whether they can go on.
    fn touch(&self) {
        self.shared.changes.send_replace(());
    }

    fn watchers(&self) -> usize {
        Arc::strong_count(&self.shared.watchers) - 1
    }

    /// What a thread's streams carry at a place, for which its run goes on. An error says that there is no such thread.
    fn frame_at(&self, thread_id: &str, place: usize) -> Result<Option<Frame>, ()> {
        let (frame, went) = {
            let State { threads, world, .. } = &mut *self.state();
            let thread = threads.iter_mut().find(|thread| thread.id() == thread_id).ok_or(())?;
            let mut went = false;
            while thread.log.len() <= place && thread.drive(world) {
                went = true;
            }
            (thread.log.get(place).cloned(), went)
        };
        if went {
            self.touch();
        }
        Ok(frame)
    }

    /// The first thing that those who watch are told from a place on, for which all runs go on.
    fn event_at(
        &self,
        organization_id: &str,
        patterns: &[String],
        place: usize,
    ) -> Option<(Frame, usize)> {
        let mut went = false;
        let found = {
            let mut state = self.state();
            loop {
                let found = state.world.events.next(place, organization_id, patterns);
                if found.is_some() || !state.drive_organization(organization_id) {
                    break found;
                }
                went = true;
            }
        };
        if went {
            self.touch();
        }
        found
    }
}

/// What is there from the start.
fn first_state() -> State {
    let mut state = State::default();
    state.access.add_organization(FIRST_SLUG, FIRST_ORGANIZATION);
    let agent = json!({ "id": FIRST_AGENT, "title": "Support" });
    state.add_agent(FIRST_ORGANIZATION, FIRST_USER, agent);
    let key = NewKey {
        organization_id: FIRST_ORGANIZATION,
        user_id: FIRST_USER,
        name: "sandbox",
        permissions: json!({ "self": ["*"] }),
        metadata: Value::Null,
        expires_in: None,
    };
    state.access.add_key(&state.world, key, "key_sandbox".to_owned(), FIRST_KEY.to_owned());
    state
}

impl fmt::Debug for DecoStudio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecoStudio").field("url", &self.shared.url).finish_non_exhaustive()
    }
}
