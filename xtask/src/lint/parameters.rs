//! Rules about the parameters of an operation.

use super::{need, need_description, schemas};
use crate::diagnostic::Diagnostic;
use crate::naming;
use crate::spec::{Node, OperationNode};
use std::collections::BTreeSet;

/// Names that a builder or the function behind it already has.
const RESERVED: [&str; 10] = [
    "body",
    "core",
    "send_raw",
    "header_map",
    "into_future",
    "request",
    "self_",
    "send",
    "url",
    "value",
];

/// The name that a builder has in addition where the client makes keys. Elsewhere a key is the caller's alone, and a
/// parameter like any other.
const KEY_SETTER: &str = "idempotency_key";

/// The name that a builder has in addition where it gives a stream.
const STREAM_METHOD: &str = "events";

/// The names that a builder has in addition where its answer is a page of a list.
const PAGE_METHODS: [&str; 2] = ["items", "pages"];

/// Words that restrict a value. On a header they would need a type of their own, which cannot become a header.
const CONSTRAINTS: [&str; 7] =
    ["minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "default"];

/// More texts than this in a row are mixed up by whoever calls.
const MOST_TEXTS: usize = 3;

/// Checks the parameters of an operation.
pub(super) fn check(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let key = operation.node.child("x-idempotency-key").text("header");
    let mut seen = BTreeSet::new();
    for parameter in operation.parameters() {
        let Some(name) = parameter.text("name") else {
            need(&parameter, "name", "as it stands on the wire", out);
            continue;
        };
        need_description(&parameter, out);
        schema(&parameter, out);
        if key.is_some_and(|header| header.eq_ignore_ascii_case(name)) {
            key_parameter(&parameter, out);
            continue;
        }
        let snake = naming::snake(name);
        if is_taken(operation, &snake) {
            out.push(
                parameter.complaint(format!("gives the argument `{snake}`, a name that is taken")),
            );
        }
        if !seen.insert(snake) {
            out.push(parameter.complaint(format!("`{name}` is declared twice")));
        }
        place(operation, &parameter, name, out);
    }
    template(operation, out);
    texts(operation, out);
}

fn is_taken(operation: &OperationNode<'_>, name: &str) -> bool {
    RESERVED.contains(&name)
        || operation.node.has("x-idempotency-key") && name == KEY_SETTER
        || operation.event_stream().is_some() && name == STREAM_METHOD
        || operation.node.has("x-pagination") && PAGE_METHODS.contains(&name)
}

fn schema(parameter: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let schema = parameter.child("schema");
    if !parameter.has("schema") {
        return need(parameter, "schema", "say what type it is", out);
    }
    schemas::inline(&schema, out);
    let plain = |node: &Node<'_>| {
        matches!(node.text("type"), Some("string" | "integer" | "number" | "boolean"))
    };
    let named = |node: &Node<'_>| node.text("$ref").is_some() && node.resolved().has("enum");
    let single = |node: &Node<'_>| plain(node) || named(node);
    let list = parameter.text("in") == Some("query")
        && schema.text("type") == Some("array")
        && single(&schema.child("items"));
    if !(single(&schema) || list) || schema.flag("nullable") {
        out.push(schema.complaint(
            "must be a plain type, a reference to an enum or, in a query, a list of those",
        ));
    }
    if parameter.text("in") == Some("header") {
        for word in CONSTRAINTS.into_iter().filter(|word| schema.has(word)) {
            out.push(
                schema.child(word).complaint(
                    "a header parameter takes no constraints; put it into the description",
                ),
            );
        }
    }
}

/// The key is set by the runtime, so its parameter may be declared but is never an argument.
fn key_parameter(parameter: &Node<'_>, out: &mut Vec<Diagnostic>) {
    if parameter.text("in") != Some("header") || parameter.flag("required") {
        out.push(parameter.complaint("the idempotency key must be an optional header parameter"));
    }
}

fn place(
    operation: &OperationNode<'_>,
    parameter: &Node<'_>,
    name: &str,
    out: &mut Vec<Diagnostic>,
) {
    match parameter.text("in") {
        Some("path") if !operation.placeholders().contains(&name) => {
            out.push(parameter.complaint(format!(
                "the path has no `{{{name}}}`; add it there or remove it here"
            )));
        }
        Some("path") if !parameter.flag("required") => {
            out.push(parameter.complaint("a path parameter is always `required: true`"));
        }
        Some(_) => {}
        None => need(parameter, "in", "say `path`, `query` or `header`", out),
    }
}

fn template(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let braces = |brace: char| operation.path.matches(brace).count();
    if !operation.path.starts_with('/') || braces('{') != braces('}') {
        out.push(operation.item.complaint("a path starts with `/` and closes its braces"));
    }
    let parameters = operation.parameters();
    for name in operation.placeholders() {
        let declares = |p: &Node<'_>| p.text("in") == Some("path") && p.text("name") == Some(name);
        if !parameters.iter().any(declares) {
            out.push(operation.node.complaint(format!(
                "`{{{name}}}` in the path is not declared; add a path parameter"
            )));
        }
    }
}

fn texts(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let parameters = operation.parameters();
    let is_text = |p: &&Node<'_>| {
        let schema = p.child("schema");
        p.flag("required") && schema.text("type") == Some("string") && !schema.has("format")
    };
    let count = parameters.iter().filter(is_text).count();
    if count > MOST_TEXTS {
        out.push(operation.node.complaint(format!(
            "takes {count} required texts, which are easily mixed up; {MOST_TEXTS} at most, move the rest into the body"
        )));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    const GET: &str = "/paths/~1notes~1{noteId}/get";
    const AFTER: &str = "- { name: after, in: query, description: Only what is newer., schema: { type: integer, format: int64 } }";
    const TRACE: &str =
        "- { name: X-Trace, in: header, description: A trace., schema: { type: string } }";

    #[test]
    fn a_parameter_is_described_and_typed() {
        refuses(
            AFTER,
            "- { name: after, in: query, schema: { type: integer } }",
            &format!("{GET}/parameters/1"),
            "no `description`",
        );
        refuses(
            AFTER,
            "- { name: after, in: query, description: A. }",
            &format!("{GET}/parameters/1"),
            "no `schema`",
        );
        refuses(
            AFTER,
            "- { in: query, description: A., schema: { type: integer } }",
            &format!("{GET}/parameters/1"),
            "no `name`",
        );
        refuses(
            AFTER,
            "- { name: a, description: A., schema: { type: integer } }",
            &format!("{GET}/parameters/1"),
            "no `in`",
        );
        refuses(
            AFTER,
            "- { name: after, in: query, description: A., schema: { type: object } }",
            &format!("{GET}/parameters/1/schema"),
            "must be a plain type",
        );
        accepts(
            AFTER,
            "- { name: after, in: query, description: A., schema: { type: array, items: { type: string } } }",
        );
        accepts(
            AFTER,
            "- { name: after, in: query, description: A., schema: { $ref: '#/components/schemas/Color' } }",
        );
        accepts(
            AFTER,
            "- { name: after, in: query, description: A., schema: { type: array, items: { $ref: '#/components/schemas/Color' } } }",
        );
        refuses(
            AFTER,
            "- { name: after, in: query, description: A., schema: { type: array, items: { $ref: '#/components/schemas/Note' } } }",
            &format!("{GET}/parameters/1/schema"),
            "must be a plain type",
        );
    }

    #[test]
    fn a_header_parameter_takes_no_constraints() {
        let limited = TRACE.replace("{ type: string }", "{ type: string, maxLength: 9 }");
        refuses(
            TRACE,
            &limited,
            &format!("{GET}/parameters/2/schema/maxLength"),
            "takes no constraints",
        );
        accepts(AFTER, &AFTER.replace("format: int64", "minimum: 1"));
    }

    #[test]
    fn path_parameters_are_those_of_the_path() {
        refuses(
            "name: noteId, in: path",
            "name: noteId, in: query",
            GET,
            "`{noteId}` in the path is not declared",
        );
        refuses(
            "name: noteId, in: path, required: true",
            "name: noteId, in: path",
            &format!("{GET}/parameters/0"),
            "always `required: true`",
        );
        refuses(
            "name: after, in: query",
            "name: after, in: path, required: true",
            &format!("{GET}/parameters/1"),
            "the path has no `{after}`",
        );
    }

    #[test]
    fn a_path_is_well_formed() {
        for (from, to, pointer) in [
            ("  /notes:", "  notes:", "/paths/notes"),
            ("  /notes:", "  '/notes/{':", "/paths/~1notes~1{"),
        ] {
            refuses(from, to, pointer, "starts with `/` and closes its braces");
        }
    }

    #[test]
    fn names_are_free_and_distinct() {
        refuses(
            "name: after",
            "name: send",
            &format!("{GET}/parameters/1"),
            "a name that is taken",
        );
        refuses("name: after", "name: x_trace", &format!("{GET}/parameters/2"), "declared twice");
    }

    #[test]
    fn a_declared_key_is_an_optional_header() {
        let declared = |rest: &str| {
            format!(
                "operationId: addNote\n      parameters: [{{ name: note-key, description: A key., schema: {{ type: string }}, {rest} }}]"
            )
        };
        accepts("operationId: addNote", &declared("in: header"));
        let pointer = "/paths/~1notes/post/parameters/0";
        refuses("operationId: addNote", &declared("in: query"), pointer, "optional header");
        refuses(
            "operationId: addNote",
            &declared("in: header, required: true"),
            pointer,
            "optional header",
        );
    }

    #[test]
    fn a_key_may_be_the_callers_alone_where_the_client_makes_none() {
        let named =
            "{ name: Idempotency-Key, in: header, description: A key., schema: { type: string } }";
        accepts(AFTER, &format!("- {named}"));
        refuses(
            "operationId: addNote",
            &format!("operationId: addNote\n      parameters: [{named}]"),
            "/paths/~1notes/post/parameters/0",
            "a name that is taken",
        );
    }

    #[test]
    fn more_than_three_required_texts_are_refused() {
        let more = |n: usize| {
            (0..n).fold(String::from(AFTER), |all, i| all + &format!(
            "\n        - {{ name: a{i}, in: query, required: true, description: A., schema: {{ type: string }} }}"
        ))
        };
        accepts(AFTER, &more(2));
        refuses(AFTER, &more(3), GET, "takes 4 required texts");
    }

    #[test]
    fn a_parameter_with_an_enum_of_its_own_is_refused() {
        let found = broken(
            AFTER,
            "- { name: a, in: query, description: A., schema: { type: string, enum: [a] } }",
        );
        assert!(found[0].contains("must be a named schema"), "{found:#?}");
    }
}
