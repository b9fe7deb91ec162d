//! The conflicts that the vendor documents.

use crate::{Error, types::ErrorBody};

/// Why a request was refused with 409: the four codes that the vendor documents.
///
/// Source: "Workforce Agents: API reference", the revision that adds `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conflict {
    /// `AGENT_BUSY`: the dispatch was to run only if the agent is idle, and it is not.
    AgentBusy {
        /// The thread that keeps the agent busy, where the vendor says it.
        current_thread_id: Option<String>,
    },
    /// `AGENT_PAUSED`: the agent takes no work.
    AgentPaused,
    /// `IDEMPOTENCY_KEY_REUSED`: the key came before with another request.
    KeyReused,
    /// `IDEMPOTENCY_KEY_IN_PROGRESS`: the first request with this key is not answered yet. The client has waited and asked
    /// again already, as its [`RetryPolicy`](crate::RetryPolicy) allows.
    KeyInProgress,
}

impl Conflict {
    /// The conflict that an error stands for; `None` for any other failure, and for a code of a later revision.
    pub fn of(error: &Error) -> Option<Self> {
        match error.code().filter(|_| error.is_conflict())? {
            "AGENT_BUSY" => Some(Self::AgentBusy { current_thread_id: current_thread_id(error) }),
            "AGENT_PAUSED" => Some(Self::AgentPaused),
            "IDEMPOTENCY_KEY_REUSED" => Some(Self::KeyReused),
            "IDEMPOTENCY_KEY_IN_PROGRESS" => Some(Self::KeyInProgress),
            _ => None,
        }
    }
}

fn current_thread_id(error: &Error) -> Option<String> {
    error.decode::<ErrorBody>().ok()?.current_thread_id
}
