//! What a test can say to this vendor, and ask it.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::access::{Caller, Service};
use super::file::{Owner, Upload};
use super::state::{Signal, State};
use super::{
    Agent, Dialect, FIRST_ACCOUNT, FIRST_AGENT, FIRST_ORGANIZATION, FIRST_TOKEN, Mosoo, Script,
    Target, ThreadStatus, person,
};
use crate::fault::Fault;
use crate::log::RecordedRequest;
use crate::sse::Delivery;

impl Mosoo {
    /// Which state of the vendor's API this is: [`Dialect::Seed`] unless set.
    pub fn set_dialect(&self, dialect: Dialect) {
        self.state().dialect = dialect;
    }

    /// Another token of the account that is there from the start.
    pub fn add_token(&self) -> String {
        self.add_person("mst", FIRST_ACCOUNT, FIRST_ORGANIZATION)
    }

    /// The token of another account in the same organization. In the earlier dialect it may call the organization's agents; in the
    /// current one an agent is its owner's alone.
    pub fn add_member(&self) -> String {
        let account = self.state().clock.id();
        self.add_person("mst", &account, FIRST_ORGANIZATION)
    }

    /// The token of an account in another organization.
    pub fn add_outsider(&self) -> String {
        let account = self.state().clock.id();
        self.add_person("mst", &account, "organization-2")
    }

    /// A token of the organization itself, which selects these agents. Only the earlier dialect has such tokens.
    pub fn add_service_token<S: Into<String>>(
        &self,
        agent_ids: impl IntoIterator<Item = S>,
    ) -> String {
        let mut state = self.state();
        let agents = agent_ids.into_iter().map(Into::into).collect();
        let token = format!("grt_svc_sandbox_{}", state.access.tokens_made() + 1);
        let service = Some(Service { id: state.clock.id(), agents });
        let person = person(&token, "", FIRST_ORGANIZATION);
        state.access.add_token(Caller { service, ..person });
        token
    }

    /// Makes a token invalid.
    pub fn revoke(&self, token: &str) {
        self.state().access.revoke(token);
    }

    /// The id of the account that a token belongs to. A service token has none.
    pub fn account_id(&self, token: &str) -> Option<String> {
        let state = self.state();
        let account = &state.access.holder(token)?.account;
        Some(account.clone()).filter(|account| !account.is_empty())
    }

    /// Adds an agent and returns its id.
    pub fn add_agent(&self, agent: Agent) -> String {
        let mut state = self.state();
        let id = state.clock.id();
        state.access.set_agent(&id, agent, FIRST_TOKEN);
        id
    }

    /// How an agent is set up from here on. One whose id is unknown is added.
    pub fn set_agent(&self, agent_id: &str, agent: Agent) {
        self.state().access.set_agent(agent_id, agent, FIRST_TOKEN);
    }

    /// Publishes an agent, or takes it back.
    pub fn set_published(&self, agent_id: &str, is_published: bool) {
        self.state().access.set_published(agent_id, is_published);
    }

    /// Queues the script of the next run. Each new run, of any agent, takes the first script in the queue; when there is none, it
    /// answers with a text that quotes the message.
    pub fn next_run(&self, script: Script) {
        self.state().scripts.push(script);
    }

    /// Lets a thread's run go on past the place where its script holds it, without taking it further.
    pub fn release(&self, thread_id: &str) {
        let mut state = self.state();
        if let Some(at) = state.place(thread_id) {
            state.threads[at].release();
        }
    }

    /// Takes a thread's run as far as it goes: to its end, a hold, or a question.
    pub fn play(&self, thread_id: &str) {
        let mut state = self.state();
        if let Some(at) = state.place(thread_id) {
            while state.step(at) {}
        }
    }

    /// Puts a thread into a status that has nothing to do with its runs.
    pub fn set_thread_status(&self, thread_id: &str, status: ThreadStatus) {
        let mut state = self.state();
        if let Some(at) = state.place(thread_id) {
            state.threads[at].status = status;
        }
    }

    /// Keeps a draft of the account and the agent that are there from the start, and returns its id. In the earlier dialect this is
    /// the only way to get one.
    pub fn add_draft_file(
        &self,
        name: impl Into<String>,
        content_type: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> String {
        let (account, agent_id) = (FIRST_ACCOUNT.to_owned(), FIRST_AGENT.to_owned());
        let upload =
            Upload { name: name.into(), content_type: content_type.into(), bytes: bytes.into() };
        let mut state = self.state();
        let State { files, clock, .. } = &mut *state;
        files.add_draft(clock, Owner { account, agent_id }, upload).id.clone()
    }

    /// Whether a file is attached by the id of a draft only, as in the vendor's first public revision, which no longer takes the
    /// seed's base64 body. Unless set, both are taken. The current dialect takes neither.
    pub fn set_attaches_by_id_only(&self, by_id_only: bool) {
        self.state().attaches_by_id_only = by_id_only;
    }

    /// How many requests a token may make in a minute of the clock: 120 at the vendor's. Unless set, any number.
    pub fn set_rate_limit(&self, requests: Option<u32>) {
        self.state().rate.limit = requests;
    }

    /// Moves the clock by which requests are limited, keys and drafts kept, and questions left open.
    pub fn advance(&self, by: Duration) {
        self.state().clock.advance(by);
    }

    /// The next requests, that many, which repeat an idempotency key find the first in flight: 409, to be tried again in 2 s.
    pub fn hold_repeats(&self, requests: u32) {
        self.state().keys.hold(requests);
    }

    /// Makes the first request with a key look as if its answer had never been stored: repeats find it in flight, and after ten
    /// minutes given up, which means another thing in each dialect and operation.
    pub fn abandon_key(&self, key: &str) {
        self.state().keys.abandon(key);
    }

    /// Sends a keepalive to every open stream.
    pub fn keep_alive(&self) {
        self.state().signals.push(Signal::KeepAlive);
    }

    /// Ends every open stream with a `thread.error`.
    pub fn fail_streams(&self, code: impl Into<String>, message: impl Into<String>) {
        let signal = Signal::Fail { code: code.into(), message: message.into() };
        self.state().signals.push(signal);
    }

    /// What runs do for which no script is queued, made of the message. It must not call this handle.
    pub fn default_script(&self, make: impl Fn(&str) -> Script + Send + Sync + 'static) {
        self.state().scripts.otherwise(make);
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

    /// How many streams are open: neither at their end nor given up by their clients.
    pub fn open_streams(&self) -> usize {
        self.shared.streams.open()
    }

    /// Returns as soon as this many streams are open, such as 0 when clients must have left.
    pub async fn wait_for_open_streams(&self, streams: usize) {
        self.shared.streams.reach(streams).await;
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

    /// Forgets a thread with its files and the keys that stand for it, as if it had never been: for a server that runs for long. Streams
    /// of it that are open stay open and silent. Whether there was one.
    pub fn forget(&self, thread_id: &str) -> bool {
        self.state().forget(thread_id)
    }

    /// The ids of all threads that are not deleted, oldest first.
    pub fn thread_ids(&self) -> Vec<String> {
        self.state().threads.iter().map(|thread| thread.id.clone()).collect()
    }

    /// A thread as a read would show it, without taking its run further.
    pub fn peek(&self, thread_id: &str) -> Option<Value> {
        let state = self.state();
        let thread = &state.threads[state.place(thread_id)?];
        Some(state.envelope(thread, true))
    }

    fn add_person(&self, prefix: &str, account: &str, organization: &str) -> String {
        let mut state = self.state();
        let token = format!("{prefix}_sandbox_{}", state.access.tokens_made() + 1);
        state.access.add_token(person(&token, account, organization));
        token
    }
}
