//! All that this vendor knows, and the rules that look at more than one thing.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::access::{Access, Caller};
use super::api::Api;
use super::clock::Clock;
use super::dialect::{Dialect, Takes};
use super::file::{Files, Owner};
use super::keys::{Keys, Request, Stored};
use super::rate::Rate;
use super::script::Script;
use super::thread::Thread;
use super::ulid::ulid;
use crate::refusal::Refusal;
use crate::scripts::Scripts;

#[derive(Default)]
pub(super) struct State {
    pub(super) dialect: Dialect,
    pub(super) clock: Clock,
    pub(super) access: Access,
    pub(super) threads: Vec<Thread>,
    pub(super) files: Files,
    pub(super) scripts: Scripts<Script>,
    /// How many threads are kept, or none for all.
    most: Option<usize>,
    pub(super) keys: Keys,
    pub(super) rate: Rate,
    pub(super) attaches_by_id_only: bool,
    /// What has been sent to streams besides events.
    pub(super) signals: Vec<Signal>,
}

/// What open streams are told.
#[derive(Clone, Debug)]
pub(super) enum Signal {
    KeepAlive,
    Fail { code: String, message: String },
}

impl State {
    /// Who calls an operation that does not take keys, once the request is counted.
    pub(super) fn caller(&mut self, headers: &HeaderMap, takes: Takes) -> Result<Caller, Refusal> {
        let caller = self.access.caller(headers, takes, self.dialect)?;
        self.rate.count(&caller.token, self.clock.now())?;
        Ok(caller)
    }

    /// The place of the thread that a path names, if the caller may see it and use its agent.
    pub(super) fn find(&self, caller: &Caller, path: &str) -> Result<usize, Refusal> {
        let id = ulid(path, "Thread ID")?;
        let sees = |thread: &Thread| thread.id == id && caller.sees(thread);
        let found = self.threads.iter().position(sees);
        let at = found.ok_or_else(|| Refusal::with(StatusCode::NOT_FOUND, "Thread not found."))?;
        self.access.admit(caller, &self.threads[at].owner.agent_id, self.dialect)?;
        Ok(at)
    }

    /// Takes the run of a thread one step further. Whether it could be.
    pub(super) fn step(&mut self, at: usize) -> bool {
        self.threads.get_mut(at).is_some_and(|thread| thread.step(&mut self.clock, &mut self.files))
    }

    pub(super) fn place(&self, thread_id: &str) -> Option<usize> {
        self.threads.iter().position(|thread| thread.id == thread_id)
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
            let at_rest = threads.find(|one| one.active().is_none()).map(|one| one.id.clone());
            let Some(id) = at_rest else { return };
            self.forget(&id);
        }
    }

    /// Forgets a thread with its files and the keys that stand for it. Whether there was one.
    pub(super) fn forget(&mut self, thread_id: &str) -> bool {
        let Some(at) = self.place(thread_id) else { return false };
        self.threads.remove(at);
        self.files.remove_all(thread_id);
        self.keys.forget(thread_id);
        true
    }

    /// The script of a new run.
    pub(super) fn next_script(&mut self, message: &str) -> Script {
        self.scripts.next(message).unwrap_or_else(|| Script::echo(message))
    }

    /// Refuses to start a run of an agent that is not ready.
    pub(super) fn check_ready(&self, agent_id: &str) -> Result<(), Refusal> {
        match self.access.agent(agent_id) {
            Some(owned) if !owned.agent.is_ready => {
                let words = "The Agent is not ready to run.";
                Err(Refusal::with(StatusCode::CONFLICT, words).code("readiness_blocked"))
            }
            _ => Ok(()),
        }
    }

    /// Moves drafts into a thread and, in the current dialect, says so in its log.
    pub(super) fn attach(&mut self, at: usize, ids: &[String]) -> Result<(), Refusal> {
        if ids.is_empty() {
            return Ok(());
        }
        let thread = &mut self.threads[at];
        let now = self.clock.now();
        self.files.attach(now, ids, &thread.owner, &thread.id)?;
        if self.dialect == Dialect::Current {
            thread.log_files(&mut self.clock, None);
        }
        Ok(())
    }

    /// A thread with a run, as creating and reading one show them.
    pub(super) fn envelope(&self, thread: &Thread, shows_output: bool) -> Value {
        let run = thread.runs.last().map(|run| run.json(self.dialect, shows_output));
        json!({
            "thread": thread.json(self.dialect),
            "run": run,
            "links": { "thread": format!("/api/v1/threads/{}", thread.id) },
        })
    }

    /// Carries a request out once for its key. Without one it is carried out.
    pub(super) fn once(
        &mut self,
        caller: &Caller,
        key: Option<String>,
        request: Request,
        keeps_refusals: bool,
        carry_out: impl FnOnce(&mut Self) -> Stored,
    ) -> Result<Response, Refusal> {
        let now = self.clock.now();
        if let Some(key) = &key {
            let stored = self.keys.repeat(&caller.token, key, &request, self.dialect, now)?;
            if let Some(stored) = stored {
                return Ok(replayed(stored));
            }
        }
        self.rate.count(&caller.token, now)?;
        let answer = carry_out(self);
        if let Some(key) = key.filter(|_| answer.is_ok() || keeps_refusals) {
            self.keys.bind(&caller.token, key, request, now, answer.clone());
        }
        answer.map(|(status, body)| (status, axum::Json(body)).into_response())
    }
}

/// A stored answer with the header that says so.
fn replayed(stored: Stored) -> Response {
    let header = [("idempotency-replayed", "true")];
    match stored {
        Ok((status, body)) => (status, header, axum::Json(body)).into_response(),
        Err(refusal) => (header, refusal.answer::<Api>("")).into_response(),
    }
}

impl Caller {
    /// Whether a thread is one of the caller's.
    pub(super) fn sees(&self, thread: &Thread) -> bool {
        match &self.service {
            Some(service) => thread.service_id.as_ref() == Some(&service.id),
            None => thread.owner.account == self.account,
        }
    }

    /// The owner of what the caller makes with an agent.
    pub(super) fn owning(&self, agent_id: &str) -> Owner {
        Owner { account: self.account.clone(), agent_id: agent_id.to_owned() }
    }
}
