//! Rules about tags, which say to which file the builder of an operation goes.

use super::{need, need_description};
use crate::diagnostic::Diagnostic;
use crate::naming;
use crate::spec::Spec;
use std::collections::{BTreeMap, BTreeSet};

/// Checks the list of tags, and what operations say of them.
pub(super) fn check(spec: &Spec, out: &mut Vec<Diagnostic>) {
    let used = used(spec, out);
    let mut listed = BTreeSet::new();
    let mut files = BTreeMap::new();
    for tag in spec.root().child("tags").items() {
        need(&tag, "name", "say which tag it is", out);
        need_description(&tag, out);
        let Some(name) = tag.text("name") else { continue };
        listed.insert(name);
        if !used.contains(name) {
            out.push(tag.complaint(format!("no operation has the tag `{name}`; remove it")));
        }
        if let Some(other) = files.insert(naming::snake(name), name) {
            out.push(tag.complaint(format!("gives the same file as `{other}`")));
        }
    }
    for operation in spec.operations() {
        for tag in operation.node.child("tags").items() {
            let name = tag.value.as_str().unwrap_or_default();
            if !listed.contains(name) {
                let message =
                    format!("`{name}` is not in the document's `tags`; describe it there");
                out.push(tag.complaint(message));
            }
        }
    }
}

/// The tags of operations: each has one, or none has.
fn used<'a>(spec: &'a Spec, out: &mut Vec<Diagnostic>) -> BTreeSet<&'a str> {
    let operations = spec.operations();
    let used: BTreeSet<_> = operations.iter().flat_map(|o| o.node.texts("tags")).collect();
    for operation in operations {
        let node = &operation.node;
        match node.texts("tags").len() {
            0 if !used.is_empty() => {
                out.push(
                    node.complaint("has no tag, and others have; give it the one of its kind"),
                );
            }
            0 | 1 => {}
            _ => out.push(
                node.child("tags").complaint("must be one at most; it names the builder's file"),
            ),
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use crate::spec::Spec;

    /// The complaints about the good document with these tags: those of the document, and those of each operation in order.
    fn complaints(document: &str, operations: [&str; 4]) -> Vec<String> {
        let mut text = include_str!("good.yaml").replacen(
            "paths:\n",
            &format!("tags: [{document}]\npaths:\n"),
            1,
        );
        let ids = ["getNote", "addNote", "watchNote", "searchNotes"];
        for (id, tags) in ids.into_iter().zip(operations) {
            if !tags.is_empty() {
                let id = format!("operationId: {id}\n");
                text = text.replacen(&id, &format!("{id}      tags: [{tags}]\n"), 1);
            }
        }
        let found = super::super::lint(&Spec::parse(&text, "good.yaml").unwrap());
        found.iter().map(|d| format!("{}: {}", d.pointer, d.message)).collect()
    }

    const A: &str = "{ name: a, description: A. }";

    #[test]
    fn all_operations_have_a_tag_or_none_has() {
        assert!(complaints("", ["", "", "", ""]).is_empty());
        assert!(complaints(A, ["a", "a", "a", "a"]).is_empty());
        let found = complaints(A, ["a", "", "a", "a"]);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with("/paths/~1notes/post: has no tag"), "{found:#?}");
        let both = format!("{A}, {{ name: b, description: B. }}");
        let found = complaints(&both, ["a, b", "a", "a", "a"]);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("/get/tags: must be one at most"), "{found:#?}");
    }

    #[test]
    fn each_tag_is_described_and_used() {
        let found = complaints("{ name: a }", ["a", "a", "a", "a"]);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with("/tags/0: has no `description`"), "{found:#?}");
        let found = complaints(A, ["", "", "", ""]);
        assert_eq!(found, ["/tags/0: no operation has the tag `a`; remove it"]);
        let found = complaints(A, ["a", "a", "a", "b"]);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("/tags/0: `b` is not in the document's `tags`"), "{found:#?}");
    }

    #[test]
    fn each_tag_has_a_file_of_its_own() {
        let both = "{ name: a-b, description: A. }, { name: aB, description: B. }";
        let found = complaints(both, ["a-b", "aB", "aB", "aB"]);
        assert_eq!(found, ["/tags/1: gives the same file as `a-b`"]);
    }
}
