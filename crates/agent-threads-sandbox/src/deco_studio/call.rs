//! A tool call as an agent makes it.

use serde_json::{Map, Value, json};

/// One tool call: the chunks that tell of it, and the part that is stored.
///
/// ```
/// use agent_threads_sandbox::deco_studio::ToolCall;
/// use serde_json::json;
///
/// let lookup = ToolCall::new("call_1", "crm-lookup")
///     .input(json!({ "ticket": 812 }))
///     .streams_input()
///     .output(json!({ "content": [{ "type": "text", "text": "solved" }] }));
/// let asks = ToolCall::new("call_2", "crm-write").input(json!({})).asks_approval("apr_1");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a tool call does nothing until it is in a script"]
pub struct ToolCall {
    pub(super) id: String,
    name: String,
    input: Value,
    pieces: Option<Vec<String>>,
    preliminary: Vec<Value>,
    pub(super) result: CallResult,
    approval: Option<Value>,
    dynamic: bool,
    title: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum CallResult {
    /// None yet: somebody must answer.
    Open,
    Output(Value),
    Failed(String),
    InvalidInput(String),
}

/// A chunk, and the part that the message has with it.
pub(super) type Told = (Value, Option<Value>);

impl ToolCall {
    /// A call without input whose output says nothing.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            input: json!({}),
            pieces: None,
            preliminary: Vec::new(),
            result: CallResult::Output(json!({ "content": [] })),
            approval: None,
            dynamic: false,
            title: None,
        }
    }

    /// What it is called with.
    pub fn input(mut self, input: Value) -> Self {
        self.input = input;
        self
    }

    /// Tells of the input piece by piece before it is whole.
    pub fn streams_input(self) -> Self {
        let text = self.input.to_string();
        let chars: Vec<_> = text.chars().collect();
        let pieces: Vec<String> = chars.chunks(8).map(|piece| piece.iter().collect()).collect();
        self.streams_input_as(pieces)
    }

    /// Tells of the input in these pieces, which need not make the input.
    pub fn streams_input_as<S: Into<String>>(
        mut self,
        pieces: impl IntoIterator<Item = S>,
    ) -> Self {
        self.pieces = Some(pieces.into_iter().map(Into::into).collect());
        self
    }

    /// An output that another one follows.
    pub fn preliminary(mut self, output: Value) -> Self {
        self.preliminary.push(output);
        self
    }

    /// What it comes to. With an [approval](Self::asks_approval), what it comes to once it is approved.
    pub fn output(mut self, output: Value) -> Self {
        self.result = CallResult::Output(output);
        self
    }

    /// Ends with an error.
    pub fn fails(mut self, error: impl Into<String>) -> Self {
        self.result = CallResult::Failed(error.into());
        self
    }

    /// Ends with an error because of its input, before it is called.
    pub fn invalid_input(mut self, error: impl Into<String>) -> Self {
        self.result = CallResult::InvalidInput(error.into());
        self
    }

    /// Has no result, so that somebody must answer. Only the calls of `user_ask` and `propose_plan` are waited for.
    pub fn open(mut self) -> Self {
        self.result = CallResult::Open;
        self
    }

    /// Asks to be approved first, under this id. The run waits then.
    pub fn asks_approval(mut self, approval_id: impl Into<String>) -> Self {
        self.approval = Some(json!({ "id": approval_id.into() }));
        self
    }

    /// Sets a field of the approval that a client must send back unchanged, such as `signature`.
    pub fn approval_field(mut self, name: &str, value: Value) -> Self {
        if let Some(approval) = &mut self.approval {
            approval[name] = value;
        }
        self
    }

    /// Tells of it as of a tool that is not known beforehand: `dynamic-tool`.
    pub fn dynamic(mut self) -> Self {
        self.dynamic = true;
        self
    }

    /// What people read.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Whether the run cannot go on without somebody.
    pub(super) fn waits(&self) -> bool {
        let is_question = ["user_ask", "propose_plan"].contains(&self.name.as_str());
        self.approval.is_some() || is_question && self.result == CallResult::Open
    }

    /// The chunks with what they make of the part.
    pub(super) fn told(&self) -> Vec<Told> {
        let mut told = Vec::new();
        if let Some(pieces) = &self.pieces {
            told.push((self.chunk("tool-input-start", json!({ "toolName": self.name })), None));
            for piece in pieces {
                let delta = json!({ "type": "tool-input-delta", "toolCallId": self.id, "inputTextDelta": piece });
                told.push((delta, None));
            }
        }
        if let CallResult::InvalidInput(error) = &self.result {
            let fields = json!({ "toolName": self.name, "input": self.input, "errorText": error });
            let part =
                json!({ "state": "output-error", "rawInput": self.input, "errorText": error });
            told.push((self.chunk("tool-input-error", fields), Some(self.part(part))));
            return told;
        }
        let fields = json!({ "toolName": self.name, "input": self.input });
        let part = self.part(json!({ "state": "input-available", "input": self.input }));
        told.push((self.chunk("tool-input-available", fields), Some(part)));
        told.extend(self.told_end());
        told
    }

    fn told_end(&self) -> Vec<Told> {
        if let Some(approval) = &self.approval {
            return vec![self.told_request(approval)];
        }
        let preliminary = self.preliminary.iter().map(|output| {
            let fields = json!({ "output": output, "preliminary": true });
            (self.chunk("tool-output-available", fields), None)
        });
        preliminary.chain(self.told_result()).collect()
    }

    fn told_request(&self, approval: &Value) -> Told {
        let mut chunk = json!({ "type": "tool-approval-request", "toolCallId": self.id });
        for (name, value) in approval.as_object().into_iter().flatten() {
            // The part keeps under shorter names what the chunk says of the approval.
            let name = match name.as_str() {
                "id" => "approvalId",
                "descriptor" => "approvalDescriptor",
                name => name,
            };
            chunk[name] = value.clone();
        }
        let part =
            json!({ "state": "approval-requested", "input": self.input, "approval": approval });
        (chunk, Some(self.part(part)))
    }

    fn told_result(&self) -> Option<Told> {
        match &self.result {
            CallResult::Output(output) => {
                let part =
                    json!({ "state": "output-available", "input": self.input, "output": output });
                let chunk = self.chunk("tool-output-available", json!({ "output": output }));
                Some((chunk, Some(self.part(part))))
            }
            CallResult::Failed(error) => {
                let part =
                    json!({ "state": "output-error", "input": self.input, "errorText": error });
                let chunk = self.chunk("tool-output-error", json!({ "errorText": error }));
                Some((chunk, Some(self.part(part))))
            }
            CallResult::Open | CallResult::InvalidInput(_) => None,
        }
    }

    fn chunk(&self, kind: &str, fields: Value) -> Value {
        let mut chunk = json!({ "type": kind, "toolCallId": self.id });
        merge(&mut chunk, fields);
        if self.dynamic {
            chunk["dynamic"] = json!(true);
        }
        if let Some(title) = self.title.as_ref().filter(|_| kind.starts_with("tool-input")) {
            chunk["title"] = json!(title);
        }
        chunk
    }

    fn part(&self, fields: Value) -> Value {
        let mut part = match self.dynamic {
            true => json!({ "type": "dynamic-tool", "toolName": self.name }),
            false => json!({ "type": format!("tool-{}", self.name) }),
        };
        part["toolCallId"] = json!(self.id);
        if let Some(title) = &self.title {
            part["title"] = json!(title);
        }
        merge(&mut part, fields);
        part
    }
}

/// Puts the fields of an object into another.
pub(super) fn merge(into: &mut Value, fields: Value) {
    if let (Some(into), Value::Object(fields)) = (into.as_object_mut(), fields) {
        into.extend::<Map<_, _>>(fields);
    }
}
