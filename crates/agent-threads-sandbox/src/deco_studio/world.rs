//! What all threads share: time, ids, what the caller has chosen, and what is told to those who watch.

use serde_json::{Value, json};

use super::events::Events;
use crate::clock::Clock;

#[derive(Default)]
pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) rules: Rules,
    pub(super) events: Events,
    made: u64,
}

/// Whether a posted message names its agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AgentField {
    /// It must, as when the vendor's page was written.
    #[default]
    Required,
    /// It may.
    Optional,
    /// It must not, as in some later builds.
    Rejected,
}

/// What the vendor does not document, or what varies, and the caller may choose.
pub(super) struct Rules {
    pub(super) start_lag: u32,
    pub(super) store_lag: u32,
    pub(super) abort_chunk: bool,
    pub(super) older_errors: bool,
    pub(super) live_buffer: bool,
    pub(super) agent_field: AgentField,
    pub(super) counts: bool,
    pub(super) lists_unfinished: bool,
    pub(super) renames_answered: bool,
    pub(super) honours_thread_ids: bool,
    pub(super) tiers: Option<Vec<String>>,
    pub(super) allowed_models: Value,
    pub(super) most_watchers: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            start_lag: 0,
            store_lag: 0,
            abort_chunk: true,
            older_errors: false,
            live_buffer: true,
            agent_field: AgentField::default(),
            counts: true,
            lists_unfinished: false,
            renames_answered: false,
            honours_thread_ids: true,
            tiers: None,
            allowed_models: json!({ "allowAll": true, "models": {} }),
            most_watchers: usize::MAX,
        }
    }
}

impl World {
    /// An id that nothing else has, with 21 characters after its prefix.
    pub(super) fn next_id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}_{:021}", self.made)
    }

    pub(super) fn now(&self) -> String {
        self.clock.tick().millis()
    }
}
