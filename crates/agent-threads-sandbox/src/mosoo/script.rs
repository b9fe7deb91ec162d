//! What a scripted agent does in one run.

use bytes::Bytes;

use super::entry::Entry;
use super::step::{Ending, Speech, Step};
use super::tool::{Permission, ToolCall};
use crate::echo::echo;

/// One run: what happens in it step by step, and how it ends. Unless set, it starts before its first step and completes.
///
/// ```
/// use agent_threads_sandbox::mosoo::{Permission, Script, ToolCall};
///
/// let script = Script::new()
///     .thinking("The brief should say it.")
///     .tool(ToolCall::new("call_1", "Read brief.txt").result("Plan a launch."))
///     .asks(Permission::new("Run: make plan", "call_2"))
///     .file_changed("plan.md")
///     .fragments(["The plan is ", "in plan.md."])
///     .usage(858);
/// let failing = Script::new().fails("provider_unavailable", "The model did not answer.");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "a script does nothing until it is queued"]
pub struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) ending: Ending,
    pub(super) citations: u64,
    pub(super) if_rejected: Option<Box<Script>>,
    pub(super) blocks: usize,
}

impl Script {
    /// A run that says nothing and completes.
    pub fn new() -> Self {
        Self::default()
    }

    /// A run that says one text and completes.
    pub fn reply(text: impl Into<String>) -> Self {
        Self::new().text(text)
    }

    /// A run that quotes the message, in two pieces, and says what it used.
    pub(super) fn echo(message: &str) -> Self {
        let text = echo(message);
        let middle = text.find(" answer").map_or(text.len(), |at| at + 1);
        let (first, second) = text.split_at(middle);
        Self::new().fragments([first, second]).usage(42)
    }

    /// Adds an assistant message in one piece.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.fragments([text])
    }

    /// Adds an assistant message in these pieces, each a step of its own.
    pub fn fragments<S: Into<String>>(self, pieces: impl IntoIterator<Item = S>) -> Self {
        self.speech(Speech::Message, pieces)
    }

    /// Adds thinking in one piece.
    pub fn thinking(self, text: impl Into<String>) -> Self {
        self.thinking_fragments([text])
    }

    /// Adds thinking in these pieces, each a step of its own.
    pub fn thinking_fragments<S: Into<String>>(self, pieces: impl IntoIterator<Item = S>) -> Self {
        self.speech(Speech::Thinking, pieces)
    }

    /// Adds more pieces to the last message or thinking, such as after a [`hold`](Self::hold). Without one before, they are a message.
    pub fn continued<S: Into<String>>(mut self, pieces: impl IntoIterator<Item = S>) -> Self {
        let last = self.steps.iter().rev().find_map(|step| match step {
            Step::Fragment { block, speech, .. } => Some((*block, *speech)),
            _ => None,
        });
        match last {
            Some((block, speech)) => self.extend(block, speech, pieces),
            None => return self.fragments(pieces),
        }
        self
    }

    /// Adds thinking of which nothing is known, which is how the vendor shows that a plan has changed.
    pub fn plan(self) -> Self {
        self.entry(Entry::new("agent.thinking.delta", "Agent thinking updated."))
    }

    /// Adds a tool call, each of its entries a step of its own.
    pub fn tool(mut self, call: ToolCall) -> Self {
        let block = self.next_block();
        let entries = call.into_entries();
        let last = entries.len() - 1;
        let steps = entries.into_iter().enumerate();
        self.steps.extend(steps.map(|(at, entry)| Step::Tool {
            block,
            entry,
            is_last: at == last,
        }));
        self
    }

    /// Adds a question, at which the run waits.
    pub fn asks(self, permission: Permission) -> Self {
        self.step(Step::Ask { permission, if_rejected: Vec::new() })
    }

    /// What happens after a question that is answered with `reject_once`. Unless set, the run says so and completes.
    pub fn if_rejected(mut self, script: impl Into<Box<Self>>) -> Self {
        self.if_rejected = Some(script.into());
        self
    }

    /// Adds the change of a file in the workspace.
    pub fn file_changed(self, path: impl Into<String>) -> Self {
        self.entry(Entry::new("file.changed", path))
    }

    /// Adds a file that the agent makes, which the thread lists as an artifact from here on.
    pub fn artifact(
        self,
        name: impl Into<String>,
        content_type: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> Self {
        let (name, content_type, bytes) = (name.into(), content_type.into(), bytes.into());
        self.step(Step::Artifact { name, content_type, bytes })
    }

    /// Adds the count of tokens so far, which can be unknown.
    pub fn usage(self, tokens: impl Into<Option<u64>>) -> Self {
        let entry = Entry::new("usage.updated", "Usage updated.");
        match tokens.into() {
            Some(tokens) => self.entry(entry.tokens(tokens)),
            None => self.entry(entry),
        }
    }

    /// Adds a `session.status`.
    pub fn status(self, content: impl Into<String>) -> Self {
        self.entry(Entry::new("session.status", content))
    }

    /// Adds any entry.
    pub fn entry(self, entry: Entry) -> Self {
        self.step(Step::Entry(entry))
    }

    /// Starts the run here, so that what is added before happens while it is queued.
    pub fn starts(self) -> Self {
        self.step(Step::Start { prepared: None })
    }

    /// Holds what follows, the end included, until [`Mosoo::release`](super::Mosoo::release). At the beginning it holds the start,
    /// too.
    pub fn hold(self) -> Self {
        self.step(Step::Hold)
    }

    /// Ends as `failed` with an error.
    pub fn fails(mut self, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.ending = Ending::Failed { code: code.into(), message: message.into() };
        self
    }

    /// Ends as `expired`, for which the log says `run.completed`.
    pub fn expires(mut self) -> Self {
        self.ending = Ending::Expired;
        self
    }

    /// Never ends: after its last step the run stays as it is.
    pub fn never_ends(mut self) -> Self {
        self.ending = Ending::Never;
        self
    }

    /// The final output has this many citations that could not be resolved.
    pub fn unresolved_citations(mut self, count: u64) -> Self {
        self.citations = count;
        self
    }

    fn speech<S: Into<String>>(
        mut self,
        speech: Speech,
        pieces: impl IntoIterator<Item = S>,
    ) -> Self {
        let block = self.next_block();
        self.extend(block, speech, pieces);
        self
    }

    fn extend<S: Into<String>>(
        &mut self,
        block: usize,
        speech: Speech,
        pieces: impl IntoIterator<Item = S>,
    ) {
        for step in &mut self.steps {
            match step {
                Step::Fragment { block: of, is_last, .. } if *of == block => *is_last = false,
                _ => {}
            }
        }
        let pieces = pieces.into_iter().map(Into::into);
        let step = |text| Step::Fragment { block, speech, text, is_last: false };
        self.steps.extend(pieces.map(step));
        if let Some(Step::Fragment { is_last, .. }) = self.steps.last_mut() {
            *is_last = true;
        }
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    fn next_block(&mut self) -> usize {
        self.blocks += 1;
        self.blocks
    }
}
