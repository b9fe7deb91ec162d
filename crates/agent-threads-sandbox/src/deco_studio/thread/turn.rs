//! How a thread goes on: from a posted message to what is stored of its run.

use serde_json::{Value, json};

use super::super::call::CallResult;
use super::super::compose::{Context, Effect, Item, answered, compose};
use super::super::job::{Job, parts};
use super::super::run::{Begin, Run, waits};
use super::super::world::World;
use super::Thread;

const NEW_CHAT: &str = "New chat";

/// How many characters of a message name a thread.
const TITLE_CHARS: usize = 40;

impl Thread {
    /// Goes on by one item, or to the next run. Says whether it did.
    pub(in super::super) fn drive(&mut self, world: &mut World) -> bool {
        match &self.run {
            None => match self.queue.pop_front() {
                Some(job) => {
                    self.begin(job, world);
                    true
                }
                None => false,
            },
            Some(run) if run.ended.is_none() => self.publish(world),
            Some(_) if !self.queue.is_empty() => {
                self.store(world);
                true
            }
            Some(_) => false,
        }
    }

    /// Takes a run that has ended nearer to being stored, as a read does. Says whether there was one.
    pub(in super::super) fn settle(&mut self, world: &mut World) -> bool {
        let has_ended = self.run.as_ref().is_some_and(|run| run.ended.is_some());
        if has_ended {
            self.read(world);
        }
        has_ended
    }

    /// Goes on as a read of the thread takes it.
    pub(in super::super) fn read(&mut self, world: &mut World) {
        match &mut self.run {
            None => match self.queue.front_mut() {
                Some(job) if job.lag > 0 => {
                    job.lag -= 1;
                    return;
                }
                Some(_) => drop(self.drive(world)),
                None => return,
            },
            Some(run) if run.ended.is_none() && run.reads == 0 => while self.publish(world) {},
            Some(_) => {}
        }
        let Some(run) = &mut self.run else { return };
        match run.ended {
            None => run.reads = run.reads.saturating_sub(1),
            Some(0) => self.store(world),
            Some(reads) => run.ended = Some(reads - 1),
        }
    }

    fn begin(&mut self, job: Job, world: &mut World) {
        let now = world.now();
        let message_id = world.next_id("msg");
        let (stored_id, parts, metadata) = match job.is_answer() {
            true => self.take_answer(&job, &message_id, world),
            false => {
                self.messages.push(self.message(&job.message, &now));
                (message_id.clone(), Vec::new(), json!({}))
            }
        };
        let composed = compose(
            job.script.clone(),
            Context {
                message_id: &message_id,
                thread_id: self.id(),
                agent: &job.agent,
                answers: self.answers(&parts),
                title: (self.fields["title"] == NEW_CHAT).then(|| title(&job.text())),
            },
        );
        let reads = job.script.reads;
        let is_cancelled = job.is_cancelled;
        let begin = Begin { composed, stored_id, parts, metadata, created_at: now.clone(), reads };
        let mut run = Run::new(job, begin);
        if is_cancelled {
            run.cancel(world.rules.abort_chunk);
        }
        self.run = Some(run);
        self.run_start = self.log.len();
        self.progress_at = world.clock.millis();
        self.set_status("in_progress", &now, world);
    }

    /// Takes the message that waits out of the transcript, for the run to go on with it as the answer has it. Returns its id as it
    /// will be stored, its parts and its metadata.
    fn take_answer(
        &mut self,
        job: &Job,
        message_id: &str,
        world: &World,
    ) -> (String, Vec<Value>, Value) {
        let waiting = self.messages.iter().rposition(|message| parts(message).any(waits));
        let before = waiting.map(|place| self.messages.remove(place)).unwrap_or_default();
        let id = match world.rules.renames_answered {
            true => message_id,
            false => before["id"].as_str().unwrap_or(message_id),
        };
        let parts = parts(&job.message).cloned().collect();
        (id.to_owned(), parts, before["metadata"].clone())
    }

    /// What comes of the calls that have been approved or denied.
    fn answers(&self, parts: &[Value]) -> Vec<Item> {
        let responded = parts.iter().filter(|part| part["state"] == "approval-responded");
        let answers = responded.map(|part| {
            let id = part["toolCallId"].as_str().unwrap_or_default();
            answered(part, self.approvable.get(id).unwrap_or(&CallResult::Open))
        });
        answers.collect()
    }

    /// Publishes an item, or the end. Says whether there was one.
    fn publish(&mut self, world: &mut World) -> bool {
        let Some(run) = &mut self.run else { return false };
        let Some(Item { frame, effects }) = run.publish() else {
            return self.end(world);
        };
        let effects = effects.clone();
        self.log.push(frame.clone());
        self.progress_at = world.clock.millis();
        for effect in effects {
            self.apply(effect, world);
        }
        // The end comes with the last item, so that who has read that one sees the thread as it is after the run.
        self.end(world);
        true
    }

    fn apply(&mut self, effect: Effect, world: &mut World) {
        match &effect {
            Effect::Title(title) => self.fields["title"] = json!(title),
            Effect::Stage(data) => self.tell("decopilot.run.status", data, world),
            _ => {}
        }
        let ends_step = effect == Effect::StepEnds;
        let Some(run) = &mut self.run else { return };
        run.apply(effect);
        if ends_step {
            let data = json!({ "stepCount": run.steps });
            self.tell("decopilot.step", &data, world);
        }
    }

    /// Says whether the run has ended by this.
    fn end(&mut self, world: &mut World) -> bool {
        let Some(run) =
            self.run.as_mut().filter(|run| run.has_published_all() && run.ended.is_none())
        else {
            return false;
        };
        run.ended = Some(world.rules.store_lag);
        let data = json!({ "status": run.status() });
        self.tell("decopilot.finish", &data, world);
        if world.rules.store_lag == 0 {
            self.store(world);
        }
        true
    }

    /// Puts what the run has said into the transcript.
    fn store(&mut self, world: &mut World) {
        let Some(run) = self.run.take() else { return };
        let now = world.now();
        self.messages.push(self.said(&run, &now));
        self.approvable = run.approvable.iter().cloned().collect();
        self.run_start = self.log.len();
        self.set_status(run.status(), &now, world);
    }

    fn set_status(&mut self, status: &str, now: &str, world: &mut World) {
        self.fields["status"] = json!(status);
        self.fields["updated_at"] = json!(now);
        let mut data = json!({ "status": status });
        for name in [
            "virtual_mcp_id",
            "created_by",
            "trigger_id",
            "title",
            "branch",
            "created_at",
            "updated_at",
        ] {
            data[name] = self.fields[name].clone();
        }
        self.tell("decopilot.thread.status", &data, world);
    }

    fn tell(&self, kind: &str, data: &Value, world: &mut World) {
        let now = world.now();
        world.events.tell(self.organization_id(), self.id(), kind, &now, data);
    }
}

/// A name made of the beginning of a message.
fn title(text: &str) -> String {
    let title: String = text.trim().chars().take(TITLE_CHARS).collect();
    if title.is_empty() { "A chat".to_owned() } else { title }
}
