//! Mosoo: what it answers, streams, refuses and breaks.

mod access;
pub(crate) mod caller;
mod faults;
mod files;
mod keys;
mod log;
mod recordings;
mod rules;
mod runs;
mod seed;
mod stream;
