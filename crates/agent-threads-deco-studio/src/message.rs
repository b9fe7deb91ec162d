//! What people ask of messages.

use crate::types::{MessageRole, ThreadMessage, UiMessage, UiPart};

impl UiMessage {
    /// The message's text: its text parts, a blank line between two. Reasoning is left out.
    pub fn text(&self) -> String {
        text(&self.parts)
    }
}

impl ThreadMessage {
    /// The message's text: its text parts, a blank line between two. Reasoning is left out.
    ///
    /// A run that failed leaves one that begins with `Error: `.
    pub fn text(&self) -> String {
        text(&self.parts)
    }

    /// Whether the agent wrote it.
    pub fn is_answer(&self) -> bool {
        self.role == MessageRole::Assistant
    }
}

fn text(parts: &[UiPart]) -> String {
    let texts: Vec<_> = parts
        .iter()
        .filter_map(|part| match part {
            UiPart::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
        .collect();
    texts.join("\n\n")
}
