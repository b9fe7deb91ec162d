//! What comes of a chunk.

use std::fmt;

/// What a chunk did to the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The message is another than before.
    Message,
    /// The message is as it was: the chunk is of no part of it, or of a kind that this version does not know.
    Nothing,
    /// The chunk is data that is shown once and belongs to no message.
    Transient,
}

/// A chunk that does not fit what came before it. The message is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProtocolError {
    /// The type of the chunk.
    pub chunk: &'static str,
    /// What the chunk refers to, and is not there: the id of a text, or of a call.
    pub id: String,
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a `{}` for `{}`, of which nothing began", self.chunk, self.id)
    }
}

impl std::error::Error for ProtocolError {}
