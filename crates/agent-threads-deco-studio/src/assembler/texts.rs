//! Texts that are told piece by piece.

use super::{ProtocolError, parts::not_null};
use crate::types::{
    PartState, ReasoningDeltaChunk, ReasoningEndChunk, ReasoningPart, ReasoningStartChunk,
    TextDeltaChunk, TextEndChunk, TextPart, TextStartChunk, UiPart,
};
use crate::{TextEnd, TextPiece};
use serde_json::Value;
use std::collections::HashMap;

/// The texts that are open, by their ids. An id is free again behind the end of its text.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    open: HashMap<String, Open>,
}

#[derive(Clone, Debug)]
struct Open {
    /// Which part of the message it is.
    at: usize,
    end: TextEnd,
}

impl Texts {
    /// No chunk belongs to a text any more that has begun before.
    pub(super) fn forget(&mut self) {
        self.open.clear();
    }

    pub(super) fn start_text(&mut self, parts: &mut Vec<UiPart>, chunk: &TextStartChunk) {
        let mut part = TextPart::new("");
        part.state = Some(PartState::Streaming);
        part.provider_metadata.clone_from(&chunk.provider_metadata);
        self.begin(&chunk.id, parts.len());
        parts.push(UiPart::Text(part));
    }

    pub(super) fn text_delta(
        &mut self,
        parts: &mut [UiPart],
        chunk: &TextDeltaChunk,
    ) -> Result<(), ProtocolError> {
        let open = self.open("text-delta", &chunk.id)?;
        if let Some(UiPart::Text(part)) = parts.get_mut(open.at) {
            open.append(&mut part.text, &chunk.delta);
            replace(&mut part.provider_metadata, chunk.provider_metadata.as_ref());
        }
        Ok(())
    }

    pub(super) fn text_end(
        &mut self,
        parts: &mut [UiPart],
        chunk: &TextEndChunk,
    ) -> Result<(), ProtocolError> {
        let open = self.close("text-end", &chunk.id)?;
        if let Some(UiPart::Text(part)) = parts.get_mut(open.at) {
            part.state = Some(PartState::Done);
            replace(&mut part.provider_metadata, chunk.provider_metadata.as_ref());
        }
        Ok(())
    }

    pub(super) fn start_reasoning(&mut self, parts: &mut Vec<UiPart>, chunk: &ReasoningStartChunk) {
        let mut part = ReasoningPart::new("");
        part.id = Some(chunk.id.clone());
        part.state = Some(PartState::Streaming);
        part.provider_metadata.clone_from(&chunk.provider_metadata);
        self.begin(&chunk.id, parts.len());
        parts.push(UiPart::Reasoning(part));
    }

    pub(super) fn reasoning_delta(
        &mut self,
        parts: &mut [UiPart],
        chunk: &ReasoningDeltaChunk,
    ) -> Result<(), ProtocolError> {
        let open = self.open("reasoning-delta", &chunk.id)?;
        if let Some(UiPart::Reasoning(part)) = parts.get_mut(open.at) {
            open.append(&mut part.text, &chunk.delta);
            replace(&mut part.provider_metadata, chunk.provider_metadata.as_ref());
        }
        Ok(())
    }

    pub(super) fn reasoning_end(
        &mut self,
        parts: &mut [UiPart],
        chunk: &ReasoningEndChunk,
    ) -> Result<(), ProtocolError> {
        let open = self.close("reasoning-end", &chunk.id)?;
        if let Some(UiPart::Reasoning(part)) = parts.get_mut(open.at) {
            part.state = Some(PartState::Done);
            replace(&mut part.provider_metadata, chunk.provider_metadata.as_ref());
        }
        Ok(())
    }

    fn begin(&mut self, id: &str, at: usize) {
        self.open.insert(id.to_owned(), Open { at, end: TextEnd::default() });
    }

    fn open(&mut self, chunk: &'static str, id: &str) -> Result<&mut Open, ProtocolError> {
        self.open.get_mut(id).ok_or_else(|| ProtocolError { chunk, id: id.to_owned() })
    }

    fn close(&mut self, chunk: &'static str, id: &str) -> Result<Open, ProtocolError> {
        self.open.remove(id).ok_or_else(|| ProtocolError { chunk, id: id.to_owned() })
    }
}

impl Open {
    fn append(&mut self, text: &mut String, piece: &TextPiece) {
        piece.append_to(text, &mut self.end);
    }
}

/// The latest that is told counts, whole.
fn replace(known: &mut Option<Value>, told: Option<&Value>) {
    if let Some(told) = not_null(told) {
        *known = Some(told);
    }
}
