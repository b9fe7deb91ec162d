//! What is stored of a run.

use serde::{Deserialize, Serialize};

/// All that is needed to find a run again: what a program stores in its job queue. It carries no secret.
///
/// Its serialized form stays readable by later versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Handle {
    /// The thread of the run.
    pub thread_id: String,
    /// The run.
    pub run_id: String,
    /// Whether a decision has been sent to it, so that it is not taken to wait for one as long as the server has not
    /// noticed.
    #[serde(default)]
    pub decided: bool,
}

impl Handle {
    /// The handle of a run that was started otherwise.
    pub fn new(thread_id: impl Into<String>, run_id: impl Into<String>) -> Self {
        Self { thread_id: thread_id.into(), run_id: run_id.into(), decided: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_handle_stays_readable() {
        let handle: Handle = serde_json::from_str(r#"{"thread_id":"t","run_id":"r"}"#).unwrap();
        assert_eq!(handle, Handle::new("t", "r"));
        let written = r#"{"thread_id":"t","run_id":"r","decided":true}"#;
        let handle: Handle = serde_json::from_str(written).unwrap();
        assert_eq!(serde_json::to_string(&handle).unwrap(), written);
    }
}
