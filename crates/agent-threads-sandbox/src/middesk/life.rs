//! All of a run that can change.

use serde_json::{Value, json};

use super::ids::{Ids, Kind};
use super::plan::{Plan, Rest, Waits, after_answers};
use super::script::{Script, StreamEnd};
use super::step::{stamp, unfinished};
use super::webhook::Happened;
use crate::clock::{Clock, Instant};

/// What makes times and ids, the same for all runs.
#[derive(Default)]
pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) ids: Ids,
}

/// An event of a stream.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) name: &'static str,
    pub(super) more: Value,
}

pub(super) struct Life {
    pub(super) plan: Plan,
    /// How many steps have begun.
    begun: usize,
    rests: bool,
    pub(super) events: Vec<Event>,
    pub(super) happened: Vec<Happened>,
    pub(super) started_at: Instant,
    pub(super) updated_at: Instant,
    pub(super) ended_at: Option<Instant>,
    /// How many more times the stream of a run that is over can be opened.
    pub(super) replays_left: Option<u32>,
}

impl Life {
    pub(super) fn new(plan: Plan, now: Instant) -> Self {
        let started = Event { name: "RUN_STARTED", more: json!({}) };
        Self {
            plan,
            begun: 0,
            rests: false,
            events: vec![started],
            happened: Vec::new(),
            started_at: now,
            updated_at: now,
            ended_at: None,
            replays_left: None,
        }
    }

    pub(super) fn status(&self) -> &'static str {
        match &self.plan.rest {
            _ if !self.rests => "running",
            Rest::Completed { .. } => "completed",
            Rest::Failed => "error",
            Rest::Interrupted { .. } => "interrupted",
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.rests && !matches!(self.plan.rest, Rest::Interrupted { .. })
    }

    /// The output of a run that is completed, or null.
    pub(super) fn output(&self) -> Value {
        match &self.plan.rest {
            Rest::Completed { output } if self.rests => output.clone(),
            _ => Value::Null,
        }
    }

    /// The questions that wait for an answer.
    pub(super) fn interrupts(&self) -> Vec<Value> {
        self.waits().iter().map(|waits| waits.interrupt.clone()).collect()
    }

    fn waits(&self) -> &[Waits] {
        match &self.plan.rest {
            Rest::Interrupted { waits } if self.rests => waits,
            _ => &[],
        }
    }

    /// The steps that have begun.
    pub(super) fn steps(&self) -> Vec<Value> {
        let begun = self.plan.steps.iter().take(self.begun);
        let shown = begun.map(|step| match step["completed_at"].is_null() {
            true => unfinished(step),
            false => step.clone(),
        });
        shown.collect()
    }

    /// Takes it one step further, unless it rests or is held. Says whether it did.
    pub(super) fn advance(&mut self, world: &World) -> bool {
        if self.rests || self.plan.hold.is_some_and(|steps| self.begun >= steps) {
            return false;
        }
        self.updated_at = world.clock.tick();
        self.close_last();
        if self.begun < self.plan.steps.len() {
            stamp(&mut self.plan.steps[self.begun], "started_at", &self.updated_at.seconds());
            self.begun += 1;
        } else {
            self.rests = true;
            self.ended_at = self.is_over().then_some(self.updated_at);
        }
        let snapshot = self.snapshot();
        self.events.push(Event { name: "STATE_SNAPSHOT", more: json!({ "snapshot": snapshot }) });
        true
    }

    /// What is told when it comes to rest.
    pub(super) fn rest_kind(&self) -> Option<&'static str> {
        match self.status() {
            "running" => None,
            "interrupted" => Some("run.interrupted"),
            _ => Some("run.completed"),
        }
    }

    pub(super) fn tell(&mut self, world: &World, kind: &'static str, run: Value) {
        let event_id = world.ids.next(Kind::Event);
        let created_at = self.updated_at.millis();
        self.happened.push(Happened { event_id, kind, created_at, run });
    }

    /// Ends the last step, unless it asks something.
    fn close_last(&mut self) {
        let Some(last) = self.begun.checked_sub(1) else { return };
        let asks = match &self.plan.rest {
            Rest::Interrupted { waits } => waits.iter().any(|waits| waits.step == last),
            _ => false,
        };
        if !asks {
            stamp(&mut self.plan.steps[last], "completed_at", &self.updated_at.seconds());
        }
    }

    fn snapshot(&self) -> Value {
        let steps = self.steps();
        let artifacts = steps.iter().filter_map(|step| step["artifacts"].as_array()).flatten();
        let artifacts: Vec<_> = artifacts.cloned().collect();
        json!({ "status": self.status(), "steps": steps, "artifacts": artifacts })
    }

    /// Whether a question waits for an answer.
    pub(super) fn asks(&self, interrupt_id: &str) -> bool {
        self.waits().iter().any(|waits| waits.interrupt["id"] == interrupt_id)
    }

    /// Takes the answer to a question. Says what follows when it was the last one.
    pub(super) fn answer(&mut self, interrupt_id: &str, world: &World) -> Option<Script> {
        self.updated_at = world.clock.tick();
        let now = self.updated_at.seconds();
        let Rest::Interrupted { waits } = &mut self.plan.rest else { return None };
        let place = waits.iter().position(|waits| waits.interrupt["id"] == interrupt_id)?;
        let answered = waits.remove(place);
        let goes_on = waits.is_empty();
        stamp(&mut self.plan.steps[answered.step], "completed_at", &now);
        goes_on.then(|| after_answers(self.plan.then.take()))
    }

    /// Goes on with another plan after its own.
    pub(super) fn go_on(&mut self, mut next: Plan) {
        let before = self.plan.steps.len();
        if let Rest::Interrupted { waits } = &mut next.rest {
            waits.iter_mut().for_each(|waits| waits.step += before);
        }
        next.hold = next.hold.map(|steps| steps + before);
        next.steps.splice(0..0, self.plan.steps.drain(..));
        self.plan = next;
        self.rests = false;
    }

    pub(super) fn release(&mut self, moments: usize) {
        self.plan.hold = self.plan.hold.map(|steps| steps.saturating_add(moments));
    }

    /// What ends a stream here, if it does.
    pub(super) fn stream_end(&self) -> Option<StreamEnd> {
        Some(self.plan.stream_end).filter(|end| self.rests && *end != StreamEnd::StaysOpen)
    }
}
