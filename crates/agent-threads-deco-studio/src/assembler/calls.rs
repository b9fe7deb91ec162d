//! Calls of tools, told piece by piece.

mod part;

use super::{ProtocolError, partial_json::PartialJson, parts::not_null};
use crate::types::{
    InputEncoding, ToolApproval, ToolApprovalRequestChunk, ToolApprovalResponseChunk,
    ToolInputAvailableChunk, ToolInputDeltaChunk, ToolInputErrorChunk, ToolInputStartChunk,
    ToolOutputAvailableChunk, ToolOutputDeniedChunk, ToolOutputErrorChunk, ToolState, UiPart,
};
use part::{Call, Kind, Update};
use serde_json::Value;
use std::collections::HashMap;

/// Where the calls of a message stand, and the inputs that are being told.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    /// The parts of each call, in order.
    places: HashMap<String, Vec<usize>>,
    /// The inputs by call. They outlive the step they began in.
    inputs: HashMap<String, Input>,
    /// The part to which an input has been told, which is not written there yet.
    unsettled: HashMap<usize, String>,
}

/// An input that is being told.
#[derive(Clone, Debug)]
struct Input {
    json: PartialJson,
    encoding: Option<InputEncoding>,
    kind: Kind,
    name: String,
    title: Option<String>,
    metadata: Option<Value>,
}

impl Calls {
    /// The calls of a message that goes on. Inputs of its last step go on where they were.
    pub(super) fn of(parts: &[UiPart], step: usize) -> Self {
        let mut calls = Self::default();
        for (at, part) in parts.iter().enumerate() {
            let Some(call) = Call::of(part) else { continue };
            calls.places.entry(call.id.to_owned()).or_default().push(at);
            if at >= step && *call.state == ToolState::InputStreaming {
                let text = call.raw_input.and_then(Value::as_str).unwrap_or_default();
                let input = Input {
                    json: PartialJson::starting(text),
                    encoding: call.encoding.cloned(),
                    kind: call.kind,
                    name: call.name.to_owned(),
                    title: call.title.cloned(),
                    metadata: call.metadata.cloned(),
                };
                calls.inputs.insert(call.id.to_owned(), input);
            }
        }
        calls
    }

    /// Writes the inputs told so far into their parts.
    pub(super) fn settle(&mut self, parts: &mut [UiPart]) {
        for (at, id) in std::mem::take(&mut self.unsettled) {
            self.write_input(parts, at, &id);
        }
    }

    pub(super) fn start(
        &mut self,
        parts: &mut Vec<UiPart>,
        step: usize,
        chunk: &ToolInputStartChunk,
    ) {
        let kind = Kind::of(chunk.dynamic);
        let input = Input {
            json: PartialJson::default(),
            encoding: chunk.input_encoding.clone(),
            kind,
            name: chunk.tool_name.clone(),
            title: chunk.title.clone(),
            metadata: chunk.tool_metadata.clone(),
        };
        let mut update = Update::new(&chunk.tool_name, ToolState::InputStreaming);
        update.encoding.clone_from(&chunk.input_encoding);
        update.title.clone_from(&chunk.title);
        update.metadata.clone_from(&chunk.tool_metadata);
        update.executed = chunk.provider_executed;
        update.provider = not_null(chunk.provider_metadata.as_ref());
        self.settle_call(parts, &chunk.tool_call_id);
        self.inputs.insert(chunk.tool_call_id.clone(), input);
        self.put(parts, step, kind, &chunk.tool_call_id, update);
    }

    /// The input is written when the message is looked at: to read it after each piece would take ever longer.
    pub(super) fn delta(
        &mut self,
        parts: &mut Vec<UiPart>,
        step: usize,
        chunk: &ToolInputDeltaChunk,
    ) -> Result<(), ProtocolError> {
        let id = &chunk.tool_call_id;
        let Some(input) = self.inputs.get_mut(id) else {
            return Err(ProtocolError { chunk: "tool-input-delta", id: id.clone() });
        };
        let kind = input.kind;
        let found = find_in_step(&self.places, parts, step, id, kind);
        if let Some(at) = found
            && self.unsettled.contains_key(&at)
        {
            input.json.push(&chunk.input_text_delta);
            return Ok(());
        }
        self.settle_call(parts, id);
        let Some(input) = self.inputs.get_mut(id) else { return Ok(()) };
        input.json.push(&chunk.input_text_delta);
        let mut update = Update::new(&input.name, ToolState::InputStreaming);
        update.encoding.clone_from(&input.encoding);
        update.title.clone_from(&input.title);
        update.metadata.clone_from(&input.metadata);
        let at = self.put(parts, step, kind, id, update);
        // A part that a piece of a dynamic call begins shows no text; the vendor's reader has it so.
        let is_new_dynamic = found.is_none() && kind == Kind::Dynamic;
        match is_new_dynamic {
            true => self.write_value(parts, at, id),
            false => {
                self.unsettled.insert(at, id.clone());
            }
        }
        Ok(())
    }

    pub(super) fn available(
        &mut self,
        parts: &mut Vec<UiPart>,
        step: usize,
        chunk: &ToolInputAvailableChunk,
    ) {
        let mut update = Update::new(&chunk.tool_name, ToolState::InputAvailable);
        update.input = Some(chunk.input.clone());
        update.title.clone_from(&chunk.title);
        update.metadata.clone_from(&chunk.tool_metadata);
        update.executed = chunk.provider_executed;
        update.provider = not_null(chunk.provider_metadata.as_ref());
        self.settle_call(parts, &chunk.tool_call_id);
        self.put(parts, step, Kind::of(chunk.dynamic), &chunk.tool_call_id, update);
    }

    pub(super) fn input_error(
        &mut self,
        parts: &mut Vec<UiPart>,
        step: usize,
        chunk: &ToolInputErrorChunk,
    ) {
        let id = &chunk.tool_call_id;
        self.settle_call(parts, id);
        let known = self.in_step(parts, step, id);
        let known = known.and_then(|at| Call::of(parts.get(at)?)).map(|call| call.kind);
        let kind = known.unwrap_or(Kind::of(chunk.dynamic));
        let mut update = Update::new(&chunk.tool_name, ToolState::OutputError);
        match kind {
            Kind::Dynamic => update.input.clone_from(&chunk.input),
            Kind::Static => update.raw_input.clone_from(&chunk.input),
        }
        update.error_text = Some(chunk.error_text.clone());
        update.metadata.clone_from(&chunk.tool_metadata);
        update.executed = chunk.provider_executed;
        update.provider = not_null(chunk.provider_metadata.as_ref());
        self.put(parts, step, kind, id, update);
    }

    pub(super) fn approval_request(
        &mut self,
        parts: &mut [UiPart],
        step: usize,
        chunk: &ToolApprovalRequestChunk,
    ) -> Result<(), ProtocolError> {
        let at = self.anywhere(parts, step, "tool-approval-request", &chunk.tool_call_id)?;
        let mut approval = ToolApproval::new(&chunk.approval_id);
        approval.descriptor = not_null(chunk.approval_descriptor.as_ref());
        approval.input_schema_input.clone_from(&chunk.input_schema_input);
        approval.signature.clone_from(&chunk.signature);
        part::ask(parts, at, approval);
        Ok(())
    }

    /// An answer names its question, and not the call.
    pub(super) fn approval_response(
        &mut self,
        parts: &mut [UiPart],
        chunk: &ToolApprovalResponseChunk,
    ) -> Result<(), ProtocolError> {
        let is_asked = |part: &UiPart| {
            Call::of(part).is_some_and(|call| call.approval_id == Some(&chunk.approval_id))
        };
        let Some(at) = parts.iter().position(is_asked) else {
            let id = chunk.approval_id.clone();
            return Err(ProtocolError { chunk: "tool-approval-response", id });
        };
        // What is told of the input from now on begins to stream anew.
        if let Some(id) = self.unsettled.remove(&at) {
            self.write_input(parts, at, &id);
        }
        part::answer(parts, at, chunk);
        Ok(())
    }

    pub(super) fn output(
        &mut self,
        parts: &mut [UiPart],
        step: usize,
        chunk: &ToolOutputAvailableChunk,
    ) -> Result<(), ProtocolError> {
        let at = self.anywhere(parts, step, "tool-output-available", &chunk.tool_call_id)?;
        let mut update = Update::keeping(parts.get(at), ToolState::OutputAvailable);
        update.output.clone_from(&chunk.output);
        update.preliminary = chunk.preliminary;
        update.executed = chunk.provider_executed;
        update.provider = not_null(chunk.provider_metadata.as_ref());
        update.metadata = not_null(chunk.tool_metadata.as_ref()).or(update.metadata);
        part::apply(parts, at, update);
        Ok(())
    }

    pub(super) fn output_error(
        &mut self,
        parts: &mut [UiPart],
        step: usize,
        chunk: &ToolOutputErrorChunk,
    ) -> Result<(), ProtocolError> {
        let at = self.anywhere(parts, step, "tool-output-error", &chunk.tool_call_id)?;
        let mut update = Update::keeping(parts.get(at), ToolState::OutputError);
        update.raw_input = match parts.get(at).and_then(Call::of) {
            Some(call) if call.kind == Kind::Static => call.raw_input.cloned(),
            _ => None,
        };
        update.error_text = Some(chunk.error_text.clone());
        update.executed = chunk.provider_executed;
        update.provider = not_null(chunk.provider_metadata.as_ref());
        update.metadata = not_null(chunk.tool_metadata.as_ref()).or(update.metadata);
        part::apply(parts, at, update);
        Ok(())
    }

    pub(super) fn output_denied(
        &mut self,
        parts: &mut [UiPart],
        step: usize,
        chunk: &ToolOutputDeniedChunk,
    ) -> Result<(), ProtocolError> {
        let at = self.anywhere(parts, step, "tool-output-denied", &chunk.tool_call_id)?;
        part::deny(parts, at);
        Ok(())
    }

    /// Changes the part of this kind in the present step, or begins one.
    fn put(
        &mut self,
        parts: &mut Vec<UiPart>,
        step: usize,
        kind: Kind,
        id: &str,
        update: Update,
    ) -> usize {
        if let Some(at) = find_in_step(&self.places, parts, step, id, kind) {
            part::apply(parts, at, update);
            return at;
        }
        self.places.entry(id.to_owned()).or_default().push(parts.len());
        parts.push(part::begin(kind, id, update));
        parts.len() - 1
    }

    /// The part of a call, of either kind: in the present step, else the latest before it.
    fn anywhere(
        &mut self,
        parts: &mut [UiPart],
        step: usize,
        chunk: &'static str,
        id: &str,
    ) -> Result<usize, ProtocolError> {
        self.settle_call(parts, id);
        let latest = || self.places.get(id)?.last().copied();
        let at = self.in_step(parts, step, id).or_else(latest);
        at.ok_or_else(|| ProtocolError { chunk, id: id.to_owned() })
    }

    /// The first part of a call in the present step, of either kind.
    fn in_step(&self, parts: &[UiPart], step: usize, id: &str) -> Option<usize> {
        let places = self.places.get(id)?;
        let first = places.partition_point(|at| *at < step);
        places.get(first).copied().filter(|at| *at < parts.len())
    }

    /// What is done to a part must find its input as it was told.
    fn settle_call(&mut self, parts: &mut [UiPart], id: &str) {
        let places = self.places.get(id).map(Vec::as_slice).unwrap_or_default();
        let unsettled = places.iter().rev().copied().find(|at| self.unsettled.contains_key(at));
        if let Some(at) = unsettled
            && self.unsettled.remove(&at).is_some()
        {
            self.write_input(parts, at, id);
        }
    }

    fn write_input(&self, parts: &mut [UiPart], at: usize, id: &str) {
        self.write_value(parts, at, id);
        if let Some(input) = self.inputs.get(id) {
            part::write_raw_input(parts, at, input.json.text());
        }
    }

    fn write_value(&self, parts: &mut [UiPart], at: usize, id: &str) {
        let Some(input) = self.inputs.get(id) else { return };
        let value = match input.encoding {
            Some(InputEncoding::Text) => Some(input.json.text().into()),
            _ => input.json.value(),
        };
        part::write_input(parts, at, value);
    }
}

fn find_in_step(
    places: &HashMap<String, Vec<usize>>,
    parts: &[UiPart],
    step: usize,
    id: &str,
    kind: Kind,
) -> Option<usize> {
    let places = places.get(id)?;
    let first = places.partition_point(|at| *at < step);
    let is_kind = |at: &usize| parts.get(*at).and_then(Call::of).is_some_and(|c| c.kind == kind);
    places.get(first..)?.iter().copied().find(is_kind)
}
