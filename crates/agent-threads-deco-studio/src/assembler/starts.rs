//! Where a message begins, and begins again.

use super::{Assembler, Change, calls::Calls};
use crate::types::StartChunk;

impl Assembler {
    pub(super) fn start(&mut self, chunk: &StartChunk) -> Change {
        let started = std::mem::replace(&mut self.started, true);
        let id = chunk.message_id.as_ref();
        let is_other = started && id.is_some() && id != self.message.id.as_ref();
        if is_other {
            let (prior, run) = (self.prior.take(), self.run.take());
            *self = Self { started: true, prior, run, stops: self.stops, ..Self::new() };
        }
        if !started {
            self.run = id.cloned();
        }
        if id.is_some() {
            self.message.id = id.cloned();
        }
        self.note(chunk.message_metadata.as_ref());
        Change::Message
    }

    /// A message that goes on does so only in its own run; what else begins after a connection is lost, begins from nothing.
    pub(super) fn start_replay(&mut self, chunk: &StartChunk) -> Change {
        let is_other = matches!((&self.run, &chunk.message_id), (Some(run), Some(id)) if run != id);
        let replay = self.replay.take().filter(|_| !is_other || self.prior.is_none());
        let id = self.message.id.take();
        let replay = replay.map_or_else(Self::new, |replay| *replay);
        *self = Self { stops: self.stops, ..replay };
        self.message.id = id;
        self.start(chunk)
    }

    pub(super) fn reset_step(&mut self) -> Change {
        self.texts.forget();
        self.reasoning.forget();
        self.calls.settle(&mut self.message.parts);
        let step = self.step;
        self.data.retain(|_, at| *at < step);
        self.message.parts.truncate(step);
        self.calls = Calls::of(&self.message.parts, step);
        Change::Message
    }
}
