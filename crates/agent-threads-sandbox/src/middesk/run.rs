//! One run.

use std::sync::Arc;

use futures_util::{Stream, stream};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::interrupt::InterruptPolicy;
use super::life::{Life, World};
use super::plan::Of;
use super::script::{Script, StreamEnd};
use super::shown::Shown;
use crate::clock::Instant;
use crate::sse::Frame;

/// Clones are the same run.
#[derive(Clone)]
pub(super) struct Run {
    shared: Arc<Shared>,
}

struct Shared {
    about: About,
    created_at: Instant,
    world: Arc<World>,
    life: watch::Sender<Life>,
}

/// What a run is asked to be.
#[derive(Clone)]
pub(super) struct About {
    pub(super) id: String,
    pub(super) account_id: String,
    pub(super) thread_id: String,
    pub(super) agent: String,
    pub(super) requester: Value,
}

/// What comes next in a stream.
enum Next {
    Frame(Frame),
    Last(Frame),
    Nothing,
    NotYet,
}

impl Run {
    pub(super) fn start(
        about: About,
        script: Script,
        policy: &dyn Fn(&str) -> InterruptPolicy,
        world: Arc<World>,
    ) -> Self {
        let of = Of { run_id: &about.id, agent: &about.agent, ids: &world.ids, policy };
        let plan = of.plan(script);
        let now = world.clock.tick();
        let life = watch::Sender::new(Life::new(plan, now));
        let run = Self { shared: Arc::new(Shared { about, created_at: now, world, life }) };
        run.shared.life.send_modify(|life| run.tell(life, "run.created"));
        run
    }

    pub(super) fn about(&self) -> &About {
        &self.shared.about
    }

    pub(super) fn status(&self) -> &'static str {
        self.shared.life.borrow().status()
    }

    pub(super) fn is_over(&self) -> bool {
        self.shared.life.borrow().is_over()
    }

    pub(super) fn steps(&self) -> Vec<Value> {
        self.shared.life.borrow().steps()
    }

    /// Whether one of its artifacts has this id.
    pub(super) fn has_artifact(&self, id: &str) -> bool {
        let life = self.shared.life.borrow();
        let steps = Value::from(life.steps());
        has_artifact(&steps, id) || has_artifact(&life.output(), id)
    }

    /// Takes it one step further.
    pub(super) fn advance(&self) {
        self.shared.life.send_if_modified(|life| self.advance_life(life));
    }

    fn advance_life(&self, life: &mut Life) -> bool {
        let advanced = life.advance(&self.shared.world);
        if advanced && let Some(kind) = life.rest_kind() {
            self.tell(life, kind);
        }
        advanced
    }

    /// Notes a webhook. Those show the run as it was before threads, agents and outputs were told.
    fn tell(&self, life: &mut Life, kind: &'static str) {
        let mut run = self.view_of(life, Shown::default(), true);
        run["steps"] = json!([]);
        if let Some(fields) = run.as_object_mut() {
            fields.retain(|name, _| {
                !["thread_id", "agent", "requester", "output"].contains(&name.as_str())
            });
        }
        life.tell(&self.shared.world, kind, run);
    }

    pub(super) fn view(&self, shown: Shown, with_steps: bool) -> Value {
        self.view_of(&self.shared.life.borrow(), shown, with_steps)
    }

    fn view_of(&self, life: &Life, shown: Shown, with_steps: bool) -> Value {
        let About { id, thread_id, agent, requester, .. } = &self.shared.about;
        let mut run = json!({
            "object": "run",
            "id": id,
            "created_at": self.shared.created_at.seconds(),
            "updated_at": life.updated_at.seconds(),
            "status": shown.status(life.status()),
            "thread_id": thread_id,
            "agent": agent,
            "requester": requester,
            "started_at": life.started_at.seconds(),
            "ended_at": life.ended_at.map(Instant::seconds),
            "output": life.output(),
            "interrupts": life.interrupts(),
        });
        match with_steps {
            true => run["steps"] = life.steps().into(),
            false if shown.old => run["steps"] = Value::Null,
            false => {}
        }
        shown.value(run)
    }

    pub(super) fn release(&self, moments: usize) {
        self.shared.life.send_modify(|life| life.release(moments));
    }

    pub(super) fn asks(&self, interrupt_id: &str) -> bool {
        self.shared.life.borrow().asks(interrupt_id)
    }

    pub(super) fn interrupt_ids(&self) -> Vec<String> {
        let interrupts = self.shared.life.borrow().interrupts();
        interrupts.iter().filter_map(|one| Some(one["id"].as_str()?.to_owned())).collect()
    }

    /// Takes the answer to a question that waits for it.
    pub(super) fn answer(&self, interrupt_id: &str, policy: &dyn Fn(&str) -> InterruptPolicy) {
        let Shared { about, world, life, .. } = &*self.shared;
        let of = Of { run_id: &about.id, agent: &about.agent, ids: &world.ids, policy };
        life.send_modify(|life| {
            if let Some(script) = life.answer(interrupt_id, world) {
                life.go_on(of.plan(script));
            }
        });
    }

    pub(super) fn webhooks<T>(&self, make: impl Fn(&super::webhook::Happened) -> T) -> Vec<T> {
        self.shared.life.borrow().happened.iter().map(make).collect()
    }

    /// Whether the stream can be opened, of a run that is over only so many times.
    pub(super) fn opens(&self, replays: Option<u32>) -> bool {
        let mut opens = true;
        self.shared.life.send_if_modified(|life| {
            if let (true, Some(replays)) = (life.is_over(), replays) {
                let left = life.replays_left.unwrap_or(replays);
                opens = left > 0;
                life.replays_left = Some(left.saturating_sub(1));
            }
            false
        });
        opens
    }

    /// All frames from the start, without taking the run further.
    pub(super) fn so_far(&self, shown: Shown) -> Vec<Frame> {
        let life = self.shared.life.borrow();
        let events = (0..life.events.len()).filter_map(|place| self.frame(&life, place, shown));
        events.chain(self.last_frame(&life, shown)).collect()
    }

    /// The frames from the start, for which the run goes on as far as the client takes them.
    pub(super) fn stream(&self, shown: Shown) -> impl Stream<Item = Frame> + Send + 'static {
        let state = Some((self.clone(), self.shared.life.subscribe(), 0));
        stream::unfold(state, move |state| async move {
            let (run, mut changes, place) = state?;
            loop {
                changes.mark_unchanged();
                match run.next(place, shown) {
                    Next::Frame(frame) => return Some((frame, Some((run, changes, place + 1)))),
                    Next::Last(frame) => return Some((frame, None)),
                    Next::Nothing => return None,
                    // The error says that the sender is gone, but this run holds it.
                    Next::NotYet => changes.changed().await.ok()?,
                }
            }
        })
    }

    fn next(&self, place: usize, shown: Shown) -> Next {
        self.shared
            .life
            .send_if_modified(|life| place == life.events.len() && self.advance_life(life));
        let life = self.shared.life.borrow();
        match (self.frame(&life, place, shown), life.stream_end()) {
            (Some(frame), _) => Next::Frame(frame),
            (None, None) => Next::NotYet,
            (None, Some(_)) => self.last_frame(&life, shown).map_or(Next::Nothing, Next::Last),
        }
    }

    fn frame(&self, life: &Life, place: usize, shown: Shown) -> Option<Frame> {
        let event = life.events.get(place)?;
        Some(self.laid_out(event.name, event.more.clone(), shown))
    }

    fn last_frame(&self, life: &Life, shown: Shown) -> Option<Frame> {
        match life.stream_end()? {
            StreamEnd::Finished => Some(self.laid_out("RUN_FINISHED", json!({}), shown)),
            StreamEnd::Error => {
                let more = json!({ "message": "The run has failed" });
                Some(self.laid_out("RUN_ERROR", more, shown))
            }
            StreamEnd::Nothing | StreamEnd::StaysOpen => None,
        }
    }

    fn laid_out(&self, name: &str, more: Value, shown: Shown) -> Frame {
        shown.frame(name, &self.shared.about.id, &self.shared.about.thread_id, more)
    }
}

/// Whether a value has an artifact with this id somewhere.
fn has_artifact(value: &Value, id: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| has_artifact(item, id)),
        Value::Object(fields) => fields.iter().any(|(name, field)| {
            let here = field.as_array().is_some_and(|all| all.iter().any(|one| one["id"] == id));
            name == "artifacts" && here || has_artifact(field, id)
        }),
        _ => false,
    }
}
