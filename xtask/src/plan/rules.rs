//! What holds for the fields of a request together, and what only some dialects have.

use super::{Docs, owned};
use crate::spec::{Node, Spec, schema_name};

/// Something that holds for each object at a place of a request's body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    /// The way to those objects from the body.
    pub(crate) at: Vec<Step>,
    pub(crate) says: Says,
}

/// A step from a value to what it holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// The field of an object.
    Field(String),
    /// Each item of an array, or each value of a map.
    Items,
    /// The object itself, if it is this arm of a union.
    Arm { tag: String, kind: String },
}

/// What holds for an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Says {
    OnlyIn(String, Vec<String>),
    RequiredIn(String, Vec<String>),
    Needs(String, Vec<String>),
    Excludes(String, Vec<String>),
    AnyOf(Vec<String>),
}

/// The rules of everything in the JSON that an operation sends, from the outside to the inside.
pub(super) fn of_request(spec: &Spec, operation: &Node<'_>) -> Vec<Rule> {
    let mut found = Found { spec, rules: Vec::new(), within: Vec::new() };
    let content = operation.child("requestBody").child("content");
    found.value(&content.child("application/json").child("schema"), &[]);
    found.rules
}

/// The rules found so far.
struct Found<'a> {
    spec: &'a Spec,
    rules: Vec<Rule>,
    /// The schemas around the present place. No rule stands in one that holds itself.
    within: Vec<&'a str>,
}

impl<'a> Found<'a> {
    fn value(&mut self, node: &Node<'a>, at: &[Step]) {
        if let Some(name) = node.reference() {
            return self.named(name, at);
        }
        for inner in ["items", "additionalProperties"] {
            if let Some(inner) = node.get(inner) {
                self.value(&inner, &then(at, Step::Items));
            }
        }
    }

    fn named(&mut self, name: &'a str, at: &[Step]) {
        let Some(schema) = self.spec.schema(name).filter(|_| !self.within.contains(&name)) else {
            return;
        };
        self.within.push(name);
        let tag = schema.child("discriminator").text("propertyName").unwrap_or_default();
        for (kind, target) in schema.mapping().text_pairs() {
            let arm = Step::Arm { tag: tag.to_owned(), kind: kind.to_owned() };
            self.named(schema_name(target).unwrap_or_default(), &then(at, arm));
        }
        self.own(&schema, at);
        for (name, property) in schema.child("properties").entries() {
            self.value(&property, &then(at, Step::Field(name.to_owned())));
        }
        self.within.pop();
    }

    /// The rules that a schema itself has.
    fn own(&mut self, schema: &Node<'_>, at: &[Step]) {
        let mut add = |says| self.rules.push(Rule { at: at.to_vec(), says });
        for (name, property) in schema.child("properties").entries() {
            let says: [(_, fn(_, _) -> _); 4] = [
                ("x-dialect", Says::OnlyIn),
                ("x-required-in", Says::RequiredIn),
                ("x-needs", Says::Needs),
                ("x-excludes", Says::Excludes),
            ];
            for (word, says) in says.into_iter().filter(|(word, _)| property.has(word)) {
                add(says(name.to_owned(), owned(property.texts(word))));
            }
        }
        if schema.has("x-any-of-required") {
            add(Says::AnyOf(owned(schema.texts("x-any-of-required"))));
        }
    }
}

fn then(at: &[Step], step: Step) -> Vec<Step> {
    at.iter().cloned().chain([step]).collect()
}

/// The docs of something with a paragraph about its own rules.
pub(super) fn with_told(docs: Docs, node: &Node<'_>) -> Docs {
    let told: Vec<_> = [
        ("x-dialect", "Only in the dialect", "and"),
        ("x-required-in", "Required in the dialect", "and"),
        ("x-needs", "Only together with", "and"),
        ("x-excludes", "Not together with", "or"),
        ("x-any-of-required", "At least one is set of", "and"),
    ]
    .into_iter()
    .filter(|(word, ..)| node.has(word))
    .map(|(word, intro, last)| format!("{intro} {}.", listed(&node.texts(word), last)))
    .collect();
    match told.is_empty() {
        true => docs,
        false => Docs { text: format!("{}\n\n{}", docs.text.trim_end(), told.join(" ")), ..docs },
    }
}

/// Some names, as a sentence has them.
fn listed(names: &[&str], last: &str) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match &quoted[..] {
        [first @ .., end] if !first.is_empty() => format!("{} {last} {end}", first.join(", ")),
        _ => quoted.concat(),
    }
}
