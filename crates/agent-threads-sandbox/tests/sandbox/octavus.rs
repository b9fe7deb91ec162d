//! Octavus: what it answers, refuses and breaks.

mod agent;
pub(crate) mod caller;
mod cancel;
mod config;
mod faults;
mod files;
mod generations;
mod keys;
mod lifecycle;
mod rules;
mod seed;
mod settling;
