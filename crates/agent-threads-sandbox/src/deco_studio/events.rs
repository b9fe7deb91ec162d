//! What is told to those who watch an organization.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sse::Frame;

#[derive(Default)]
pub(super) struct Events {
    /// By their places: how many there were before.
    told: BTreeMap<usize, Told>,
    made: usize,
}

struct Told {
    organization_id: String,
    /// What it is told of; empty for no thread.
    thread_id: String,
    kind: String,
    frame: Frame,
}

impl Events {
    /// How many there have been.
    pub(super) fn len(&self) -> usize {
        self.made
    }

    /// Tells something of a thread.
    pub(super) fn tell(
        &mut self,
        organization_id: &str,
        thread_id: &str,
        kind: &str,
        now: &str,
        data: &Value,
    ) {
        let id = format!("evt_{:04}", self.made + 1);
        let event = json!({
            "id": id,
            "type": kind,
            "source": "decopilot",
            "subject": thread_id,
            "time": now,
            "data": data,
        });
        let frame = Frame::data(event.to_string()).with_event(kind).with_id(id);
        self.push(organization_id, thread_id, kind, frame);
    }

    /// Forgets what was told of a thread.
    pub(super) fn forget(&mut self, thread_id: &str) {
        self.told.retain(|_, told| told.thread_id != thread_id);
    }

    /// Tells those who watch that they are still connected.
    pub(super) fn keepalive(&mut self, organization_id: &str) {
        self.push(organization_id, "", "", Frame::data("{}").with_event("keepalive"));
    }

    fn push(&mut self, organization_id: &str, thread_id: &str, kind: &str, frame: Frame) {
        let told = Told {
            organization_id: organization_id.to_owned(),
            thread_id: thread_id.to_owned(),
            kind: kind.to_owned(),
            frame,
        };
        self.told.insert(self.made, told);
        self.made += 1;
    }

    /// The first from a place on that somebody watches for, and the place after it.
    pub(super) fn next(
        &self,
        place: usize,
        organization_id: &str,
        patterns: &[String],
    ) -> Option<(Frame, usize)> {
        let mut watched = self.told.range(place..).filter(|(_, told)| {
            told.organization_id == organization_id && is_watched(&told.kind, patterns)
        });
        watched.next().map(|(place, told)| (told.frame.clone(), place + 1))
    }
}

/// Whether one of the patterns means a type. Without patterns all are meant, and so is what has no type.
fn is_watched(kind: &str, patterns: &[String]) -> bool {
    let means = |pattern: &String| match pattern.strip_suffix('*') {
        Some(prefix) => kind.starts_with(prefix),
        None => kind == pattern,
    };
    kind.is_empty() || patterns.is_empty() || patterns.iter().any(means)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_a_type_or_all_that_begin_like_it() {
        let patterns = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        assert!(is_watched("decopilot.step", &[]));
        assert!(is_watched("decopilot.step", &patterns("x,decopilot.*")));
        assert!(is_watched("decopilot.step", &patterns("decopilot.step")));
        assert!(!is_watched("decopilot.step", &patterns("decopilot.finish,other.*")));
        assert!(is_watched("", &patterns("decopilot.finish")));
    }
}
