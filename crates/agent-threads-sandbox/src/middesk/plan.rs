//! What a script comes to in a run, up to where the run rests.

use serde_json::{Value, json};

use super::ids::Ids;
use super::interrupt::{Interrupt, InterruptPolicy};
use super::script::{Ending, Script, StreamEnd};
use super::step::Step;

/// The steps up to a rest, each as it is sent once it is over.
pub(super) struct Plan {
    pub(super) steps: Vec<Value>,
    pub(super) rest: Rest,
    pub(super) then: Option<Box<Script>>,
    /// How many steps happen by themselves.
    pub(super) hold: Option<usize>,
    pub(super) stream_end: StreamEnd,
}

/// How a run rests.
pub(super) enum Rest {
    Completed { output: Value },
    Failed,
    Interrupted { waits: Vec<Waits> },
}

/// A question, and which step asks it.
pub(super) struct Waits {
    pub(super) interrupt: Value,
    pub(super) step: usize,
}

/// Whose plan it is.
pub(super) struct Of<'a> {
    pub(super) run_id: &'a str,
    pub(super) agent: &'a str,
    pub(super) ids: &'a Ids,
    pub(super) policy: &'a dyn Fn(&str) -> InterruptPolicy,
}

impl Of<'_> {
    pub(super) fn plan(&self, script: Script) -> Plan {
        let steps: Vec<_> = script.steps.iter().map(|step| self.placed(step)).collect();
        let plan = Plan {
            steps,
            rest: Rest::Failed,
            then: None,
            hold: script.hold,
            stream_end: script.stream_end,
        };
        match script.ending {
            Ending::Completed(artifacts) => {
                let step = Step::of_type("output", "output").label("Output");
                let step = artifacts.into_iter().fold(step, Step::artifact);
                let step = self.placed(&step);
                let output = json!({ "artifacts": step["artifacts"] });
                plan.step(step).rests(Rest::Completed { output })
            }
            Ending::Failed => {
                let step = Step::of_type("error", "error").label("Error").fails();
                plan.step(self.placed(&step))
            }
            Ending::Interrupted(interrupts) => self.interrupted(plan, interrupts, script.then),
        }
    }

    fn interrupted(
        &self,
        mut plan: Plan,
        interrupts: Vec<Interrupt>,
        then: Option<Box<Script>>,
    ) -> Plan {
        let mut waits = Vec::new();
        for interrupt in interrupts {
            let asking = interrupt.asking_agent().unwrap_or(self.agent);
            let step = Step::of_type("interrupt", "interrupt").label(interrupt.label());
            let step =
                interrupt.artifacts().iter().cloned().fold(step.agent(asking), Step::artifact);
            let mut step = self.placed(&step);
            match (self.policy)(asking).resolution() {
                Some(resolution) => step["result"] = json!({ "resolution": resolution }),
                None => {
                    let interrupt = interrupt.placed(self.ids, &step["artifacts"]);
                    waits.push(Waits { interrupt, step: plan.steps.len() });
                }
            }
            plan = plan.step(step);
        }
        match waits.is_empty() {
            true => self.go_on(plan, then),
            false => Plan { then, ..plan.rests(Rest::Interrupted { waits }) },
        }
    }

    /// A plan whose questions need no answers.
    fn go_on(&self, plan: Plan, then: Option<Box<Script>>) -> Plan {
        let before = plan.steps.len();
        let mut next = self.plan(after_answers(then));
        if let Rest::Interrupted { waits } = &mut next.rest {
            waits.iter_mut().for_each(|waits| waits.step += before);
        }
        let hold = plan.hold.or_else(|| Some(before + next.hold?));
        Plan { steps: [plan.steps, next.steps].concat(), hold, ..next }
    }

    fn placed(&self, step: &Step) -> Value {
        step.placed(self.ids, self.run_id, self.agent)
    }
}

/// What a run does after its questions are answered.
pub(super) fn after_answers(then: Option<Box<Script>>) -> Script {
    then.map_or_else(|| Script::completes([]), |script| *script)
}

impl Plan {
    fn step(mut self, step: Value) -> Self {
        self.steps.push(step);
        self
    }

    fn rests(self, rest: Rest) -> Self {
        Self { rest, ..self }
    }
}
