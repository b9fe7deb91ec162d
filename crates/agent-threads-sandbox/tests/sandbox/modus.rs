//! Modus: what it streams, refuses and breaks.

pub(crate) mod caller;
mod chat;
mod delivery;
mod faults;
mod idempotency;
mod lists;
mod live;
mod resume;
mod rules;
mod seed;
mod start;
mod steer;
mod unfinished;
