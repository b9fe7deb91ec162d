//! Idempotency keys: which request came with which, and what it was answered.

use std::collections::HashMap;

use chrono::TimeDelta;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::clock::Time;
use super::dialect::Dialect;
use crate::fault::RetryAfter;
use crate::refusal::Refusal;

const HEADER: &str = "idempotency-key";
const LONGEST: usize = 128;

/// How long a key is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// How long a request can be in flight before it counts as given up.
const LONGEST_FLIGHT: TimeDelta = TimeDelta::minutes(10);

/// What a key was answered: a status and a body, or a refusal.
pub(super) type Stored = Result<(StatusCode, Value), Refusal>;

/// The operations that take a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    CreateThread,
    SendEvents,
}

/// A request that a key stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    pub(super) operation: Operation,
    /// What the path names.
    pub(super) id: String,
    /// What the body was understood to say.
    pub(super) body: Value,
}

#[derive(Default)]
pub(super) struct Keys {
    first: HashMap<(String, String), First>,
    held: u32,
}

/// The first request with a key.
struct First {
    request: Request,
    since: Time,
    answer: Stored,
    /// Whether the server seems to be at work on it still.
    in_flight: bool,
}

/// The key of a request, if it has one.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let text = String::from_utf8_lossy(value.as_bytes());
    let key = text.trim();
    let problem = match key.encode_utf16().count() {
        0 => "Idempotency-Key must not be empty.".to_owned(),
        1..=LONGEST => return Ok(Some(key.to_owned())),
        _ => format!("Idempotency-Key must be {LONGEST} characters or fewer."),
    };
    Err(Refusal::with(StatusCode::BAD_REQUEST, problem))
}

impl Keys {
    /// The next repeats, that many, find the first request in flight.
    pub(super) fn hold(&mut self, repeats: u32) {
        self.held = repeats;
    }

    /// Takes the answer of every token's first request with a key back, as if it had never been stored.
    pub(super) fn abandon(&mut self, key: &str) {
        for ((_, name), first) in &mut self.first {
            first.in_flight |= name == key;
        }
    }

    /// What the first request with the key was answered, if this is not the first.
    pub(super) fn repeat(
        &mut self,
        token: &str,
        key: &str,
        request: &Request,
        dialect: Dialect,
        now: Time,
    ) -> Result<Option<Stored>, Refusal> {
        let place = (token.to_owned(), key.to_owned());
        let Some(first) = self.first.get(&place) else { return Ok(None) };
        let age = now - first.since;
        if age >= KEPT {
            self.first.remove(&place);
            return Ok(None);
        }
        if first.request != *request {
            let words = "Idempotency-Key was already used for a different request.";
            return Err(conflict(words, 2));
        }
        if self.held > 0 {
            self.held -= 1;
            return Err(still_processing(2));
        }
        if !first.in_flight {
            return Ok(Some(first.answer.clone()));
        }
        match (age < LONGEST_FLIGHT, dialect, request.operation) {
            (true, ..) => Err(still_processing(2)),
            (false, Dialect::Seed, _) => {
                self.first.remove(&place);
                Ok(None)
            }
            (false, Dialect::Current, Operation::CreateThread) => Ok(Some(first.answer.clone())),
            (false, Dialect::Current, Operation::SendEvents) => {
                Err(still_processing((KEPT - age).num_seconds().unsigned_abs()))
            }
        }
    }

    /// Forgets the keys that a thread was made with, or that came with what was sent into it.
    pub(super) fn forget(&mut self, thread_id: &str) {
        self.first.retain(|_, first| match (first.request.operation, &first.answer) {
            (Operation::CreateThread, Ok((_, created))) => created["thread"]["id"] != thread_id,
            (Operation::CreateThread, Err(_)) => true,
            (Operation::SendEvents, _) => first.request.id != thread_id,
        });
    }

    pub(super) fn bind(
        &mut self,
        token: &str,
        key: String,
        request: Request,
        since: Time,
        answer: Stored,
    ) {
        let first = First { request, since, answer, in_flight: false };
        self.first.insert((token.to_owned(), key), first);
    }
}

fn still_processing(seconds: u64) -> Refusal {
    conflict("A request with this Idempotency-Key is still processing.", seconds)
}

/// The conflict that names its time to wait.
pub(super) fn conflict(words: &str, seconds: u64) -> Refusal {
    let refusal = Refusal::with(StatusCode::CONFLICT, words).code("idempotency_conflict");
    refusal.retry_after(RetryAfter::Seconds(seconds))
}
