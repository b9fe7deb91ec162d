//! What an agent does with tools: calls them, and asks whether it may.

use serde_json::Value;

use super::entry::Entry;

/// A call of a tool: its start, what it reports on the way, and how it ends.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a tool call does nothing until it is added to a script"]
pub struct ToolCall {
    id: String,
    name: String,
    input: Option<Value>,
    reports: usize,
    result: Option<String>,
    failed: bool,
}

impl ToolCall {
    /// A call that completes without a result.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            input: None,
            reports: 0,
            result: None,
            failed: false,
        }
    }

    /// What it got, an object. The log has it at the end of the call.
    pub fn input(mut self, input: impl Into<Value>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Reports on its progress once more, each time with another `tool.use.started`.
    pub fn progress(mut self) -> Self {
        self.reports += 1;
        self
    }

    /// Its result.
    pub fn result(mut self, text: impl Into<String>) -> Self {
        self.result = Some(text.into());
        self
    }

    /// Fails with this result, which may be empty.
    pub fn fails(mut self, text: impl Into<String>) -> Self {
        self.failed = true;
        self.result = Some(text.into()).filter(|text| !text.is_empty());
        self
    }

    /// Its entries in order. The last one is its end.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        let started =
            Entry::new("tool.use.started", &self.name).tool_call_id(&self.id).tool_name(&self.name);
        let mut entries = vec![started; 1 + self.reports];
        entries.push(self.end());
        entries
    }

    fn end(self) -> Entry {
        let content = match (self.result, self.failed) {
            (Some(result), _) => format!("{} result: {result}", self.name),
            (None, true) => format!("{} failed.", self.name),
            (None, false) => format!("{} completed.", self.name),
        };
        let mut end = Entry::new("tool.use.completed", content).tool_call_id(self.id);
        if let Some(input) = self.input {
            end = end.tool_input(input);
        }
        if self.failed { end.error() } else { end }
    }
}

/// A question whether the agent may do something. The run waits until a `permission_decision` names its request.
///
/// The log does not name the request. In some of the vendor's runtimes it is the id of the tool call, in others it is not; unless
/// set, it is here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a question does nothing until it is added to a script"]
pub struct Permission {
    pub(super) request_id: String,
    title: String,
    tool_call_id: String,
}

impl Permission {
    /// A question of this title about a tool call.
    pub fn new(title: impl Into<String>, tool_call_id: impl Into<String>) -> Self {
        let tool_call_id = tool_call_id.into();
        Self { request_id: tool_call_id.clone(), title: title.into(), tool_call_id }
    }

    /// The id that a decision must name.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = id.into();
        self
    }

    pub(super) fn entry(&self) -> Entry {
        Entry::new("tool.confirmation.required", &self.title).tool_call_id(&self.tool_call_id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::dialect::Dialect;
    use super::*;

    fn contents(call: &ToolCall) -> Vec<(Value, Value)> {
        let entries = call.clone().into_entries();
        let json = entries.iter().map(|entry| entry.json(Dialect::Current));
        json.map(|json| (json["content"].clone(), json["status"].clone())).collect()
    }

    #[test]
    fn the_end_of_a_call_says_its_result_or_how_it_ended() {
        let call = ToolCall::new("call_1", "Read brief.txt");
        let last = |call: &ToolCall| contents(call).pop().unwrap();
        assert_eq!(last(&call), (json!("Read brief.txt completed."), json!("available")));
        let failed = call.clone().fails("");
        assert_eq!(last(&failed), (json!("Read brief.txt failed."), json!("error")));
        let read = call.progress().result("A plan.");
        assert_eq!(
            contents(&read),
            [
                (json!("Read brief.txt"), json!("available")),
                (json!("Read brief.txt"), json!("available")),
                (json!("Read brief.txt result: A plan."), json!("available")),
            ]
        );
    }
}
