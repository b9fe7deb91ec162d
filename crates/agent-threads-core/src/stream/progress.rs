//! How far a stream has come.

use super::{Identified, StreamEvent, is_keepalive};
use crate::Error;
use std::time::Duration;

/// How far the stream has come, over all its connections.
#[derive(Default)]
pub(super) struct Progress {
    /// The id of the last event delivered.
    pub(super) last_id: String,
    /// An event has come, readable or not, that is more than a keepalive.
    pub(super) begun: bool,
    /// Connections since the last event delivered, the one that delivered it included.
    pub(super) attempts: u32,
    /// Connections in all.
    pub(super) connections: u32,
    pub(super) waited: Duration,
}

impl Progress {
    /// The id counts as soon as the consumer has the event, readable or not.
    pub(super) fn deliver<T: StreamEvent>(
        &mut self,
        event: Result<T, Error>,
        id: &str,
    ) -> Result<Identified<T>, Error> {
        if !event.as_ref().is_ok_and(is_keepalive) {
            self.begun = true;
            self.attempts = 1;
        }
        if self.last_id != id && !id.is_empty() {
            id.clone_into(&mut self.last_id);
        }
        match event {
            Ok(event) => Ok(Identified { id: self.last_id.clone(), event }),
            Err(error) => Err(error.at_event(&self.last_id).after(self.connections, self.waited)),
        }
    }
}
