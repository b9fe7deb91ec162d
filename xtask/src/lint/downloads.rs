//! Rules about operations whose success is a file.

use crate::diagnostic::Diagnostic;
use crate::spec::{FILE, OperationNode};

/// Checks an operation, if its success is a file.
pub(super) fn check(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let Some(media) = operation.download() else { return };
    let schema = media.child("schema");
    let is_file = schema.text("type") == Some("string") && schema.text("format") == Some("binary");
    if !is_file || schema.entries().len() > 2 {
        out.push(
            schema.complaint(format!(
                "the schema of `{FILE}` is `{{ type: string, format: binary }}`"
            )),
        );
    }
    let successes = operation.successes();
    let contents = successes.iter().map(|(_, response)| response.child("content").entries().len());
    if successes.len() > 1 || contents.sum::<usize>() > 1 {
        out.push(operation.node.child("responses").complaint(
            "a file is the only success of its operation, and that has no other content; remove what stands beside it",
        ));
    }
    for word in ["x-stream", "x-pagination"].iter().filter_map(|word| operation.node.get(word)) {
        out.push(word.complaint("means nothing where the answer is a file; remove it"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    const POST: &str = "/paths/~1notes/post";
    const ADDED: &str = "\"204\": { description: Added. }";

    fn file(words: &str) -> String {
        format!("\"200\": {{ description: A file., content: {{ {words} }} }}")
    }

    const FILE: &str = "application/octet-stream: { schema: { type: string, format: binary } }";

    #[test]
    fn a_success_may_be_a_file() {
        accepts(ADDED, &file(FILE));
        let pointer = format!("{POST}/responses/200/content/application~1octet-stream/schema");
        for other in
            ["type: string", "type: string, format: binary, nullable: true", "type: object"]
        {
            let media = FILE.replace("type: string, format: binary", other);
            let found = broken(ADDED, &file(&media));
            let says = "is `{ type: string, format: binary }`";
            assert!(
                found.iter().any(|f| f.starts_with(&pointer) && f.contains(says)),
                "{found:#?}"
            );
        }
    }

    #[test]
    fn a_file_stands_alone() {
        let says = "the only success of its operation";
        let pointer = format!("{POST}/responses");
        refuses(
            ADDED,
            &file(&format!("{FILE}, application/json: {{ schema: {{}} }}")),
            &pointer,
            says,
        );
        refuses(ADDED, &format!("{}\n        {ADDED}", file(FILE)), &pointer, says);
        let failure = file(FILE).replace("200", "400");
        let found = broken(ADDED, &format!("{ADDED}\n        {failure}"));
        assert!(
            found.iter().any(|f| f.contains("does not support `application/octet-stream` here"))
        );
    }

    #[test]
    fn a_file_has_neither_pages_nor_events() {
        let to = format!("{}\n      x-pagination: {{ token: a, next: b, items: c }}", file(FILE));
        let found = broken(ADDED, &to);
        assert!(found.iter().any(|f| f.contains("x-pagination: means nothing")), "{found:#?}");
    }
}
