//! The part that holds a sub-agent's work.

use serde_json::{Map, Value, json};

use super::part::Part;
use super::tool::{Display, end_status, insert_some};

/// A `worker` part: a sub-agent, what it got and gave, and how much of that shows.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a worker does nothing until it is added to a script"]
pub struct Worker {
    slug: String,
    label: Option<String>,
    input: Option<Value>,
    parts: Vec<Part>,
    output: Option<Value>,
    error: Option<String>,
    cancelled: bool,
    display: Display,
}

impl Worker {
    /// A worker that ends without an output.
    pub fn new(slug: impl Into<String>) -> Self {
        Self {
            slug: slug.into(),
            label: None,
            input: None,
            parts: Vec::new(),
            output: None,
            error: None,
            cancelled: false,
            display: Display::Stream,
        }
    }

    /// The text for people, shown as `description` in every mode but [`Display::Name`].
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The input, an object, which shows in [`Display::Stream`] only.
    pub fn input(mut self, input: impl Into<Value>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Adds a part of the worker's own, which shows in [`Display::Stream`] only.
    pub fn part(mut self, part: impl Into<Part>) -> Self {
        self.parts.push(part.into());
        self
    }

    /// The output.
    pub fn output(mut self, output: impl Into<Value>) -> Self {
        self.output = Some(output.into());
        self
    }

    /// Ends the worker with the status `error`.
    pub fn fails(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }

    /// Ends the worker with the status `cancelled`.
    pub fn cancelled(mut self) -> Self {
        self.cancelled = true;
        self
    }

    /// How much of the worker shows; [`Display::Stream`] unless set.
    pub fn display(mut self, display: Display) -> Self {
        self.display = display;
        self
    }
}

impl From<Worker> for Part {
    fn from(worker: Worker) -> Self {
        let status = end_status(worker.cancelled, worker.error.is_some());
        let mut fields = Map::from_iter([
            ("type".to_owned(), json!("worker")),
            ("workerSlug".to_owned(), json!(worker.slug)),
            ("parts".to_owned(), json!([])),
            ("status".to_owned(), json!(status)),
        ]);
        let label = worker.label.filter(|_| worker.display != Display::Name);
        let input = worker.input.filter(|_| worker.display == Display::Stream);
        insert_some(&mut fields, "description", label);
        insert_some(&mut fields, "input", input);
        insert_some(&mut fields, "output", worker.output);
        insert_some(&mut fields, "error", worker.error);
        let nested = if worker.display == Display::Stream { worker.parts } else { Vec::new() };
        Self::from_json(Value::Object(fields))
            .with_nested(nested)
            .hidden_if(worker.display == Display::Hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::octavus::ToolCall;
    use crate::octavus::part::with_ids;

    fn worker(display: Display) -> Part {
        Worker::new("checker")
            .label("Checking")
            .input(json!({ "deep": true }))
            .part(Part::text("okay"))
            .part(ToolCall::new("secret").display(Display::Hidden))
            .part(ToolCall::new("lookup"))
            .output(json!({ "ok": true }))
            .display(display)
            .into()
    }

    fn shown(part: Part) -> Part {
        with_ids(&[part], "m").remove(0)
    }

    #[test]
    fn a_streamed_worker_shows_everything_but_hidden_parts() {
        let part = shown(worker(Display::Stream)).json();
        assert_eq!(part["workerId"], "m-1");
        assert_eq!(part["input"], json!({ "deep": true }));
        assert_eq!(part["output"], json!({ "ok": true }));
        assert_eq!(part["parts"][0]["text"], "okay");
        assert_eq!(part["parts"][1]["toolCallId"], "m-1-2");
        assert_eq!(part["parts"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_titled_worker_shows_its_label_and_neither_input_nor_parts() {
        let part = shown(worker(Display::Title)).json();
        assert_eq!((&part["description"], part.get("input")), (&json!("Checking"), None));
        assert_eq!(part["parts"], json!([]));
        assert!(with_ids(&[worker(Display::Hidden)], "m").is_empty());
    }

    #[test]
    fn a_worker_in_flight_has_no_output_and_is_at_the_last_of_its_parts() {
        let part = shown(worker(Display::Stream)).in_flight();
        assert_eq!((part.get("output"), &part["status"]), (None, &json!("running")));
        assert_eq!(part["parts"][0]["status"], "done");
        assert_eq!(part["parts"][1]["status"], "running");
    }

    #[test]
    fn raw_json_in_a_worker_is_never_changed() {
        let raw = json!({ "type": "file" });
        let part = shown(Worker::new("w").part(Part::raw(raw.clone())).into());
        assert_eq!((&part.json()["parts"][0], &part.in_flight()["parts"][0]), (&raw, &raw));
    }
}
