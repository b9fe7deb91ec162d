//! Rules about path parameters that a client is bound to, and about characters that a vendor refuses in paths.

use super::need;
use crate::diagnostic::Diagnostic;
use crate::naming;
use crate::spec::{Node, Spec};
use std::collections::BTreeMap;

/// The word that binds a client to a parameter.
const BOUND: &str = "x-client-parameter";

/// Names that the client's constructor and methods already have.
const RESERVED: [&str; 6] = ["builder", "core", "from_env", "new", "token", "with"];

/// Checks the path parameters of all operations.
pub(super) fn check(spec: &Spec, out: &mut Vec<Diagnostic>) {
    let mut places: BTreeMap<&str, Node<'_>> = BTreeMap::new();
    for operation in spec.operations() {
        for parameter in operation.parameters() {
            characters(&parameter, out);
            let Some(name) = parameter.text("name") else { continue };
            if parameter.has(BOUND) {
                bound(spec, &parameter, name, out);
            }
            same(&mut places, name, parameter, out);
        }
    }
}

fn bound(spec: &Spec, parameter: &Node<'_>, name: &str, out: &mut Vec<Diagnostic>) {
    let word = parameter.child(BOUND);
    need(&word, "env", "name the environment variable that holds it", out);
    if !is_path_text(parameter) {
        out.push(word.complaint("only a path parameter that is a plain text can be the client's"));
    }
    let method = naming::snake(name);
    let taken = |id: &str| id == method || id == format!("with_{method}");
    let ids = spec.operations().into_iter().flat_map(|o| super::streams::names(&o));
    if RESERVED.contains(&method.as_str()) || ids.into_iter().any(|(id, _)| taken(&id)) {
        out.push(word.complaint(format!(
            "gives the client's methods `{method}` and `with_{method}`, of which one is taken"
        )));
    }
}

/// A parameter is the client's in all paths or in none.
fn same<'a>(
    places: &mut BTreeMap<&'a str, Node<'a>>,
    name: &'a str,
    parameter: Node<'a>,
    out: &mut Vec<Diagnostic>,
) {
    if parameter.text("in") != Some("path") {
        return;
    }
    let Some(first) = places.get(name) else {
        places.insert(name, parameter);
        return;
    };
    if first.child(BOUND).value != parameter.child(BOUND).value {
        out.push(parameter.complaint(format!(
            "`{name}` has another `{BOUND}` at {}; write it once under components/parameters",
            first.pointer
        )));
    }
}

fn characters(parameter: &Node<'_>, out: &mut Vec<Diagnostic>) {
    if let Some(word) = parameter.get("x-without")
        && !is_path_text(parameter)
    {
        out.push(word.complaint("means nothing but for a path parameter that is a plain text"));
    }
}

fn is_path_text(parameter: &Node<'_>) -> bool {
    let schema = parameter.child("schema");
    parameter.text("in") == Some("path")
        && schema.text("type") == Some("string")
        && !schema.has("format")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, refuses};

    const ID: &str = "name: noteId, in: path, required: true, description: The note.";
    const PARAMETER: &str = "/paths/~1notes~1{noteId}/get/parameters/0";

    fn with(words: &str) -> String {
        format!("{ID}, {words}")
    }

    #[test]
    fn a_client_may_be_bound_to_a_path_parameter() {
        accepts(ID, &with("x-client-parameter: { env: NOTES_NOTE }"));
        let pointer = format!("{PARAMETER}/x-client-parameter");
        refuses(ID, &with("x-client-parameter: {}"), &pointer, "no `env`");
        refuses(
            "name: after, in: query",
            "name: after, x-client-parameter: { env: A }, in: query",
            "/paths/~1notes~1{noteId}/get/parameters/1/x-client-parameter",
            "only a path parameter",
        );
        refuses(
            "required: true, description: The note., schema: { type: string }",
            "required: true, description: The note., x-client-parameter: { env: A }, schema: { type: integer }",
            &pointer,
            "only a path parameter",
        );
    }

    #[test]
    fn its_methods_have_names_of_their_own() {
        let bound = with("x-client-parameter: { env: A }");
        for id in ["noteId", "withNoteId"] {
            let text = include_str!("good.yaml").replace(ID, &bound);
            let text = text.replace("operationId: addNote", &format!("operationId: {id}"));
            let spec = crate::spec::Spec::parse(&text, "good.yaml").unwrap();
            let found: Vec<_> = super::super::lint(&spec).iter().map(ToString::to_string).collect();
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].contains("`note_id` and `with_note_id`"), "{found:#?}");
        }
    }

    #[test]
    fn it_is_the_same_everywhere() {
        let add = "  /notes:\n    post:\n";
        let other = "  /notes/{noteId}/copy:\n    post:\n      operationId: copyNote\n      summary: Copies.\n      description: A note.\n      x-source: { page: A, tag: seed }\n      parameters:\n        - { name: noteId, in: path, required: true, x-client-parameter: { env: B }, description: A., schema: { type: string } }\n      responses: { \"204\": { description: Done. } }\n";
        let pointer = "/paths/~1notes~1{noteId}~1copy/post/parameters/0";
        refuses(add, &format!("{other}{add}"), pointer, "has another `x-client-parameter`");
    }

    #[test]
    fn characters_are_refused_in_paths_alone() {
        accepts(ID, &with("x-without: \"/ \""));
        refuses(
            "name: after, in: query",
            "name: after, x-without: a, in: query",
            "/paths/~1notes~1{noteId}/get/parameters/1/x-without",
            "means nothing but for a path parameter",
        );
    }
}
