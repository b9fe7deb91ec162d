//! A posted message that waits for its run or has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::script::Script;
use super::world::World;

pub(super) struct Job {
    /// `thread-run:`, the thread, and the message or its hash.
    pub(super) workflow_id: String,
    /// The message as it is stored.
    pub(super) message: Value,
    pub(super) agent: Value,
    pub(super) script: Script,
    /// In milliseconds since 1970.
    pub(super) enqueued_at: i64,
    /// How many reads pass before the run begins.
    pub(super) lag: u32,
    pub(super) is_cancelled: bool,
}

impl Job {
    /// Whether the message brings answers to what an earlier run asked.
    pub(super) fn is_answer(&self) -> bool {
        is_answer(&self.message)
    }

    pub(super) fn text(&self) -> String {
        text(&self.message)
    }

    /// As the queue shows it.
    pub(super) fn view(&self, status: &str) -> Value {
        let has_files = parts(&self.message).any(|part| part["type"] == "file");
        json!({
            "workflowId": self.workflow_id,
            "messageId": self.message["id"],
            "status": status,
            "enqueuedAt": self.enqueued_at,
            "source": "user-message",
            "text": self.text(),
            "hasAttachments": has_files,
        })
    }
}

pub(super) fn is_answer(message: &Value) -> bool {
    message["role"] == "assistant"
}

/// The texts of a message.
pub(super) fn text(message: &Value) -> String {
    parts(message).filter_map(|part| part["text"].as_str()).collect()
}

pub(super) fn parts(message: &Value) -> impl Iterator<Item = &Value> {
    message["parts"].as_array().into_iter().flatten()
}

/// By which a repeated message is known: the id of a user's message, the content of an answer. None for a message without id.
pub(super) fn retry_key(message: &Value) -> Option<String> {
    match is_answer(message) {
        true => {
            let hash = Sha256::digest(message.to_string());
            Some(hash.iter().take(20).map(|byte| format!("{byte:02x}")).collect())
        }
        false => message["id"].as_str().filter(|id| !id.is_empty()).map(str::to_owned),
    }
}

/// A message as it is stored: files are put away, and a note on each stands before the first text.
pub(super) fn stored(message: &Value, world: &mut World) -> Value {
    let mut message = message.clone();
    let mut notes = String::new();
    for part in message["parts"].as_array_mut().into_iter().flatten() {
        let Some(data) = part["url"].as_str().and_then(|url| url.strip_prefix("data:")) else {
            continue;
        };
        let bytes = data.split_once(',').map_or(0, |(head, body)| size(head, body));
        let name = part["filename"].as_str().unwrap_or("file");
        let kind = part["mediaType"].as_str().unwrap_or("application/octet-stream");
        notes.push_str(&format!("[Attached: {name} ({kind}, {bytes} bytes)]\n"));
        part["url"] = json!(format!("studio-storage:{}", world.next_id("file")));
    }
    if !notes.is_empty() {
        put_in_front(&mut message, &notes);
    }
    message
}

fn size(head: &str, body: &str) -> usize {
    match head.ends_with(";base64") {
        true => STANDARD.decode(body).map_or(0, |bytes| bytes.len()),
        false => body.len(),
    }
}

fn put_in_front(message: &mut Value, notes: &str) {
    let Some(parts) = message["parts"].as_array_mut() else { return };
    match parts.iter_mut().find(|part| part["type"] == "text") {
        Some(part) => {
            let text = part["text"].as_str().unwrap_or_default();
            part["text"] = json!(format!("{notes}{text}"));
        }
        None => parts.insert(0, json!({ "type": "text", "text": notes.trim_end() })),
    }
}
