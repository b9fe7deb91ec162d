//! Rules about lists that come in pages.

use super::need;
use crate::diagnostic::Diagnostic;
use crate::spec::{Node, OperationNode};

/// Checks what an operation says of its pages.
pub(super) fn check(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let Some(word) = operation.node.get("x-pagination") else { return };
    for key in ["token", "next", "items"] {
        need(&word, key, "pages need `token`, `next` and `items`", out);
    }
    if operation.node.has("x-idempotency-key") {
        out.push(word.complaint(
            "each page is a call of its own, and one key would stand for all; remove either",
        ));
    }
    if let Some(name) = word.text("token") {
        token(operation, name, &word.child("token"), out);
    }
    let Some(page) = page(operation) else {
        return out.push(word.complaint(
            "needs one success schema, an object with `properties`, whatever the status",
        ));
    };
    let property = |key: &str| word.text(key).map(|name| page.child("properties").child(name));
    if property("next").is_some_and(|property| !is_text(&property)) {
        out.push(word.child("next").complaint(
            "must be a property of the success schema, `type: string`: the token of the next page",
        ));
    }
    for key in ["items", "former"] {
        if property(key).is_some_and(|property| property.text("type") != Some("array")) {
            out.push(
                word.child(key)
                    .complaint("must be a property of the success schema that is an array"),
            );
        }
    }
    if word.has("former") && property("items").is_some_and(|items| !items.flag("nullable")) {
        out.push(word.child("items").complaint(
            "can be absent where `former` has its place; make the property optional and nullable",
        ));
    }
}

/// The parameter in which the runtime puts the token of the page that it asks for.
fn token(operation: &OperationNode<'_>, name: &str, node: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let is_token = |parameter: &Node<'_>| {
        parameter.text("name") == Some(name)
            && parameter.text("in") == Some("query")
            && !parameter.flag("required")
            && is_text(&parameter.child("schema"))
    };
    if !operation.parameters().iter().any(is_token) {
        out.push(node.complaint("must be an optional query parameter, `{ type: string }`"));
    }
}

fn is_text(schema: &Node<'_>) -> bool {
    schema.text("type") == Some("string") && !schema.has("format") && !schema.has("enum")
}

fn page<'a>(operation: &OperationNode<'a>) -> Option<Node<'a>> {
    let (_, _, schema) = operation.answers().into_iter().next()?;
    let page = schema.resolved();
    (!operation.answers_by_status() && page.has("properties")).then_some(page)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    const GET: &str = "/paths/~1notes~1{noteId}/get";
    const ID: &str = "operationId: getNote";
    const WORDS: &str = "token: from, next: id, items: parts";

    /// The good document with an operation in pages and a parameter for the token.
    fn paged(words: &str, parameter: &str) -> (String, String) {
        let from = "operationId: getNote\n      summary: Reads a note.\n      description: As it stands now.\n      x-source: { page: Notes, tag: seed }\n      parameters:\n";
        let to = from.replace(ID, &format!("{ID}\n      x-pagination: {{ {words} }}"));
        (from.to_owned(), format!("{to}        - {{ {parameter} }}\n"))
    }

    const TOKEN: &str = "name: from, in: query, description: A., schema: { type: string }";

    #[test]
    fn pages_are_found_by_a_parameter_and_two_properties() {
        let (from, to) = paged(WORDS, TOKEN);
        accepts(&from, &to);
        let pointer = format!("{GET}/x-pagination");
        for (words, place, says) in [
            ("token: from, next: id", "", "no `items`"),
            ("token: form, next: id, items: parts", "/token", "optional query parameter"),
            ("token: from, next: more, items: parts", "/next", "must be a property"),
            ("token: from, next: parts, items: parts", "/next", "`type: string`"),
            ("token: from, next: color, items: parts", "/next", "`type: string`"),
            ("token: from, next: id, items: id", "/items", "an array"),
        ] {
            let (from, to) = paged(words, TOKEN);
            refuses(&from, &to, &format!("{pointer}{place}"), says);
        }
        for (good, bad) in [
            ("in: query", "in: header"),
            ("in: query", "in: query, required: true"),
            ("type: string", "type: integer"),
        ] {
            let (from, to) = paged(WORDS, &TOKEN.replace(good, bad));
            refuses(&from, &to, &format!("{pointer}/token"), "optional query parameter");
        }
    }

    #[test]
    fn a_page_is_an_object_with_properties() {
        for operation in ["addNote", "watchNote", "searchNotes\n"] {
            let id = format!("operationId: {operation}");
            let found =
                broken(&id, &format!("{}\n      x-pagination: {{ {WORDS} }}\n", id.trim_end()));
            assert!(found.iter().any(|f| f.contains("needs one success schema")), "{found:#?}");
        }
    }

    #[test]
    fn one_key_is_not_for_several_pages() {
        let found = broken(
            "operationId: addNote",
            &format!("operationId: addNote\n      x-pagination: {{ {WORDS} }}"),
        );
        assert!(found.iter().any(|f| f.contains("one key would stand for all")), "{found:#?}");
    }

    #[test]
    fn the_methods_for_pages_are_taken() {
        for name in ["pages", "items"] {
            let (from, to) = paged(WORDS, TOKEN);
            let more = format!("{to}        - {{ {} }}\n", TOKEN.replace("from", name));
            refuses(&from, &more, &format!("{GET}/parameters/1"), "a name that is taken");
        }
    }
}
