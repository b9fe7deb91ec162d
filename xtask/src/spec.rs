//! An OpenAPI document, and nodes of it that know where they are.

use crate::diagnostic::{Diagnostic, Failure};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// The HTTP methods that stand as keys in a path item.
pub(crate) const METHODS: [&str; 8] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The content of a stream of events.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// The content of a file.
pub(crate) const FILE: &str = "application/octet-stream";

/// The content of a form that carries a file.
pub(crate) const FORM: &str = "multipart/form-data";

/// The word of a union whose arms are told apart by the names of the events that bring them.
pub(crate) const EVENT_NAMES: &str = "x-event-names";

/// The format of a text that is cut between UTF-16 units.
pub(crate) const PIECE: &str = "utf-16";

/// The status of an answer that has no body.
const NO_CONTENT: &str = "204";

/// The header that says after which event a stream goes on.
const CURSOR: &str = "Last-Event-ID";

const SCHEMA_PREFIX: &str = "#/components/schemas/";

/// A document as it was written.
#[derive(Debug)]
pub(crate) struct Spec {
    /// Path relative to the root of the workspace, for messages and file headers.
    pub(crate) file: String,
    root: Value,
    /// The names of the dialects as they were written, for a JSON map does not keep the order.
    dialects: Vec<String>,
}

impl Spec {
    /// Reads a document from disk; `file` is what messages call it.
    pub(crate) fn load(path: &Path, file: &str) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|e| Failure::new(file, e))?;
        Self::parse(&text, file)
    }

    /// Reads a document from text.
    pub(crate) fn parse(text: &str, file: &str) -> Result<Self, Failure> {
        let not_yaml = |e: serde_yaml_ng::Error| Failure::new(file, format!("not YAML: {e}"));
        // By way of a YAML value, which refuses a key that is written twice; a JSON map would keep the last one.
        let yaml: serde_yaml_ng::Value = serde_yaml_ng::from_str(text).map_err(not_yaml)?;
        let dialects = dialects(&yaml);
        let root =
            json(yaml).map_err(|e| Failure::new(file, format!("not a JSON document: {e}")))?;
        Ok(Self { file: file.to_owned(), root, dialects })
    }

    /// The names of the dialects; the first is the default one.
    pub(crate) fn dialects(&self) -> &[String] {
        &self.dialects
    }

    /// The whole document.
    pub(crate) fn root(&self) -> Node<'_> {
        Node { spec: self, value: &self.root, pointer: String::new() }
    }

    /// Every named schema.
    pub(crate) fn schemas(&self) -> Vec<(&str, Node<'_>)> {
        self.root().child("components").child("schemas").entries()
    }

    /// A schema by its name.
    pub(crate) fn schema(&self, name: &str) -> Option<Node<'_>> {
        self.root().child("components").child("schemas").get(name)
    }

    /// Every operation, by path and then by method.
    pub(crate) fn operations(&self) -> Vec<OperationNode<'_>> {
        let mut operations = Vec::new();
        for (path, item) in self.root().child("paths").entries() {
            for (method, node) in item.entries() {
                if METHODS.contains(&method) {
                    operations.push(OperationNode { path, method, item: item.clone(), node });
                }
            }
        }
        operations
    }

    /// The names of all schemas that these operations take or answer with.
    pub(crate) fn used_by<'a>(
        &'a self,
        operations: impl IntoIterator<Item = OperationNode<'a>>,
    ) -> BTreeSet<String> {
        self.reachable(operations.into_iter().flat_map(|operation| {
            let responses = operation.responses().into_iter().map(|(_, node)| node);
            let parameters = operation.parameters();
            responses.chain(parameters).chain([operation.node]).collect::<Vec<_>>()
        }))
    }

    /// The names of all schemas that answers bring.
    pub(crate) fn answered(&self) -> BTreeSet<String> {
        let responses = self.operations().into_iter().flat_map(|o| o.responses());
        self.reachable(responses.map(|(_, response)| response).collect::<Vec<_>>())
    }

    /// The place in the list of the server with a name; the first where there is none.
    pub(crate) fn server(&self, name: Option<&str>) -> usize {
        let servers = self.root().child("servers").items();
        let place = |name| servers.iter().position(|server| server.text("x-name") == Some(name));
        name.and_then(place).unwrap_or_default()
    }

    /// The names of all schemas that can be reached from these nodes by references.
    pub(crate) fn reachable<'a>(
        &'a self,
        from: impl IntoIterator<Item = Node<'a>>,
    ) -> BTreeSet<String> {
        let schemas = self.root().child("components").child("schemas");
        let mut todo: Vec<&str> = from.into_iter().flat_map(|n| references(n.value)).collect();
        let mut seen = BTreeSet::new();
        while let Some(name) = todo.pop() {
            if let Some(schema) = schemas.value.get(name)
                && seen.insert(name.to_owned())
            {
                todo.extend(references(schema));
            }
        }
        seen
    }
}

/// The same as JSON. Texts are moved, but for those below a key that is no text, such as a status.
fn json(yaml: serde_yaml_ng::Value) -> serde_json::Result<Value> {
    use serde_yaml_ng::Value as Yaml;
    match yaml {
        Yaml::String(text) => Ok(Value::String(text)),
        Yaml::Sequence(items) => items.into_iter().map(json).collect(),
        Yaml::Mapping(map) if map.keys().all(Yaml::is_string) => {
            let text = |key| if let Yaml::String(key) = key { key } else { String::new() };
            map.into_iter().map(|(key, value)| Ok((text(key), json(value)?))).collect()
        }
        other => serde_json::to_value(other),
    }
}

fn dialects(document: &serde_yaml_ng::Value) -> Vec<String> {
    let names =
        ["info", "x-dialects", "names"].iter().try_fold(document, |node, key| node.get(key));
    let names = names.and_then(serde_yaml_ng::Value::as_mapping).into_iter().flatten();
    names.filter_map(|(name, _)| name.as_str().map(str::to_owned)).collect()
}

/// The name of the schema that a reference points at.
pub(crate) fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix(SCHEMA_PREFIX)
}

/// The names of all schemas referred to in a value, with repeats.
pub(crate) fn references(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    collect_references(value, &mut found);
    found
}

fn collect_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).and_then(schema_name));
            map.values().for_each(|value| collect_references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        _ => {}
    }
}

/// An operation and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct OperationNode<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: &'a str,
    pub(crate) item: Node<'a>,
    pub(crate) node: Node<'a>,
}

impl<'a> OperationNode<'a> {
    /// The parameters of the path item, then those of the operation, references resolved.
    pub(crate) fn parameters(&self) -> Vec<Node<'a>> {
        let shared = self.item.child("parameters").items();
        let own = self.node.child("parameters").items();
        shared.into_iter().chain(own).map(|n| n.resolved()).collect()
    }

    /// The responses by status, references resolved.
    pub(crate) fn responses(&self) -> Vec<(&'a str, Node<'a>)> {
        let entries = self.node.child("responses").entries();
        entries.into_iter().map(|(s, n)| (s, n.resolved())).collect()
    }

    /// The responses that mean success.
    pub(crate) fn successes(&self) -> Vec<(&'a str, Node<'a>)> {
        self.responses().into_iter().filter(|(status, _)| status.starts_with('2')).collect()
    }

    /// The successes that are awaited, with what the JSON of each is, lowest status first: all but those that only
    /// begin a stream. The schema of one without a body is null.
    pub(crate) fn answers(&self) -> Vec<(&'a str, Node<'a>, Node<'a>)> {
        let streams = self.event_stream().is_some();
        let answer = |(status, response): (&'a str, Node<'a>)| {
            let content = response.child("content");
            let schema = content.child("application/json").child("schema");
            (!streams || content.has("application/json")).then_some((status, response, schema))
        };
        let mut answers: Vec<_> = self.successes().into_iter().filter_map(answer).collect();
        answers.sort_by_key(|(status, ..)| *status);
        answers
    }

    /// Whether the status says what kind of answer has come.
    pub(crate) fn answers_by_status(&self) -> bool {
        self.answers().windows(2).any(|pair| pair[0].2.value != pair[1].2.value)
    }

    /// The success that comes as a stream of events, and what it says of the stream.
    pub(crate) fn event_stream(&self) -> Option<(Node<'a>, Node<'a>)> {
        let streamed = |(_, response): (&str, Node<'a>)| {
            let media = response.child("content").get(EVENT_STREAM)?;
            Some((response, media))
        };
        self.successes().into_iter().find_map(streamed)
    }

    /// What it says of the file that is its success, if that is one.
    pub(crate) fn download(&self) -> Option<Node<'a>> {
        let file = |(_, response): (&str, Node<'a>)| response.child("content").get(FILE);
        self.successes().into_iter().find_map(file)
    }

    /// The schema of its body, which is JSON or a form.
    pub(crate) fn body_schema(&self) -> Node<'a> {
        let content = self.node.child("requestBody").child("content");
        let media = content.get(FORM).unwrap_or_else(|| content.child("application/json"));
        media.child("schema")
    }

    /// Whether its body is a form that carries a file.
    pub(crate) fn sends_form(&self) -> bool {
        self.node.child("requestBody").child("content").has(FORM)
    }

    /// The answer by which the vendor says that there is no stream to be had.
    pub(crate) fn no_stream(&self) -> Option<Node<'a>> {
        let none = |(status, response): (&str, Node<'a>)| {
            (status == NO_CONTENT && !response.has("content")).then_some(response)
        };
        self.event_stream().and_then(|_| self.successes().into_iter().find_map(none))
    }

    /// Whether it is there only for those who ask for what is uncertain.
    pub(crate) fn is_provisional(&self) -> bool {
        self.node.flag("x-provisional")
    }

    /// Whether the method may be sent again without a key.
    pub(crate) fn is_repeatable(&self) -> bool {
        matches!(self.method, "get" | "head" | "put" | "delete") || self.node.flag("x-safe")
    }

    /// Whether a parameter of this operation says after which event its stream goes on.
    pub(crate) fn is_cursor(&self, parameter: &Node<'_>) -> bool {
        parameter.text("name").is_some_and(|name| name.eq_ignore_ascii_case(CURSOR))
            && self.event_stream().is_some()
    }

    /// The names in braces, in the order of the path.
    pub(crate) fn placeholders(&self) -> Vec<&'a str> {
        self.path
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }
}

/// A value in a document, together with its JSON pointer. A node for something that is not there is null.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    spec: &'a Spec,
    pub(crate) value: &'a Value,
    pub(crate) pointer: String,
}

impl<'a> Node<'a> {
    fn member(&self, key: &str, value: &'a Value) -> Node<'a> {
        // Of every node there is one several times in a run, and few are complained about.
        let mut pointer = String::with_capacity(self.pointer.len() + 1 + key.len());
        pointer.push_str(&self.pointer);
        pointer.push('/');
        escape(key, &mut pointer);
        Node { spec: self.spec, value, pointer }
    }

    /// A member, or null where there is none.
    pub(crate) fn child(&self, key: &str) -> Node<'a> {
        self.member(key, self.value.get(key).unwrap_or(&Value::Null))
    }

    /// A member, if it is there.
    pub(crate) fn get(&self, key: &str) -> Option<Node<'a>> {
        self.value.get(key).map(|value| self.member(key, value))
    }

    /// Whether there is such a member.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some()
    }

    /// The members of an object; nothing of anything else.
    pub(crate) fn entries(&self) -> Vec<(&'a str, Node<'a>)> {
        let Some(map) = self.value.as_object() else {
            return Vec::new();
        };
        map.iter().map(|(key, value)| (key.as_str(), self.member(key, value))).collect()
    }

    /// The members of an array; nothing of anything else.
    pub(crate) fn items(&self) -> Vec<Node<'a>> {
        let Some(items) = self.value.as_array() else {
            return Vec::new();
        };
        let node = |(index, value): (usize, &'a Value)| self.member(&index.to_string(), value);
        items.iter().enumerate().map(node).collect()
    }

    /// The members and the items that hold others in turn: all but texts, numbers, flags and nulls. Items have no name.
    pub(crate) fn branches(&self) -> Vec<(&'a str, Node<'a>)> {
        let holds = |value: &Value| value.is_object() || value.is_array();
        match self.value {
            Value::Object(map) => map
                .iter()
                .filter(|(_, value)| holds(value))
                .map(|(key, value)| (key.as_str(), self.member(key, value)))
                .collect(),
            Value::Array(items) if items.iter().any(holds) => {
                self.items().into_iter().map(|item| ("", item)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The text of a member.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    /// Whether a member is `true`.
    pub(crate) fn flag(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool) == Some(true)
    }

    /// The texts in a member that is a list.
    pub(crate) fn texts(&self, key: &str) -> Vec<&'a str> {
        let items = self.value.get(key).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The texts in a member that is an object.
    pub(crate) fn text_map(&self, key: &str) -> Vec<(&'a str, &'a str)> {
        self.child(key).text_pairs()
    }

    /// The texts in this object.
    pub(crate) fn text_pairs(&self) -> Vec<(&'a str, &'a str)> {
        let pairs = self.value.as_object().into_iter().flatten();
        pairs.filter_map(|(k, v)| Some((k.as_str(), v.as_str()?))).collect()
    }

    /// What says of a union which arm belongs to which value of its tag or, where there is none, to which event.
    pub(crate) fn mapping(&self) -> Node<'a> {
        self.get(EVENT_NAMES).unwrap_or_else(|| self.child("discriminator").child("mapping"))
    }

    /// The name of the schema that this refers to, either bare or as the one member of `allOf`, which is how OpenAPI 3.0
    /// lets a description or `nullable` stand beside a reference.
    pub(crate) fn reference(&self) -> Option<&'a str> {
        let all = self.value.get("allOf").and_then(Value::as_array);
        let target = match all.map(Vec::as_slice) {
            Some([one]) => one,
            Some(_) => return None,
            None => self.value,
        };
        schema_name(target.get("$ref")?.as_str()?)
    }

    /// What a reference into this document points at, or the node itself.
    pub(crate) fn resolved(&self) -> Node<'a> {
        let target = self.text("$ref").and_then(|r| r.strip_prefix('#'));
        match target.and_then(|p| Some((p, at(&self.spec.root, p)?))) {
            Some((pointer, value)) => Node { spec: self.spec, value, pointer: pointer.to_owned() },
            None => self.clone(),
        }
    }

    /// A complaint about this place.
    pub(crate) fn complaint(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            file: self.spec.file.clone(),
            pointer: self.pointer.clone(),
            message: message.into(),
        }
    }
}

/// What stands at a pointer. One into the components, which nearly all are, is followed without copies of its steps.
fn at<'a>(root: &'a Value, pointer: &str) -> Option<&'a Value> {
    let plain = pointer.strip_prefix("/components/").and_then(|steps| steps.split_once('/'));
    match plain {
        Some((kind, name)) if !name.contains(['/', '~']) => {
            root.get("components")?.get(kind)?.as_object()?.get(name)
        }
        _ => root.pointer(pointer),
    }
}

/// RFC 6901, section 3.
fn escape(key: &str, pointer: &mut String) {
    if !key.contains(['~', '/']) {
        return pointer.push_str(key);
    }
    for c in key.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_know_their_pointers() {
        let spec = Spec::parse("paths: { '/a/{b}': { get: { tags: [x, y] } } }", "s.yaml").unwrap();
        let operation = &spec.operations()[0];
        assert_eq!((operation.path, operation.method), ("/a/{b}", "get"));
        assert_eq!(operation.placeholders(), ["b"]);
        let tag = &operation.node.child("tags").items()[1];
        assert_eq!(tag.pointer, "/paths/~1a~1{b}/get/tags/1");
        assert_eq!(tag.complaint("odd").to_string(), "s.yaml#/paths/~1a~1{b}/get/tags/1: odd");
    }

    #[test]
    fn what_holds_others_is_told_from_what_does_not() {
        let spec = Spec::parse("a: 1\nb: { c: d }\ne: [f, { g: h }]\ni: [j]\n", "s.yaml").unwrap();
        let told = |node: &Node<'_>| {
            let branches = node.branches().into_iter();
            branches.map(|(name, node)| format!("{name} {}", node.pointer)).collect::<Vec<_>>()
        };
        assert_eq!(told(&spec.root()), ["b /b", "e /e", "i /i"]);
        assert_eq!(told(&spec.root().child("b")), [""; 0]);
        assert_eq!(told(&spec.root().child("e")), [" /e/0", " /e/1"]);
        assert_eq!(told(&spec.root().child("i")), [""; 0]);
    }

    #[test]
    fn a_key_written_twice_is_an_error_that_names_the_line() {
        let failure =
            Spec::parse("info: { title: A }\ninfo: { title: B }\n", "s.yaml").unwrap_err();
        assert!(failure.to_string().contains("duplicate"), "{failure}");
        assert!(failure.to_string().starts_with("error: s.yaml: not YAML"), "{failure}");
    }

    #[test]
    fn dialects_keep_the_order_in_which_they_are_written() {
        let text = "info: { x-dialects: { env: A, names: { old: B., new: C. } } }";
        assert_eq!(Spec::parse(text, "s.yaml").unwrap().dialects(), ["old", "new"]);
        assert!(Spec::parse("info: { x-dialects: [] }", "s.yaml").unwrap().dialects().is_empty());
    }

    #[test]
    fn statuses_may_be_numbers() {
        let text = "paths: { /: { get: { responses: { 200: { description: Fine. } } } } }";
        let spec = Spec::parse(text, "s.yaml").unwrap();
        assert_eq!(spec.operations()[0].successes()[0].0, "200");
    }

    #[test]
    fn references_are_followed_through_schemas() {
        let text = "
components:
  schemas:
    A: { properties: { b: { allOf: [{ $ref: '#/components/schemas/B' }] } } }
    B: { items: { $ref: '#/components/schemas/A' } }
    C: {}
";
        let spec = Spec::parse(text, "s.yaml").unwrap();
        let a = spec.schema("A").unwrap();
        assert_eq!(a.child("properties").child("b").reference(), Some("B"));
        let reached = spec.reachable([a]);
        assert_eq!(reached.into_iter().collect::<Vec<_>>(), ["A", "B"]);
    }
}
