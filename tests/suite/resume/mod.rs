//! Streams that break in every way, without sockets: random runs on each vendor's sandbox, a network that fails as the dice
//! fall, and the clock paused.
//!
//! Each run comes from a seed. `RESUME_RUNS` says how many runs there are, `RESUME_SEED` repeats one:
//!
//! ```text
//! RESUME_RUNS=10000 cargo test --release -p agent-threads-tests --test suite resume:: -- --nocapture
//! ```
//!
//! What a run must deliver is read from the sandbox, as JSON and with none of the clients' code.

mod breaking;
mod deco_studio;
mod dice;
mod faults;
mod figures;
mod line;
mod middesk;
mod modus;
mod mosoo;
mod network;
mod runner;
mod silence;
mod wire;
