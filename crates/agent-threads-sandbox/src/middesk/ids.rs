//! The ids of what there is.

use std::sync::atomic::{AtomicU64, Ordering};

/// What has an id.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Account = 1,
    Agent,
    Thread,
    Run,
    Step,
    Artifact,
    Feedback,
    Action,
    Event,
    Interrupt,
}

/// Makes ids that look like the vendor's, each once.
#[derive(Default)]
pub(super) struct Ids {
    made: AtomicU64,
}

impl Ids {
    pub(super) fn next(&self, kind: Kind) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        match kind {
            Kind::Interrupt => format!("int_{number:04}"),
            kind => format!("{:08x}-0000-4000-8000-{number:012}", kind as u32),
        }
    }
}
