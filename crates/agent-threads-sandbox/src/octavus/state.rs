//! Agents, keys and threads, and which thread has its agent.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::message::Message;
use super::script::Script;
use super::thread::{Thread, Turn};
use crate::echo::echo;

#[derive(Default)]
pub(super) struct State {
    /// The agent of each key.
    keys: HashMap<String, String>,
    threads: HashMap<String, Thread>,
    /// For each agent the threads in flight. The first one has the agent, the others wait.
    lines: HashMap<String, VecDeque<String>>,
    scripts: VecDeque<Script>,
    messages: u64,
}

/// The answer to a message.
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
        self.scripts.push_back(script);
    }

    pub(super) fn thread_ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.threads.keys().cloned().collect();
        // The ids count up; past four digits they grow longer, and the shorter ones are older.
        ids.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        ids
    }

    pub(super) fn peek(&self, thread_id: &str) -> Option<Value> {
        Some(self.threads.get(thread_id)?.view())
    }

    pub(super) fn has_thread(&self, agent_id: &str, thread_id: &str) -> bool {
        self.threads.get(thread_id).is_some_and(|thread| thread.agent_id() == agent_id)
    }

    pub(super) fn dispatch(&mut self, agent_id: &str, message: &Message) -> Accepted {
        let thread_id = format!("cmthread{:04}", self.threads.len() + 1);
        let turn = self.turn(message);
        let status = turn.accepted_as("pending");
        let must_wait = self.stand_in_line(agent_id, &thread_id);
        let thread = Thread::start(&thread_id, agent_id, turn, &status, must_wait);
        self.threads.insert(thread_id.clone(), thread);
        Accepted { thread_id, status }
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
        let turn = self.turn(message);
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
            thread.resume(turn, &status);
            status
        };
        Some(Accepted { thread_id: thread_id.to_owned(), status })
    }

    /// Takes a thread's run one step further and shows the thread.
    pub(super) fn read(&mut self, agent_id: &str, thread_id: &str) -> Option<Value> {
        if !self.has_thread(agent_id, thread_id) {
            return None;
        }
        let thread = self.threads.get_mut(thread_id)?;
        if let Some(view) = thread.stale_view() {
            return Some(view);
        }
        let line = self.lines.entry(agent_id.to_owned()).or_default();
        if line.front().is_some_and(|first| first == thread_id) {
            thread.advance();
            if !thread.is_in_flight() {
                line.pop_front();
            }
        } else if thread.is_in_flight() {
            thread.wait();
        }
        Some(thread.view())
    }

    /// Whether another thread has the agent.
    fn stand_in_line(&mut self, agent_id: &str, thread_id: &str) -> bool {
        let line = self.lines.entry(agent_id.to_owned()).or_default();
        line.push_back(thread_id.to_owned());
        line.len() > 1
    }

    fn turn(&mut self, message: &Message) -> Turn {
        let script = self.scripts.pop_front();
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
