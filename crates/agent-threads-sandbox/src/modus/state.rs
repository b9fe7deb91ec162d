//! Organizations, keys and runs, and which request belongs to which run.

use std::collections::{BTreeMap, HashMap, HashSet};

use http::StatusCode;

use super::api::Conflict;
use super::fixtures::Fixtures;
use super::request::RunRequest;
use super::run::Run;
use super::script::Script;
use crate::scripts::Scripts;

#[derive(Default)]
pub(super) struct State {
    pub(super) fixtures: Fixtures,
    /// The organization of each key.
    keys: HashMap<String, String>,
    /// By their places: how many there were before.
    runs: BTreeMap<usize, Run>,
    /// For each organization and run id the place in `runs`.
    index: HashMap<(String, String), usize>,
    scripts: Scripts<Script>,
    runs_made: usize,
    /// How many runs are kept, or none for all.
    most: Option<usize>,
    ids_made: usize,
    pub(super) rules: Rules,
}

/// What the vendor does not document and the caller may choose.
pub(super) struct Rules {
    pub(super) conflict: Conflict,
    pub(super) post_resumes: bool,
    pub(super) expired_status: StatusCode,
    pub(super) accepted_status: StatusCode,
    pub(super) queues: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            conflict: Conflict::Status,
            post_resumes: false,
            expired_status: StatusCode::NOT_FOUND,
            accepted_status: StatusCode::CREATED,
            queues: false,
        }
    }
}

/// What a request for a run comes to.
pub(super) enum Started {
    New(Run),
    Attached(Run),
    Conflict,
}

impl State {
    pub(super) fn add_key(&mut self, key: &str, organization_id: &str) {
        self.keys.insert(key.to_owned(), organization_id.to_owned());
    }

    pub(super) fn add_organization(&mut self, organization_id: String) -> String {
        let key = format!("modus_sandbox_key_{}", self.keys.len() + 1);
        self.keys.insert(key.clone(), organization_id);
        key
    }

    pub(super) fn organization_of(&self, key: &str) -> Option<&str> {
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

    /// Keeps this many runs from here on.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = Some(most);
        self.forget_oldest();
    }

    /// Forgets the oldest runs at rest, down to the number that is kept, and the newest never.
    pub(super) fn forget_oldest(&mut self) {
        while self.most.is_some_and(|most| self.runs.len() > most) {
            let older = self.runs.len() - 1;
            let mut runs = self.runs.values().take(older);
            let at_rest = runs.find(|run| run.is_over()).map(|run| run.id().to_owned());
            let Some(id) = at_rest else { return };
            self.forget(&id);
        }
    }

    /// Forgets the run of every organization that has one with this id. Whether there was one.
    pub(super) fn forget(&mut self, run_id: &str) -> bool {
        let before = self.runs.len();
        self.runs.retain(|_, run| run.id() != run_id);
        self.index.retain(|(_, id), _| id != run_id);
        self.runs.len() < before
    }

    pub(super) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.values()
    }

    pub(super) fn run(&self, organization_id: &str, run_id: &str) -> Option<&Run> {
        let place = self.index.get(&(organization_id.to_owned(), run_id.to_owned()))?;
        self.runs.get(place)
    }

    /// `key` goes before the id in the body.
    pub(super) fn start(&mut self, key: Option<&str>, request: RunRequest) -> Started {
        let asked_for = key.map(str::to_owned).or_else(|| request.run_id.clone());
        let id = asked_for.unwrap_or_else(|| self.make_id(&request.organization_id));
        if let Some(run) = self.run(&request.organization_id, &id) {
            return match (run.kind(), run.request()) == (&request.kind, &request.body) {
                true => Started::Attached(run.clone()),
                false => Started::Conflict,
            };
        }
        let script = self.scripts.next(&request.message);
        let place = (request.organization_id.clone(), id.clone());
        let after = self.busy_with(&request);
        let run = Run::new(id, request, script, after);
        self.index.insert(place, self.runs_made);
        self.runs.insert(self.runs_made, run.clone());
        self.runs_made += 1;
        self.forget_oldest();
        Started::New(run)
    }

    /// The id of a thread that is new, with Modus for scope 0.
    pub(super) fn make_thread_id(&mut self, organization_id: &str, scope_id: i64) -> String {
        format!("agent_{scope_id}_{}", self.make_id(organization_id))
    }

    /// The runs of a thread, newest first.
    pub(super) fn thread<'a>(
        &'a self,
        organization_id: &'a str,
        thread_id: &'a str,
    ) -> impl Iterator<Item = &'a Run> {
        self.runs.values().rev().filter(move |run| {
            run.organization_id() == organization_id && run.thread_id() == thread_id
        })
    }

    /// Whether a request has started its run already, which it is not a conflict to ask for again.
    pub(super) fn has_started(&self, key: Option<&str>, request: &RunRequest) -> bool {
        let id = key.or(request.run_id.as_deref());
        id.is_some_and(|id| self.run(&request.organization_id, id).is_some())
    }

    /// Whether the id that a request names is that of another run.
    pub(super) fn would_conflict(&self, request: &RunRequest) -> bool {
        let run = request.run_id.as_deref().and_then(|id| self.run(&request.organization_id, id));
        run.is_some_and(|run| (run.kind(), run.request()) != (&request.kind, &request.body))
    }

    /// The run that a new one in the same thread must wait for.
    fn busy_with(&self, request: &RunRequest) -> Option<Run> {
        let waits = self.rules.queues && !request.thread_id.is_empty();
        let mut before = self.thread(&request.organization_id, &request.thread_id);
        let last = before.next().filter(|_| waits)?;
        (!last.leaves_thread_idle()).then(|| last.clone())
    }

    /// The newest unfinished run of each thread of an organization, newest first. Workflow actions have no thread and count
    /// each by itself.
    pub(super) fn active(&self, organization_id: &str) -> Vec<Run> {
        let mut threads = HashSet::new();
        let unfinished = self.runs.values().rev().filter(|run| {
            run.organization_id() == organization_id
                && !run.is_over()
                && (run.thread_id().is_empty() || threads.insert(run.thread_id()))
        });
        unfinished.cloned().collect()
    }

    /// How many runs there were before this one.
    pub(super) fn place(&self, run: &Run) -> usize {
        let place = (run.organization_id().to_owned(), run.id().to_owned());
        self.index.get(&place).copied().unwrap_or_default()
    }

    /// An id that looks like the vendor's and that no client has taken.
    pub(super) fn make_id(&mut self, organization_id: &str) -> String {
        loop {
            self.ids_made += 1;
            let id = format!("00000000-0000-4000-8000-{:012}", self.ids_made);
            if self.run(organization_id, &id).is_none() {
                return id;
            }
        }
    }
}
