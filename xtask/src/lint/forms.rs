//! Rules about forms that carry a file.

use crate::diagnostic::Diagnostic;
use crate::spec::{FORM, Node, OperationNode, Spec};
use std::collections::{BTreeMap, BTreeSet};

/// Checks every operation that sends a form, every such form, and that files stand nowhere else.
pub(super) fn check(spec: &Spec, out: &mut Vec<Diagnostic>) {
    let operations: Vec<_> = spec.operations().into_iter().filter(|o| o.sends_form()).collect();
    let mut places = Places::default();
    for operation in &operations {
        self::operation(operation, out);
        let schema = operation.body_schema();
        places.bodies.insert(schema.pointer.clone());
        if let Some(name) = schema.reference() {
            places.forms.insert(name.to_owned(), schema.resolved());
        }
    }
    for schema in places.forms.values() {
        form(schema, out);
        let files = schema.child("properties").entries().into_iter().map(|(_, property)| property);
        places.files.extend(files.filter(is_file).map(|file| file.pointer));
    }
    let downloads = spec.operations().into_iter().filter_map(|operation| operation.download());
    places.files.extend(downloads.map(|media| media.child("schema").pointer));
    places.check(&spec.root(), out);
}

fn operation(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let body = operation.node.child("requestBody");
    let media = body.child("content").child(FORM);
    if operation.body_schema().reference().is_none() {
        out.push(media.complaint(
            "a form must be a named schema; move it to components/schemas and refer to it",
        ));
    }
    if !body.flag("required") {
        out.push(body.complaint("is a form, and a form is sent in any case; add `required: true`"));
    }
    let word = ["x-stream", "x-pagination"].into_iter().find_map(|word| operation.node.get(word));
    if let Some(node) = word.or(operation.event_stream().map(|(response, _)| response)) {
        out.push(node.complaint(
            "a file is sent once, so an operation that sends one gives no stream and no pages",
        ));
    }
}

fn form(schema: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let properties = schema.child("properties").entries();
    let (files, texts): (Vec<_>, Vec<_>) = properties.iter().partition(|(_, p)| is_file(p));
    let [(name, file)] = files[..] else {
        return out.push(schema.complaint(
            "is sent as a form, and must have one property that is `type: string, format: binary`",
        ));
    };
    if !schema.texts("required").contains(name) {
        out.push(file.complaint("is the file of a form, and must be `required`"));
    }
    if let Some(max) = file.get("x-max-bytes")
        && max.value.as_u64().is_none_or(|max| max == 0)
    {
        out.push(max.complaint("must be a whole number of bytes, 1 or more"));
    }
    for (_, text) in texts {
        let is_plain = text.text("type") == Some("string");
        if !is_plain || ["format", "enum", "nullable"].iter().any(|word| text.has(word)) {
            out.push(text.complaint("stands in a form; beside the file it must be `type: string`"));
        }
    }
    for word in ["x-from-text", "x-keep-unknown"].iter().filter_map(|word| schema.get(word)) {
        out.push(word.complaint("means nothing for a form; remove it"));
    }
}

fn is_file(property: &Node<'_>) -> bool {
    property.text("type") == Some("string") && property.text("format") == Some("binary")
}

/// Where forms and files may stand.
#[derive(Default)]
struct Places<'a> {
    /// By name, the schemas that are sent as forms.
    forms: BTreeMap<String, Node<'a>>,
    /// The pointers of the references to them.
    bodies: BTreeSet<String>,
    /// The pointers of files.
    files: BTreeSet<String>,
}

impl Places<'_> {
    /// Checks a node and all in it, but for what is no schema although it may look like one.
    fn check(&self, node: &Node<'_>, out: &mut Vec<Diagnostic>) {
        if !self.files.contains(&node.pointer) {
            if node.text("format") == Some("binary") {
                out.push(node.complaint(
                    "a file stands in the schema of a `multipart/form-data` body, as its own property, or is all of a \
                     success that is `application/octet-stream`",
                ));
            } else if let Some(max) = node.get("x-max-bytes") {
                out.push(max.complaint("only a file that is sent has it; remove it"));
            }
        }
        let is_form = node.value.get("$ref").is_some()
            && node.reference().is_some_and(|name| self.forms.contains_key(name));
        if is_form && !self.bodies.contains(&node.pointer) {
            out.push(node.complaint("is sent as a form, and stands nowhere else"));
        }
        for (word, child) in node.branches() {
            if !word.starts_with("x-") && !word.starts_with("example") {
                self.check(&child, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{broken, refuses};

    const FORM: &str = "/components/schemas/NewNote";
    const BODY: &str = "{ required: true, content: { application/json: { schema: { $ref: \"#/components/schemas/NewNote\" } } } }";
    const TEXT: &str = "text: { type: string, description: What it says. }";
    const TAGS: &str =
        "        tags: { type: array, description: Its tags., items: { type: string } }\n";

    /// A change that makes a form of the new note, whose fields are `file` and another one.
    fn upload(file: &str, other: &str) -> Vec<String> {
        let sent = BODY.replace("application/json", "multipart/form-data");
        let text = include_str!("good.yaml").replace(BODY, &sent);
        let fields = format!("text: {{ description: A file., {file} }}");
        let other = if other.is_empty() { String::new() } else { format!("        {other}\n") };
        let text = text.replace(TEXT, &fields).replace(TAGS, &other);
        let spec = crate::spec::Spec::parse(&text, "good.yaml").unwrap();
        let found = super::super::lint(&spec);
        found.iter().map(|d| format!("{}: {}", d.pointer, d.message)).collect()
    }

    #[track_caller]
    fn says(found: &[String], pointer: &str, says: &str) {
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with(&format!("{pointer}: ")), "{found:#?}");
        assert!(found[0].contains(says), "{found:#?}");
    }

    const FILE: &str = "type: string, format: binary";

    #[test]
    fn a_form_has_a_file_and_texts() {
        assert_eq!(upload(FILE, ""), [""; 0]);
        let limited = format!("{FILE}, x-max-bytes: 67108864");
        assert_eq!(upload(&limited, "label: { type: string, description: A label. }"), [""; 0]);
        says(&upload("type: string", ""), FORM, "must have one property");
        let two = format!("more: {{ {FILE}, description: Another. }}");
        assert!(upload(FILE, &two)[0].contains("must have one property"));
        for other in [
            "tags: { type: array, description: T., items: { type: string } }",
            "tags: { type: integer, format: int64, description: T. }",
            "tags: { type: string, format: date-time, description: T. }",
            "tags: { type: string, nullable: true, description: T. }",
            "tags: { $ref: \"#/components/schemas/Color\" }",
        ] {
            let pointer = format!("{FORM}/properties/tags");
            says(&upload(FILE, other), &pointer, "must be `type: string`");
        }
    }

    #[test]
    fn the_largest_size_is_a_number_of_bytes() {
        let pointer = format!("{FORM}/properties/text/x-max-bytes");
        for bad in ["0", "-1", "1.5"] {
            says(&upload(&format!("{FILE}, x-max-bytes: {bad}"), ""), &pointer, "whole number");
        }
        let plain = "text: { type: string, format: uri, x-max-bytes: 5, description: A text. }";
        refuses(TEXT, plain, &pointer, "only a file that is sent");
    }

    #[test]
    fn a_file_stands_in_a_form_only() {
        for (from, to, pointer) in [
            (
                TEXT,
                format!("text: {{ {FILE}, description: A file. }}"),
                format!("{FORM}/properties/text"),
            ),
            (
                "id: { type: string, description: Its id. }",
                format!("id: {{ {FILE}, description: A file. }}"),
                "/components/schemas/Note/properties/id".into(),
            ),
        ] {
            refuses(from, &to, &pointer, "stands in the schema of a `multipart/form-data` body");
        }
    }

    #[test]
    fn a_form_is_used_in_no_other_way() {
        let sent = BODY.replace("application/json", "multipart/form-data");
        let nested =
            "other: { description: A note., allOf: [{ $ref: \"#/components/schemas/NewNote\" }] }";
        let found = upload(FILE, nested);
        assert!(found.iter().any(|f| f.contains("stands nowhere else")), "{found:#?}");
        let both = BODY.replace("application/json:", "multipart/form-data: { schema: { $ref: \"#/components/schemas/NewNote\" } }, application/json:");
        let found = broken(BODY, &both);
        assert!(found.iter().any(|f| f.contains("is either JSON or a form")), "{found:#?}");
        let found = broken(BODY, &sent.replace("required: true, ", ""));
        assert!(found.iter().any(|f| f.contains("a form is sent in any case")), "{found:#?}");
        let inline = broken(
            BODY,
            "{ required: true, content: { multipart/form-data: { schema: { type: object } } } }",
        );
        assert!(inline.iter().any(|f| f.contains("a form must be a named schema")), "{inline:#?}");
    }

    #[test]
    fn what_sends_a_file_gives_no_stream_and_no_pages() {
        let form = "content: { multipart/form-data: { schema: { $ref: \"#/components/schemas/Search\" } } }";
        let search =
            "content: { application/json: { schema: { $ref: \"#/components/schemas/Search\" } } }";
        let found = broken(search, form);
        let pointer = "/paths/~1notes~1search/post/x-stream: ";
        assert!(
            found.iter().any(|f| f.starts_with(pointer) && f.contains("sent once")),
            "{found:#?}"
        );
    }
}
