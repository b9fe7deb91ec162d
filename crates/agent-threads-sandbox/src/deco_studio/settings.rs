//! What the caller may choose: what there is, and what the vendor leaves open or has changed.

use std::time::Duration;

use serde_json::{Value, json};

use super::access::NewKey;
use super::state::State;
use super::world::AgentField;
use super::{DecoStudio, FIRST_ORGANIZATION, FIRST_USER, agent_tools};

impl DecoStudio {
    /// Makes a key in the first organization and returns it. `permissions` names for each resource what may be done, as in
    /// `{ "self": ["COLLECTION_THREADS_GET"] }`. Another user than the first does not own the first one's threads.
    pub fn add_key(&self, user_id: &str, permissions: Value) -> String {
        self.make_key(FIRST_ORGANIZATION, user_id, permissions)
    }

    /// Makes an organization with a key of its own, which may use every tool, and returns the key.
    pub fn add_organization(&self, slug: &str) -> String {
        let id = format!("org_{slug}");
        self.state().access.add_organization(slug, &id);
        self.make_key(&id, FIRST_USER, json!({ "self": ["*"] }))
    }

    /// Archives an organization, which is not found from then on.
    pub fn archive_organization(&self, slug: &str) {
        self.state().access.archive(slug);
    }

    fn make_key(&self, organization_id: &str, user_id: &str, permissions: Value) -> String {
        let State { access, world, .. } = &mut *self.state();
        let metadata = Value::Null;
        let new = NewKey {
            organization_id,
            user_id,
            name: "sandbox",
            permissions,
            metadata,
            expires_in: None,
        };
        access.make_key(world, new).secret().to_owned()
    }

    /// Adds an agent with these fields, such as its `id` and `title`, to an organization. What they leave out is added. Returns the
    /// agent's id.
    pub fn add_agent(&self, organization_id: &str, fields: Value) -> String {
        let agent = self.state().add_agent(organization_id, self.user_id(), fields);
        agent["id"].as_str().unwrap_or_default().to_owned()
    }

    /// The connections there are, in place of those before. What a connection leaves out is added, but for the
    /// `organization_id` whose it is.
    pub fn set_connections(&self, connections: impl IntoIterator<Item = Value>) {
        let connections = connections.into_iter().map(agent_tools::connection);
        self.state().connections = connections.collect();
    }

    /// How many reads of a thread pass, after a message is posted, before its run begins: 0 unless set. Until then the thread
    /// reads as it was. A stream that is open begins the run at once.
    pub fn set_start_lag(&self, reads: u32) {
        self.state().world.rules.start_lag = reads;
    }

    /// How many reads of a thread still show `in_progress`, and no message, after the stream has told of the end: 0 unless set.
    pub fn set_store_lag(&self, reads: u32) {
        self.state().world.rules.store_lag = reads;
    }

    /// Whether a run that is cancelled ends with `abort`. Unless set, it does; otherwise no chunk tells of its end.
    pub fn set_abort_chunk(&self, says_so: bool) {
        self.state().world.rules.abort_chunk = says_so;
    }

    /// Whether the errors that are plain texts come as older builds have them: 500 with JSON. Unless set, they do not.
    pub fn set_older_errors(&self, older: bool) {
        self.state().world.rules.older_errors = older;
    }

    /// Whether there is a live buffer for streams. Unless set, there is; otherwise streams are answered with 204.
    pub fn set_live_buffer(&self, exists: bool) {
        self.state().world.rules.live_buffer = exists;
    }

    /// Whether a posted message names its agent: [`AgentField::Required`] unless set.
    pub fn set_agent_field(&self, field: AgentField) {
        self.state().world.rules.agent_field = field;
    }

    /// Whether lists have `totalCount` and `hasMore`. Unless set, they do.
    pub fn set_counts(&self, counts: bool) {
        self.state().world.rules.counts = counts;
    }

    /// Whether the message of a run at work is listed as far as it has come. Unless set, it is not.
    pub fn set_lists_unfinished(&self, lists: bool) {
        self.state().world.rules.lists_unfinished = lists;
    }

    /// Whether a message that goes on after an answer is stored under the id that the new `start` tells. Unless set, it keeps its
    /// own.
    pub fn set_renames_answered(&self, renames: bool) {
        self.state().world.rules.renames_answered = renames;
    }

    /// Whether a thread gets the id that its maker asks for. Unless set, it does.
    pub fn set_honours_thread_ids(&self, honours: bool) {
        self.state().world.rules.honours_thread_ids = honours;
    }

    /// The tiers that have a model. Unless set, all have one.
    pub fn set_tiers<S: Into<String>>(&self, tiers: impl IntoIterator<Item = S>) {
        self.state().world.rules.tiers = Some(tiers.into_iter().map(Into::into).collect());
    }

    /// Which models are allowed: `{ "allowAll": true, "models": {} }` unless set.
    pub fn set_allowed_models(&self, models: Value) {
        self.state().world.rules.allowed_models = models;
    }

    /// How many may watch at once. One more is told so and sent away. Unless set, there is no end to it.
    pub fn set_watch_limit(&self, connections: usize) {
        self.state().world.rules.most_watchers = connections;
    }

    /// Moves the clock by which keys expire, and runs that make no progress.
    pub fn advance_clock(&self, by: Duration) {
        self.state().world.clock.advance(by);
    }
}
