//! One thread: its runs, its log, and how it moves.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::clock::{Clock, Time, text};
use super::dialect::Dialect;
use super::entry::Entry;
use super::file::{Files, Owner, Upload};
use super::log::{Raw, What};
use super::request::Create;
use super::run::{Answer, Run, RunError, Waiting};
use super::script::Script;
use super::step::{Ending, Speech, Step};
use super::title::title;

/// Where a thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ThreadStatus {
    /// Nothing is under way.
    Idle,
    /// A run is.
    Running,
    /// The vendor moves its runtime.
    Rescheduling,
    /// It is over for good, and can only be deleted.
    Terminated,
}

impl ThreadStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "IDLE",
            Self::Running => "RUNNING",
            Self::Rescheduling => "RESCHEDULING",
            Self::Terminated => "TERMINATED",
        }
    }
}

pub(super) struct Thread {
    pub(super) id: String,
    pub(super) owner: Owner,
    /// The service token that made it, if one did.
    pub(super) service_id: Option<String>,
    kind: &'static str,
    user_id: Option<String>,
    client_external_ref: Option<String>,
    pub(super) status: ThreadStatus,
    title: Option<String>,
    created_at: Time,
    pub(super) updated_at: Time,
    pub(super) is_archived: bool,
    pub(super) runs: Vec<Run>,
    pub(super) log: Vec<Raw>,
    /// The ids that messages came with.
    pub(super) request_ids: HashSet<String>,
}

impl Thread {
    pub(super) fn new(
        clock: &mut Clock,
        owner: Owner,
        service_id: Option<String>,
        kind: &'static str,
        request: &Create,
    ) -> Self {
        let created_at = clock.stamp();
        Self {
            id: clock.id(),
            owner,
            service_id,
            kind,
            user_id: request.user_id.clone(),
            client_external_ref: request.client_external_ref.clone(),
            status: ThreadStatus::Idle,
            title: None,
            created_at,
            updated_at: created_at,
            is_archived: false,
            runs: Vec::new(),
            log: Vec::new(),
            request_ids: HashSet::new(),
        }
    }

    /// The thread as all answers show it.
    pub(super) fn json(&self, dialect: Dialect) -> Value {
        let mut json = json!({
            "id": self.id,
            "agent_id": self.owner.agent_id,
            "kind": self.kind,
            "source": "api",
            "status": self.status.as_str(),
            "title": self.title,
            "last_run_id": self.runs.last().map(|run| &run.id),
            "created_at": text(self.created_at),
            "updated_at": text(self.updated_at),
        });
        match dialect {
            Dialect::Seed => {
                let account = Some(&self.owner.account).filter(|account| !account.is_empty());
                let (id, kind) = match &self.service_id {
                    Some(id) => (id, "service_token"),
                    None => (&self.owner.account, "human_pat"),
                };
                json["client_external_ref"] = json!(self.client_external_ref);
                json["attributed_user"] = json!(account.map(|id| json!({ "id": id })));
                json["created_by"] = json!({ "id": id, "kind": kind });
            }
            Dialect::Current => json["userId"] = json!(self.user_id.as_deref().unwrap_or_default()),
        }
        json
    }

    /// The run that is not over.
    pub(super) fn active(&self) -> Option<&Run> {
        self.runs.last().filter(|run| !run.is_over())
    }

    /// Starts a run with a message. `is_logged` says whether the log has the message.
    pub(super) fn start_run(
        &mut self,
        clock: &mut Clock,
        message: &str,
        script: Script,
        is_logged: bool,
    ) -> &Run {
        let created_at = clock.stamp();
        let id = clock.id();
        self.title.get_or_insert_with(|| title(message));
        if is_logged {
            self.append(clock, Some(&id), What::Entry(Entry::new("user.message", message)));
        }
        let queued = Entry::new("session.status", "run.queued");
        self.append(clock, Some(&id), What::Entry(queued));
        self.status = ThreadStatus::Running;
        self.updated_at = clock.stamp();
        let at = self.runs.len();
        self.runs.push(Run::new(id, created_at, script.resolve()));
        &self.runs[at]
    }

    pub(super) fn log_files(&mut self, clock: &mut Clock, run: Option<&str>) {
        let entry = Entry::new("session_files.updated", "Session files updated.");
        self.append(clock, run, What::Entry(entry));
    }

    /// Cancels a run, if it is not over.
    pub(super) fn cancel(&mut self, clock: &mut Clock, run_id: &str, error: Option<RunError>) {
        let Some(run) = self.runs.iter_mut().find(|run| run.id == run_id) else { return };
        if run.is_over() {
            return;
        }
        let at = clock.stamp();
        run.error = error;
        run.end("cancelled", at);
        let entry = Entry::new("run.completed", run_id);
        self.append(clock, Some(run_id), What::Entry(entry));
        self.status = ThreadStatus::Idle;
        self.updated_at = at;
    }

    /// Takes a decision. One that nothing waits for changes nothing.
    pub(super) fn decide(&mut self, clock: &mut Clock, request_id: &str, allows: bool) {
        let run = self.runs.last_mut().filter(|run| !run.is_over());
        if run.is_some_and(|run| run.decide(request_id, allows)) {
            let entry = Entry::new("session.status", "permission.resolved");
            self.append(clock, None, What::Entry(entry));
        }
    }

    /// Lets the run go on past where it is held.
    pub(super) fn release(&mut self) {
        if let Some(run) = self.runs.last_mut() {
            let hold = run.steps.iter().position(|step| *step == Step::Hold);
            hold.map(|at| run.steps.remove(at));
        }
    }

    /// Takes the active run one step further. Whether it could be.
    pub(super) fn step(&mut self, clock: &mut Clock, files: &mut Files) -> bool {
        let Some(run) = self.runs.last_mut().filter(|run| !run.is_over()) else { return false };
        if run.waiting.is_some() {
            let now = clock.now();
            let has_moved = run.resume(now, || clock.stamp());
            if has_moved {
                self.updated_at = run.updated_at;
            }
            return has_moved;
        }
        if run.steps.front().is_none_or(|step| *step == Step::Hold) {
            return false;
        }
        let id = run.id.clone();
        let step = run.steps.pop_front();
        step.into_iter().for_each(|step| self.carry_out(clock, files, &id, step));
        true
    }

    fn carry_out(&mut self, clock: &mut Clock, files: &mut Files, run_id: &str, step: Step) {
        let run = Some(run_id);
        match step {
            Step::Hold => {}
            Step::Start { prepared } => {
                if let Some(entry) = prepared {
                    self.append(clock, run, What::Entry(entry));
                }
                self.append(clock, run, What::Entry(Entry::new("run.started", run_id)));
                self.change(clock, |run, at| run.start(at));
            }
            Step::Entry(entry) => self.append(clock, run, What::Entry(entry)),
            Step::Fragment { block, speech, text, is_last } => {
                if speech == Speech::Message {
                    self.runs.last_mut().into_iter().for_each(|run| run.say(block, &text));
                }
                self.append(clock, run, What::Fragment { block, speech, text });
                if is_last {
                    self.append(clock, run, What::TextEnd { block });
                }
            }
            Step::Tool { block, entry, is_last } => {
                self.append(clock, run, What::Tool { block, entry, is_last });
            }
            Step::Ask { permission, if_rejected } => {
                self.append(clock, run, What::Entry(permission.entry()));
                let (request_id, since) = (permission.request_id, clock.now());
                let answer = Answer::Open;
                self.change(clock, |run, at| {
                    run.status = "waiting_input";
                    run.updated_at = at;
                    run.waiting = Some(Waiting { request_id, since, if_rejected, answer });
                });
            }
            Step::Artifact { name, content_type, bytes } => {
                let upload = Upload { name, content_type, bytes };
                files.add_to(clock, self.owner.clone(), upload, "artifact", &self.id);
                self.log_files(clock, run);
            }
            Step::End { ending, citations } => self.end(clock, run_id, ending, citations),
        }
    }

    fn end(&mut self, clock: &mut Clock, run_id: &str, ending: Ending, citations: u64) {
        let completed = Entry::new("run.completed", run_id);
        let (status, entry, error) = match ending {
            Ending::Never => return,
            Ending::Completed => ("completed", completed, None),
            Ending::Expired => ("expired", completed, None),
            Ending::Failed { code, message } => {
                let entry = Entry::new("run.failed", &message).error();
                ("failed", entry, Some(RunError { code, message }))
            }
        };
        let at = clock.stamp();
        if status == "completed" {
            let last = self.runs.last().and_then(|run| run.last_text.as_ref());
            if let Some(text) = last.map(|last| last.text.clone()) {
                self.append_at(clock, at, Some(run_id), What::FinalText { text });
            }
        }
        self.append_at(clock, at, Some(run_id), What::Entry(entry));
        self.change(clock, |run, at| {
            run.error = error;
            run.citations = citations;
            run.end(status, at);
        });
        self.status = ThreadStatus::Idle;
    }

    /// Changes the active run and says when.
    fn change(&mut self, clock: &mut Clock, change: impl FnOnce(&mut Run, Time)) {
        let at = clock.stamp();
        if let Some(run) = self.runs.last_mut() {
            change(run, at);
        }
        self.updated_at = at;
    }

    fn append(&mut self, clock: &mut Clock, run: Option<&str>, what: What) {
        let at = clock.stamp();
        self.append_at(clock, at, run, what);
    }

    fn append_at(&mut self, clock: &mut Clock, at: Time, run: Option<&str>, what: What) {
        self.log.push(Raw { id: clock.id(), run: run.map(str::to_owned), at, what });
    }
}
