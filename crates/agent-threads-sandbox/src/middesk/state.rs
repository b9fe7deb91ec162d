//! Customers, agents, threads, runs, and what was done with them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::account::{Account, Accounts};
use super::actions::Objects;
use super::ids::Kind;
use super::interrupt::InterruptPolicy;
use super::life::World;
use super::page::Pages;
use super::run::{About, Run};
use super::script::Script;
use super::shown::Shown;
use crate::clock::Instant;
use crate::scripts::Scripts;

#[derive(Default)]
pub(super) struct State {
    pub(super) world: Arc<World>,
    pub(super) accounts: Accounts,
    pub(super) agents: Vec<Value>,
    threads: Vec<Thread>,
    runs: Vec<Run>,
    /// How many runs are kept, or none for all.
    most: Option<usize>,
    scripts: Scripts<Script>,
    pub(super) objects: Objects,
    /// By account, run and artifact, what has been rated.
    pub(super) rated: HashSet<(String, String, String)>,
    pub(super) rules: Rules,
    policies: Policies,
}

/// What the vendor does not document, or decides for an account, and the caller may choose.
pub(super) struct Rules {
    pub(super) shown: Shown,
    pub(super) thread_steps: bool,
    pub(super) pages: Pages,
    pub(super) takes_feedback: bool,
    pub(super) has_resume: bool,
    pub(super) actions_resume: bool,
    pub(super) wants_context: bool,
    pub(super) replays: Option<u32>,
    pub(super) webhook_secret: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            shown: Shown::default(),
            thread_steps: true,
            pages: Pages::default(),
            takes_feedback: true,
            has_resume: true,
            actions_resume: false,
            wants_context: false,
            replays: None,
            webhook_secret: "whsec_sandbox".to_owned(),
        }
    }
}

#[derive(Default)]
struct Policies {
    usual: InterruptPolicy,
    of_agents: HashMap<String, InterruptPolicy>,
}

/// A thread without its runs.
#[derive(Clone)]
pub(super) struct Thread {
    pub(super) id: String,
    account_id: String,
    /// What it is about: the type and the id of a thing.
    pub(super) context: Option<(String, String)>,
    requester: Value,
    created_at: Instant,
    updated_at: Instant,
}

impl State {
    pub(super) fn add_agent(&mut self, kind: &str, name: &str) {
        let created_at = self.world.clock.tick().millis();
        self.agents.push(json!({
            "object": "agent",
            "id": self.world.ids.next(Kind::Agent),
            "type": kind,
            "name": name,
            "description": format!("The {name} of the sandbox."),
            "created_at": created_at,
            "updated_at": created_at,
        }));
    }

    pub(super) fn has_agent(&self, kind: &str) -> bool {
        self.agents.iter().any(|agent| agent["type"] == kind)
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

    /// Keeps this many runs from here on.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = Some(most);
        self.forget_oldest();
    }

    /// Forgets the oldest runs at rest, down to the number that is kept, and the newest never.
    pub(super) fn forget_oldest(&mut self) {
        while self.most.is_some_and(|most| self.runs.len() > most) {
            let older = self.runs.len() - 1;
            let mut runs = self.runs.iter().take(older);
            let at_rest = runs.find(|run| run.is_over()).map(|run| run.about().id.clone());
            let Some(id) = at_rest else { return };
            self.forget(&id);
        }
    }

    /// Forgets a run with what was rated of it, and its thread where that has no other. Whether there was one.
    pub(super) fn forget(&mut self, run_id: &str) -> bool {
        let Some(at) = self.runs.iter().position(|run| run.about().id == run_id) else {
            return false;
        };
        let thread_id = self.runs.remove(at).about().thread_id.clone();
        self.rated.retain(|(_, rated, _)| rated != run_id);
        if self.runs_in(&thread_id).next().is_none() {
            self.threads.retain(|thread| thread.id != thread_id);
        }
        true
    }

    pub(super) fn set_policy(&mut self, agent: Option<String>, policy: InterruptPolicy) {
        match agent {
            None => self.policies.usual = policy,
            Some(agent) => drop(self.policies.of_agents.insert(agent, policy)),
        }
    }

    pub(super) fn start_thread(
        &mut self,
        account: &Account,
        context: Option<(String, String)>,
    ) -> Thread {
        if let Some((kind, id)) = &context
            && kind == "business"
        {
            self.objects.know_business(id);
        }
        let now = self.world.clock.tick();
        let thread = Thread {
            id: self.world.ids.next(Kind::Thread),
            account_id: account.id.clone(),
            context,
            requester: requester(account),
            created_at: now,
            updated_at: now,
        };
        self.threads.push(thread.clone());
        thread
    }

    pub(super) fn start_run(&mut self, account: &Account, thread_id: &str, agent: &str) -> Run {
        let about = About {
            id: self.world.ids.next(Kind::Run),
            account_id: account.id.clone(),
            thread_id: thread_id.to_owned(),
            agent: agent.to_owned(),
            requester: requester(account),
        };
        let script = self.scripts.next(agent).unwrap_or_else(Script::usual);
        let policy = |agent: &str| self.policies.of(agent);
        let run = Run::start(about, script, &policy, self.world.clone());
        self.runs.push(run.clone());
        self.forget_oldest();
        let now = self.world.clock.tick();
        if let Some(thread) = self.threads.iter_mut().find(|thread| thread.id == thread_id) {
            thread.updated_at = now;
        }
        run
    }

    /// Brings answers to the questions of a run.
    pub(super) fn answer(&self, run: &Run, interrupt_ids: &[String]) {
        for id in interrupt_ids {
            run.answer(id, &|agent| self.policies.of(agent));
        }
    }

    pub(super) fn thread(&self, account: &Account, id: &str) -> Option<&Thread> {
        self.threads_of(account).find(|thread| thread.id == id)
    }

    pub(super) fn threads_of(&self, account: &Account) -> impl DoubleEndedIterator<Item = &Thread> {
        self.threads.iter().filter(|thread| thread.account_id == account.id)
    }

    pub(super) fn run(&self, account: &Account, id: &str) -> Option<&Run> {
        self.runs_of(account).find(|run| run.about().id == id)
    }

    pub(super) fn runs_of(&self, account: &Account) -> impl DoubleEndedIterator<Item = &Run> {
        self.runs.iter().filter(|run| run.about().account_id == account.id)
    }

    pub(super) fn any_run(&self, id: &str) -> Option<&Run> {
        self.runs.iter().find(|run| run.about().id == id)
    }

    pub(super) fn thread_ids(&self) -> Vec<String> {
        self.threads.iter().map(|thread| thread.id.clone()).collect()
    }

    pub(super) fn run_ids(&self) -> Vec<String> {
        self.runs.iter().map(|run| run.about().id.clone()).collect()
    }

    pub(super) fn runs_in(&self, thread_id: &str) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(move |run| run.about().thread_id == thread_id)
    }

    pub(super) fn thread_view(&self, thread: &Thread) -> Value {
        let shown = self.rules.shown;
        let mut view = json!({
            "object": "thread",
            "id": thread.id,
            "created_at": thread.created_at.seconds(),
            "updated_at": thread.updated_at.seconds(),
            "status": shown.status(self.thread_status(&thread.id)),
            "metadata": null,
            "requester": thread.requester,
        });
        match self.rules.thread_steps {
            true => view["steps"] = self.runs_in(&thread.id).flat_map(Run::steps).collect(),
            false if shown.old => view["steps"] = Value::Null,
            false => {}
        }
        shown.value(view)
    }

    /// A thread without runs is active, as the vendor's page shows a new one.
    fn thread_status(&self, thread_id: &str) -> &'static str {
        let statuses: Vec<_> = self.runs_in(thread_id).map(Run::status).collect();
        let some = |status: &str| statuses.contains(&status);
        match statuses.last() {
            None => "running",
            Some(_) if some("running") => "running",
            Some(_) if some("interrupted") => "interrupted",
            Some(latest) => latest,
        }
    }
}

impl Policies {
    fn of(&self, agent: &str) -> InterruptPolicy {
        self.of_agents.get(agent).copied().unwrap_or(self.usual)
    }
}

fn requester(account: &Account) -> Value {
    json!({ "id": account.id, "name": account.name, "email": null })
}
