//! How far a stream has come.

use super::{StreamEvent, is_keepalive};
use crate::Error;
use std::time::Duration;

/// No server takes a header of more.
const LONGEST_ID: usize = 8 << 10;

/// How far the stream has come, over all its connections.
#[derive(Default)]
pub(super) struct Progress {
    /// The id of the last event delivered.
    pub(super) last_id: String,
    /// The last event delivered has an id that no header can carry, so nothing can go on behind it.
    pub(super) lost_place: bool,
    /// An event has come, readable or not, that is more than a keepalive.
    pub(super) begun: bool,
    /// Connections since the last one that delivered an event which moved the stream on, or that stood; that one included.
    pub(super) attempts: u32,
    /// Connections in all.
    pub(super) connections: u32,
    pub(super) waited: Duration,
    /// How long the server wants its client to wait before it connects again.
    pub(super) asked_pause: Duration,
    /// The last connection that was lost had stood.
    pub(super) stood: bool,
    /// An attempt may have done something.
    pub(super) may_have_effect: bool,
}

impl Progress {
    /// The id counts as soon as the consumer has the event, readable or not. Without one the event moves nothing.
    pub(super) fn deliver<T: StreamEvent>(
        &mut self,
        event: Result<T, Error>,
        id: Option<&str>,
    ) -> Result<T, Error> {
        let id = id.filter(|id| !id.is_empty() && *id != self.last_id);
        if !event.as_ref().is_ok_and(is_keepalive) {
            self.begun = true;
            // An event that moves nothing may come anew on each connection, and is no reason to go on for ever.
            if id.is_some() || self.last_id.is_empty() {
                self.attempts = 1;
            }
        }
        if let Some(id) = id {
            self.lost_place = !is_carriable(id);
            if !self.lost_place {
                id.clone_into(&mut self.last_id);
            }
        }
        event.map_err(|error| error.at_event(&self.last_id).after(self.connections, self.waited))
    }
}

/// Whether an id can be sent back in `Last-Event-ID`. Asked of each event, so without making a header of it.
fn is_carriable(id: &str) -> bool {
    id.len() <= LONGEST_ID && id.bytes().all(|byte| byte == b'\t' || !byte.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn an_id_is_carriable_if_a_header_can_have_it() {
        for character in '\0'..='\u{200}' {
            let id = format!("1{character}2");
            let header = HeaderValue::from_bytes(id.as_bytes());
            assert_eq!(is_carriable(&id), header.is_ok(), "{character:?}");
        }
        assert!(is_carriable(&"1".repeat(LONGEST_ID)));
        assert!(!is_carriable(&"1".repeat(LONGEST_ID + 1)));
    }
}
