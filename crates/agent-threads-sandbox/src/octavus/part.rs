//! The parts of an agent's message.

use serde_json::{Map, Value, json};

/// One part of what the agent says or does, as it is when it is finished.
///
/// The sandbox fills in ids that are not set, and shows the part unfinished while the run is on its way.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a part does nothing until it is added to a script"]
pub struct Part {
    json: Value,
    /// What goes into the field `parts`, which only a worker has.
    nested: Vec<Part>,
    raw: bool,
    hidden: bool,
}

impl Part {
    /// A `text` part.
    pub fn text(text: impl Into<String>) -> Self {
        Self::from_json(json!({ "type": "text", "text": text.into(), "status": "done" }))
    }

    /// A `reasoning` part.
    pub fn reasoning(text: impl Into<String>) -> Self {
        Self::from_json(json!({ "type": "reasoning", "text": text.into(), "status": "done" }))
    }

    /// An `operation` part, such as `("Save digest", "serialize-thread")`.
    pub fn operation(name: impl Into<String>, operation_type: impl Into<String>) -> Self {
        Self::from_json(json!({
            "type": "operation",
            "name": name.into(),
            "operationType": operation_type.into(),
            "status": "done",
        }))
    }

    /// A `source` part that is a web page.
    pub fn source_url(url: impl Into<String>) -> Self {
        Self::from_json(json!({ "type": "source", "sourceType": "url", "url": url.into() }))
    }

    /// A `source` part that is a document.
    pub fn source_document(media_type: impl Into<String>, title: impl Into<String>) -> Self {
        Self::from_json(json!({
            "type": "source",
            "sourceType": "document",
            "mediaType": media_type.into(),
            "title": title.into(),
        }))
    }

    /// A `file` part: something the agent has made.
    pub fn file(media_type: impl Into<String>, url: impl Into<String>) -> Self {
        Self::from_json(
            json!({ "type": "file", "mediaType": media_type.into(), "url": url.into() }),
        )
    }

    /// An `object` part: structured output.
    pub fn object(type_name: impl Into<String>, object: impl Into<Value>) -> Self {
        Self::from_json(json!({
            "type": "object",
            "typeName": type_name.into(),
            "object": object.into(),
            "status": "done",
        }))
    }

    /// A `todo` part with pairs of content and status (`pending`, `in_progress`, `completed` or `cancelled`).
    pub fn todo<'a>(todos: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let todos: Vec<_> = todos
            .into_iter()
            .enumerate()
            .map(|(i, (content, status))| json!({ "id": format!("todo_{}", i + 1), "content": content, "status": status }))
            .collect();
        Self::from_json(json!({ "type": "todo", "todos": todos, "status": "done" }))
    }

    /// A `step-start` part: the mark between two steps of the model.
    pub fn step_start() -> Self {
        Self::from_json(json!({ "type": "step-start" }))
    }

    /// Any JSON, sent as it is and never shown unfinished: unknown types, malformed known ones.
    pub fn raw(json: Value) -> Self {
        Self { raw: true, ..Self::from_json(json) }
    }

    /// Sets a field, such as `("thread", "digest")` or `("providerMetadata", json!(..))`. Has no effect on JSON that is not an object.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        if let Value::Object(fields) = &mut self.json {
            fields.insert(name.into(), value.into());
        }
        self
    }

    pub(super) fn from_json(json: Value) -> Self {
        Self { json, nested: Vec::new(), raw: false, hidden: false }
    }

    pub(super) fn hidden_if(mut self, hidden: bool) -> Self {
        self.hidden = hidden;
        self
    }

    pub(super) fn with_nested(mut self, parts: Vec<Part>) -> Self {
        self.nested = parts;
        self
    }

    /// The finished part as JSON.
    pub(super) fn json(&self) -> Value {
        self.holding(self.nested.iter().map(Part::json).collect())
    }

    /// The part as JSON while the agent is still at it.
    pub(super) fn in_flight(&self) -> Value {
        match self.raw {
            true => self.json.clone(),
            false => in_flight(self.holding(all_but_last_finished(&self.nested))),
        }
    }

    fn holding(&self, parts: Vec<Value>) -> Value {
        let mut json = self.json.clone();
        if !parts.is_empty() {
            json["parts"] = parts.into();
        }
        json
    }

    /// Fills in the id that the type has, unless it is set.
    fn with_id(mut self, id: &str) -> Self {
        self.nested = with_ids(&self.nested, id);
        let kind = self.json.get("type").and_then(Value::as_str);
        if let (Some(name), false) = (kind.and_then(id_field), self.raw) {
            let set = self.json.get(name).cloned();
            return self.field(name, set.unwrap_or_else(|| json!(id)));
        }
        self
    }
}

/// The parts that show, with their ids, which are unique as long as `prefix` is.
pub(super) fn with_ids(parts: &[Part], prefix: &str) -> Vec<Part> {
    let shown = parts.iter().filter(|part| !part.hidden).enumerate();
    shown.map(|(i, part)| part.clone().with_id(&format!("{prefix}-{}", i + 1))).collect()
}

/// The parts as they are while the agent is at the last of them.
pub(super) fn all_but_last_finished(parts: &[Part]) -> Vec<Value> {
    let Some((last, before)) = parts.split_last() else {
        return Vec::new();
    };
    before.iter().map(Part::json).chain([last.in_flight()]).collect()
}

fn id_field(kind: &str) -> Option<&'static str> {
    match kind {
        "tool-call" => Some("toolCallId"),
        "operation" => Some("operationId"),
        "source" | "file" | "object" => Some("id"),
        "worker" => Some("workerId"),
        _ => None,
    }
}

fn in_flight(mut json: Value) -> Value {
    let kind = json.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let Value::Object(fields) = &mut json else {
        return json;
    };
    match kind.as_str() {
        "text" | "reasoning" => {
            halve_text(fields);
            unend(fields, "streaming");
        }
        "object" => {
            if let Some(object) = fields.remove("object") {
                fields.insert("partial".to_owned(), object);
            }
            unend(fields, "streaming");
        }
        "todo" => unend(fields, "streaming"),
        "tool-call" | "operation" | "worker" => unend(fields, "running"),
        _ => {}
    }
    json
}

/// Takes away what is known only at the end.
fn unend(fields: &mut Map<String, Value>, status: &str) {
    for name in ["result", "output", "error"] {
        fields.remove(name);
    }
    fields.insert("status".to_owned(), json!(status));
}

fn halve_text(fields: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = fields.get_mut("text") {
        let half = text.chars().count() / 2;
        *text = text.chars().take(half).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::octavus::{Display, ToolCall};

    #[test]
    fn a_part_in_flight_has_no_result_yet() {
        let text = Part::text("döner").in_flight();
        assert_eq!(text, json!({ "type": "text", "text": "dö", "status": "streaming" }));
        let call = Part::from(ToolCall::new("t").result(1).display(Display::Stream)).in_flight();
        assert_eq!((call.get("result"), &call["status"]), (None, &json!("running")));
        let object = Part::object("Totals", json!({ "sum": 3 })).in_flight();
        assert_eq!((object.get("object"), &object["partial"]["sum"]), (None, &json!(3)));
        assert_eq!(Part::todo([("Sum", "pending")]).in_flight()["status"], "streaming");
        assert_eq!(Part::operation("Save", "set-resource").in_flight()["status"], "running");
        assert_eq!(Part::step_start().in_flight(), json!({ "type": "step-start" }));
    }

    #[test]
    fn ids_are_filled_in_where_the_type_has_one_and_none_is_set() {
        assert_eq!(Part::from(ToolCall::new("t")).with_id("m-1").json()["toolCallId"], "m-1");
        assert_eq!(Part::operation("a", "b").with_id("m-1").json()["operationId"], "m-1");
        assert_eq!(Part::file("a/b", "u").with_id("m-1").json()["id"], "m-1");
        assert_eq!(Part::file("a/b", "u").field("id", "f-9").with_id("m-1").json()["id"], "f-9");
        assert_eq!(Part::text("x").with_id("m-1"), Part::text("x"));
    }

    #[test]
    fn raw_json_is_never_changed() {
        for json in [json!({ "type": "text", "text": 1 }), json!({ "type": "hologram" }), json!(7)]
        {
            let part = Part::raw(json.clone()).with_id("m-1");
            assert_eq!((part.json(), part.in_flight()), (json.clone(), json));
        }
    }
}
