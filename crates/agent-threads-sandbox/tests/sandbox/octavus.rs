//! Octavus: what it answers, refuses and breaks.

pub(crate) mod caller;
mod faults;
mod lifecycle;
mod rules;
mod seed;
