//! Modus as its agent API was first published: create a run and stream its events, watch a run again from any event on.
//!
//! # What the sandbox decides
//!
//! The vendor does not document everything. Where it is silent, this server behaves as follows:
//!
//! - The answer to `POST /agent/runs` is an event stream whatever `Accept` says.
//! - The run's id is the `Idempotency-Key`, else the body's `runId`, else one made here; a blank key counts as none. Ids belong
//!   to an organization: two organizations can use the same one without meeting.
//! - A repeated id attaches to its run if the bodies are the same JSON, however that is written, and is a conflict otherwise.
//!   [`set_conflict`](Modus::set_conflict) chooses the conflict's form.
//! - A stream that is attached by a repeated POST begins at the first event, unless [`set_post_resumes`](Modus::set_post_resumes)
//!   says that `Last-Event-ID` counts there, too.
//! - Event ids begin at `1717000000000-0` in each run and count up by a millisecond. Heartbeats have none and are replayed in their
//!   places all the same.
//! - A cursor need not be the id of an event, only of the form `<ms>-<sequence>` or `<ms>`; all else is refused with 400. A cursor
//!   at or past the last event of a run that has ended gets an empty stream.
//! - A cursor that is older than what a run retains is refused with 404, or as [`set_expired_status`](Modus::set_expired_status)
//!   says. Without a cursor, such a run is streamed from the first event that it retains.
//! - A run goes on when its clients leave. All of its events exist from the start, in order, and none depends on time.
//! - Requests are checked in this order: key (401), JSON (400), schema (422), organization (403), conflict (409). Strings may be
//!   empty, unknown fields are ignored, and `null` is not an absent field.
//! - `done` names the session as its thread: `agent_0_<sessionId>`, or the `sessionId` itself if it is a thread's id already.

mod api;
mod cursor;
mod event;
mod request;
mod run;
mod script;
mod state;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use bytes::Bytes;
use http::StatusCode;

use crate::fault::Fault;
use crate::front::Front;
use crate::log::RecordedRequest;
use crate::sse::{Delivery, Streams, wire};
use crate::sync::{Stop, lock};

pub use api::{Conflict, Target};
pub use event::{Event, Severity};
pub use run::Run;
pub use script::Script;

use api::Api;
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
                streams: Streams::new(stop),
                state: Mutex::new(state),
            }),
        }
    }

    pub(crate) fn router(&self) -> Router {
        self.shared.front.guard(api::routes(self.clone()))
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

    /// Makes a key for another organization and returns it. An organization that has keys gets one more.
    pub fn add_organization(&self, organization_id: impl Into<String>) -> String {
        self.state().add_organization(organization_id.into())
    }

    /// Queues the script of the next run. Each new run, of any organization, takes the first script in the queue; when there is
    /// none, it answers with a text that quotes the message.
    pub fn next_run(&self, script: Script) {
        self.state().push_script(script);
    }

    /// Queues a fault for the requests that `target` means: a [`Fault`], or a [`StreamFault`](crate::sse::StreamFault). Of
    /// several faults for a request the first in the queue has its turn, until it has happened as often as it was to.
    pub fn fault(&self, target: Target, fault: impl Into<Fault>) {
        self.shared.front.faults.push(target, fault.into());
    }

    /// How many queued faults have not happened, or not as often as they were to.
    pub fn faults_left(&self) -> usize {
        self.shared.front.faults.len()
    }

    /// Removes all queued faults.
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

    /// The requests so far, oldest first: the last 10,000, or fewer when their bodies are over 64 MiB together.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.front.log.requests()
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
        Some(wire(self.run(run_id)?.frames(), &self.shared.streams.delivery()))
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
