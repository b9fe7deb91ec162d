//! The vendors' own code beside ours. Not part of the other tests, as it is installed from PyPI and npm; what a test needs and
//! does not find it says, and is SKIPPED:
//!
//! ```text
//! cargo test -p agent-threads-tests --test interop -- --ignored --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod ai;
mod modus;

use std::process::Command;

fn run(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Err(error) => Err(format!("{command:?}: {error}")),
        Ok(status) if !status.success() => Err(format!("{command:?}: {status}")),
        Ok(_) => Ok(()),
    }
}
