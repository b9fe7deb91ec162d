//! Mosoo: the published-agent API in two dialects, as the vendor's quickstart shows it and as the vendor's server has it now.
//!
//! What is recorded of the vendor's real server is answered alike. The two dialects share their threads: what one starts, the
//! other shows in its own way. What a dialect lacks is not found there.
//!
//! # What the sandbox decides
//!
//! The vendor does not document everything, and this is no Agent runtime. Where the vendor is silent, this server behaves as
//! follows:
//!
//! Runs
//!
//! - A run is `queued` when it is made. Each read of its thread or of the thread's log takes it one step further before it answers;
//!   lists of threads and files do not. A stream takes it further by itself, as far as nothing holds it.
//! - A run starts, says its script, and ends. A message of several pieces takes a step for each, a tool call one for its start,
//!   each report and its end. What is not scripted is answered with a text in two pieces that quotes the message.
//! - After a decision one read shows the run as it was; the next lets it go on. A question that is open for five minutes of the
//!   sandbox's clock counts as rejected.
//! - A run that is cancelled by archiving its thread has the error `session.archived`.
//! - A message to a thread that is being rescheduled is a 500, as one to a busy thread is.
//!
//! Time
//!
//! - Time stands still unless [`advance`](Mosoo::advance) moves it. What happens is a millisecond apart, so that its order shows.
//! - Requests are not limited unless [`set_rate_limit`](Mosoo::set_rate_limit) says so. What is answered with 401, and what creates,
//!   sends or uploads and is answered with 400, is not counted; nor are replays.
//! - Streams send no keepalives by themselves: [`keep_alive`](Mosoo::keep_alive) does.
//!
//! Requests
//!
//! - They are checked in this order: token (401), ids and body (400), idempotency key (400, 409, or the stored answer), rate (429),
//!   agent or thread (404, 409, 403), the state of things. Where no key is taken, the rate comes right after the token.
//! - The words for what was never recorded, such as a text that is not an object, are the sandbox's own.
//! - The seed's file call takes both its base64 body and the `fileId` of the first public server, unless
//!   [`set_attaches_by_id_only`](Mosoo::set_attaches_by_id_only) leaves only the latter.
//! - No capability URL is valid, and `GET /api/v1/openapi.json` is not served.
//! - An expired draft is forgotten. Names of uploaded files lose the escapes that forms put in them.

mod access;
mod agent;
mod api;
mod body;
mod bound;
mod clock;
mod content;
mod control;
mod dialect;
mod entry;
mod events;
mod file;
mod files;
mod fold;
mod keys;
mod log;
mod multipart;
mod rate;
mod request;
mod run;
mod script;
mod state;
mod step;
mod stream;
mod target;
mod thread;
mod threads;
mod title;
mod tool;
mod ulid;

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use tokio::sync::watch;

use crate::front::Front;
use crate::in_process::InProcess;
use crate::sse::Streams;
use crate::sync::{Stop, lock};

pub use agent::Agent;
pub use dialect::Dialect;
pub use entry::Entry;
pub use script::Script;
pub use target::Target;
pub use thread::ThreadStatus;
pub use tool::{Permission, ToolCall};

use access::Caller;
use api::Api;
use state::State;

const FIRST_AGENT: &str = "01JZ0000000000000000000A01";
const FIRST_ACCOUNT: &str = "01JZ0000000000000000000C01";
const FIRST_ORGANIZATION: &str = "organization-1";
const FIRST_TOKEN: &str = "grt_pat_sandbox";

/// The handle of a sandbox's Mosoo: where it listens, what its agents do, what it has been asked. Clones are the same server.
#[derive(Clone)]
pub struct Mosoo {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    front: Arc<Front<Api>>,
    streams: Streams,
    state: Mutex<State>,
    /// Wakes open streams.
    changes: watch::Sender<u64>,
}

impl Mosoo {
    pub(crate) fn new(url: &str, stop: Stop) -> Self {
        let mut state = State::default();
        state.access.add_token(person(FIRST_TOKEN, FIRST_ACCOUNT, FIRST_ORGANIZATION));
        state.access.set_agent(FIRST_AGENT, Agent::new(), FIRST_TOKEN);
        Self {
            shared: Arc::new(Shared {
                url: url.to_owned(),
                front: Arc::new(Front::new(stop.clone())),
                streams: Streams::new(stop),
                state: Mutex::new(state),
                changes: watch::Sender::new(0),
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

    /// The server's URL, such as `http://127.0.0.1:49152`, without a slash at its end. The API is under `/api/v1`.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The token of the account that is there from the start: `grt_pat_sandbox`. Both dialects take it.
    pub fn token(&self) -> &'static str {
        FIRST_TOKEN
    }

    /// The agent that is there from the start: `01JZ0000000000000000000A01`.
    pub fn agent_id(&self) -> &'static str {
        FIRST_AGENT
    }

    /// The state, to be changed. Open streams look at it afterwards.
    fn state(&self) -> Changing<'_> {
        Changing { state: lock(&self.shared.state), changes: &self.shared.changes }
    }

    /// The state, of which open streams are not told.
    fn peeked(&self) -> MutexGuard<'_, State> {
        lock(&self.shared.state)
    }

    fn changed(&self) {
        self.shared.changes.send_modify(|changes| *changes = changes.wrapping_add(1));
    }
}

fn person(token: &str, account: &str, organization: &str) -> Caller {
    Caller {
        token: token.to_owned(),
        account: account.to_owned(),
        organization: organization.to_owned(),
        service: None,
    }
}

/// Holds the state while it is changed, and tells open streams when it is let go.
struct Changing<'a> {
    state: MutexGuard<'a, State>,
    changes: &'a watch::Sender<u64>,
}

impl Deref for Changing<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Changing<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.changes.send_modify(|changes| *changes = changes.wrapping_add(1));
    }
}

impl fmt::Debug for Mosoo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mosoo").field("url", &self.shared.url).finish_non_exhaustive()
    }
}
