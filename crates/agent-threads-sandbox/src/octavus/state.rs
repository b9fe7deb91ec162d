//! Agents, keys and threads, and which thread has its agent.

use std::collections::{HashMap, VecDeque};

use http::StatusCode;
use serde_json::{Value, json};

use super::account::{Account, Shown};
use super::agent::Agent;
use super::config::RunConfig;
use super::dispatch::Dispatch;
use super::files::Files;
use super::generation::Generation;
use super::key::{Keys, conflict};
use super::message::Message;
use super::script::Script;
use super::thread::{Thread, Turn};
use crate::echo::echo;
use crate::refusal::Refusal;
use crate::scripts::Scripts;

#[derive(Default)]
pub(super) struct State {
    /// The agent of each key.
    keys: HashMap<String, String>,
    threads: HashMap<String, Thread>,
    /// For each agent the threads in flight. The first one has the agent, the others wait.
    lines: HashMap<String, VecDeque<String>>,
    scripts: Scripts<Script>,
    threads_made: usize,
    /// How many threads are kept, or none for all.
    most: Option<usize>,
    messages: u64,
    /// How agents are set up, where not in the usual way.
    agents: HashMap<String, Agent>,
    /// The requests that idempotency keys came with.
    pub(super) idempotency: Keys,
    pub(super) files: Files,
    pub(super) rules: Rules,
}

/// What the caller may choose.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) generation: Generation,
    pub(super) hides_usage: bool,
    /// The models that exist, or none for any.
    pub(super) models: Option<Vec<String>>,
}

/// What a dispatch comes to.
pub(super) enum Dispatched {
    New(Accepted),
    Replayed(Accepted),
}

/// The answer to a message.
#[derive(Clone)]
pub(super) struct Accepted {
    pub(super) thread_id: String,
    pub(super) status: String,
}

impl State {
    pub(super) fn add_key(&mut self, key: &str, agent_id: &str) {
        self.keys.insert(key.to_owned(), agent_id.to_owned());
    }

    pub(super) fn add_agent(&mut self, agent_id: String) -> String {
        let key = format!("oct_agt_sandbox_{}", self.keys.len() + 1);
        self.keys.insert(key.clone(), agent_id);
        key
    }

    pub(super) fn agent_of(&self, key: &str) -> Option<&str> {
        self.keys.get(key).map(String::as_str)
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

    /// Keeps this many threads from here on.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = Some(most);
        self.forget_oldest();
    }

    /// Forgets the oldest threads at rest, down to the number that is kept, and the newest never.
    pub(super) fn forget_oldest(&mut self) {
        while self.most.is_some_and(|most| self.threads.len() > most) {
            let older = self.threads.len() - 1;
            let mut ids = self.thread_ids().into_iter().take(older);
            let at_rest = ids.find(|id| !self.threads[id].is_in_flight());
            let Some(id) = at_rest else { return };
            self.forget(&id);
        }
    }

    /// Forgets a thread and the keys that stand for it. Whether there was one.
    pub(super) fn forget(&mut self, thread_id: &str) -> bool {
        self.lines.values_mut().for_each(|line| line.retain(|waiting| waiting != thread_id));
        self.idempotency.forget(thread_id);
        self.threads.remove(thread_id).is_some()
    }

    pub(super) fn thread_ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.threads.keys().cloned().collect();
        // The ids count up; past four digits they grow longer, and the shorter ones are older.
        ids.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        ids
    }

    pub(super) fn peek(&self, thread_id: &str) -> Option<Value> {
        Some(self.threads.get(thread_id)?.view(self.shown()))
    }

    pub(super) fn generation(&self) -> Generation {
        self.rules.generation
    }

    fn shown(&self) -> Shown {
        Shown { generation: self.rules.generation, usage: !self.rules.hides_usage }
    }

    pub(super) fn set_agent(&mut self, agent_id: String, agent: Agent) {
        self.agents.insert(agent_id, agent);
    }

    fn agent(&self, agent_id: &str) -> Agent {
        self.agents.get(agent_id).cloned().unwrap_or_default()
    }

    pub(super) fn agent_view(&self, agent_id: &str) -> Value {
        let none = VecDeque::new();
        self.agent(agent_id).view(agent_id, self.lines.get(agent_id).unwrap_or(&none))
    }

    pub(super) fn has_thread(&self, agent_id: &str, thread_id: &str) -> bool {
        self.threads.get(thread_id).is_some_and(|thread| thread.agent_id() == agent_id)
    }

    pub(super) fn dispatch(
        &mut self,
        agent_id: &str,
        dispatch: Dispatch,
    ) -> Result<Dispatched, Refusal> {
        let Dispatch { message, config, if_idle, key, body } = dispatch;
        if let Some(key) = &key
            && let Some(accepted) = self.idempotency.repeat(agent_id, key, &body)?
        {
            return Ok(Dispatched::Replayed(accepted));
        }
        self.check(agent_id, config.as_ref())?;
        self.refuse_if_paused(agent_id)?;
        if if_idle {
            self.refuse_if_busy(agent_id)?;
        }
        let accepted = self.start(agent_id, &message, config);
        if let Some(key) = key {
            self.idempotency.bind(agent_id, key, body, accepted.clone());
        }
        Ok(Dispatched::New(accepted))
    }

    fn check(&self, agent_id: &str, config: Option<&RunConfig>) -> Result<(), Refusal> {
        let Some(config) = config else { return Ok(()) };
        let checked = config.check(&self.agent(agent_id), self.rules.models.as_deref());
        checked.map_err(|reason| Refusal::with(StatusCode::BAD_REQUEST, reason))
    }

    pub(super) fn refuse_if_paused(&self, agent_id: &str) -> Result<(), Refusal> {
        let is_paused = self.agents.get(agent_id).is_some_and(Agent::is_paused);
        match is_paused && self.rules.generation >= Generation::G4 {
            true => Err(conflict("AGENT_PAUSED", "The agent is paused")),
            false => Ok(()),
        }
    }

    fn refuse_if_busy(&self, agent_id: &str) -> Result<(), Refusal> {
        match self.lines.get(agent_id).and_then(VecDeque::front) {
            Some(current) => Err(conflict("AGENT_BUSY", "The agent is working on another thread")
                .info(json!({ "currentThreadId": current }))),
            None => Ok(()),
        }
    }

    fn start(&mut self, agent_id: &str, message: &Message, config: Option<RunConfig>) -> Accepted {
        self.threads_made += 1;
        let thread_id = format!("cmthread{:04}", self.threads_made);
        let account = Account::new(&thread_id, self.agent(agent_id), config);
        let turn = self.turn(message);
        let status = turn.accepted_as("pending");
        let must_wait = self.stand_in_line(agent_id, &thread_id);
        let thread = Thread::start(&thread_id, agent_id, turn, &status, must_wait, account);
        self.threads.insert(thread_id.clone(), thread);
        self.forget_oldest();
        Accepted { thread_id, status }
    }

    /// Stops a thread's run. Returns the status in the answer.
    pub(super) fn cancel(&mut self, agent_id: &str, thread_id: &str) -> Option<Accepted> {
        if !self.has_thread(agent_id, thread_id) {
            return None;
        }
        let status = self.threads.get_mut(thread_id)?.cancel();
        Some(Accepted { thread_id: thread_id.to_owned(), status })
    }

    pub(super) fn follow_up(
        &mut self,
        agent_id: &str,
        thread_id: &str,
        message: &Message,
    ) -> Option<Accepted> {
        if !self.has_thread(agent_id, thread_id) {
            return None;
        }
        let (turn, shown) = (self.turn(message), self.shown());
        let thread = self.threads.get_mut(thread_id)?;
        let status = if thread.is_in_flight() {
            let status = turn.accepted_as("queued");
            thread.queue(turn);
            status
        } else {
            let line = self.lines.entry(agent_id.to_owned()).or_default();
            let usual = if line.is_empty() { "running" } else { "queued" };
            line.push_back(thread_id.to_owned());
            let status = turn.accepted_as(usual);
            thread.resume(turn, &status, shown);
            status
        };
        Some(Accepted { thread_id: thread_id.to_owned(), status })
    }

    /// Takes a thread's run one step further and shows the thread.
    pub(super) fn read(&mut self, agent_id: &str, thread_id: &str) -> Option<Value> {
        if !self.has_thread(agent_id, thread_id) {
            return None;
        }
        let shown = self.shown();
        let thread = self.threads.get_mut(thread_id)?;
        if let Some(view) = thread.stale_view() {
            return Some(view);
        }
        let line = self.lines.entry(agent_id.to_owned()).or_default();
        thread.step(line.front().is_some_and(|first| first == thread_id));
        if !thread.is_in_flight() {
            line.retain(|waiting| waiting != thread_id);
        }
        Some(thread.view(shown))
    }

    /// Whether another thread has the agent.
    fn stand_in_line(&mut self, agent_id: &str, thread_id: &str) -> bool {
        let line = self.lines.entry(agent_id.to_owned()).or_default();
        line.push_back(thread_id.to_owned());
        line.len() > 1
    }

    fn turn(&mut self, message: &Message) -> Turn {
        let script = self.scripts.next(&message.text);
        let script = script.unwrap_or_else(|| Script::reply(echo(&message.text)));
        let user_id = self.message_id();
        let reply_id = self.message_id();
        Turn::new(message, script, &user_id, reply_id)
    }

    fn message_id(&mut self) -> String {
        self.messages += 1;
        format!("cmmessage{:04}", self.messages)
    }
}
