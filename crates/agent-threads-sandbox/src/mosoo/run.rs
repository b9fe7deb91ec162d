//! One run: its status, what is to happen in it, what it waits for.

use std::collections::VecDeque;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::clock::{Time, text};
use super::dialect::Dialect;
use super::step::Step;

/// How long the vendor's driver waits for a decision before it rejects the request itself.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(5);

pub(super) struct Run {
    pub(super) id: String,
    pub(super) status: &'static str,
    pub(super) created_at: Time,
    pub(super) updated_at: Time,
    pub(super) started_at: Option<Time>,
    pub(super) completed_at: Option<Time>,
    pub(super) error: Option<RunError>,
    /// The last message so far.
    pub(super) last_text: Option<LastText>,
    pub(super) citations: u64,
    pub(super) steps: VecDeque<Step>,
    pub(super) waiting: Option<Waiting>,
}

/// Why a run failed.
pub(super) struct RunError {
    pub(super) code: String,
    pub(super) message: String,
}

/// A message with the block that it is.
pub(super) struct LastText {
    pub(super) block: usize,
    pub(super) text: String,
}

/// A question that has been asked.
pub(super) struct Waiting {
    pub(super) request_id: String,
    pub(super) since: Time,
    pub(super) if_rejected: Vec<Step>,
    pub(super) answer: Answer,
}

/// Whether a question has been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Open,
    /// Answered, which the runtime has not reported yet.
    Unreported {
        allows: bool,
    },
    Reported {
        allows: bool,
    },
}

impl Run {
    pub(super) fn new(id: String, created_at: Time, steps: Vec<Step>) -> Self {
        Self {
            id,
            status: "queued",
            created_at,
            updated_at: created_at,
            started_at: None,
            completed_at: None,
            error: None,
            last_text: None,
            citations: 0,
            steps: steps.into(),
            waiting: None,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.completed_at.is_some()
    }

    pub(super) fn start(&mut self, at: Time) {
        self.status = "running";
        self.started_at = Some(at);
        self.updated_at = at;
    }

    /// A run that never started gets the moment of its end for both.
    pub(super) fn end(&mut self, status: &'static str, at: Time) {
        self.status = status;
        self.started_at.get_or_insert(at);
        self.completed_at = Some(at);
        self.updated_at = at;
        self.steps.clear();
        self.waiting = None;
    }

    /// Takes a decision. Whether it was one that the run waited for.
    pub(super) fn decide(&mut self, request_id: &str, allows: bool) -> bool {
        let open = self
            .waiting
            .as_mut()
            .filter(|waiting| waiting.answer == Answer::Open && waiting.request_id == request_id);
        let is_awaited = open.is_some();
        if let Some(waiting) = open {
            waiting.answer = Answer::Unreported { allows };
        }
        is_awaited
    }

    /// Goes on after a question, if it can. Whether anything has changed.
    pub(super) fn resume(&mut self, now: Time, stamp: impl FnOnce() -> Time) -> bool {
        let Some(waiting) = &mut self.waiting else { return false };
        let allows = match waiting.answer {
            Answer::Open if now - waiting.since >= LONGEST_WAIT => false,
            Answer::Open => return false,
            Answer::Unreported { allows } => {
                waiting.answer = Answer::Reported { allows };
                return true;
            }
            Answer::Reported { allows } => allows,
        };
        if !allows {
            self.steps = std::mem::take(&mut waiting.if_rejected).into();
        }
        self.waiting = None;
        self.status = "running";
        self.updated_at = stamp();
        true
    }

    /// Keeps a piece of a message, of which the last one is the output.
    pub(super) fn say(&mut self, block: usize, text: &str) {
        match &mut self.last_text {
            Some(last) if last.block == block => last.text.push_str(text),
            other => *other = Some(LastText { block, text: text.to_owned() }),
        }
    }

    /// The run as answers show it. Only reads of a thread have the output.
    pub(super) fn json(&self, dialect: Dialect, shows_output: bool) -> Value {
        let mut json = json!({
            "id": self.id,
            "status": self.status,
            "trigger": "user_prompt",
            "createdAt": text(self.created_at),
            "updatedAt": text(self.updated_at),
            "startedAt": self.started_at.map(text),
            "completedAt": self.completed_at.map(text),
        });
        if dialect == Dialect::Current {
            let error = self.error.as_ref().map(
                |error| json!({ "code": error.code, "message": error.message, "retryable": false }),
            );
            json["error"] = json!(error);
            let shows_output = shows_output && self.status == "completed";
            json["finalOutput"] = json!(self.output().filter(|_| shows_output));
        }
        json
    }

    fn output(&self) -> Option<Value> {
        let mut output = json!({ "text": self.last_text.as_ref()?.text });
        if self.citations > 0 {
            let code = "unresolved_provider_citation";
            output["warnings"] = json!([{ "code": code, "count": self.citations }]);
        }
        Some(output)
    }
}
