//! Octavus: what it answers, refuses and breaks.

mod agent;
pub(crate) mod caller;
mod cancel;
mod config;
mod faults;
mod generations;
mod keys;
mod lifecycle;
mod rules;
mod seed;
mod settling;
