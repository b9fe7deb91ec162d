//! How the same things look in the revisions that the API has had.

use serde_json::{Value, json};

use crate::sse::Frame;

/// What of it is chosen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    /// Whether names and values are those of an earlier revision.
    pub(super) old: bool,
    pub(super) artifact_ids: bool,
    /// Whether the events of streams are laid out as AG-UI itself has them.
    pub(super) ag_ui: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self { old: false, artifact_ids: true, ag_ui: false }
    }
}

impl Shown {
    /// The status of a thread or a run.
    pub(super) fn status(self, status: &str) -> &str {
        match status {
            "running" if self.old => "pending",
            "error" if self.old => "failed",
            status => status,
        }
    }

    /// Steps and artifacts, wherever they are in a value.
    pub(super) fn value(self, mut value: Value) -> Value {
        self.walk(&mut value);
        value
    }

    fn walk(self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item)),
            Value::Object(fields) => {
                if self.old && fields.contains_key("parent_step_id") {
                    let agent = fields.remove("agent");
                    fields.extend(agent.map(|agent| ("graph".to_owned(), agent)));
                }
                for (name, field) in fields.iter_mut() {
                    if name == "artifacts" && !self.artifact_ids {
                        without_ids(field);
                    }
                    self.walk(field);
                }
            }
            _ => {}
        }
    }

    /// An event of a run's stream.
    pub(super) fn frame(self, name: &str, run_id: &str, thread_id: &str, more: Value) -> Frame {
        let mut data = self.value(more);
        if self.ag_ui {
            data["type"] = json!(name);
            data["runId"] = json!(run_id);
            data["threadId"] = json!(thread_id);
            return Frame::data(data.to_string());
        }
        data["run_id"] = json!(run_id);
        data["thread_id"] = json!(thread_id);
        Frame::data(data.to_string()).with_event(name)
    }
}

fn without_ids(artifacts: &mut Value) {
    for artifact in artifacts.as_array_mut().into_iter().flatten() {
        if let Some(fields) = artifact.as_object_mut() {
            fields.remove("id");
        }
    }
}
