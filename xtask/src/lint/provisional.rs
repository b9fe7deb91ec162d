//! Rules about operations of which something is uncertain, which are there only with a feature.

use super::unions;
use crate::diagnostic::Diagnostic;
use crate::spec::{Node, OperationNode, Spec};
use std::collections::BTreeMap;

/// The feature that generated code is behind.
const FEATURE: &str = "provisional";

/// Checks every operation that says so.
pub(super) fn check(spec: &Spec, out: &mut Vec<Diagnostic>) {
    let tags = unions::tags(spec);
    let operations = spec.operations();
    for operation in &operations {
        let Some(word) = operation.node.get("x-provisional") else { continue };
        if !operation.is_provisional() {
            out.push(word.complaint("is either `true` or not there; remove it"));
            continue;
        }
        if !says_what_is_uncertain(&operation.node) {
            out.push(operation.node.child("x-source").complaint(
                "a provisional operation says what is uncertain, for its docs; add a `note`",
            ));
        }
        optional(spec, operation, &tags, out);
    }
    if !operations.is_empty() && operations.iter().all(OperationNode::is_provisional) {
        out.push(
            spec.root()
                .child("paths")
                .complaint("all operations are provisional, and there would be no client without"),
        );
    }
}

fn says_what_is_uncertain(operation: &Node<'_>) -> bool {
    let source = operation.child("x-source");
    source.has("note") || source.items().iter().any(|source| source.has("note"))
}

/// Nothing in its answers is certain to come.
fn optional(
    spec: &Spec,
    operation: &OperationNode<'_>,
    tags: &BTreeMap<&str, String>,
    out: &mut Vec<Diagnostic>,
) {
    let successes = operation.successes().into_iter().map(|(_, response)| response);
    for name in spec.reachable(successes) {
        let Some(schema) = spec.schema(&name) else { continue };
        let tag = tags.get(name.as_str()).map(String::as_str);
        if schema.texts("required").iter().any(|field| tag != Some(*field)) {
            out.push(schema.child("required").complaint(
                "a provisional operation answers with this, so nothing of it is certain to come; remove it",
            ));
        }
    }
}

/// Complains if the crate of a document lacks the feature that its code is behind.
pub(crate) fn manifest(spec: &Spec, path: &str, text: &str) -> Option<Diagnostic> {
    let needs = spec.operations().iter().any(OperationNode::is_provisional);
    (needs && !declares(text)).then(|| Diagnostic {
        file: path.to_owned(),
        pointer: String::new(),
        message: format!(
            "has no feature `{FEATURE}`, which operations of {} are behind; add `{FEATURE} = []`",
            spec.file
        ),
    })
}

fn declares(manifest: &str) -> bool {
    let lines = manifest.lines().map(str::trim);
    let mut features = lines.skip_while(|line| *line != "[features]").skip(1);
    let mut features = features.by_ref().take_while(|line| !line.starts_with('['));
    features.any(|line| line.split_once('=').is_some_and(|(name, _)| name.trim() == FEATURE))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};
    use super::*;

    const GET: &str = "/paths/~1notes~1{noteId}/get";
    const POST: &str = "/paths/~1notes/post";
    const ADD: &str = "operationId: addNote\n      summary: Adds a note.\n      description: At the end.\n      x-source: { page: Notes, tag: seed";

    /// The good document with a provisional operation that answers with nothing.
    fn added(note: &str) -> String {
        ADD.replace("addNote", "addNote\n      x-provisional: true") + note
    }

    #[test]
    fn what_is_uncertain_is_said() {
        accepts(ADD, &added(", note: The path."));
        refuses(ADD, &added(""), &format!("{POST}/x-source"), "add a `note`");
        refuses(
            "operationId: addNote",
            "operationId: addNote\n      x-provisional: false",
            &format!("{POST}/x-provisional"),
            "remove it",
        );
    }

    #[test]
    fn nothing_in_the_answer_is_required_but_the_tags_of_unions() {
        let found =
            broken("operationId: getNote", "operationId: getNote\n      x-provisional: true");
        let at = |pointer: &str| found.iter().any(|f| f.starts_with(&format!("{pointer}: ")));
        assert!(at("/components/schemas/Note/required"), "{found:#?}");
        assert!(at("/components/schemas/TextPart/required"), "{found:#?}");
        assert!(at(&format!("{GET}/x-source")) && found.len() == 3, "{found:#?}");
    }

    #[test]
    fn an_operation_remains_that_is_not_provisional() {
        let text = "openapi: 3.0.3\npaths: { /: { get: { operationId: a, x-provisional: true } } }";
        let spec = Spec::parse(text, "s.yaml").unwrap();
        let found = super::super::lint(&spec);
        assert!(found.iter().any(|f| f.message.contains("all operations are provisional")));
    }

    #[test]
    fn the_crate_declares_the_feature() {
        let text = "paths: { /: { get: { x-provisional: true } } }";
        let spec = Spec::parse(text, "s.yaml").unwrap();
        let told = |manifest: &str| manifest_of(&spec, manifest);
        for good in
            ["[features]\nprovisional = []", "[a]\n[features]\nb=[]\nprovisional=[\"x\"]\n[c]"]
        {
            assert_eq!(told(good), None, "{good}");
        }
        for bad in ["", "[features]\n", "[features]\n[x]\nprovisional = []", "provisional = []"] {
            let found = told(bad).unwrap();
            assert!(found.starts_with("c/Cargo.toml: has no feature `provisional`"), "{found}");
        }
        let without = Spec::parse("paths: { /: { get: {} } }", "s.yaml").unwrap();
        assert_eq!(manifest_of(&without, ""), None);
    }

    fn manifest_of(spec: &Spec, text: &str) -> Option<String> {
        manifest(spec, "c/Cargo.toml", text).map(|complaint| complaint.to_string())
    }
}
