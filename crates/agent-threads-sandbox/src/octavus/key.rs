//! Idempotency keys: which request came with which, and what it was answered.

use std::collections::HashMap;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::state::Accepted;
use crate::fault::RetryAfter;
use crate::refusal::Refusal;

const HEADER: &str = "idempotency-key";
const LONGEST: usize = 255;

/// The key of a request, if it has one.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, String> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if is_valid(key) => Ok(Some(key.to_owned())),
        _ => Err(format!(
            "Idempotency-Key must be 1 to {LONGEST} printable ASCII characters without spaces"
        )),
    }
}

fn is_valid(key: &str) -> bool {
    (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The keys of all agents, each with its first request.
#[derive(Default)]
pub(super) struct Keys {
    first: HashMap<(String, String), (Value, Accepted)>,
    held: Option<Held>,
}

/// The repeats that are told to wait.
struct Held {
    repeats: u32,
    retry_after: RetryAfter,
}

impl Keys {
    pub(super) fn hold(&mut self, repeats: u32, retry_after: RetryAfter) {
        self.held = Some(Held { repeats, retry_after });
    }

    /// What the first request with the key was answered, if this is not the first.
    pub(super) fn repeat(
        &mut self,
        agent_id: &str,
        key: &str,
        body: &Value,
    ) -> Result<Option<Accepted>, Refusal> {
        let Some((first, accepted)) = self.first.get(&(agent_id.to_owned(), key.to_owned())) else {
            return Ok(None);
        };
        if let Some(held) = self.held.as_mut().filter(|held| held.repeats > 0) {
            held.repeats -= 1;
            let words = "The first request with this Idempotency-Key is still in progress";
            let refusal = conflict("IDEMPOTENCY_KEY_IN_PROGRESS", words);
            return Err(refusal.retry_after(held.retry_after));
        }
        if first != body {
            let words = "The Idempotency-Key was used with another request";
            return Err(conflict("IDEMPOTENCY_KEY_REUSED", words));
        }
        Ok(Some(accepted.clone()))
    }

    /// Forgets the keys that stand for a thread.
    pub(super) fn forget(&mut self, thread_id: &str) {
        self.first.retain(|_, (_, accepted)| accepted.thread_id != thread_id);
    }

    pub(super) fn bind(&mut self, agent_id: &str, key: String, body: Value, accepted: Accepted) {
        self.first.insert((agent_id.to_owned(), key), (body, accepted));
    }
}

pub(super) fn conflict(code: &str, message: &str) -> Refusal {
    Refusal::with(StatusCode::CONFLICT, message).code(code)
}
