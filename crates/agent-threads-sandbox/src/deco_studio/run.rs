//! The run that a thread has at a time.

use serde_json::{Value, json};

use super::call::{CallResult, merge};
use super::compose::{Composed, Effect, Item, abort};
use super::job::Job;

const ABORTED: &str = "The operation was aborted.";

/// The longest text of an error that is stored, in characters.
const MOST_ERROR: usize = 8000;

pub(super) struct Run {
    pub(super) job: Job,
    /// The id of the assistant's message as it is stored.
    pub(super) stored_id: String,
    pub(super) parts: Vec<Value>,
    pub(super) metadata: Value,
    pub(super) created_at: String,
    items: Vec<Item>,
    published: usize,
    hold: Option<usize>,
    /// How many more reads show it at work.
    pub(super) reads: u32,
    pub(super) steps: u32,
    /// How many reads pass until it is stored, once it has ended.
    pub(super) ended: Option<u32>,
    finish: Option<String>,
    error: Option<String>,
    /// What calls come to that have asked for approval.
    pub(super) approvable: Vec<(String, CallResult)>,
}

/// How it is made.
pub(super) struct Begin {
    pub(super) composed: Composed,
    pub(super) stored_id: String,
    pub(super) parts: Vec<Value>,
    pub(super) metadata: Value,
    pub(super) created_at: String,
    pub(super) reads: u32,
}

impl Run {
    pub(super) fn new(job: Job, begin: Begin) -> Self {
        Self {
            job,
            stored_id: begin.stored_id,
            parts: begin.parts,
            metadata: begin.metadata,
            created_at: begin.created_at,
            items: begin.composed.items,
            published: 0,
            hold: begin.composed.hold,
            reads: begin.reads,
            steps: 0,
            ended: None,
            finish: None,
            error: None,
            approvable: Vec::new(),
        }
    }

    /// The next item, unless there is none or it is held.
    pub(super) fn publish(&mut self) -> Option<&Item> {
        if self.is_held() {
            return None;
        }
        let item = self.items.get(self.published)?;
        self.published += 1;
        Some(item)
    }

    /// Whether the next item, or the end, must be released first.
    pub(super) fn is_held(&self) -> bool {
        self.hold.is_some_and(|items| self.published >= items)
    }

    /// Whether everything is published that is not the end itself.
    pub(super) fn has_published_all(&self) -> bool {
        !self.is_held() && self.published >= self.items.len()
    }

    pub(super) fn release(&mut self, items: usize) {
        self.hold = self.hold.map(|hold| hold.saturating_add(items));
    }

    /// Ends it after what is published.
    pub(super) fn cancel(&mut self, says_so: bool) {
        if self.ended.is_some() {
            return;
        }
        self.items.truncate(self.published);
        self.items.extend(says_so.then(|| abort(ABORTED)));
        self.hold = None;
        self.reads = 0;
    }

    pub(super) fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::Put(part) => put(&mut self.parts, part),
            Effect::Metadata(metadata) => merge(&mut self.metadata, metadata),
            Effect::StepEnds => self.steps += 1,
            Effect::Finish(reason) => self.finish = Some(reason),
            Effect::Error(text) => drop(self.error.get_or_insert(text)),
            Effect::Approvable(call, result) => self.approvable.push((call, result)),
            Effect::Abort | Effect::Title(_) | Effect::Stage(_) => {}
        }
    }

    /// The status that its end gives the thread.
    pub(super) fn status(&self) -> &'static str {
        match self.finish.as_deref() {
            _ if self.error.is_some() => "failed",
            Some("stop") => "completed",
            Some("tool-calls") if self.parts.iter().any(waits) => "requires_action",
            Some("tool-calls") => "completed",
            _ => "failed",
        }
    }

    /// The parts as they are stored, with its error, if it has failed with one.
    pub(super) fn stored_parts(&self) -> Vec<Value> {
        let error = self.error.as_ref().map(|error| {
            let text: String = format!("Error: {error}").chars().take(MOST_ERROR).collect();
            json!({ "type": "text", "text": text })
        });
        self.parts.iter().cloned().chain(error).collect()
    }
}

/// Whether a part waits for somebody.
pub(super) fn waits(part: &Value) -> bool {
    let is_question =
        ["tool-user_ask", "tool-propose_plan"].iter().any(|kind| part["type"] == *kind);
    part["state"] == "approval-requested" || is_question && part["state"] == "input-available"
}

/// Puts a part where the same tool call or the same data is, or at the end.
fn put(parts: &mut Vec<Value>, part: Value) {
    let same = |name: &str| {
        let id = part.get(name)?;
        parts.iter().position(|old| {
            old.get(name) == Some(id) && (name == "toolCallId" || old["type"] == part["type"])
        })
    };
    match same("toolCallId").or_else(|| same("id")) {
        Some(place) => parts[place] = part,
        None => parts.push(part),
    }
}
