//! Organizations, keys and runs, and which request belongs to which run.

use std::collections::{HashMap, VecDeque};

use http::StatusCode;

use super::api::Conflict;
use super::request::RunRequest;
use super::run::Run;
use super::script::Script;
use crate::echo::echo;

#[derive(Default)]
pub(super) struct State {
    /// The organization of each key.
    keys: HashMap<String, String>,
    runs: Vec<Run>,
    /// For each organization and run id the place in `runs`.
    index: HashMap<(String, String), usize>,
    scripts: VecDeque<Script>,
    ids_made: usize,
    pub(super) rules: Rules,
}

/// What the vendor does not document and the caller may choose.
pub(super) struct Rules {
    pub(super) conflict: Conflict,
    pub(super) post_resumes: bool,
    pub(super) expired_status: StatusCode,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            conflict: Conflict::Status,
            post_resumes: false,
            expired_status: StatusCode::NOT_FOUND,
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
        self.scripts.push_back(script);
    }

    pub(super) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter()
    }

    pub(super) fn run(&self, organization_id: &str, run_id: &str) -> Option<&Run> {
        let place = self.index.get(&(organization_id.to_owned(), run_id.to_owned()))?;
        self.runs.get(*place)
    }

    /// `key` goes before the id in the body.
    pub(super) fn start(&mut self, key: Option<&str>, request: RunRequest) -> Started {
        let asked_for = key.map(str::to_owned).or_else(|| request.run_id.clone());
        let id = asked_for.unwrap_or_else(|| self.make_id(&request.organization_id));
        if let Some(run) = self.run(&request.organization_id, &id) {
            return match *run.request() == request.body {
                true => Started::Attached(run.clone()),
                false => Started::Conflict,
            };
        }
        let script = self.scripts.pop_front();
        let script = script.unwrap_or_else(|| Script::reply(echo(&request.message)));
        let place = (request.organization_id.clone(), id.clone());
        let run = Run::new(id, request, script);
        self.index.insert(place, self.runs.len());
        self.runs.push(run.clone());
        Started::New(run)
    }

    /// An id that looks like the vendor's and that no client has taken.
    fn make_id(&mut self, organization_id: &str) -> String {
        loop {
            self.ids_made += 1;
            let id = format!("00000000-0000-4000-8000-{:012}", self.ids_made);
            if self.run(organization_id, &id).is_none() {
                return id;
            }
        }
    }
}
