//! Which chunks of a replay have been delivered.

use crate::types::UiMessageChunk;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The chunks delivered, and how far a replay has told them again.
///
/// A server that begins anew tells a run from its start, so what was delivered comes first and is passed over. Where it
/// tells it differently, nothing is passed over from there on.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    /// A hash of each.
    chunks: Vec<u64>,
    /// How many of them this connection has told, while it agrees.
    told: Option<usize>,
}

impl Delivered {
    /// A connection stands that tells the run from its start.
    pub(crate) fn reopened(&mut self) {
        self.told = Some(0);
    }

    /// Whether the chunk is to be delivered.
    pub(crate) fn is_new(&mut self, chunk: &UiMessageChunk) -> bool {
        let hash = hash(chunk);
        if let Some(told) = self.told {
            if self.chunks.get(told) == Some(&hash) {
                self.told = Some(told + 1);
                return false;
            }
            self.told = None;
            self.chunks.truncate(told);
        }
        self.chunks.push(hash);
        true
    }
}

fn hash(chunk: &UiMessageChunk) -> u64 {
    let mut hasher = DefaultHasher::new();
    // A chunk is made of JSON, and can be written as such.
    serde_json::to_vec(chunk).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn delta(text: &str) -> UiMessageChunk {
        let chunk = json!({ "type": "text-delta", "id": "t", "delta": text });
        serde_json::from_value(chunk).unwrap()
    }

    fn new(delivered: &mut Delivered, texts: &[&str]) -> String {
        texts.iter().filter(|text| delivered.is_new(&delta(text))).copied().collect()
    }

    #[test]
    fn a_replay_brings_only_what_is_behind_the_last_chunk_delivered() {
        let mut delivered = Delivered::default();
        assert_eq!(new(&mut delivered, &["a", "a", "b"]), "aab");
        delivered.reopened();
        assert_eq!(new(&mut delivered, &["a", "a"]), "");
        delivered.reopened();
        assert_eq!(new(&mut delivered, &["a", "a", "b", "c", "a"]), "ca");
        delivered.reopened();
        assert_eq!(new(&mut delivered, &["a", "a", "b", "c", "a", "d"]), "d");
    }

    #[test]
    fn what_is_told_differently_is_delivered_from_there_on() {
        let mut delivered = Delivered::default();
        assert_eq!(new(&mut delivered, &["a", "b", "c"]), "abc");
        delivered.reopened();
        assert_eq!(new(&mut delivered, &["a", "x", "c"]), "xc");
        delivered.reopened();
        assert_eq!(new(&mut delivered, &["a", "x", "c", "d"]), "d");
    }
}
