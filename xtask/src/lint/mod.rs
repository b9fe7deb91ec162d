//! What a document must be, so that the generator can make good Rust of it. All that is wrong is reported, not only the first.

mod bound;
mod credentials;
mod dialects;
mod document;
mod downloads;
mod enums;
mod forms;
mod named_events;
mod operations;
mod pages;
mod parameters;
mod provisional;
mod repeats;
mod rules;
mod schemas;
mod servers;
mod streams;
mod tags;
mod unions;
mod words;

use crate::diagnostic::Diagnostic;
use crate::spec::{Node, Spec};

pub(crate) use provisional::manifest;

/// Everything that is wrong with a document, in its order.
pub(crate) fn lint(spec: &Spec) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    words::check(&spec.root(), &mut out);
    document::check(spec, &mut out);
    operations::check(spec, &mut out);
    bound::check(spec, &mut out);
    forms::check(spec, &mut out);
    schemas::check(spec, &mut out);
    tags::check(spec, &mut out);
    provisional::check(spec, &mut out);
    dialects::check(spec, &mut out);
    rules::check(spec, &mut out);
    out.sort();
    out.dedup();
    out
}

/// Complains where a word is missing.
fn need(node: &Node<'_>, word: &str, advice: &str, out: &mut Vec<Diagnostic>) {
    if !node.has(word) {
        out.push(node.complaint(format!("has no `{word}`; {advice}")));
    }
}

/// Complains where a description is missing.
fn need_description(node: &Node<'_>, out: &mut Vec<Diagnostic>) {
    need(node, "description", "say in a sentence what it is", out);
}

/// Complains where it does not stand where something was written from.
fn need_source(node: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let advice = "name the page it was written from: `x-source: { page: ..., tag: seed|documented|observed|inferred }`";
    need(node, "x-source", advice, out);
}

#[cfg(test)]
mod testing {
    use crate::spec::Spec;

    /// A document without faults, for tests to break.
    const GOOD: &str = include_str!("good.yaml");

    /// The complaints about the good document after some text in it is replaced, without the name of the file.
    pub(super) fn broken(from: &str, to: &str) -> Vec<String> {
        broken_twice((from, to), ("openapi: 3.0.3", "openapi: 3.0.3"))
    }

    /// The same after two replacements.
    pub(super) fn broken_twice(first: (&str, &str), second: (&str, &str)) -> Vec<String> {
        let mut text = GOOD.to_owned();
        for (from, to) in [first, second] {
            assert_eq!(GOOD.matches(from).count(), 1, "{from:?} must stand in good.yaml once");
            text = text.replace(from, to);
        }
        let spec = Spec::parse(&text, "good.yaml").unwrap();
        let complaints = super::lint(&spec);
        complaints.iter().map(|d| format!("{}: {}", d.pointer, d.message)).collect()
    }

    /// Asserts that exactly one complaint comes of a change, that it is about this place, and that it says this.
    #[track_caller]
    pub(super) fn refuses(from: &str, to: &str, pointer: &str, says: &str) {
        let found = broken(from, to);
        assert_eq!(found.len(), 1, "{found:#?}");
        let place = found[0].starts_with(&format!("{pointer}: "));
        assert!(
            place && found[0].contains(says),
            "expected {pointer}: ...{says}\n   found {}",
            found[0]
        );
    }

    /// Asserts that a change is fine.
    #[track_caller]
    pub(super) fn accepts(from: &str, to: &str) {
        let found = broken(from, to);
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn the_good_document_is_good() {
        accepts("openapi: 3.0.3", "openapi: 3.0.0");
    }

    #[test]
    fn all_faults_are_reported() {
        let found =
            broken("      summary: Reads a note.\n      description: As it stands now.\n", "");
        assert_eq!(found.len(), 2, "{found:#?}");
    }

    #[test]
    fn a_document_of_any_form_is_refused_and_not_more() {
        for text in [
            "",
            "a",
            "[]",
            "{}",
            "paths: { /: { get: [] } }",
            "paths: { /: { get: { responses: { 200: 1 }, parameters: [1, {}], requestBody: a } } }",
            "components: { schemas: { A: 1, B: { oneOf: [1], discriminator: 2 }, C: { enum: 3 } } }",
        ] {
            let spec = Spec::parse(text, "odd.yaml").unwrap();
            assert!(!super::lint(&spec).is_empty(), "{text}");
        }
    }
}
