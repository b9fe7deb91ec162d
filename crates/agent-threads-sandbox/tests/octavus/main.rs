//! What the sandbox's Octavus MUST do, said over plain HTTP.

#![allow(clippy::unwrap_used)]

mod binary;
mod caller;
mod faults;
mod lifecycle;
mod rules;
mod seed;
mod stop;
