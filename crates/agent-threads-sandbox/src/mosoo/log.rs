//! A thread's log as it is kept: in pieces, which each kind of read puts together in its own way.

use super::clock::Time;
use super::entry::Entry;
use super::step::Speech;

/// A piece with its place in time.
pub(super) struct Raw {
    pub(super) id: String,
    pub(super) run: Option<String>,
    pub(super) at: Time,
    pub(super) what: What,
}

pub(super) enum What {
    Entry(Entry),
    /// A piece of the text that is the `block`th of its run.
    Fragment {
        block: usize,
        speech: Speech,
        text: String,
    },
    /// The end of a text, which only lists show.
    TextEnd {
        block: usize,
    },
    /// An entry of the tool call that is the `block`th of its run.
    Tool {
        block: usize,
        entry: Entry,
        is_last: bool,
    },
    /// The last message of a run that has completed, which the current dialect appends.
    FinalText {
        text: String,
    },
}
