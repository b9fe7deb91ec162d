//! What a scripted agent does in one run.

use serde_json::{Value, json};

use super::call::ToolCall;
use crate::sse::Frame;

/// One run: its chunks in order, where it holds, and how it ends.
///
/// Unless set, it ends with `finish`: for `stop`, or for `tool-calls` when somebody must answer. `start`, `start-step`, `finish-step` and
/// `finish` are added.
///
/// ```
/// use agent_threads_sandbox::deco_studio::{Script, ToolCall};
/// use serde_json::json;
///
/// let script = Script::new()
///     .run_status("starting-assistant")
///     .reasoning("Look at the ticket")
///     .tool(ToolCall::new("call_1", "crm-lookup").input(json!({ "ticket": 812 })))
///     .next_step()
///     .text("It is solved.");
/// let asking = Script::asks("Which colour?", "choice", &["Red", "Blue"]);
/// let failing = Script::reply("It i").fails("[CREDITS] No balance left");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a script does nothing until it is queued"]
pub struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) ending: Ending,
    pub(super) usage: Option<Value>,
    pub(super) hold: bool,
    pub(super) reads: u32,
    pub(super) has_start: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Text(Vec<String>),
    Reasoning(Vec<String>),
    Tool(ToolCall),
    Data {
        name: String,
        id: Option<String>,
        data: Value,
        transient: bool,
    },
    /// A chunk that is a part as well.
    Part(Value),
    Metadata(Value),
    Chunk(Value),
    Frame(Frame),
    /// Between two steps of the agent.
    Boundary,
    Hold,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ending {
    /// For this reason, or for what the steps come to.
    Finish(Option<String>),
    Error(String),
    ErrorTwice(String),
    Abort(String),
    Nothing,
}

impl Script {
    /// A run that says nothing.
    pub fn new() -> Self {
        Self {
            steps: Vec::new(),
            ending: Ending::Finish(None),
            usage: None,
            hold: false,
            reads: 1,
            has_start: true,
        }
    }

    /// A run that says one text.
    pub fn reply(text: impl AsRef<str>) -> Self {
        Self::new().text(text)
    }

    /// A run that asks something with `user_ask`, as the call `call_ask`, and waits. The kind is `text`, `choice` or `confirm`.
    pub fn asks(prompt: &str, kind: &str, options: &[&str]) -> Self {
        let mut input = json!({ "prompt": prompt, "type": kind });
        if !options.is_empty() {
            input["options"] = json!(options);
        }
        Self::new().tool(ToolCall::new("call_ask", "user_ask").input(input).streams_input().open())
    }

    /// Adds a text, with a chunk for each of its words.
    pub fn text(self, text: impl AsRef<str>) -> Self {
        self.deltas(text.as_ref().split_inclusive(char::is_whitespace))
    }

    /// Adds a text that comes in these pieces.
    pub fn deltas<S: Into<String>>(self, pieces: impl IntoIterator<Item = S>) -> Self {
        self.step(Step::Text(pieces.into_iter().map(Into::into).collect()))
    }

    /// Adds reasoning.
    pub fn reasoning(self, text: impl AsRef<str>) -> Self {
        let pieces = text.as_ref().split_inclusive(char::is_whitespace).map(str::to_owned);
        self.step(Step::Reasoning(pieces.collect()))
    }

    /// Adds a tool call.
    pub fn tool(self, call: ToolCall) -> Self {
        self.step(Step::Tool(call))
    }

    /// Adds data without an id, which is a part of the message: `data-` and this name.
    pub fn data(self, name: &str, data: Value) -> Self {
        self.any_data(name, None, data, false)
    }

    /// Adds data with an id, which takes the place of the data of that name and id.
    pub fn data_with_id(self, name: &str, id: &str, data: Value) -> Self {
        self.any_data(name, Some(id), data, false)
    }

    /// Adds data that is no part of the message.
    pub fn transient_data(self, name: &str, data: Value) -> Self {
        self.any_data(name, None, data, true)
    }

    /// Adds `data-run-status`. Those at the beginning come before `start`.
    pub fn run_status(self, stage: &str) -> Self {
        self.any_data("run-status", Some("run-status"), json!({ "stage": stage }), true)
    }

    /// Adds `data-thread-title`, and names the thread so.
    pub fn thread_title(self, title: &str) -> Self {
        self.transient_data("thread-title", json!({ "title": title }))
    }

    /// Adds `data-tool-metadata` of a tool call.
    pub fn tool_metadata(self, tool_call_id: &str, data: Value) -> Self {
        self.data_with_id("tool-metadata", tool_call_id, data)
    }

    /// Adds `data-tool-subtask-metadata` with the tokens of a subtask.
    pub fn subtask_metadata(
        self,
        tool_call_id: &str,
        input_tokens: u64,
        output_tokens: u64,
    ) -> Self {
        let usage = json!({
            "inputTokens": input_tokens,
            "outputTokens": output_tokens,
            "reasoningTokens": 0,
            "totalTokens": input_tokens + output_tokens,
            "cost": 0,
            "cacheReadTokens": 0,
            "cacheWriteTokens": 0,
        });
        let data = json!({ "usage": usage, "agent": null, "models": null });
        self.data_with_id("tool-subtask-metadata", tool_call_id, data)
    }

    /// Adds `data-generate-image` with one image, which can be megabytes.
    pub fn generate_image(self, tool_call_id: &str, base64: &str, media_type: &str) -> Self {
        let images = json!([{ "base64": base64, "mediaType": media_type }]);
        let data = json!({ "toolCallId": tool_call_id, "images": images, "prompt": "" });
        self.data("generate-image", data)
    }

    /// Adds a file.
    pub fn file(self, url: &str, media_type: &str) -> Self {
        self.step(Step::Part(json!({ "type": "file", "url": url, "mediaType": media_type })))
    }

    /// Adds a source with an address.
    pub fn source_url(self, id: &str, url: &str, title: &str) -> Self {
        let source = json!({ "type": "source-url", "sourceId": id, "url": url, "title": title });
        self.step(Step::Part(source))
    }

    /// Adds a source that is a document.
    pub fn source_document(self, id: &str, media_type: &str, title: &str) -> Self {
        let source = json!({ "type": "source-document", "sourceId": id, "mediaType": media_type, "title": title });
        self.step(Step::Part(source))
    }

    /// Adds `message-metadata`.
    pub fn metadata(self, metadata: Value) -> Self {
        self.step(Step::Metadata(metadata))
    }

    /// Adds any chunk, sent as it is. It is no part of the stored message.
    pub fn chunk(self, chunk: Value) -> Self {
        self.step(Step::Chunk(chunk))
    }

    /// Adds any frame, which need not be a chunk.
    pub fn frame(self, frame: Frame) -> Self {
        self.step(Step::Frame(frame))
    }

    /// Adds the comment that the vendor sends to keep connections alive.
    pub fn keepalive(self) -> Self {
        self.frame(Frame::comment("keepalive"))
    }

    /// Ends a step of the agent and begins the next.
    pub fn next_step(self) -> Self {
        self.step(Step::Boundary)
    }

    /// Holds what follows, the end included, until [`release`](super::DecoStudio::release). Only the first hold counts, because a
    /// run can be released chunk by chunk.
    pub fn hold(mut self) -> Self {
        if self.hold {
            return self;
        }
        self.hold = true;
        self.step(Step::Hold)
    }

    /// How many reads show the run at work when no stream takes it further: 1 unless set.
    pub fn reads(mut self, reads: u32) -> Self {
        self.reads = reads;
        self
    }

    /// What the run costs, told with `finish`.
    pub fn usage(mut self, input_tokens: u64, output_tokens: u64) -> Self {
        let total = input_tokens + output_tokens;
        self.usage = Some(
            json!({ "inputTokens": input_tokens, "outputTokens": output_tokens, "totalTokens": total }),
        );
        self
    }

    /// Leaves out `start`.
    pub fn without_start(mut self) -> Self {
        self.has_start = false;
        self
    }

    /// Ends with `finish` for any reason. All but `stop` and `tool-calls` mean that the run has failed.
    pub fn finishes(self, reason: &str) -> Self {
        self.ending(Ending::Finish(Some(reason.to_owned())))
    }

    /// Ends with `error`, and after a step with `finish`, too.
    pub fn fails(self, error: impl Into<String>) -> Self {
        self.ending(Ending::Error(error.into()))
    }

    /// Ends with two `error`, of which the second says nothing, and without `finish`.
    pub fn fails_twice(self, error: impl Into<String>) -> Self {
        self.ending(Ending::ErrorTwice(error.into()))
    }

    /// Ends with `abort`.
    pub fn aborts(self, reason: impl Into<String>) -> Self {
        self.ending(Ending::Abort(reason.into()))
    }

    /// Ends with no chunk that says so. The run has failed.
    pub fn breaks_off(self) -> Self {
        self.ending(Ending::Nothing)
    }

    /// Whether it names its thread itself.
    pub(super) fn names_thread(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step, Step::Data { name, .. } if name == "thread-title"))
    }

    fn any_data(self, name: &str, id: Option<&str>, data: Value, transient: bool) -> Self {
        let (name, id) = (name.to_owned(), id.map(str::to_owned));
        self.step(Step::Data { name, id, data, transient })
    }

    fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

impl Default for Script {
    fn default() -> Self {
        Self::new()
    }
}
