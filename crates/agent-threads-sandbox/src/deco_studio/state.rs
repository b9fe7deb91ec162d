//! Organizations, agents, threads, and what is to happen in them.

use std::collections::HashMap;

use http::HeaderMap;
use serde_json::{Value, json};

use super::access::{Access, Caller, Unauthorized};
use super::compose::{Context, compose};
use super::refused::Refused;
use super::script::Script;
use super::thread::Thread;
use super::world::World;
use crate::scripts::Scripts;
use crate::sse::Frame;

#[derive(Default)]
pub(super) struct State {
    pub(super) world: World,
    pub(super) access: Access,
    pub(super) agents: Vec<Value>,
    pub(super) connections: Vec<Value>,
    pub(super) threads: Vec<Thread>,
    scripts: Scripts<Script>,
    /// How many threads are kept, or none for all.
    most: Option<usize>,
    /// The frames of background jobs by their ids.
    jobs: HashMap<String, Vec<Frame>>,
}

impl State {
    pub(super) fn caller(
        &self,
        slug: &str,
        headers: &HeaderMap,
        unauthorized: Unauthorized,
    ) -> Result<Caller, Refused> {
        self.access.caller(slug, headers, self.world.clock.millis(), unauthorized)
    }

    pub(super) fn push_script(&mut self, script: Script) {
        self.scripts.push(script);
    }

    pub(super) fn set_default_script(
        &mut self,
        make: impl Fn(&str) -> Script + Send + Sync + 'static,
    ) {
        self.scripts.otherwise(make);
    }

    pub(super) fn next_script(&mut self, text: &str) -> Option<Script> {
        self.scripts.next(text)
    }

    /// Keeps this many threads from here on.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = Some(most);
        self.forget_oldest();
    }

    /// Forgets the oldest threads at rest, down to the number that is kept, and the newest never.
    pub(super) fn forget_oldest(&mut self) {
        while self.most.is_some_and(|most| self.threads.len() > most) {
            let older = self.threads.len() - 1;
            let mut threads = self.threads.iter().take(older);
            let at_rest = threads.find(|one| one.is_at_rest()).map(|one| one.id().to_owned());
            let Some(id) = at_rest else { return };
            self.forget(&id);
        }
    }

    /// Forgets a thread, its jobs and what was told of it. Whether there was one.
    pub(super) fn forget(&mut self, thread_id: &str) -> bool {
        let before = self.threads.len();
        self.threads.retain(|thread| thread.id() != thread_id);
        let jobs = format!("bgtool:{thread_id}:");
        self.jobs.retain(|id, _| !id.starts_with(&jobs));
        self.world.events.forget(thread_id);
        self.threads.len() < before
    }

    pub(super) fn thread(&mut self, caller: &Caller, id: &str) -> Option<&mut Thread> {
        self.threads
            .iter_mut()
            .find(|thread| thread.id() == id && thread.organization_id() == caller.organization_id)
    }

    pub(super) fn any_thread(&mut self, id: &str) -> Option<&mut Thread> {
        self.threads.iter_mut().find(|thread| thread.id() == id)
    }

    /// A thread and what all threads share.
    pub(super) fn thread_in_world(
        &mut self,
        caller: &Caller,
        id: &str,
    ) -> Option<(&mut Thread, &mut World)> {
        let Self { threads, world, .. } = self;
        let thread = threads
            .iter_mut()
            .find(|thread| thread.id() == id && thread.organization_id() == caller.organization_id);
        Some((thread?, world))
    }

    /// Adds an agent with what these fields leave out. Returns it.
    pub(super) fn add_agent(
        &mut self,
        organization_id: &str,
        user_id: &str,
        fields: Value,
    ) -> Value {
        let now = self.world.now();
        let id = fields["id"].as_str().map(str::to_owned);
        let id = id.unwrap_or_else(|| self.world.next_id("vir"));
        let mut agent = json!({
            "id": id,
            "title": "Agent",
            "description": null,
            "icon": null,
            "status": "active",
            "pinned": false,
            "organization_id": organization_id,
            "created_by": user_id,
            "created_at": now,
            "updated_at": now,
            "metadata": { "instructions": null },
            "connections": [],
        });
        super::call::merge(&mut agent, fields);
        self.agents.push(agent.clone());
        agent
    }

    /// Whether an organization has an agent, the built-in one among them.
    pub(super) fn has_agent(&self, organization_id: &str, id: &str) -> bool {
        let is_theirs = |agent: &Value| agent["organization_id"] == organization_id;
        id == format!("decopilot_{organization_id}")
            || self.agents.iter().any(|agent| agent["id"] == id && is_theirs(agent))
    }

    /// What a background job says, from here on.
    pub(super) fn set_job(&mut self, thread_id: &str, tool_call_id: &str, script: Script) {
        let message_id = self.world.next_id("msg");
        let context = Context {
            message_id: &message_id,
            thread_id,
            agent: &Value::Null,
            answers: Vec::new(),
            title: None,
        };
        let items = compose(script, context).items.into_iter();
        let frames = items.map(|item| item.frame).collect();
        self.jobs.insert(format!("bgtool:{thread_id}:{tool_call_id}"), frames);
    }

    pub(super) fn job(&self, id: &str) -> Option<&Vec<Frame>> {
        self.jobs.get(id)
    }

    /// Takes all threads of an organization further by one item. Says whether one went.
    pub(super) fn drive_organization(&mut self, organization_id: &str) -> bool {
        let Self { threads, world, .. } = self;
        let mut went = false;
        for thread in threads.iter_mut().filter(|one| one.organization_id() == organization_id) {
            went |= thread.drive(world) || thread.settle(world);
        }
        went
    }
}
