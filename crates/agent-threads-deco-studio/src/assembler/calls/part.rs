//! The two kinds of parts that a call can be, as one.

use crate::types::{
    DynamicToolPart, InputEncoding, ToolApproval, ToolApprovalResponseChunk, ToolPart, ToolState,
    UiPart,
};
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of a tool that the application declared: its name stands in the type.
    Static,
    /// Of any other tool.
    Dynamic,
}

impl Kind {
    pub(super) fn of(dynamic: Option<bool>) -> Self {
        if dynamic == Some(true) { Self::Dynamic } else { Self::Static }
    }
}

/// A call as a part shows it.
pub(super) struct Call<'p> {
    pub(super) kind: Kind,
    pub(super) id: &'p str,
    pub(super) name: &'p str,
    pub(super) state: &'p ToolState,
    pub(super) raw_input: Option<&'p Value>,
    pub(super) encoding: Option<&'p InputEncoding>,
    pub(super) title: Option<&'p String>,
    pub(super) metadata: Option<&'p Value>,
    pub(super) approval_id: Option<&'p String>,
    input: Option<&'p Value>,
}

macro_rules! call {
    ($part:ident, $kind:expr, $name:expr) => {
        Call {
            kind: $kind,
            id: &$part.tool_call_id,
            name: $name,
            state: &$part.state,
            raw_input: $part.raw_input.as_ref(),
            encoding: $part.input_encoding.as_ref(),
            title: $part.title.as_ref(),
            metadata: $part.tool_metadata.as_ref(),
            approval_id: $part.approval.as_ref().map(|approval| &approval.id),
            input: $part.input.as_ref(),
        }
    };
}

impl<'p> Call<'p> {
    /// `None` for a part that is no call.
    pub(super) fn of(part: &'p UiPart) -> Option<Self> {
        match part {
            UiPart::Tool(part) => Some(call!(part, Kind::Static, part.name())),
            UiPart::DynamicTool(part) => Some(call!(part, Kind::Dynamic, &part.tool_name)),
            _ => None,
        }
    }
}

/// What a chunk makes of a call. What is `None` goes, but for the last four, which stay.
pub(super) struct Update {
    name: String,
    state: ToolState,
    pub(super) input: Option<Value>,
    pub(super) raw_input: Option<Value>,
    pub(super) encoding: Option<InputEncoding>,
    pub(super) output: Option<Value>,
    pub(super) error_text: Option<String>,
    pub(super) preliminary: Option<bool>,
    pub(super) title: Option<String>,
    pub(super) metadata: Option<Value>,
    pub(super) executed: Option<bool>,
    pub(super) provider: Option<Value>,
}

impl Update {
    pub(super) fn new(name: &str, state: ToolState) -> Self {
        Self {
            name: name.to_owned(),
            state,
            input: None,
            raw_input: None,
            encoding: None,
            output: None,
            error_text: None,
            preliminary: None,
            title: None,
            metadata: None,
            executed: None,
            provider: None,
        }
    }

    /// One that leaves the part its name and its input.
    pub(super) fn keeping(part: Option<&UiPart>, state: ToolState) -> Self {
        let call = part.and_then(Call::of);
        let mut update = Self::new(call.as_ref().map_or("", |call| call.name), state);
        update.input = call.and_then(|call| call.input.cloned());
        update
    }
}

macro_rules! apply {
    ($part:ident, $update:ident) => {{
        let is_result =
            matches!($update.state, ToolState::OutputAvailable | ToolState::OutputError);
        $part.state = $update.state;
        $part.input = $update.input;
        $part.raw_input = $update.raw_input;
        $part.input_encoding = $update.encoding;
        $part.output = $update.output;
        $part.error_text = $update.error_text;
        $part.preliminary = $update.preliminary;
        // Of a message that goes on, null as it came; what is gone is not null.
        for gone in ["errorText", "preliminary", "inputEncoding"] {
            $part.extra.remove(gone);
        }
        $part.title = $update.title.or($part.title.take());
        $part.tool_metadata = $update.metadata.or($part.tool_metadata.take());
        $part.provider_executed = $update.executed.or($part.provider_executed);
        match is_result {
            _ if $update.provider.is_none() => {}
            true => $part.result_provider_metadata = $update.provider,
            false => $part.call_provider_metadata = $update.provider,
        }
    }};
}

pub(super) fn apply(parts: &mut [UiPart], at: usize, update: Update) {
    match parts.get_mut(at) {
        Some(UiPart::Tool(part)) => {
            part.set_name(&update.name);
            apply!(part, update);
        }
        Some(UiPart::DynamicTool(part)) => {
            part.tool_name.clone_from(&update.name);
            apply!(part, update);
        }
        _ => {}
    }
}

pub(super) fn begin(kind: Kind, id: &str, update: Update) -> UiPart {
    let state = update.state.clone();
    let mut part = match kind {
        Kind::Static => UiPart::Tool(ToolPart::new(&update.name, id, state)),
        Kind::Dynamic => UiPart::DynamicTool(DynamicToolPart::new(id, &update.name, state)),
    };
    apply(std::slice::from_mut(&mut part), 0, update);
    part
}

pub(super) fn write_input(parts: &mut [UiPart], at: usize, input: Option<Value>) {
    match parts.get_mut(at) {
        Some(UiPart::Tool(part)) => part.input = input,
        Some(UiPart::DynamicTool(part)) => part.input = input,
        _ => {}
    }
}

pub(super) fn write_raw_input(parts: &mut [UiPart], at: usize, text: &str) {
    match parts.get_mut(at) {
        Some(UiPart::Tool(part)) => part.raw_input = Some(text.into()),
        Some(UiPart::DynamicTool(part)) => part.raw_input = Some(text.into()),
        _ => {}
    }
}

pub(super) fn ask(parts: &mut [UiPart], at: usize, approval: ToolApproval) {
    match parts.get_mut(at) {
        Some(UiPart::Tool(part)) => {
            part.state = ToolState::ApprovalRequested;
            part.approval = Some(approval);
        }
        Some(UiPart::DynamicTool(part)) => {
            part.state = ToolState::ApprovalRequested;
            part.approval = Some(approval);
        }
        _ => {}
    }
}

macro_rules! answer {
    ($part:ident, $chunk:ident) => {{
        $part.state = ToolState::ApprovalResponded;
        if let Some(approval) = &mut $part.approval {
            approval.approved = Some($chunk.approved);
            approval.reason = $chunk.reason.clone().or(approval.reason.take());
        }
        $part.provider_executed = $chunk.provider_executed.or($part.provider_executed);
        if let Some(told) = super::not_null($chunk.provider_metadata.as_ref()) {
            $part.call_provider_metadata = Some(told);
        }
    }};
}

pub(super) fn answer(parts: &mut [UiPart], at: usize, chunk: &ToolApprovalResponseChunk) {
    match parts.get_mut(at) {
        Some(UiPart::Tool(part)) => answer!(part, chunk),
        Some(UiPart::DynamicTool(part)) => answer!(part, chunk),
        _ => {}
    }
}

pub(super) fn deny(parts: &mut [UiPart], at: usize) {
    match parts.get_mut(at) {
        Some(UiPart::Tool(part)) => part.state = ToolState::OutputDenied,
        Some(UiPart::DynamicTool(part)) => part.state = ToolState::OutputDenied,
        _ => {}
    }
}
