//! Rules about lists that come in pages.

use super::need;
use crate::diagnostic::Diagnostic;
use crate::spec::{Node, OperationNode};

/// The keys of `x-pagination` that each of its two forms has, beside `items`.
const BY_TOKEN: [&str; 3] = ["token", "next", "former"];
const BY_NUMBER: [&str; 3] = ["page", "size", "more"];

/// Checks what an operation says of its pages.
pub(super) fn check(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let Some(word) = operation.node.get("x-pagination") else { return };
    if operation.node.has("x-idempotency-key") {
        out.push(word.complaint(
            "each page is a call of its own, and one key would stand for all; remove either",
        ));
    }
    let by_number = BY_NUMBER.iter().any(|key| word.has(key));
    match by_number {
        true => numbered(operation, &word, out),
        false => tokens(operation, &word, out),
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
    if property("more").is_some_and(|property| property.text("type") != Some("boolean")) {
        out.push(word.child("more").complaint(
            "must be a property of the success schema, `type: boolean`: whether a page follows",
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

/// Pages that have tokens.
fn tokens(operation: &OperationNode<'_>, word: &Node<'_>, out: &mut Vec<Diagnostic>) {
    for key in ["token", "next", "items"] {
        need(
            word,
            key,
            "pages need `token`, `next` and `items`, or `page`, `more` and `items`",
            out,
        );
    }
    if let Some(name) = word.text("token")
        && !has_parameter(operation, name, is_text)
    {
        let complaint = "must be an optional query parameter, `{ type: string }`";
        out.push(word.child("token").complaint(complaint));
    }
}

/// Pages that have numbers.
fn numbered(operation: &OperationNode<'_>, word: &Node<'_>, out: &mut Vec<Diagnostic>) {
    for key in ["page", "more", "items"] {
        need(word, key, "pages by number need `page`, `more` and `items`", out);
    }
    for key in BY_TOKEN.iter().filter_map(|key| word.get(key)) {
        out.push(key.complaint("is of pages that have tokens; these go by number"));
    }
    let is_number = |schema: &Node<'_>| {
        schema.text("type") == Some("integer") && schema.text("format") != Some("int32")
    };
    if let Some(name) = word.text("page")
        && !has_parameter(operation, name, is_number)
    {
        let complaint = "must be an optional query parameter, `{ type: integer, format: int64 }`";
        out.push(word.child("page").complaint(complaint));
    }
    if let Some(name) = word.text("size")
        && !has_parameter(operation, name, |schema| schema.text("type") == Some("integer"))
    {
        let complaint = "must be an optional query parameter, `{ type: integer }`";
        out.push(word.child("size").complaint(complaint));
    }
    if word.has("size") && word.text("size") == word.text("page") {
        out.push(word.child("size").complaint("is the number of the page already"));
    }
}

/// Whether there is such a parameter for the runtime to fill in.
fn has_parameter(
    operation: &OperationNode<'_>,
    name: &str,
    fits: impl Fn(&Node<'_>) -> bool,
) -> bool {
    operation.parameters().iter().any(|parameter| {
        parameter.text("name") == Some(name)
            && parameter.text("in") == Some("query")
            && !parameter.flag("required")
            && fits(&parameter.child("schema"))
    })
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

    /// As [`paged`], with parameters for the number and the size of a page.
    fn numbered(words: &str, schema: &str) -> (String, String) {
        let number = format!("name: at, in: query, description: A., schema: {{ {schema} }}");
        let (from, to) = paged(words, &number);
        let size =
            "name: most, in: query, description: A., schema: { type: integer, format: int32 }";
        (from, format!("{to}        - {{ {size} }}\n"))
    }

    #[test]
    fn pages_may_be_found_by_counting() {
        let labels = "        labels: { type: array, nullable: true, description: Its labels., items: { type: string } }\n";
        let more =
            "        more: { type: boolean, nullable: true, description: Whether more follow. }\n";
        let found = |words: &str, schema: &str| {
            let (from, to) = numbered(words, schema);
            let text = include_str!("good.yaml").replace(&from, &to);
            let text = text.replace(labels, &format!("{labels}{more}"));
            let spec = crate::spec::Spec::parse(&text, "good.yaml").unwrap();
            let complaints = super::super::lint(&spec).into_iter();
            complaints.map(|d| format!("{}: {}", d.pointer, d.message)).collect::<Vec<_>>()
        };
        let (words, number) =
            ("page: at, size: most, more: more, items: parts", "type: integer, format: int64");
        for words in [words, "page: at, more: more, items: labels"] {
            assert_eq!(found(words, number), [] as [&str; 0]);
        }
        assert_eq!(found(words, "type: integer"), [] as [&str; 0]);
        for (words, place, says) in [
            ("page: at, items: parts", "", "no `more`"),
            ("more: more, items: parts", "", "no `page`"),
            ("page: at, more: more", "", "no `items`"),
            ("page: form, more: more, items: parts", "/page", "optional query parameter"),
            ("page: at, size: many, more: more, items: parts", "/size", "optional query parameter"),
            ("page: at, size: at, more: more, items: parts", "/size", "already"),
            ("page: at, more: id, items: parts", "/more", "`type: boolean`"),
            ("page: at, more: less, items: parts", "/more", "must be a property"),
            ("page: at, more: more, items: id", "/items", "an array"),
            ("page: at, more: more, items: parts, next: id", "/next", "go by number"),
            ("page: at, more: more, items: labels, former: parts", "/former", "go by number"),
        ] {
            let found = found(words, number);
            let start = format!("{GET}/x-pagination{place}: ");
            assert_eq!(found.len(), 1, "{words}: {found:#?}");
            assert!(found[0].starts_with(&start) && found[0].contains(says), "{found:#?}");
        }
        for schema in ["type: string", "type: integer, format: int32"] {
            assert!(found(words, schema)[0].contains("/page: must be an optional query parameter"));
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
