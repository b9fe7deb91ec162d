//! deco Studio: its tools, its runs and its streams.

mod access;
mod agents;
mod answers;
pub(crate) mod caller;
mod chunks;
mod control;
mod keys;
mod live;
mod messages;
mod post;
mod races;
mod seed;
mod threads;
mod tools;
mod watch;
