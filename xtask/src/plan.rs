//! What is in a document, in the words of the code to be written. Made of documents that lint has nothing against.

mod bound;
mod form;
mod rules;
mod vendor;

use crate::naming;
use crate::spec::{Node, OperationNode, PIECE, Spec, schema_name};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use vendor::vendor;

pub(crate) use bound::ClientParameter;
pub(crate) use rules::{Rule, Says, Step};
pub(crate) use vendor::{Auth, Derive, Dialects, Server, Vendor};

/// All that progenitor is not told, or would say in another way.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The document's path, for the first line of each file.
    pub(crate) file: String,
    pub(crate) vendor: Vendor,
    /// What the operations with each tag are about.
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) objects: BTreeMap<String, Object>,
    pub(crate) unions: Vec<Union>,
    pub(crate) enums: Vec<Enum>,
}

/// What there is to say about something, and where it was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Docs {
    pub(crate) text: String,
    pub(crate) sources: Vec<Source>,
}

/// A page, and how far what was taken from it can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source {
    pub(crate) page: String,
    pub(crate) tag: String,
    pub(crate) note: Option<String>,
}

/// A call.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Name of the method, as in Rust.
    pub(crate) id: String,
    /// Name of the function that builds the request: its own, or that of the operation whose events it streams.
    pub(crate) builds: String,
    /// The operation with the same request that brings the answer in the other way.
    pub(crate) twin: Option<String>,
    /// Names the module that the builder goes to, if the document has several.
    pub(crate) tag: Option<String>,
    /// In capitals.
    pub(crate) method: String,
    pub(crate) path: String,
    /// Its server's place in the list.
    pub(crate) server: usize,
    pub(crate) summary: String,
    pub(crate) docs: Docs,
    /// By their names in Rust.
    pub(crate) parameters: BTreeMap<String, Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) answer: Answer,
    /// By status, each response that is no success.
    pub(crate) errors: Vec<(String, Docs)>,
    pub(crate) key: Option<Key>,
    pub(crate) retry_codes: Vec<String>,
    pub(crate) pending_codes: Vec<String>,
    pub(crate) never_retry_codes: Vec<String>,
    /// The dialects that have it; empty for all.
    pub(crate) dialects: Vec<String>,
    /// What holds for the JSON that it sends.
    pub(crate) rules: Vec<Rule>,
    pub(crate) pagination: Option<Pagination>,
    /// Whether it only reads, although its method does not say so.
    pub(crate) is_safe: bool,
    /// Where the body has what the vendor takes for an idempotency key.
    pub(crate) key_in_body: Option<String>,
    /// Whether it is there only with the feature for what is uncertain.
    pub(crate) provisional: bool,
}

/// How a list is asked for page by page.
#[derive(Debug, PartialEq)]
pub(crate) struct Pagination {
    /// The schema of a page.
    pub(crate) page: String,
    /// How one page leads to the next.
    pub(crate) turn: Turn,
    /// Its property with what the list is of, by its name on the wire.
    pub(crate) items: String,
    /// The same under an earlier name, for servers that still use that.
    pub(crate) former: Option<String>,
}

/// How one page leads to the next. Parameters go by their names in Rust, properties of a page by those on the wire.
#[derive(Debug, PartialEq)]
pub(crate) enum Turn {
    /// By the token that the property `next` has, and the parameter `token` takes.
    Token { token: String, next: String },
    /// By counting in the parameter `number` while the property `more` says so. The parameter `size` says how many items
    /// are wanted on a page.
    Number { number: String, size: Option<String>, more: String },
}

/// A parameter of an operation.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) docs: Docs,
    /// Whether it stands in the path, where some values would lead elsewhere.
    pub(crate) in_path: bool,
    /// Whether it says after which event a stream goes on.
    pub(crate) is_cursor: bool,
    /// Its place among those that the client is bound to.
    pub(crate) bound: Option<usize>,
    /// The characters that the vendor refuses in it.
    pub(crate) without: Option<String>,
}

/// The body of an operation.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) docs: Docs,
    pub(crate) required: bool,
    /// The named schema.
    pub(crate) schema: String,
    /// Whether it is sent as a form that carries a file, and not as JSON.
    pub(crate) is_form: bool,
    /// The fields that the call sets itself, by their names on the wire.
    pub(crate) preset: Vec<(String, Value)>,
}

/// What a success brings.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// No body.
    Empty,
    /// A named schema.
    One(String),
    /// An array of a named schema.
    Many(String),
    /// Any JSON.
    Json,
    /// A stream of events.
    Events(Events),
    /// A file.
    Download,
    /// Something else for each status, lowest first.
    ByStatus(Vec<StatusAnswer>),
}

/// What a success with one of several statuses brings.
#[derive(Debug, PartialEq)]
pub(crate) struct StatusAnswer {
    pub(crate) status: u16,
    pub(crate) docs: Docs,
    /// Without those of `Events`, `Download` and `ByStatus`.
    pub(crate) answer: Answer,
}

/// A stream of events as an answer.
#[derive(Debug, PartialEq)]
pub(crate) struct Events {
    /// The union that each event is of.
    pub(crate) union: String,
    pub(crate) docs: Docs,
    /// What it means that there is none, where the vendor may say so.
    pub(crate) none: Option<Docs>,
}

/// An idempotency key that the vendor honours.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) header: String,
    /// The most characters that it takes, where the document says so.
    pub(crate) longest: Option<usize>,
    pub(crate) docs: Docs,
}

/// A schema that becomes a struct.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) docs: Docs,
    /// By their names on the wire.
    pub(crate) fields: BTreeMap<String, Docs>,
    /// In the order of the document, which is that of the constructor's arguments.
    pub(crate) required: Vec<String>,
    /// Whether a caller makes one.
    pub(crate) in_request: bool,
    /// Where it is sent as a form, its file.
    pub(crate) form: Option<FileField>,
    /// Whether an answer or an event can hold one.
    pub(crate) in_answer: bool,
    /// Its fields that are never shown, by their names on the wire.
    pub(crate) secrets: BTreeSet<String>,
    /// Its fields that are texts cut within a character, by their names on the wire.
    pub(crate) pieces: BTreeSet<String>,
    /// The property that chooses it, where it is an arm of a union.
    pub(crate) tag: Option<String>,
    /// How that begins, where it is chosen by that alone.
    pub(crate) prefix: Option<Prefix>,
    /// Whether it can be made of a text where it needs nothing else.
    pub(crate) from_text: bool,
    /// Whether fields that are not listed are kept.
    pub(crate) keeps_unknown: bool,
    /// Whether only provisional operations use it.
    pub(crate) provisional: bool,
}

/// The file of a form.
#[derive(Debug, PartialEq)]
pub(crate) struct FileField {
    /// By its name on the wire.
    pub(crate) name: String,
    /// The largest one that the vendor takes.
    pub(crate) max_bytes: Option<u64>,
}

/// A schema that becomes an enum of structs.
#[derive(Debug)]
pub(crate) struct Union {
    pub(crate) name: String,
    pub(crate) docs: Docs,
    /// The property by which the arm is chosen; without one it is the name of the event that brings it.
    pub(crate) tag: Option<String>,
    pub(crate) arms: Vec<Arm>,
    /// Where it is the union of a stream's events, which of them have a meaning for the stream.
    pub(crate) stream: Option<StreamKinds>,
    /// Whether only provisional operations use it.
    pub(crate) provisional: bool,
}

/// The kinds of events that have a meaning for their stream.
#[derive(Debug, PartialEq)]
pub(crate) struct StreamKinds {
    /// No event follows one of these.
    pub(crate) terminal: Vec<String>,
    /// They only say that the server is still there.
    pub(crate) keepalive: Vec<String>,
    /// What is no event, and says that the server ends the stream.
    pub(crate) done: Option<String>,
}

/// One struct of a union.
#[derive(Debug, PartialEq)]
pub(crate) struct Arm {
    pub(crate) kind: String,
    pub(crate) variant: String,
    pub(crate) schema: String,
    pub(crate) text: String,
}

/// How the tag of an arm begins that is chosen by that alone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Prefix {
    /// The property.
    pub(crate) tag: String,
    pub(crate) prefix: String,
}

impl Arm {
    /// How the tag begins, where nothing more of it is known.
    pub(crate) fn prefix(&self) -> Option<&str> {
        self.kind.strip_suffix('*')
    }
}

/// A schema that becomes an enum of texts.
#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) docs: Docs,
    pub(crate) values: Vec<EnumValue>,
    /// Whether only provisional operations use it.
    pub(crate) provisional: bool,
}

/// One text of an enum.
#[derive(Debug, PartialEq)]
pub(crate) struct EnumValue {
    pub(crate) wire: String,
    pub(crate) variant: String,
    pub(crate) text: String,
}

/// Reads the plan out of a document.
pub(crate) fn plan(spec: &Spec) -> Plan {
    let requests = spec.operations().into_iter().map(|o| o.node.child("requestBody"));
    let in_requests = spec.reachable(requests.collect::<Vec<_>>());
    let in_answers = spec.answered();
    let mut plan = Plan {
        file: spec.file.clone(),
        vendor: vendor(spec),
        tags: tags(spec),
        operations: spec.operations().iter().flat_map(|node| operations(spec, node)).collect(),
        objects: BTreeMap::new(),
        unions: Vec::new(),
        enums: Vec::new(),
    };
    let streamed = streamed(spec);
    let certain = spec.used_by(spec.operations().into_iter().filter(|o| !o.is_provisional()));
    for (name, schema) in spec.schemas() {
        let provisional = !certain.contains(name);
        if schema.has("oneOf") {
            let stream = streamed.contains(name).then(|| stream_kinds(&schema));
            plan.unions.push(Union { stream, provisional, ..union(spec, name, &schema) });
        } else if schema.has("enum") {
            plan.enums.push(Enum { provisional, ..string_enum(name, &schema) });
        } else {
            let in_answer = in_answers.contains(name);
            let object = object(name, &schema, &in_requests);
            plan.objects.insert(name.to_owned(), Object { in_answer, provisional, ..object });
        }
    }
    for operation in spec.operations().iter().filter(|operation| operation.sends_form()) {
        let schema = operation.body_schema();
        if let Some(object) = schema.reference().and_then(|name| plan.objects.get_mut(name)) {
            form::fill(object, &schema.resolved());
        }
    }
    for union in &plan.unions {
        let Some(tag) = &union.tag else { continue };
        for arm in &union.arms {
            if let Some(object) = plan.objects.get_mut(&arm.schema) {
                object.forget(tag);
                object.tag = Some(tag.clone());
                object.prefix = arm
                    .prefix()
                    .map(|prefix| Prefix { tag: tag.clone(), prefix: prefix.to_owned() });
            }
        }
    }
    plan
}

fn tags(spec: &Spec) -> BTreeMap<String, String> {
    let tags = spec.root().child("tags").items();
    let described = |tag: &Node<'_>| {
        Some((naming::snake(tag.text("name")?), tag.text("description")?.to_owned()))
    };
    tags.iter().filter_map(described).collect()
}

impl Plan {
    /// The names of the schemas that the generator writes itself.
    pub(crate) fn open_types(&self) -> BTreeSet<&str> {
        let unions = self.unions.iter().map(|u| u.name.as_str());
        unions.chain(self.enums.iter().map(|e| e.name.as_str())).collect()
    }

    /// Whether any of these is there without the feature for what is uncertain.
    pub(crate) fn has_certain_open_types(&self) -> bool {
        self.unions.iter().any(|u| !u.provisional) || self.enums.iter().any(|e| !e.provisional)
    }

    /// The property that chooses this schema as an arm of a union.
    pub(crate) fn tag_of(&self, schema: &str) -> Option<&str> {
        let is_arm = |u: &Union| u.arms.iter().any(|arm| arm.schema == schema);
        self.unions.iter().filter(|u| is_arm(u)).find_map(|u| u.tag.as_deref())
    }
}

impl Object {
    fn forget(&mut self, tag: &str) {
        self.fields.remove(tag);
        self.required.retain(|name| name != tag);
    }
}

/// One operation, or two where its answer comes in two ways.
fn operations(spec: &Spec, node: &OperationNode<'_>) -> Vec<Operation> {
    let first = operation(spec, node);
    let (Some(stream), Some(answer)) = (node.node.get("x-stream"), events(node)) else {
        return vec![first];
    };
    let id = naming::snake(stream.text("operationId").unwrap_or_default());
    let first = Operation { twin: Some(id.clone()), ..first };
    let mut second = Operation {
        builds: first.id.clone(),
        twin: Some(first.id.clone()),
        id,
        answer: Answer::Events(answer),
        pagination: None,
        ..operation(spec, node)
    };
    if let Some(body) = &mut second.body {
        let fields = stream.child("body").entries();
        body.preset = fields.into_iter().map(|(k, v)| (k.to_owned(), v.value.clone())).collect();
    }
    vec![first, second]
}

fn operation(spec: &Spec, operation: &OperationNode<'_>) -> Operation {
    let node = &operation.node;
    let header = node.child("x-idempotency-key").text("header");
    let is_key = |p: &Node<'_>| {
        header.is_some_and(|h| p.text("name").is_some_and(|n| n.eq_ignore_ascii_case(h)))
    };
    let (keys, parameters): (Vec<_>, Vec<_>) = operation.parameters().into_iter().partition(is_key);
    let id = naming::snake(node.text("operationId").unwrap_or_default());
    Operation {
        builds: id.clone(),
        id,
        twin: None,
        tag: node.texts("tags").first().map(|tag| naming::snake(tag)),
        method: operation.method.to_uppercase(),
        path: operation.path.to_owned(),
        server: spec.server(node.text("x-server")),
        summary: node.text("summary").unwrap_or_default().to_owned(),
        docs: rules::with_told(docs(node), node),
        parameters: parameters.iter().map(|p| parameter(spec, operation, p)).collect(),
        body: node.get("requestBody").map(|node| body(operation, &node)),
        answer: answer(operation),
        errors: errors(operation),
        key: header.map(|header| Key {
            header: header.to_owned(),
            longest: longest_key(node),
            docs: keys.first().map(docs).unwrap_or_default(),
        }),
        retry_codes: owned(node.texts("x-retry-codes")),
        pending_codes: owned(node.texts("x-pending-codes")),
        never_retry_codes: owned(node.texts("x-never-retry-codes")),
        dialects: owned(node.texts("x-dialect")),
        rules: rules::of_request(spec, node),
        pagination: pagination(operation),
        is_safe: node.flag("x-safe"),
        key_in_body: node.text("x-key-in-body").map(str::to_owned),
        provisional: operation.is_provisional(),
    }
}

fn longest_key(operation: &Node<'_>) -> Option<usize> {
    operation.child("x-idempotency-key").get("max")?.value.as_u64()?.try_into().ok()
}

fn pagination(operation: &OperationNode<'_>) -> Option<Pagination> {
    let word = operation.node.get("x-pagination")?;
    let Answer::One(page) = answer(operation) else { return None };
    let parameter = |key: &str| word.text(key).map(naming::snake);
    let turn = match parameter("page") {
        Some(number) => {
            Turn::Number { number, size: parameter("size"), more: word.text("more")?.to_owned() }
        }
        None => Turn::Token { token: parameter("token")?, next: word.text("next")?.to_owned() },
    };
    Some(Pagination {
        page,
        turn,
        items: word.text("items")?.to_owned(),
        former: word.text("former").map(str::to_owned),
    })
}

fn parameter(spec: &Spec, operation: &OperationNode<'_>, node: &Node<'_>) -> (String, Parameter) {
    let parameter = Parameter {
        docs: docs(node),
        in_path: node.text("in") == Some("path"),
        is_cursor: operation.is_cursor(node),
        bound: bound::place(spec, node),
        without: node.text("x-without").map(str::to_owned),
    };
    (naming::snake(node.text("name").unwrap_or_default()), parameter)
}

fn body(operation: &OperationNode<'_>, node: &Node<'_>) -> Body {
    let schema = operation.body_schema();
    Body {
        docs: body_docs(node, &schema),
        required: node.flag("required"),
        schema: schema.reference().unwrap_or_default().to_owned(),
        is_form: operation.sends_form(),
        preset: Vec::new(),
    }
}

/// A body is described where it stands or else by its schema.
fn body_docs(body: &Node<'_>, schema: &Node<'_>) -> Docs {
    match body.has("description") {
        true => docs(body),
        false => Docs { text: docs(&schema.resolved()).text, sources: Vec::new() },
    }
}

fn answer(operation: &OperationNode<'_>) -> Answer {
    if operation.download().is_some() {
        return Answer::Download;
    }
    let answers = operation.answers();
    let Some((_, _, schema)) = answers.first() else {
        return events(operation).map_or(Answer::Empty, Answer::Events);
    };
    if !operation.answers_by_status() {
        return body_answer(schema);
    }
    let by_status = |(status, response, schema): &(&str, Node<'_>, Node<'_>)| StatusAnswer {
        status: status.parse().unwrap_or_default(),
        docs: docs(response),
        answer: body_answer(schema),
    };
    Answer::ByStatus(answers.iter().map(by_status).collect())
}

fn body_answer(schema: &Node<'_>) -> Answer {
    match (schema.reference(), schema.child("items").reference()) {
        (Some(name), _) => Answer::One(name.to_owned()),
        (None, Some(name)) => Answer::Many(name.to_owned()),
        (None, None) if schema.value.is_object() => Answer::Json,
        (None, None) => Answer::Empty,
    }
}

fn events(operation: &OperationNode<'_>) -> Option<Events> {
    let (response, media) = operation.event_stream()?;
    let union = media.child("schema").reference()?.to_owned();
    let none = operation.no_stream().as_ref().map(docs);
    Some(Events { union, docs: docs(&response), none })
}

/// The unions that are the events of a stream.
fn streamed(spec: &Spec) -> BTreeSet<String> {
    spec.operations().iter().filter_map(events).map(|events| events.union).collect()
}

fn stream_kinds(union: &Node<'_>) -> StreamKinds {
    StreamKinds {
        terminal: owned(union.texts("x-terminal")),
        keepalive: owned(union.texts("x-keepalive")),
        done: union.text("x-done").map(str::to_owned),
    }
}

fn errors(operation: &OperationNode<'_>) -> Vec<(String, Docs)> {
    let failures = operation.responses().into_iter().filter(|(status, _)| !status.starts_with('2'));
    failures.map(|(status, response)| (status.to_owned(), docs(&response))).collect()
}

fn object(name: &str, schema: &Node<'_>, in_requests: &BTreeSet<String>) -> Object {
    let fields = schema.child("properties").entries();
    Object {
        docs: rules::with_told(docs(schema), schema),
        fields: fields
            .into_iter()
            .map(|(name, node)| (name.to_owned(), field_docs(&node)))
            .collect(),
        required: owned(schema.texts("required")),
        in_request: in_requests.contains(name),
        secrets: properties(schema, |property| property.flag("x-secret")),
        pieces: properties(schema, |property| property.text("format") == Some(PIECE)),
        tag: None,
        prefix: None,
        form: None,
        in_answer: false,
        from_text: !schema.has("x-from-text") || schema.flag("x-from-text"),
        keeps_unknown: schema.flag("x-keep-unknown"),
        provisional: false,
    }
}

/// The names of the properties for which something holds.
fn properties(schema: &Node<'_>, holds: impl Fn(&Node<'_>) -> bool) -> BTreeSet<String> {
    let properties = schema.child("properties").entries().into_iter();
    properties.filter(|(_, property)| holds(property)).map(|(name, _)| name.to_owned()).collect()
}

/// A bare reference has no room for a description, so the schema's own stands in.
fn field_docs(property: &Node<'_>) -> Docs {
    match property.has("$ref") {
        true => Docs { text: docs(&property.resolved()).text, sources: Vec::new() },
        false => rules::with_told(docs(property), property),
    }
}

fn union(spec: &Spec, name: &str, schema: &Node<'_>) -> Union {
    let discriminator = schema.child("discriminator");
    let kinds = schema.mapping().text_pairs();
    let arms = schema.child("oneOf").items();
    let arm = |node: &Node<'_>| {
        let target = node.reference()?;
        let (kind, _) = kinds.iter().find(|(_, to)| schema_name(to) == Some(target))?;
        Some(Arm {
            kind: (*kind).to_owned(),
            variant: naming::variant(schema, kind),
            schema: target.to_owned(),
            text: spec.schema(target).map(|s| docs(&s).text).unwrap_or_default(),
        })
    };
    Union {
        name: name.to_owned(),
        docs: docs(schema),
        tag: discriminator.text("propertyName").map(str::to_owned),
        arms: arms.iter().filter_map(arm).collect(),
        stream: None,
        provisional: false,
    }
}

fn string_enum(name: &str, schema: &Node<'_>) -> Enum {
    let descriptions = schema.child("x-enum-descriptions");
    let value = |wire: &str| EnumValue {
        wire: wire.to_owned(),
        variant: naming::variant(schema, wire),
        text: descriptions.text(wire).unwrap_or_default().to_owned(),
    };
    Enum {
        name: name.to_owned(),
        docs: docs(schema),
        values: schema.texts("enum").into_iter().map(value).collect(),
        provisional: false,
    }
}

fn docs(node: &Node<'_>) -> Docs {
    let source = node.child("x-source");
    let sources = if source.value.is_array() { source.items() } else { vec![source] };
    Docs {
        text: node.text("description").unwrap_or_default().to_owned(),
        sources: sources.iter().filter_map(read_source).collect(),
    }
}

fn read_source(node: &Node<'_>) -> Option<Source> {
    Some(Source {
        page: node.text("page")?.to_owned(),
        tag: node.text("tag")?.to_owned(),
        note: node.text("note").map(str::to_owned),
    })
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

fn owned_pairs(pairs: Vec<(&str, &str)>) -> Vec<(String, String)> {
    pairs.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

#[cfg(test)]
mod tests;
