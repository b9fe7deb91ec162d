//! A request for a thread, as far as its generation understands it.

use http::HeaderMap;
use serde_json::Value;

use super::config::RunConfig;
use super::generation::Generation;
use super::key;
use super::message::{Message, json};

/// A dispatch that has the documented shape.
pub(super) struct Dispatch {
    pub(super) message: Message,
    pub(super) config: Option<RunConfig>,
    pub(super) if_idle: bool,
    pub(super) key: Option<String>,
    /// All of it, by which a repeated request is known.
    pub(super) body: Value,
}

impl Dispatch {
    /// The error says which rule is broken.
    pub(super) fn parse(
        generation: Generation,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Self, String> {
        let body = json(body)?;
        let message = Message::of(&body)?;
        let since = |first| generation >= first;
        let config = body.get("config").filter(|_| since(Generation::G2));
        let if_idle = body.get("ifIdle").filter(|_| since(Generation::G4));
        Ok(Self {
            message,
            config: config.map(|config| RunConfig::parse(config, generation)).transpose()?,
            if_idle: if_idle.map(flag).transpose()?.unwrap_or_default(),
            key: if since(Generation::G4) { key::key(headers)? } else { None },
            body,
        })
    }
}

fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "ifIdle must be a boolean".to_owned())
}
