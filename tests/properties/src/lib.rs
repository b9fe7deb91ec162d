//! What must hold for any bytes that come from outside.
//!
//! Each `check` takes what a fuzzer makes and panics where something does not hold. The targets of `tests/fuzz` call them with
//! what they find; this package's own test calls them with the seeds, and with those changed at random.

pub mod answers;
pub mod assembler;
mod cuts;
pub mod endless;
mod events;
mod json;
#[path = "../../../crates/agent-threads-core/src/sse/tests/oracle.rs"]
mod oracle;
pub mod outside;
mod seam;

pub mod sse;
pub mod vendors;
