//! Rules about operations: what they are called, what they take and what they answer.

use super::{
    downloads, need, need_description, need_source, pages, parameters, repeats, schemas, streams,
};
use crate::diagnostic::Diagnostic;
use crate::naming;
use crate::spec::{EVENT_STREAM, FILE, FORM, Node, OperationNode, Spec};
use std::collections::BTreeMap;

/// Names that the client, or what progenitor builds, already has.
const RESERVED: [&str; 14] = [
    "api_version",
    "baseurl",
    "builder",
    "client",
    "core",
    "dialect",
    "exec",
    "from_env",
    "inner",
    "new",
    "new_with_client",
    "post",
    "pre",
    "with",
];

/// What an operation may send, and what it answers with, unless that is a stream.
pub(super) const JSON: &str = "application/json";

/// How long a key is that the client makes: a UUID.
const OWN_KEY: u64 = 36;

/// Checks every operation.
pub(super) fn check(spec: &Spec, out: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for operation in spec.operations() {
        let node = &operation.node;
        need(node, "summary", "say in one line what it does", out);
        need_description(node, out);
        need_source(node, out);
        identity(spec, &operation, &mut seen, out);
        parameters::check(&operation, out);
        body(node, out);
        responses(&operation, out);
        streams::check(&operation, out);
        pages::check(&operation, out);
        downloads::check(&operation, out);
        retries(&operation, out);
        repeats::check(&operation, out);
    }
}

fn identity(
    spec: &Spec,
    operation: &OperationNode<'_>,
    seen: &mut BTreeMap<String, String>,
    out: &mut Vec<Diagnostic>,
) {
    need(&operation.node, "operationId", "it becomes the name of the client's method", out);
    for (name, node) in streams::names(operation) {
        if RESERVED.contains(&name.as_str()) || name.ends_with('_') {
            out.push(node.complaint(format!(
                "`operationId` gives `{name}`, a name that is taken; choose another"
            )));
        }
        if let Some(other) = seen.get(&name) {
            out.push(node.complaint(format!(
                "`operationId` gives `{name}`, as {other} does; choose another"
            )));
        }
        types(spec, operation, (&name, &node), out);
        seen.entry(name).or_insert_with(|| node.pointer.clone());
    }
}

/// What is generated for an operation is used beside the schemas, also by those who import both with `*`.
fn types(
    spec: &Spec,
    operation: &OperationNode<'_>,
    (id, node): (&str, &Node<'_>),
    out: &mut Vec<Diagnostic>,
) {
    let by_status = operation.answers_by_status().then(|| naming::answer(id));
    for name in [naming::request(id)].into_iter().chain(by_status) {
        if let Some(schema) = spec.schema(&name) {
            let at = &schema.pointer;
            let message = format!("`operationId` gives a type `{name}`, as {at} does; rename one");
            out.push(node.complaint(message));
        }
    }
}

fn body(operation: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let Some(body) = operation.get("requestBody") else { return };
    only(&body, &[JSON, FORM], out);
    if body.child("content").has(JSON) && body.child("content").has(FORM) {
        out.push(body.child("content").complaint("is either JSON or a form; remove one"));
    }
    if let Some(schema) = json(&body, out)
        && schema.reference().is_none()
    {
        out.push(schema.complaint(
            "a body must be a named schema; move it to components/schemas and refer to it",
        ));
    }
}

/// Complains about content of other types.
fn only(node: &Node<'_>, known: &[&str], out: &mut Vec<Diagnostic>) {
    for (media_type, other) in node.child("content").entries() {
        if !known.contains(&media_type) {
            out.push(other.complaint(format!(
                "the generator does not support `{media_type}` here, only `{}`",
                known.join("` and `")
            )));
        }
    }
}

/// The schema of the JSON, if there is any.
fn json<'a>(node: &Node<'a>, out: &mut Vec<Diagnostic>) -> Option<Node<'a>> {
    let media = node.child("content").get(JSON)?;
    need(&media, "schema", "say what the JSON is; `schema: {}` is any", out);
    media.get("schema")
}

fn responses(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let node = operation.node.child("responses");
    for (status, response) in operation.responses() {
        let is_status = status.len() == 3
            && status.starts_with(['2', '3', '4', '5'])
            && status.bytes().all(|b| b.is_ascii_digit());
        if !is_status && status != "default" {
            out.push(
                response.complaint(format!(
                    "`{status}` must be a status such as \"404\", or `default`"
                )),
            );
        }
        need_description(&response, out);
        let is_success = status.starts_with('2');
        only(&response, if is_success { &[JSON, EVENT_STREAM, FILE] } else { &[JSON] }, out);
        if let Some(schema) = json(&response, out) {
            response_schema(&schema, out);
        }
    }
    if operation.successes().is_empty() {
        out.push(
            node.complaint("has no success response; add the status that the vendor documents"),
        );
    }
}

fn response_schema(schema: &Node<'_>, out: &mut Vec<Diagnostic>) {
    schemas::inline(schema, out);
    let named = |node: &Node<'_>| node.text("$ref").is_some();
    let list = schema.text("type") == Some("array")
        && named(&schema.child("items"))
        && !schema.flag("nullable");
    let any = schema.value.as_object().is_some_and(|words| words.is_empty());
    let inner = ["properties", "enum", "oneOf"].iter().any(|word| schema.has(word));
    if !(named(schema) || list || any || inner) {
        out.push(
            schema.complaint(
                "must be a reference to a schema, an array of one, or `{}` for any JSON",
            ),
        );
    }
}

fn retries(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let node = &operation.node;
    if let Some(key) = node.get("x-idempotency-key") {
        need(&key, "header", "name the header that carries the key", out);
        if let Some(max) = key.get("max")
            && max.value.as_u64().is_none_or(|max| max < OWN_KEY)
        {
            out.push(max.complaint(format!(
                "must be {OWN_KEY} at least, for that is how long the keys are that the client makes"
            )));
        }
        if matches!(operation.method, "get" | "head") {
            out.push(key.complaint("a method that changes nothing needs no key; remove it"));
        }
    }
    if let Some(codes) = node.get("x-pending-codes").filter(|_| !node.has("x-idempotency-key")) {
        out.push(codes.complaint(
            "without `x-idempotency-key` nothing says which request may be at work; remove it",
        ));
    }
    let lists = ["x-retry-codes", "x-pending-codes", "x-never-retry-codes"];
    for (index, list) in lists.iter().enumerate() {
        for code in node.child(list).items() {
            let stands_in = |other: &&&str| {
                code.value.as_str().is_some_and(|code| node.texts(other).contains(&code))
            };
            if let Some(other) = lists[..index].iter().find(stands_in) {
                out.push(code.complaint(format!("stands in `{other}` too; remove it from one")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};
    use crate::spec::Spec;

    const GET: &str = "/paths/~1notes~1{noteId}/get";
    const POST: &str = "/paths/~1notes/post";

    #[test]
    fn an_operation_is_described_and_sourced() {
        refuses("      summary: Adds a note.\n", "", POST, "no `summary`");
        refuses("      description: At the end.\n", "", POST, "no `description`");
        let with = "description: At the end.\n      x-source: { page: Notes, tag: seed }\n";
        refuses(with, "description: At the end.\n", POST, "no `x-source`");
    }

    #[test]
    fn operation_ids_are_there_and_free_and_distinct() {
        refuses("      operationId: addNote\n", "", POST, "no `operationId`");
        for taken in [
            "new",
            "newWithClient",
            "exec",
            "pre",
            "post",
            "client",
            "baseurl",
            "inner",
            "apiVersion",
            "builder",
            "with",
            "fromEnv",
            "core",
            "type",
        ] {
            refuses(
                "operationId: addNote",
                &format!("operationId: {taken}"),
                POST,
                "a name that is taken",
            );
        }
        for free in ["error", "items", "rawResponse"] {
            accepts("operationId: addNote", &format!("operationId: {free}"));
        }
        refuses(
            "operationId: getNote",
            "operationId: add_note",
            GET,
            "gives `add_note`, as /paths/~1notes/post does",
        );
    }

    #[test]
    fn a_body_is_json_of_a_named_schema() {
        let body = "requestBody: { required: true, content: { application/json: { schema: { $ref: \"#/components/schemas/NewNote\" } } } }";
        let found = broken(
            body,
            "requestBody: { required: true, content: { application/json: { schema: { type: string } } } }",
        );
        assert!(found[1].contains("a body must be a named schema"), "{found:#?}");
        refuses(
            body,
            &body.replace("application/json:", "text/plain: {}, application/json:"),
            &format!("{POST}/requestBody/content/text~1plain"),
            "does not support `text/plain` here, only `application/json` and `multipart/form-data`",
        );
    }

    #[test]
    fn a_response_is_described_json() {
        refuses(
            "\"204\": { description: Added. }",
            "\"204\": {}",
            &format!("{POST}/responses/204"),
            "no `description`",
        );
        refuses(
            "\"204\": { description: Added. }",
            "\"204\": { description: Added., content: { text/html: {} } }",
            &format!("{POST}/responses/204/content/text~1html"),
            "does not support `text/html` here, only `application/json` and `text/event-stream` and `application/octet-stream`",
        );
        refuses(
            "\"404\": { description: No such note. }",
            "4XX: { description: No such note. }",
            &format!("{GET}/responses/4XX"),
            "must be a status",
        );
        let answer = |schema: &str| {
            format!(
                "\"404\": {{ description: No., content: {{ application/json: {{ schema: {{ {schema} }} }} }} }}"
            )
        };
        let pointer = format!("{GET}/responses/404/content/application~1json/schema");
        for (schema, says) in [
            ("type: object, properties: {}", "must be a named schema"),
            ("type: string, enum: [a]", "must be a named schema"),
            ("type: array, items: { type: string }", "a reference to a schema, an array of one"),
        ] {
            refuses("\"404\": { description: No such note. }", &answer(schema), &pointer, says);
        }
        accepts("\"404\": { description: No such note. }", &answer(""));
        accepts(
            "\"404\": { description: No such note. }",
            &answer("type: array, items: { $ref: '#/components/schemas/Note' }"),
        );
    }

    #[test]
    fn there_is_a_success_and_there_may_be_several() {
        refuses(
            "\"204\": { description: Added. }",
            "\"400\": { description: No. }",
            &format!("{POST}/responses"),
            "no success response",
        );
        accepts("\"404\": { description: No such note. }", "\"202\": { description: Later. }");
        let same = "\"203\": { description: A copy., content: { application/json: { schema: { $ref: \"#/components/schemas/Note\" } } } }";
        accepts("\"404\": { description: No such note. }", same);
    }

    #[test]
    fn no_schema_has_the_name_of_what_an_operation_gives() {
        let complaints = |edits: &[(&str, &str)]| {
            let good = include_str!("good.yaml").to_owned();
            let text = edits.iter().fold(good, |text, (from, to)| text.replace(from, to));
            super::super::lint(&Spec::parse(&text, "good.yaml").unwrap())
        };
        let found = complaints(&[("NewNote", "AddNoteRequest")]);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].pointer, POST);
        let says = "gives a type `AddNoteRequest`, as /components/schemas/AddNoteRequest does";
        assert!(found[0].message.contains(says), "{found:#?}");
        // A type of answers is there only where they differ by status.
        let renamed = ("Color", "GetNoteAnswer");
        assert_eq!(complaints(&[renamed]), []);
        let found =
            complaints(&[renamed, ("\"404\": { description: No", "\"202\": { description: No")]);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].message.contains("gives a type `GetNoteAnswer`"), "{found:#?}");
    }

    #[test]
    fn retries_make_sense() {
        refuses("{ header: Note-Key }", "{}", &format!("{POST}/x-idempotency-key"), "no `header`");
        accepts("      x-idempotency-key: { header: Note-Key }\n", "");
        let keyed = "operationId: getNote\n      x-idempotency-key: { header: Note-Key }";
        refuses("operationId: getNote", keyed, &format!("{GET}/x-idempotency-key"), "needs no key");
        accepts("operationId: getNote", "operationId: getNote\n      x-retry-codes: [BUSY]");
        accepts("[IN_PROGRESS]", "[IN_PROGRESS]\n      x-never-retry-codes: [QUOTA]");
        refuses(
            "[IN_PROGRESS]",
            "[IN_PROGRESS]\n      x-never-retry-codes: [QUOTA, IN_PROGRESS]",
            &format!("{POST}/x-never-retry-codes/1"),
            "`x-retry-codes` too",
        );
        let max = |max: &str| format!("{{ header: Note-Key, max: {max} }}");
        accepts("{ header: Note-Key }", &max("36"));
        for bad in ["35", "-1", "40.5"] {
            let pointer = format!("{POST}/x-idempotency-key/max");
            refuses("{ header: Note-Key }", &max(bad), &pointer, "must be 36 at least");
        }
        accepts("[IN_PROGRESS]", "[IN_PROGRESS]\n      x-pending-codes: [CONFLICT]");
        for other in [
            "x-pending-codes: [IN_PROGRESS]",
            "x-pending-codes: [A]\n      x-never-retry-codes: [A]",
        ] {
            let found = broken("[IN_PROGRESS]", &format!("[IN_PROGRESS]\n      {other}"));
            assert!(found.len() == 1 && found[0].contains("remove it from one"), "{found:#?}");
        }
        refuses(
            "operationId: getNote",
            "operationId: getNote\n      x-pending-codes: [CONFLICT]",
            &format!("{GET}/x-pending-codes"),
            "without `x-idempotency-key`",
        );
    }
}
