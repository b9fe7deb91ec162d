//! Messages put together from the chunks of a stream.

mod calls;
mod change;
mod metadata;
mod partial_json;
mod parts;
mod starts;
#[cfg(test)]
mod tests;
mod texts;

use crate::types::{
    DataChunk, FinishReason, MessageRole, StepStartPart, UiMessage, UiMessageChunk, UiPart,
};
use calls::Calls;
pub use change::{Change, ProtocolError};
use std::collections::HashMap;
use texts::Texts;

/// Puts a message together from the chunks of a stream.
///
/// [`push`](Self::push) takes one chunk after the other, and [`message`](Self::message) shows the message so far. The time
/// that a chunk takes depends on the chunk and not on what came before.
///
/// It follows the reader of the vendor's own library, npm's `ai` 6.0.326, but for these:
///
/// - A chunk that breaks the protocol is reported and passed over, where that reader ends.
/// - A `start` resets the message only if one has come before, so that what comes ahead of the first is kept, and a message
///   goes on under the new id that a server gives it.
/// - A text that a later chunk completes to whole characters is completed, and half a character that stays alone reads as
///   `U+FFFD`.
/// - Metadata that are no object are replaced, where that reader breaks.
/// - The input of a tool that has a number too large for an `f64`, or is deeper than 128 levels, is text only while it streams.
/// - Chunks and parts of version 7 of that library are read as it reads them.
///
/// ```
/// # use agent_threads_deco_studio::{Assembler, types::UiMessageChunk};
/// # use serde_json::json;
/// let mut assembler = Assembler::new();
/// for chunk in [
///     json!({ "type": "start", "messageId": "msg_1" }),
///     json!({ "type": "text-start", "id": "t0" }),
///     json!({ "type": "text-delta", "id": "t0", "delta": "Hello" }),
/// ] {
///     let chunk: UiMessageChunk = serde_json::from_value(chunk)?;
///     assembler.push(&chunk)?;
/// }
/// assert_eq!(assembler.message().text(), "Hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Assembler {
    message: UiMessage,
    texts: Texts,
    reasoning: Texts,
    calls: Calls,
    /// Where data parts with an id stand, by name and id.
    data: HashMap<(String, String), usize>,
    /// Behind the last `step-start`.
    step: usize,
    started: bool,
    /// The message that the run goes on with, and the id under which it does.
    prior: Option<Box<UiMessage>>,
    run: Option<String>,
    /// What is told since a new connection stands, by itself. Its `start` puts it in the message's place.
    replay: Option<Box<Self>>,
    finish_reason: Option<FinishReason>,
    /// The first chunk that broke the protocol is the last one taken.
    stops: bool,
    stopped: Option<ProtocolError>,
}

impl Default for Assembler {
    fn default() -> Self {
        Self::new()
    }
}

impl Assembler {
    /// Begins with an empty message of the assistant, whose id the stream tells.
    pub fn new() -> Self {
        Self::with(UiMessage::new(MessageRole::Assistant, Vec::<UiPart>::new()).id(""))
    }

    /// Goes on with a message of the assistant: what a stream brings after an answer or an approval is added to it. With a
    /// message of anybody else, as [`new`](Self::new).
    ///
    /// Its texts are complete, whatever their state; the calls of its last step go on where they were.
    pub fn continuing(message: UiMessage) -> Self {
        match message.role {
            MessageRole::Assistant => {
                let prior = Some(Box::new(message.clone()));
                Self { prior, ..Self::with(message) }
            }
            _ => Self::new(),
        }
    }

    fn with(message: UiMessage) -> Self {
        let is_step = |part: &UiPart| matches!(part, UiPart::StepStart(_));
        let step = message.parts.iter().rposition(is_step).map_or(0, |at| at + 1);
        let mut data = HashMap::new();
        for (at, part) in message.parts.iter().enumerate() {
            if let UiPart::Data(part) = part
                && let Some(id) = &part.id
            {
                data.entry((part.name().to_owned(), id.clone())).or_insert(at);
            }
        }
        Self {
            calls: Calls::of(&message.parts, step),
            message,
            texts: Texts::default(),
            reasoning: Texts::default(),
            data,
            step,
            started: false,
            prior: None,
            run: None,
            replay: None,
            finish_reason: None,
            stops: false,
            stopped: None,
        }
    }

    /// Stops at the first chunk that breaks the protocol, as the vendor's reader does: each later [`push`](Self::push) gives the
    /// same error and changes nothing. Default: such a chunk is passed over.
    #[must_use]
    pub fn stop_at_errors(mut self) -> Self {
        self.stops = true;
        self
    }

    /// The message so far.
    ///
    /// After a piece of a tool's input this reads all of the input so far, which takes time by its length: where inputs are
    /// long and come in many pieces, look at the message now and then. All else takes no time.
    pub fn message(&mut self) -> &UiMessage {
        self.calls.settle(&mut self.message.parts);
        &self.message
    }

    /// The message, at the end.
    pub fn into_message(mut self) -> UiMessage {
        self.calls.settle(&mut self.message.parts);
        self.message
    }

    /// Why the run finished; `None` before, and where the stream does not tell.
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.finish_reason.as_ref()
    }

    /// A new connection stands, on which the server tells the run from its beginning. With the next `start` the message is
    /// what was told on this connection alone, so that nothing is there twice; until then it is what it was. A message that
    /// [goes on](Self::continuing) does so again from where it stood.
    pub fn reconnected(&mut self) {
        let prior = self.prior.as_deref().cloned();
        self.replay = Some(Box::new(prior.map_or_else(Self::new, Self::continuing)));
    }

    /// Takes the next chunk.
    ///
    /// # Errors
    ///
    /// [`ProtocolError`] when it does not fit what came before. It is passed over, and the next one can be taken, unless the
    /// assembler [stops](Self::stop_at_errors) there.
    pub fn push(&mut self, chunk: &UiMessageChunk) -> Result<Change, ProtocolError> {
        if let Some(error) = &self.stopped {
            return Err(error.clone());
        }
        let change = self.take(chunk);
        if let (true, Err(error)) = (self.stops, &change) {
            self.stopped = Some(error.clone());
        }
        change
    }

    fn take(&mut self, chunk: &UiMessageChunk) -> Result<Change, ProtocolError> {
        match (&mut self.replay, chunk) {
            (Some(_), UiMessageChunk::Start(start)) => return Ok(self.start_replay(start)),
            // Whether the chunk fits is said of the message that is shown.
            (Some(replay), chunk) => drop(replay.take(chunk)),
            _ => {}
        }
        let parts = &mut self.message.parts;
        match chunk {
            UiMessageChunk::Start(start) => return Ok(self.start(start)),
            UiMessageChunk::StartStep(_) => {
                parts.push(UiPart::StepStart(StepStartPart::new()));
                self.step = parts.len();
            }
            UiMessageChunk::FinishStep(_) => {
                self.texts.forget();
                self.reasoning.forget();
                return Ok(Change::Nothing);
            }
            UiMessageChunk::ResetStep(_) => return Ok(self.reset_step()),
            UiMessageChunk::TextStart(chunk) => self.texts.start_text(parts, chunk),
            UiMessageChunk::TextDelta(chunk) => self.texts.text_delta(parts, chunk)?,
            UiMessageChunk::TextEnd(chunk) => self.texts.text_end(parts, chunk)?,
            UiMessageChunk::ReasoningStart(chunk) => self.reasoning.start_reasoning(parts, chunk),
            UiMessageChunk::ReasoningDelta(chunk) => {
                self.reasoning.reasoning_delta(parts, chunk)?;
            }
            UiMessageChunk::ReasoningEnd(chunk) => self.reasoning.reasoning_end(parts, chunk)?,
            UiMessageChunk::ToolInputStart(chunk) => self.calls.start(parts, self.step, chunk),
            UiMessageChunk::ToolInputDelta(chunk) => self.calls.delta(parts, self.step, chunk)?,
            UiMessageChunk::ToolInputAvailable(chunk) => {
                self.calls.available(parts, self.step, chunk);
            }
            UiMessageChunk::ToolInputError(chunk) => {
                self.calls.input_error(parts, self.step, chunk);
            }
            UiMessageChunk::ToolApprovalRequest(chunk) => {
                self.calls.approval_request(parts, self.step, chunk)?;
            }
            UiMessageChunk::ToolApprovalResponse(chunk) => {
                self.calls.approval_response(parts, chunk)?;
            }
            UiMessageChunk::ToolOutputAvailable(chunk) => {
                self.calls.output(parts, self.step, chunk)?;
            }
            UiMessageChunk::ToolOutputError(chunk) => {
                self.calls.output_error(parts, self.step, chunk)?;
            }
            UiMessageChunk::ToolOutputDenied(chunk) => {
                self.calls.output_denied(parts, self.step, chunk)?;
            }
            UiMessageChunk::SourceUrl(chunk) => {
                parts.push(UiPart::SourceUrl(parts::source_url(chunk)));
            }
            UiMessageChunk::SourceDocument(chunk) => {
                parts.push(UiPart::SourceDocument(parts::source_document(chunk)));
            }
            UiMessageChunk::File(chunk) => parts.push(UiPart::File(parts::file(chunk))),
            UiMessageChunk::ReasoningFile(chunk) => {
                parts.push(UiPart::ReasoningFile(parts::reasoning_file(chunk)));
            }
            UiMessageChunk::Custom(chunk) => {
                parts.push(UiPart::Custom(parts::custom(chunk)));
            }
            UiMessageChunk::Data(chunk) => return Ok(self.take_data(chunk)),
            UiMessageChunk::MessageMetadata(chunk) => {
                return Ok(self.note(Some(&chunk.message_metadata)));
            }
            UiMessageChunk::Finish(chunk) => {
                self.finish_reason = chunk.finish_reason.clone().or(self.finish_reason.take());
                return Ok(self.note(chunk.message_metadata.as_ref()));
            }
            _ => return Ok(Change::Nothing),
        }
        Ok(Change::Message)
    }

    fn note(&mut self, told: Option<&serde_json::Value>) -> Change {
        match told {
            Some(told) if !told.is_null() => {
                metadata::merge_into(&mut self.message.metadata, told);
                Change::Message
            }
            _ => Change::Nothing,
        }
    }

    fn take_data(&mut self, chunk: &DataChunk) -> Change {
        if chunk.transient == Some(true) {
            return Change::Transient;
        }
        let parts = &mut self.message.parts;
        let key = chunk.id.as_ref().map(|id| (chunk.name().to_owned(), id.clone()));
        let known = key.as_ref().and_then(|key| self.data.get(key).copied());
        match known.and_then(|at| parts.get_mut(at)) {
            Some(UiPart::Data(part)) => part.data.clone_from(&chunk.data),
            _ => {
                self.data.extend(key.map(|key| (key, parts.len())));
                parts.push(UiPart::Data(parts::data(chunk)));
            }
        }
        Change::Message
    }
}
