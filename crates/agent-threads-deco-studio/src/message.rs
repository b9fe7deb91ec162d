//! Making messages, and reading what they say.

use crate::types::{
    AgentRef, CreateAgent, CreateThread, MessageRole, NewAgent, NewThread, PostMessage, TextPart,
    ThreadMessage, UiMessage, UiPart,
};
use agent_threads_core::codegen::new_key;
use serde::Deserialize;
use serde_json::Value;

impl UiMessage {
    /// A user's message with this text, and an id that no other message has, so that it can be posted again.
    pub fn user(text: impl Into<String>) -> Self {
        Self::new(MessageRole::User, [TextPart::new(text)]).id(new_key())
    }

    /// The message's text: its text parts, a blank line between two.
    pub fn text(&self) -> String {
        text(&self.parts)
    }

    /// How many tokens the run took, where the metadata say so.
    pub fn usage(&self) -> Option<MessageUsage> {
        usage(self.metadata.as_ref())
    }
}

impl From<&str> for UiMessage {
    fn from(text: &str) -> Self {
        Self::user(text)
    }
}

impl From<String> for UiMessage {
    fn from(text: String) -> Self {
        Self::user(text)
    }
}

/// What was stored, as it can be posted back. Only what the server noted about its storage is left out.
impl From<ThreadMessage> for UiMessage {
    fn from(stored: ThreadMessage) -> Self {
        let message = Self::new(stored.role, stored.parts).id(stored.id);
        Self { metadata: stored.metadata, ..message }
    }
}

impl ThreadMessage {
    /// The message's text: its text parts, a blank line between two. Of a run that failed, the last begins with `Error: `.
    pub fn text(&self) -> String {
        text(&self.parts)
    }

    /// How many tokens the run took, where the metadata say so.
    pub fn usage(&self) -> Option<MessageUsage> {
        usage(self.metadata.as_ref())
    }
}

impl PostMessage {
    /// One message for one agent.
    ///
    /// All servers but those of one revision require the agent. [`PostMessage::new`] leaves it out.
    pub fn to(agent: impl Into<AgentRef>, message: impl Into<UiMessage>) -> Self {
        Self::new([message]).agent(agent)
    }
}

impl From<NewThread> for CreateThread {
    fn from(thread: NewThread) -> Self {
        Self::new(thread)
    }
}

impl From<NewAgent> for CreateAgent {
    fn from(agent: NewAgent) -> Self {
        Self::new(agent)
    }
}

/// How many tokens a run took, as a message's metadata tell it. Each is absent where the server does not say.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MessageUsage {
    /// Tokens that the model was given.
    pub input_tokens: Option<f64>,
    /// Tokens that it wrote.
    pub output_tokens: Option<f64>,
    /// Both together.
    pub total_tokens: Option<f64>,
    /// Tokens of its reasoning.
    pub reasoning_tokens: Option<f64>,
    /// Tokens of its context.
    pub context_tokens: Option<f64>,
    /// Tokens that it was given before.
    pub cached_input_tokens: Option<f64>,
    /// More about the first.
    pub input_token_details: Option<Value>,
    /// What the model's provider says.
    pub provider_metadata: Option<Value>,
}

fn text(parts: &[UiPart]) -> String {
    let texts = parts.iter().filter_map(|part| match part {
        UiPart::Text(text) => Some(text.text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n\n")
}

fn usage(metadata: Option<&Value>) -> Option<MessageUsage> {
    MessageUsage::deserialize(metadata?.get("usage")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_users_message_has_a_text_and_an_id_of_its_own() {
        let (one, two) = (UiMessage::user("Hello!"), UiMessage::from("Hello!"));
        assert_eq!((one.text().as_str(), &one.role), ("Hello!", &MessageRole::User));
        assert_eq!(one.id.as_deref().map(str::len), Some(36));
        assert_ne!(one.id, two.id);
    }

    #[test]
    fn the_text_is_that_of_the_text_parts() {
        let message = json!({ "role": "assistant", "parts": [
            { "type": "step-start" }, { "type": "text", "text": "One." }, { "type": "reasoning", "text": "Hm." },
            { "type": "text", "text": "Two.", "state": "done" }, { "type": "dance" },
        ] });
        let message: UiMessage = serde_json::from_value(message).unwrap();
        assert_eq!(message.text(), "One.\n\nTwo.");
    }

    #[test]
    fn usage_is_read_where_it_is_there_and_readable() {
        let usage = |metadata: Value| {
            let message = json!({ "role": "assistant", "parts": [], "metadata": metadata });
            serde_json::from_value::<UiMessage>(message).unwrap().usage()
        };
        let found =
            usage(json!({ "usage": { "inputTokens": 11, "totalTokens": 18.0, "more": 1 } }));
        let found = found.unwrap();
        assert_eq!((found.input_tokens, found.output_tokens), (Some(11.0), None));
        assert_eq!(found.total_tokens, Some(18.0));
        for odd in [json!(null), json!("x"), json!({}), json!({ "usage": { "inputTokens": "x" } })]
        {
            assert_eq!(usage(odd), None);
        }
    }

    #[test]
    fn what_was_stored_is_posted_back_as_it_came() {
        let parts = json!([{ "type": "tool-user_ask", "toolCallId": "c1", "state": "input-available", "input": null }]);
        let stored = json!({ "id": "msg_1", "thread_id": "thrd_1", "role": "assistant", "parts": parts,
            "metadata": { "usage": { "inputTokens": 11 } }, "created_at": "2026-08-01T09:30:00.120Z" });
        let stored: ThreadMessage = serde_json::from_value(stored).unwrap();
        let posted = serde_json::to_value(UiMessage::from(stored)).unwrap();
        let expected = json!({ "id": "msg_1", "role": "assistant", "parts": parts,
            "metadata": { "usage": { "inputTokens": 11 } } });
        assert_eq!(posted, expected);
    }

    #[test]
    fn a_post_names_its_agent() {
        let post = serde_json::to_value(PostMessage::to("vir_1", "Hello!")).unwrap();
        assert_eq!(post["agent"], json!({ "id": "vir_1" }));
        assert_eq!(post["messages"][0]["parts"], json!([{ "type": "text", "text": "Hello!" }]));
        let without = serde_json::to_value(PostMessage::new(["Hello!"])).unwrap();
        assert!(without.get("agent").is_none());
    }
}
