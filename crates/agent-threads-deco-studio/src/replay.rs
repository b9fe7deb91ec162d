//! Which chunks of a replay have been delivered.

use crate::{Error, types::UiMessageChunk};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The chunks delivered, and how far a replay has told them again.
///
/// A server that begins anew tells a run from its start, so what was delivered comes first and is passed over. What is
/// transient may be left out. Where the server tells the run differently, nothing is passed over from there on.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    chunks: Vec<Told>,
    /// How many of them this connection has told, while it agrees.
    told: Option<usize>,
}

/// A chunk that was delivered.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Told {
    hash: u64,
    /// The server need not keep it.
    is_transient: bool,
}

impl Delivered {
    /// A connection stands that tells the run from its start.
    pub(crate) fn reopened(&mut self) {
        self.told = Some(0);
    }

    /// Whether the chunk is to be delivered.
    pub(crate) fn is_new(&mut self, chunk: &UiMessageChunk) -> bool {
        // A chunk is made of JSON, and can be written as such.
        let hash = hash(&serde_json::to_vec(chunk).unwrap_or_default());
        let is_transient = match chunk {
            UiMessageChunk::Data(data) => data.transient == Some(true),
            _ => false,
        };
        self.is_new_told(Told { hash, is_transient })
    }

    /// Whether a chunk that cannot be read is to be told.
    pub(crate) fn is_new_unreadable(&mut self, error: &Error) -> bool {
        let hash = hash(error.raw_body().map_or(&[], |body| body));
        self.is_new_told(Told { hash, is_transient: false })
    }

    fn is_new_told(&mut self, chunk: Told) -> bool {
        let Some(told) = self.told else {
            self.chunks.push(chunk);
            return true;
        };
        let left = self.chunks.get(told..).unwrap_or_default();
        let skipped = left.iter().take_while(|kept| kept.is_transient && **kept != chunk).count();
        if left.get(skipped) == Some(&chunk) {
            self.told = Some(told + skipped + 1);
            return false;
        }
        if chunk.is_transient {
            // Its place says nothing of those behind it.
            self.chunks.insert(told, chunk);
            self.told = Some(told + 1);
            return true;
        }
        self.told = None;
        self.chunks.truncate(told + skipped);
        self.chunks.push(chunk);
        true
    }
}

fn hash(chunk: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    chunk.hash(&mut hasher);
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

    fn title(text: &str) -> UiMessageChunk {
        let chunk =
            json!({ "type": "data-thread-title", "data": { "title": text }, "transient": true });
        serde_json::from_value(chunk).unwrap()
    }

    #[test]
    fn what_is_transient_may_be_told_again_or_not() {
        let mut delivered = Delivered::default();
        assert!(delivered.is_new(&delta("a")));
        assert!(delivered.is_new(&title("One")));
        assert!(delivered.is_new(&delta("b")));
        delivered.reopened();
        assert_eq!(new(&mut delivered, &["a", "b", "c"]), "c", "left out");
        delivered.reopened();
        assert!(!delivered.is_new(&delta("a")));
        assert!(!delivered.is_new(&title("One")), "told again");
        assert!(delivered.is_new(&title("Two")), "a new one");
        assert_eq!(new(&mut delivered, &["b", "c", "d"]), "d");
    }
}
