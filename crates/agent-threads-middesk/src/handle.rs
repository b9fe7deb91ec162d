//! What is stored of a run.

use serde::{Deserialize, Serialize};

/// All that is needed to find a run again: what a program stores in its job queue. It carries no secret.
///
/// Its serialized form stays readable by later versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Handle {
    /// The run.
    pub run_id: String,
    /// The thread of the run, where it is known. Without it, [`Run::reply`](crate::Run::reply) reads the run first.
    #[serde(default)]
    pub thread_id: Option<String>,
}

impl Handle {
    /// The handle of a run whose id is known, from a webhook for one.
    pub fn new(run_id: impl Into<String>) -> Self {
        Self { run_id: run_id.into(), thread_id: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_handle_stays_readable() {
        let handle: Handle = serde_json::from_str(r#"{"run_id":"r"}"#).unwrap();
        assert_eq!(handle, Handle::new("r"));
        let written = r#"{"run_id":"r","thread_id":"t"}"#;
        let handle: Handle = serde_json::from_str(written).unwrap();
        assert_eq!(serde_json::to_string(&handle).unwrap(), written);
    }
}
