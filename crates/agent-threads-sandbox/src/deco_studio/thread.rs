//! One thread: its messages, its run, and those that wait.

mod turn;

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Value, json};

use super::call::CallResult;
use super::job::{Job, parts};
use super::run::{Run, waits};
use super::world::World;
use crate::sse::Frame;

/// How long a run may make no progress before its thread reads `expired`, in milliseconds.
const MOST_IDLE: i64 = 30 * 60 * 1000;

pub(super) struct Thread {
    /// As it is sent, but for a status that time has changed.
    pub(super) fields: Value,
    pub(super) messages: Vec<Value>,
    /// All that streams have carried.
    pub(super) log: Vec<Frame>,
    /// Where in it the run begins.
    run_start: usize,
    run: Option<Run>,
    queue: VecDeque<Job>,
    /// The keys of messages that have been posted.
    pub(super) posted: HashSet<String>,
    /// When a run last made progress, in milliseconds since 1970.
    progress_at: i64,
    /// What calls come to that wait for approval.
    approvable: HashMap<String, CallResult>,
}

impl Thread {
    pub(super) fn new(fields: Value) -> Self {
        Self {
            fields,
            messages: Vec::new(),
            log: Vec::new(),
            run_start: 0,
            run: None,
            queue: VecDeque::new(),
            posted: HashSet::new(),
            progress_at: 0,
            approvable: HashMap::new(),
        }
    }

    pub(super) fn id(&self) -> &str {
        self.text("id")
    }

    pub(super) fn organization_id(&self) -> &str {
        self.text("organization_id")
    }

    pub(super) fn owner(&self) -> &str {
        self.text("created_by")
    }

    fn text(&self, name: &str) -> &str {
        self.fields[name].as_str().unwrap_or_default()
    }

    pub(super) fn is_in_progress(&self) -> bool {
        self.fields["status"] == "in_progress"
    }

    /// Whether nothing goes on in it and nothing waits.
    pub(super) fn is_at_rest(&self) -> bool {
        self.run.is_none() && self.queue.is_empty()
    }

    pub(super) fn view(&self, world: &World) -> Value {
        let mut view = self.fields.clone();
        let idle = world.clock.millis().saturating_sub(self.progress_at);
        if self.is_in_progress() && idle >= MOST_IDLE {
            view["status"] = json!("expired");
        }
        if view["metadata"].as_object().is_some_and(serde_json::Map::is_empty)
            && let Some(fields) = view.as_object_mut()
        {
            fields.remove("metadata");
        }
        view
    }

    /// Where a stream begins that is opened now.
    pub(super) fn stream_start(&self) -> usize {
        match self.is_in_progress() {
            true => self.run_start,
            false => self.log.len(),
        }
    }

    pub(super) fn post(&mut self, job: Job) {
        self.queue.push_back(job);
    }

    /// Whether a call in the last message waits for somebody.
    pub(super) fn waits_for(&self, tool_call_id: &Value) -> bool {
        let last = self.messages.last().into_iter();
        last.flat_map(parts).any(|part| waits(part) && part["toolCallId"] == *tool_call_id)
    }

    /// The run and those that wait, as the queue shows them.
    pub(super) fn queue_view(&self) -> Vec<Value> {
        let running = self.run.iter().filter(|run| run.ended.is_none());
        let running = running.map(|run| run.job.view("running"));
        running.chain(self.queue.iter().map(|job| job.view("queued"))).collect()
    }

    /// Forgets a job that waits, or ends the one that runs. Says whether there was one.
    pub(super) fn cancel_job(&mut self, workflow_id: &str, world: &World) -> bool {
        let waiting = self.queue.len();
        self.queue.retain(|job| job.workflow_id != workflow_id);
        let runs = self
            .run
            .as_mut()
            .filter(|run| run.job.workflow_id == workflow_id && run.ended.is_none());
        let is_running = runs.map(|run| run.cancel(world.rules.abort_chunk)).is_some();
        is_running || self.queue.len() < waiting
    }

    /// Ends what runs, or what would run next.
    pub(super) fn cancel(&mut self, world: &World) {
        match (&mut self.run, self.queue.front_mut()) {
            (Some(run), _) if run.ended.is_none() => run.cancel(world.rules.abort_chunk),
            (_, Some(next)) => next.is_cancelled = true,
            _ => {}
        }
    }

    pub(super) fn release(&mut self, items: usize) {
        if let Some(run) = &mut self.run {
            run.release(items);
        }
    }

    /// The transcript, with the message at hand if it is shown before it is whole.
    pub(super) fn transcript(&self, world: &World) -> Vec<Value> {
        let mut messages = self.messages.clone();
        // What is answered stays while its run goes on; only what is new has to wait.
        let shown = |run: &&Run| world.rules.lists_unfinished || run.job.is_answer();
        if let Some(run) = self.run.as_ref().filter(shown) {
            messages.push(self.said(run, &run.created_at));
        }
        messages
    }

    fn said(&self, run: &Run, now: &str) -> Value {
        let message = json!({
            "id": run.stored_id,
            "role": "assistant",
            "parts": run.stored_parts(),
            "metadata": run.metadata,
        });
        self.message(&message, now)
    }

    fn message(&self, message: &Value, now: &str) -> Value {
        json!({
            "id": message["id"],
            "thread_id": self.id(),
            "role": message["role"],
            "parts": message["parts"],
            "metadata": message["metadata"],
            "created_at": now,
            "updated_at": now,
        })
    }
}
