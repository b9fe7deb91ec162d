//! What the runs of one vendor came to, for those who ask with `--nocapture`.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

/// Clones count together.
#[derive(Clone, Default)]
pub(super) struct Figures(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    requests: u64,
    streams: u64,
    events: BTreeMap<&'static str, u64>,
}

impl Figures {
    pub(super) fn requested(&self, is_stream: bool) {
        let mut counts = self.0.lock().unwrap();
        counts.requests += 1;
        counts.streams += u64::from(is_stream);
    }

    /// Something that went wrong, or that the runs went through.
    pub(super) fn count(&self, name: &'static str) {
        *self.0.lock().unwrap().events.entry(name).or_default() += 1;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.lock().unwrap();
        writeln!(f, "{} requests, {} of them for streams", counts.requests, counts.streams)?;
        for (name, count) in &counts.events {
            writeln!(f, "  {count:>8}  {name}")?;
        }
        Ok(())
    }
}
