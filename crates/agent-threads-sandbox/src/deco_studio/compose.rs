//! From a script to the chunks of a run, and what each does to the thread.

use serde_json::{Value, json};

use super::call::CallResult;
use super::script::{Ending, Script, Step};
use crate::sse::Frame;

/// Something that a run publishes.
pub(super) struct Item {
    pub(super) frame: Frame,
    pub(super) effects: Vec<Effect>,
}

/// What an item does beside being sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Effect {
    /// A part of the message, in the place of what has the same tool call, or the same data.
    Put(Value),
    Metadata(Value),
    Title(String),
    Stage(Value),
    StepEnds,
    Finish(String),
    Error(String),
    Abort,
    /// What a call that waits for approval comes to.
    Approvable(String, CallResult),
}

/// A run to be: what its chunks must know, and what comes before the script.
pub(super) struct Context<'a> {
    pub(super) message_id: &'a str,
    pub(super) thread_id: &'a str,
    pub(super) agent: &'a Value,
    /// The results of calls that have been approved or denied.
    pub(super) answers: Vec<Item>,
    /// The name for a thread that has none.
    pub(super) title: Option<String>,
}

/// The items in order, and how many come before those that are held.
pub(super) struct Composed {
    pub(super) items: Vec<Item>,
    pub(super) hold: Option<usize>,
}

pub(super) fn compose(script: Script, context: Context<'_>) -> Composed {
    let mut writer = Writer { items: Vec::new(), hold: None, blocks: 0 };
    let is_early = |step: &Step| matches!(step, Step::Data { name, .. } if name == "run-status");
    let early = script.steps.iter().take_while(|step| is_early(step)).count();
    let waits = script.steps.iter().any(|step| matches!(step, Step::Tool(call) if call.waits()));
    let is_empty = script.steps.len() == early;
    let names_thread = script.names_thread();
    let mut steps = script.steps.into_iter();
    steps.by_ref().take(early).for_each(|step| writer.step(step));
    if script.has_start {
        let metadata = json!({ "agent": context.agent, "thread_id": context.thread_id });
        let start = json!({ "type": "start", "messageId": context.message_id, "messageMetadata": metadata });
        writer.chunk(&start, [Effect::Metadata(metadata)]);
    }
    writer.items.extend(context.answers);
    let breaks_at_once = is_empty && !matches!(script.ending, Ending::Finish(_));
    if !breaks_at_once {
        writer.chunk(&json!({ "type": "start-step" }), []);
    }
    steps.for_each(|step| writer.step(step));
    if let Some(title) = context.title.filter(|_| !names_thread) {
        writer.step(title_step(&title));
    }
    writer.end(script.ending, script.usage, waits, breaks_at_once);
    Composed { items: writer.items, hold: writer.hold }
}

fn title_step(title: &str) -> Step {
    Step::Data {
        name: "thread-title".to_owned(),
        id: None,
        data: json!({ "title": title }),
        transient: true,
    }
}

struct Writer {
    items: Vec<Item>,
    hold: Option<usize>,
    /// How many texts and reasonings there are, for their ids.
    blocks: usize,
}

impl Writer {
    fn chunk(&mut self, chunk: &Value, effects: impl IntoIterator<Item = Effect>) {
        let frame = framed(chunk);
        self.items.push(Item { frame, effects: effects.into_iter().collect() });
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Text(pieces) => self.block("text", &pieces),
            Step::Reasoning(pieces) => self.block("reasoning", &pieces),
            Step::Tool(call) => {
                for (chunk, part) in call.told() {
                    self.chunk(&chunk, part.map(Effect::Put));
                }
                if let (true, Some(last)) = (call.waits(), self.items.last_mut()) {
                    last.effects.push(Effect::Approvable(call.id, call.result));
                }
            }
            Step::Data { name, id, data, transient } => self.data(&name, id, data, transient),
            Step::Part(part) => self.chunk(&part, [Effect::Put(part.clone())]),
            Step::Metadata(metadata) => {
                let chunk = json!({ "type": "message-metadata", "messageMetadata": metadata });
                self.chunk(&chunk, [Effect::Metadata(metadata)]);
            }
            // It need not be an object.
            Step::Chunk(chunk) => {
                let frame = Frame::data(chunk.to_string());
                self.items.push(Item { frame, effects: Vec::new() });
            }
            Step::Frame(frame) => self.items.push(Item { frame, effects: Vec::new() }),
            Step::Boundary => {
                self.chunk(&json!({ "type": "finish-step" }), [Effect::StepEnds]);
                self.chunk(&json!({ "type": "start-step" }), []);
            }
            Step::Hold => self.hold = Some(self.items.len()),
        }
    }

    fn block(&mut self, kind: &str, pieces: &[String]) {
        let id = format!("{}{}", &kind[..1], self.blocks);
        self.blocks += 1;
        self.chunk(&json!({ "type": format!("{kind}-start"), "id": id }), []);
        for piece in pieces {
            self.chunk(&json!({ "type": format!("{kind}-delta"), "id": id, "delta": piece }), []);
        }
        let part = json!({ "type": kind, "text": pieces.concat(), "state": "done" });
        self.chunk(&json!({ "type": format!("{kind}-end"), "id": id }), [Effect::Put(part)]);
    }

    fn data(&mut self, name: &str, id: Option<String>, data: Value, transient: bool) {
        let mut part = json!({ "type": format!("data-{name}"), "data": data });
        if let Some(id) = id {
            part["id"] = json!(id);
        }
        let mut chunk = part.clone();
        if transient {
            chunk["transient"] = json!(true);
        }
        let effect = match name {
            "run-status" => Some(Effect::Stage(data)),
            "thread-title" => data["title"].as_str().map(|title| Effect::Title(title.to_owned())),
            _ => (!transient).then_some(Effect::Put(part)),
        };
        self.chunk(&chunk, effect);
    }

    fn end(&mut self, ending: Ending, usage: Option<Value>, waits: bool, at_once: bool) {
        match ending {
            Ending::Finish(reason) => {
                let usual = if waits { "tool-calls" } else { "stop" };
                self.finish(reason.as_deref().unwrap_or(usual), usage);
            }
            Ending::Error(error) => {
                self.error(error);
                if !at_once {
                    self.finish("error", usage);
                }
            }
            Ending::ErrorTwice(error) => {
                self.error(error);
                self.error("[object Object]".to_owned());
            }
            Ending::Abort(reason) => self.items.push(abort(&reason)),
            Ending::Nothing => {}
        }
    }

    fn error(&mut self, text: String) {
        self.chunk(&json!({ "type": "error", "errorText": text }), [Effect::Error(text)]);
    }

    fn finish(&mut self, reason: &str, usage: Option<Value>) {
        self.chunk(&json!({ "type": "finish-step" }), [Effect::StepEnds]);
        let mut chunk = json!({ "type": "finish", "finishReason": reason });
        let mut effects = vec![Effect::Finish(reason.to_owned())];
        if let Some(usage) = usage {
            chunk["messageMetadata"] = json!({ "usage": usage });
            effects.push(Effect::Metadata(json!({ "usage": usage, "finishReason": reason })));
        }
        self.chunk(&chunk, effects);
    }
}

/// The frame of a chunk, with its type first, as the vendor writes it.
fn framed(chunk: &Value) -> Frame {
    let mut data = format!("{{\"type\":{}", chunk["type"]);
    for (name, value) in chunk.as_object().into_iter().flatten() {
        if name != "type" {
            data.push_str(&format!(",{}:{value}", json!(name)));
        }
    }
    data.push('}');
    Frame::data(data)
}

/// The end of a run that was cancelled.
pub(super) fn abort(reason: &str) -> Item {
    let chunk = json!({ "type": "abort", "reason": reason });
    Item { frame: framed(&chunk), effects: vec![Effect::Abort] }
}

/// What follows on the answer to a call that asked for approval: its result, or that it was denied. `part` is as the answer has it.
pub(super) fn answered(part: &Value, result: &CallResult) -> Item {
    let mut part = part.clone();
    let id = part["toolCallId"].clone();
    let chunk = match (part["approval"]["approved"] == true, result) {
        (false, _) => {
            part["state"] = json!("output-denied");
            json!({ "type": "tool-output-denied", "toolCallId": id })
        }
        (true, CallResult::Failed(error) | CallResult::InvalidInput(error)) => {
            part["state"] = json!("output-error");
            part["errorText"] = json!(error);
            json!({ "type": "tool-output-error", "toolCallId": id, "errorText": error })
        }
        (true, CallResult::Output(_) | CallResult::Open) => {
            let output = match result {
                CallResult::Output(output) => output.clone(),
                _ => Value::Null,
            };
            part["state"] = json!("output-available");
            part["output"] = output.clone();
            json!({ "type": "tool-output-available", "toolCallId": id, "output": output })
        }
    };
    Item { frame: framed(&chunk), effects: vec![Effect::Put(part)] }
}
