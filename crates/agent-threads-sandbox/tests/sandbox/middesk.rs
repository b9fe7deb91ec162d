//! Middesk: what its agents do, what it refuses and how it answers.

mod actions;
pub(crate) mod caller;
mod feedback;
mod interrupts;
mod keys;
mod rules;
mod runs;
mod seed;
mod stream;
mod threads;
mod webhooks;
