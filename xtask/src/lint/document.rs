//! Rules about a document as a whole.

use super::{credentials, need, need_description, servers};
use crate::diagnostic::Diagnostic;
use crate::spec::{Node, Spec};

/// Checks the parts that every document has.
pub(super) fn check(spec: &Spec, out: &mut Vec<Diagnostic>) {
    let root = spec.root();
    if !root.text("openapi").is_some_and(|v| v.starts_with("3.0.")) {
        out.push(root.complaint("must be an OpenAPI 3.0 document; write `openapi: 3.0.3`"));
    }
    info(&root.child("info"), out);
    servers::check(spec, out);
    credentials::check(&root, out);
    sources(&root, out);
    unused(spec, out);
}

fn info(info: &Node<'_>, out: &mut Vec<Diagnostic>) {
    need_description(info, out);
    need(info, "x-vendor", "give the vendor's name for people", out);
    need(
        info,
        "x-error-body",
        "say where an error body keeps its text: `{ message: [/error] }`",
        out,
    );
}

/// Wherever a source stands, it says which page and how far it can be trusted.
fn sources(node: &Node<'_>, out: &mut Vec<Diagnostic>) {
    for (_, child) in node.branches() {
        sources(&child, out);
    }
    let Some(source) = node.get("x-source") else { return };
    let many = source.items();
    for source in if many.is_empty() { vec![source] } else { many } {
        need(&source, "page", "name the page", out);
        need(&source, "tag", "say `seed`, `documented`, `observed` or `inferred`", out);
    }
}

fn unused(spec: &Spec, out: &mut Vec<Diagnostic>) {
    let used = spec.used_by(spec.operations());
    for (name, schema) in spec.schemas() {
        if !used.contains(name) {
            out.push(schema.complaint("no operation uses it; remove it"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    #[test]
    fn the_document_is_openapi_3_0() {
        refuses("openapi: 3.0.3", "openapi: 3.1.0", "", "openapi: 3.0.3");
    }

    #[test]
    fn the_vendor_is_named_and_described() {
        refuses("  x-vendor: Notes\n", "", "/info", "no `x-vendor`");
        refuses("  description: Keeps notes.\n", "", "/info", "no `description`");
        refuses("  x-error-body: { message: [/message] }\n", "", "/info", "no `x-error-body`");
    }

    #[test]
    fn a_source_has_a_page_and_a_tag() {
        let described = "description: A note.\n      x-source: { page: Notes, tag: seed }";
        let bare = "description: A note.\n      x-source: { note: Somewhere }";
        let found = broken(described, bare);
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].contains("no `page`") && found[1].contains("no `tag`"), "{found:#?}");
        accepts(
            described,
            "description: A note.\n      x-source: [{ page: A, tag: seed }, { page: B, tag: inferred }]",
        );
    }

    #[test]
    fn a_schema_that_nothing_uses_is_refused() {
        let spare = "  schemas:\n    Spare:\n      type: object\n      description: Spare.\n      \
                     x-source: { page: Notes, tag: seed }\n      properties: {}\n";
        refuses("  schemas:\n", spare, "/components/schemas/Spare", "no operation uses it");
    }
}
