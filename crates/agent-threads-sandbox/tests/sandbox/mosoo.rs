//! Mosoo: what it answers, streams, refuses and breaks.

mod recordings;
