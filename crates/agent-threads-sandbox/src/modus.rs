//! Modus: runs as its agent API was first published, under `/agent/runs`, and as it is now, under `/agent/v1`. Both share their
//! runs.
//!
//! The vendor has a host for runs and another for the rest. Their paths do not collide, so [`url`](Modus::url) is both.
//!
//! # What the sandbox decides
//!
//! The vendor does not document everything. Where it is silent, this server behaves as follows:
//!
//! Starting
//!
//! - The answer to `POST /agent/runs` is an event stream whatever `Accept` says. Under `/agent/v1` it is one if `Accept` names
//!   `text/event-stream` and not `application/json` before it, and JSON otherwise.
//! - The run's id is the `Idempotency-Key`, else the body's `runId`, else one made here; a blank key counts as none. Ids belong
//!   to an organization: two organizations can use the same one without meeting.
//! - A repeated id attaches to its run if the operations and the bodies are the same, however the JSON is written, and is a
//!   conflict otherwise. [`set_conflict`](Modus::set_conflict) chooses the conflict's form where the answer is a stream.
//! - A stream that is attached by a repeated POST begins at the first event, unless [`set_post_resumes`](Modus::set_post_resumes)
//!   says that `Last-Event-ID` counts there, too.
//! - Requests are checked in this order: key (401), what the path names (404), JSON (400), schema (422), organization (403),
//!   conflict (409). Strings may be empty, unknown fields are ignored, and `null` is not an absent field. Which scopes a token
//!   has is not looked at.
//! - A session is a thread: `agent_0_<sessionId>`, `agent_<scope>_<sessionId>` or `api-auto-<workflow>-<sessionId>`, or the
//!   `sessionId` itself if it begins like a thread's id. `done` names it; that of a workflow action is empty.
//!
//! Following
//!
//! - Event ids begin at `1717000000000-0` in each run and count up by a millisecond. Heartbeats have none and are replayed in their
//!   places all the same.
//! - A cursor need not be the id of an event, only of the form `<ms>-<sequence>` or `<ms>`; all else is refused with 400. A cursor
//!   at or past the last event of a run that has ended gets an empty stream.
//! - A cursor that is older than what a run retains is refused with 404, or as [`set_expired_status`](Modus::set_expired_status)
//!   says. Without a cursor, such a run is streamed from the first event that it retains.
//! - `GET .../events` answers at once with an array of the events that have happened, each `{ "id", "data" }`.
//! - A run goes on when its clients leave. Its events exist from the start, in order, and none depends on time.
//!
//! Steering
//!
//! - A run is over when its last event has happened. One that breaks off or never ends is running for good.
//! - Cancelling ends a run after what has happened, with `cancelled`. Runs and workflow actions are not found by each other's
//!   operation.
//! - An interrupt cancels the run and starts the next one in its thread, also where the run was over. The answer has no body.
//! - With [`set_queues`](Modus::set_queues) a run waits while its thread is busy. A turn that takes a queued one's place keeps
//!   its script, if it has one, and its thread.
//! - A run can be resumed once, after the event of [`Script::pauses`] has happened; otherwise that is a conflict.
//! - Active runs are those of the token's organization, which has one user, and were made a second apart. Page tokens count
//!   items, so that a list that changes while it is paged can skip some.
//!
//! Chats and context
//!
//! - A buffered chat is a run as others are: it takes the next script and is answered when that has come to its end. A run that
//!   fails, is cancelled or breaks off without asking for a decision gives 500.
//! - A conversation can be gone on with if it has had a run or is one that the test has set. Bringing a decision that nothing
//!   waits for is a conflict.
//! - Context is what the test sets, whatever the message is.
//!
//! Lists
//!
//! - Workflows, scopes, conversations and histories are what the test sets, for every organization. Chats and runs add nothing to
//!   them.
//! - `view` and `timeframe` are not looked at. `search` looks at names, `managerId` at owners.

mod api;
mod body;
mod chat;
mod context;
mod conversations;
mod cursor;
mod event;
mod fixtures;
mod history;
mod lifecycle;
mod page;
mod request;
mod run;
mod runs;
mod script;
mod state;
mod target;
mod things;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use crate::fault::Fault;
use crate::front::Front;
use crate::in_process::InProcess;
use crate::log::RecordedRequest;
use crate::sse::{Delivery, Streams, wire};
use crate::sync::{Stop, lock};

pub use api::Conflict;
pub use event::{Event, Severity};
pub use run::Run;
pub use script::Script;
pub use target::Target;

use api::Api;
use fixtures::{SCOPE_ID, WORKFLOW_ID};
use state::State;

const FIRST_ORGANIZATION: &str = "org_sandbox";
const FIRST_KEY: &str = "modus_sandbox_key";

/// The handle of a sandbox's Modus: where it listens, what its runs say, what it has been asked. Clones are the same server.
#[derive(Clone)]
pub struct Modus {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    front: Arc<Front<Api>>,
    streams: Streams,
    stop: Stop,
    state: Mutex<State>,
}

impl Modus {
    pub(crate) fn new(url: &str, stop: Stop) -> Self {
        let mut state = State::default();
        state.add_key(FIRST_KEY, FIRST_ORGANIZATION);
        Self {
            shared: Arc::new(Shared {
                url: url.to_owned(),
                front: Arc::new(Front::new(stop.clone())),
                streams: Streams::new(stop.clone()),
                stop,
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

    /// The key of the organization that is there from the start: `modus_sandbox_key`.
    pub fn key(&self) -> &'static str {
        FIRST_KEY
    }

    /// The organization that is there from the start: `org_sandbox`.
    pub fn organization_id(&self) -> &'static str {
        FIRST_ORGANIZATION
    }

    /// The scope that is there from the start: 7.
    pub fn scope_id(&self) -> i64 {
        SCOPE_ID
    }

    /// The workflow that is there from the start: 42.
    pub fn workflow_id(&self) -> i64 {
        WORKFLOW_ID
    }

    /// Makes a key for another organization and returns it. An organization that has keys gets one more.
    pub fn add_organization(&self, organization_id: impl Into<String>) -> String {
        self.state().add_organization(organization_id.into())
    }

    /// Queues the script of the next run. Each new run, of any organization, takes the first script in the queue; when there is
    /// none, it answers with a text that quotes the message.
    pub fn next_run(&self, script: Script) {
        self.state().push_script(script);
    }

    /// What runs do for which no script is queued, made of the message. It must not call this handle.
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

    /// What a key that is used again with another body gets: [`Conflict::Status`] unless set.
    pub fn set_conflict(&self, conflict: Conflict) {
        self.state().rules.conflict = conflict;
    }

    /// Whether a POST that attaches to its run goes on after its `Last-Event-ID`. Unless set, it does not.
    pub fn set_post_resumes(&self, resumes: bool) {
        self.state().rules.post_resumes = resumes;
    }

    /// The status for a cursor that is older than what its run retains: 404 unless set.
    ///
    /// # Panics
    ///
    /// When the status is not that of an error.
    pub fn set_expired_status(&self, status: u16) {
        let code = StatusCode::from_u16(status).ok();
        let code = code.filter(|code| code.is_client_error() || code.is_server_error());
        let code = code.unwrap_or_else(|| panic!("{status} is not the status of an error"));
        self.state().rules.expired_status = code;
    }

    /// Whether a run waits as `queued` while its thread has another that is not over. Unless set, it does not.
    pub fn set_queues(&self, queues: bool) {
        self.state().rules.queues = queues;
    }

    /// The status that says in JSON that a run was accepted: 201 unless set.
    ///
    /// # Panics
    ///
    /// When the status is not that of a success.
    pub fn set_accepted_status(&self, status: u16) {
        let code = StatusCode::from_u16(status).ok().filter(StatusCode::is_success);
        let code = code.unwrap_or_else(|| panic!("{status} is not the status of a success"));
        self.state().rules.accepted_status = code;
    }

    /// The workflows there are, in place of those before. What a workflow leaves out of what the vendor sends is added; what it
    /// has is sent as it is, right or wrong.
    pub fn set_workflows(&self, workflows: impl IntoIterator<Item = Value>) {
        self.state().fixtures.workflows = workflows.into_iter().map(fixtures::workflow).collect();
    }

    /// The scopes there are, in place of those before, filled up as [`workflows`](Self::set_workflows) are.
    pub fn set_scopes(&self, scopes: impl IntoIterator<Item = Value>) {
        self.state().fixtures.scopes = scopes.into_iter().map(fixtures::scope).collect();
    }

    /// The conversations there are, in place of those before, filled up as [`workflows`](Self::set_workflows) are. Each has its
    /// `threadId`, its `messages`, and the `scopeId` that it belongs to, 0 for Modus. They are listed in this order.
    pub fn set_conversations(&self, conversations: impl IntoIterator<Item = Value>) {
        let conversations = conversations.into_iter().map(fixtures::conversation).collect();
        self.state().fixtures.conversations = conversations;
    }

    /// What workflows have run, in place of what they had before, filled up as [`workflows`](Self::set_workflows) are. Each has its
    /// `workflowId`, `temporalRunId` and `status`, and the workflow as `agentId`. They are listed in this order.
    pub fn set_workflow_runs(&self, runs: impl IntoIterator<Item = Value>) {
        self.state().fixtures.workflow_runs =
            runs.into_iter().map(fixtures::workflow_run).collect();
    }

    /// The pieces of context there are, best first, in place of those before.
    pub fn set_context<S: Into<String>>(&self, pieces: impl IntoIterator<Item = S>) {
        self.state().fixtures.context = pieces.into_iter().map(Into::into).collect();
    }

    /// Whether lists and conversations use the names of older revisions: `agents`, `skills`, `skillId`. Unless set, they do not.
    pub fn set_older_names(&self, older: bool) {
        self.state().fixtures.older_names = older;
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

    /// Forgets a run, as if it had never been: for a server that runs for long. Its id is free again; streams of it that are open go
    /// on. Whether there was one.
    pub fn forget(&self, run_id: &str) -> bool {
        self.state().forget(run_id)
    }

    /// The ids of all runs, oldest first.
    pub fn run_ids(&self) -> Vec<String> {
        self.state().runs().map(|run| run.id().to_owned()).collect()
    }

    /// A run; the oldest one if several organizations use the id.
    pub fn run(&self, run_id: &str) -> Option<Run> {
        self.state().runs().find(|run| run.id() == run_id).cloned()
    }

    /// The bytes of a run's whole stream, in the form that is set now, and held events included.
    pub fn wire(&self, run_id: &str) -> Option<Bytes> {
        Some(wire(&self.run(run_id)?.frames(), &self.shared.streams.delivery()))
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

impl fmt::Debug for Modus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Modus").field("url", &self.shared.url).finish_non_exhaustive()
    }
}
