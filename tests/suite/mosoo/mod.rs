//! Mosoo: each operation by itself in both dialects, whole runs against the sandbox, and all that was recorded of the vendor's
//! real server.

mod bad_input;
mod config;
mod dialects;
mod operations;
mod rate;
mod recordings;
mod retries;
mod runs;
mod seam;
mod silence;

use serde_json::Value;
use std::path::{Path, PathBuf};

/// An agent and a thread as the recordings have them.
const AGENT: &str = "01J00000000000000000000009";
const THREAD: &str = "01M80BDSN40BXJHT9NN1M8EJR6";

/// The exchanges that the project has itself.
fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mosoo")
}

/// What the vendor's server answered in one of them: its status and its JSON.
pub(super) fn recorded(name: &str) -> (u16, Value) {
    let exchange = recorded_exchange(name);
    let response = &exchange["response"];
    (u16::try_from(response["status"].as_u64().unwrap()).unwrap(), response["body"].clone())
}

pub(super) fn recorded_exchange(name: &str) -> Value {
    let text = std::fs::read_to_string(fixtures().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}
