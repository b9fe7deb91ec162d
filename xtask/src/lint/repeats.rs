//! Rules about operations that may be repeated although their method does not say so.

use super::operations::JSON;
use crate::diagnostic::Diagnostic;
use crate::spec::{Node, OperationNode};

/// Checks an operation.
pub(super) fn check(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let node = &operation.node;
    let keyed = ["x-idempotency-key", "x-key-in-body"].into_iter().find(|word| node.has(word));
    if let Some(safe) = node.get("x-safe") {
        if operation.method != "post" && operation.method != "patch" {
            out.push(safe.complaint("the method may be repeated anyway; remove it"));
        }
        if let Some(word) = keyed {
            out.push(
                safe.complaint(format!("what only reads needs no key; remove this or `{word}`")),
            );
        }
    }
    if let Some(pointer) = node.get("x-key-in-body") {
        if node.has("x-idempotency-key") {
            out.push(pointer.complaint("`x-idempotency-key` names another place; remove one"));
        }
        key(node, &pointer, out);
    }
}

/// Where a key is looked for is a text that a body can have.
fn key(operation: &Node<'_>, pointer: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let body = operation.child("requestBody").child("content").child(JSON).child("schema");
    let steps = pointer.value.as_str().and_then(|text| text.strip_prefix('/'));
    let place = steps.into_iter().flat_map(|steps| steps.split('/')).fold(body, |schema, step| {
        let schema = target(&schema);
        match step {
            "*" => schema.child("items"),
            name => schema.child("properties").child(name),
        }
    });
    if steps.is_none() || target(&place).text("type") != Some("string") {
        out.push(pointer.complaint(
            "must lead to a text in the body, such as `/messages/*/id`, where `*` is each item of a list",
        ));
    }
}

/// What a schema refers to, or the schema itself.
fn target<'a>(schema: &Node<'a>) -> Node<'a> {
    match schema.child("allOf").items().first() {
        Some(only) => only.resolved(),
        None => schema.resolved(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, refuses};

    const POST: &str = "/paths/~1notes/post";
    const SEARCH: &str = "/paths/~1notes~1search/post";
    const KEY: &str = "      x-idempotency-key: { header: Note-Key }\n";

    #[test]
    fn a_post_may_only_read() {
        let search = "operationId: searchNotes\n";
        accepts(search, &format!("{search}      x-safe: true\n"));
        let get = "operationId: getNote\n";
        refuses(
            get,
            &format!("{get}      x-safe: true\n"),
            "/paths/~1notes~1{noteId}/get/x-safe",
            "may be repeated anyway",
        );
        refuses(
            KEY,
            &format!("{KEY}      x-safe: true\n"),
            &format!("{POST}/x-safe"),
            "needs no key",
        );
    }

    #[test]
    fn a_key_in_the_body_is_a_text_in_it() {
        accepts(KEY, "      x-key-in-body: /text\n");
        accepts(KEY, "      x-key-in-body: /tags/*\n");
        for pointer in ["text", "/title", "/text/*", "/tags", "/tags/0", "/", "/*"] {
            refuses(
                KEY,
                &format!("      x-key-in-body: {pointer:?}\n"),
                &format!("{POST}/x-key-in-body"),
                "must lead to a text",
            );
        }
        refuses(
            KEY,
            &format!("{KEY}      x-key-in-body: /text\n"),
            &format!("{POST}/x-key-in-body"),
            "names another place",
        );
        let get = "operationId: getNote\n";
        refuses(
            get,
            &format!("{get}      x-key-in-body: /text\n"),
            "/paths/~1notes~1{noteId}/get/x-key-in-body",
            "must lead to a text",
        );
        let search = "operationId: searchNotes\n";
        refuses(
            search,
            &format!("{search}      x-key-in-body: /most\n"),
            &format!("{SEARCH}/x-key-in-body"),
            "must lead to a text",
        );
    }
}
