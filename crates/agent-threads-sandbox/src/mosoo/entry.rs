//! One entry of a thread's event log, as far as it does not depend on when it is read.

use serde_json::{Map, Value, json};

use super::dialect::Dialect;

/// What an entry of the log says. Its id, run and times come with it when it happens.
///
/// ```
/// use agent_threads_sandbox::mosoo::{Entry, Script};
/// use serde_json::json;
///
/// let unknown = Entry::new("memory.updated", "profile.md");
/// let malformed = Entry::new("usage.updated", "Usage updated.").with("tokens", json!("many"));
/// let script = Script::reply("Done.").entry(unknown).entry(malformed);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an entry does nothing until it is added to a script"]
pub struct Entry {
    kind: String,
    status: &'static str,
    content: String,
    tokens: Option<u64>,
    tool: Tool,
    replaced: Map<String, Value>,
}

/// What an entry says of a tool call. The earlier dialect leaves it out.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tool {
    id: Option<String>,
    name: Option<String>,
    input: Option<Value>,
}

impl Entry {
    /// An entry of any type, also one that clients cannot know, with the status `available`.
    pub fn new(kind: impl Into<String>, content: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            status: "available",
            content: content.into(),
            tokens: None,
            tool: Tool::default(),
            replaced: Map::new(),
        }
    }

    /// The status `error`.
    pub fn error(mut self) -> Self {
        self.status = "error";
        self
    }

    /// The status `unsupported`.
    pub fn unsupported(mut self) -> Self {
        self.status = "unsupported";
        self
    }

    /// A count of tokens, which the vendor puts into `usage.updated` only.
    pub fn tokens(mut self, tokens: u64) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// The tool call that it is about.
    pub fn tool_call_id(mut self, id: impl Into<String>) -> Self {
        self.tool.id = Some(id.into());
        self
    }

    /// The name of the tool.
    pub fn tool_name(mut self, name: impl Into<String>) -> Self {
        self.tool.name = Some(name.into());
        self
    }

    /// What the tool got, which should be an object.
    pub fn tool_input(mut self, input: impl Into<Value>) -> Self {
        self.tool.input = Some(input.into());
        self
    }

    /// Sets any field of the entry's JSON, in place of what the vendor would send there.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.replaced.insert(field.to_owned(), value.into());
        self
    }

    /// The entry's JSON without what depends on when it happened.
    pub(super) fn json(&self, dialect: Dialect) -> Value {
        let mut json = json!({
            "type": self.kind,
            "status": self.status,
            "content": self.content,
            "tokens": self.tokens,
        });
        if dialect == Dialect::Current {
            let texts = [("toolCallId", &self.tool.id), ("toolName", &self.tool.name)];
            for (name, value) in texts {
                if let Some(value) = value {
                    json[name] = json!(value);
                }
            }
            if let Some(input) = &self.tool.input {
                json["toolInput"] = input.clone();
            }
        }
        json
    }

    /// The fields that are sent in place of the vendor's.
    pub(super) fn replaced(&self) -> &Map<String, Value> {
        &self.replaced
    }
}
