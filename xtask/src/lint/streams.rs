//! Rules about answers that are streams of events.

use super::{need, operations::JSON};
use crate::diagnostic::Diagnostic;
use crate::naming;
use crate::spec::{EVENT_NAMES, EVENT_STREAM, Node, OperationNode, Spec};

/// The status that a client takes a stream from.
const STREAM_STATUS: &str = "200";

/// The words of a union that have a meaning for its stream only.
const KINDS: [&str; 2] = ["x-terminal", "x-keepalive"];

/// Checks what an operation says of its stream, or that it says nothing where it has none.
pub(super) fn check(operation: &OperationNode<'_>, out: &mut Vec<Diagnostic>) {
    let node = &operation.node;
    for (status, response) in operation.responses() {
        if let Some(media) = response.child("content").get(EVENT_STREAM) {
            content(status, &media, out);
        }
    }
    let Some((_, media)) = operation.event_stream() else {
        if let Some(word) = node.get("x-stream") {
            out.push(word.complaint(format!(
                "there is no stream to be had; remove it, or add the content `{EVENT_STREAM}` to the success"
            )));
        }
        return;
    };
    let brings = |response: &Node<'_>, content| response.child("content").has(content);
    let brings_nothing =
        |response: &Node<'_>| !brings(response, JSON) && !brings(response, EVENT_STREAM);
    let is_none = |response: &Node<'_>| {
        operation.no_stream().is_some_and(|none| none.pointer == response.pointer)
    };
    let successes = operation.successes();
    if successes.iter().any(|(_, response)| brings_nothing(response) && !is_none(response)) {
        out.push(node.child("responses").complaint(format!(
            "beside a stream, a success brings `{JSON}`, or is 204 where there is no stream to be had; describe this \
             one as part of the stream's"
        )));
    }
    match (operation.answers().first(), node.get("x-stream")) {
        (Some(_), Some(word)) => both(node, &word, out),
        (Some(_), None) => out.push(media.complaint(format!(
            "stands beside `{JSON}`; name the method that streams: `x-stream: {{ operationId: ... }}`"
        ))),
        (None, Some(word)) => out.push(word.complaint(format!(
            "there is nothing but the stream; remove it, or add the content `{JSON}` to the success"
        ))),
        (None, None) => {}
    }
    for parameter in operation.parameters().iter().filter(|p| operation.is_cursor(p)) {
        cursor(parameter, out);
        if !operation.is_repeatable() && !node.has("x-idempotency-key") {
            out.push(parameter.complaint(
                "to go on with the stream this method would be sent twice; remove it or add `x-idempotency-key`",
            ));
        }
    }
}

/// A stream is a success, and each of its events is of a named union.
fn content(status: &str, media: &Node<'_>, out: &mut Vec<Diagnostic>) {
    if status != STREAM_STATUS {
        out.push(media.complaint(format!(
            "a stream comes with status {STREAM_STATUS}; the generator does not support another"
        )));
    }
    let schema = media.child("schema");
    if schema.text("$ref").is_none() || !schema.resolved().has("oneOf") {
        out.push(schema.complaint(
            "must be a reference to the union of the stream's events: `{ $ref: \"#/components/schemas/NAME\" }`",
        ));
    }
}

/// The parameter that the runtime fills in when it takes a stream up again.
fn cursor(parameter: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let schema = parameter.child("schema").resolved();
    let is_text =
        schema.text("type") == Some("string") && !schema.has("format") && !schema.has("enum");
    if parameter.text("in") != Some("header") || parameter.flag("required") || !is_text {
        out.push(parameter.complaint(
            "the id after which a stream goes on must be an optional header parameter, `{ type: string }`",
        ));
    }
}

/// An operation that answers in two ways.
fn both(operation: &Node<'_>, word: &Node<'_>, out: &mut Vec<Diagnostic>) {
    need(word, "operationId", "it becomes the name of the method that streams", out);
    let Some(preset) = word.get("body") else { return };
    let body = operation.child("requestBody");
    let schema = body.child("content").child(JSON).child("schema").resolved();
    if !body.flag("required") {
        out.push(preset.complaint("needs a `requestBody` that is `required: true`"));
    }
    for (name, value) in preset.entries() {
        match schema.child("properties").get(name) {
            Some(property) => field(&property, &value, out),
            None => out.push(value.complaint(format!(
                "the body has no property `{name}`; declare it or correct its name"
            ))),
        }
    }
}

/// A field that the call sets has the value's type, and one that is written in one way only.
fn field(property: &Node<'_>, value: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let schema = match property.reference() {
        Some(_) if property.has("allOf") => {
            property.child("allOf").items().first().map_or_else(|| property.clone(), Node::resolved)
        }
        _ => property.resolved(),
    };
    let Some(expected) = settable(&schema) else {
        return out.push(value.complaint(
            "only flags, numbers, enums and texts without a format can be set; remove it",
        ));
    };
    if !fits(&schema, value) {
        out.push(value.complaint(format!("the body's property is {expected}; write such a value")));
    }
}

/// What a property takes, if it is of a kind that can be set.
fn settable(schema: &Node<'_>) -> Option<String> {
    match schema.text("type")? {
        "string" if schema.has("enum") => {
            Some(format!("one of {}", schema.texts("enum").join(", ")))
        }
        "string" if schema.has("format") => None,
        name @ ("boolean" | "integer" | "number" | "string") => Some(format!("of type `{name}`")),
        _ => None,
    }
}

fn fits(schema: &Node<'_>, value: &Node<'_>) -> bool {
    let value = value.value;
    match schema.text("type") {
        Some("boolean") => value.is_boolean(),
        Some("integer") if schema.text("format") == Some("int32") => {
            value.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        _ if schema.has("enum") => {
            value.as_str().is_some_and(|text| schema.texts("enum").contains(&text))
        }
        _ => value.is_string(),
    }
}

/// The names that an operation gives: its own, that of the method that streams, and that of its answers by status.
pub(super) fn names<'a>(operation: &OperationNode<'a>) -> Vec<(String, Node<'a>)> {
    let nodes = [Some(operation.node.clone()), operation.node.get("x-stream")];
    let named = |node: Node<'a>| Some((naming::snake(node.text("operationId")?), node));
    nodes.into_iter().flatten().filter_map(named).collect()
}

/// Checks the words of a union by which its stream is read.
pub(super) fn union(spec: &Spec, name: &str, union: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let streams = spec.operations().into_iter().filter_map(|operation| operation.event_stream());
    let is_streamed =
        streams.into_iter().any(|(_, media)| media.child("schema").reference() == Some(name));
    let (mapping, word) = match union.get(EVENT_NAMES) {
        Some(names) => (names, EVENT_NAMES),
        None => (union.mapping(), "mapping"),
    };
    for list in KINDS.into_iter().filter_map(|word| union.get(word)) {
        if !is_streamed {
            out.push(list.complaint("no operation streams this union; remove it"));
        }
        for kind in list.items() {
            let known =
                kind.value.as_str().is_some_and(|kind| mapping.has(kind) && !kind.ends_with('*'));
            if !known {
                out.push(kind.complaint(format!("must be one of the union's `{word}`")));
            }
        }
    }
    if let Some(done) = union.get("x-done") {
        self::done(union, &done, is_streamed, out);
    }
    for kind in union.child("x-keepalive").items() {
        if kind.value.as_str().is_some_and(|kind| union.texts("x-terminal").contains(&kind)) {
            out.push(kind.complaint("ends the stream too; a keepalive does not, so remove one"));
        }
    }
}

/// What ends a stream without being an event.
fn done(union: &Node<'_>, done: &Node<'_>, is_streamed: bool, out: &mut Vec<Diagnostic>) {
    if !is_streamed {
        out.push(done.complaint("no operation streams this union; remove it"));
    }
    if union.has("x-terminal") {
        out.push(done.complaint("an event of `x-terminal` ends the stream; remove one of them"));
    }
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    if done.value.as_str().is_some_and(is_json) {
        out.push(done.complaint("is JSON, and so an event; write the text that is none"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    const WATCH: &str = "/paths/~1changes/get";
    const SEARCH: &str = "/paths/~1notes~1search/post";
    const CHANGE: &str = "/components/schemas/Change";
    const STREAM: &str = "text/event-stream: { schema: { $ref: \"#/components/schemas/Change\" } }";
    const BODY: &str = "{ live: true, order: oldest, most: 5, score: 1, label: x }";

    #[test]
    fn a_stream_is_of_a_named_union() {
        let pointer = format!("{WATCH}/responses/200/content/text~1event-stream/schema");
        for schema in [
            "text/event-stream: {}",
            "text/event-stream: { schema: {} }",
            "text/event-stream: { schema: { type: array, items: { $ref: '#/components/schemas/Change' } } }",
            "text/event-stream: { schema: { $ref: '#/components/schemas/Note' } }",
        ] {
            let found = broken(STREAM, schema);
            let says = "must be a reference to the union";
            assert!(
                found.iter().any(|f| f.starts_with(&pointer) && f.contains(says)),
                "{found:#?}"
            );
        }
    }

    #[test]
    fn a_stream_comes_with_status_200_alone() {
        let watch = format!("\"200\": {{ description: The changes., content: {{ {STREAM} }} }}");
        refuses(
            &watch,
            &watch.replace("200", "201"),
            &format!("{WATCH}/responses/201/content/text~1event-stream"),
            "comes with status 200",
        );
        let found = broken(&watch, &watch.replace("\"200\"", "\"500\""));
        assert!(
            found.iter().any(|f| f.contains("does not support `text/event-stream` here")),
            "{found:#?}"
        );
        refuses(
            &watch,
            &format!("{watch}\n        \"202\": {{ description: Nothing new. }}"),
            &format!("{WATCH}/responses"),
            "a success brings `application/json`",
        );
        accepts(
            &watch,
            &format!("{watch}\n        \"204\": {{ description: Nothing to follow. }}"),
        );
    }

    #[test]
    fn the_json_beside_a_stream_may_come_with_another_status() {
        let json = "            application/json: { schema: {} }\n            text/event-stream: { schema: { $ref: \"#/components/schemas/Found\" } }\n";
        let (other, stream) = json.split_once('\n').unwrap();
        let created = "        \"201\":\n          description: Later.\n          content:\n";
        accepts(json, &format!("{stream}{created}{other}\n"));
    }

    #[test]
    fn two_contents_need_a_name_for_each_and_one_does_not() {
        let word = format!("      x-stream: {{ operationId: searchNotesLive, body: {BODY} }}\n");
        refuses(
            &word,
            "",
            &format!("{SEARCH}/responses/200/content/text~1event-stream"),
            "name the method that streams",
        );
        refuses(
            "            application/json: { schema: {} }\n",
            "",
            &format!("{SEARCH}/x-stream"),
            "nothing but the stream",
        );
        let named = "operationId: addNote\n      x-stream: { operationId: addNoteLive }";
        let found = broken("operationId: addNote", named);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("x-stream: there is no stream to be had"), "{found:#?}");
    }

    #[test]
    fn the_name_of_the_streaming_method_is_there_and_free_and_distinct() {
        let pointer = format!("{SEARCH}/x-stream");
        refuses("operationId: searchNotesLive, ", "", &pointer, "no `operationId`");
        refuses(
            "operationId: searchNotesLive",
            "operationId: fromEnv",
            &pointer,
            "a name that is taken",
        );
        refuses(
            "operationId: searchNotesLive",
            "operationId: searchNotes",
            &pointer,
            "gives `search_notes`, as /paths/~1notes~1search/post does",
        );
        refuses(
            "operationId: searchNotesLive",
            "operationId: watchNote",
            &pointer,
            "gives `watch_note`, as /paths/~1changes/get does",
        );
    }

    #[test]
    fn what_the_streaming_method_sets_is_in_the_body_and_of_its_type() {
        let pointer = |name: &str| format!("{SEARCH}/x-stream/body/{name}");
        for (name, value, says) in [
            ("quick", "true", "has no property `quick`"),
            ("live", "1", "is of type `boolean`"),
            ("live", "'true'", "is of type `boolean`"),
            ("most", "1.5", "is of type `integer`"),
            ("most", "3000000000", "is of type `integer`"),
            ("score", "high", "is of type `number`"),
            ("label", "true", "is of type `string`"),
            ("order", "green", "is one of newest, oldest"),
            ("order", "1", "is one of newest, oldest"),
            ("before", "now", "only flags, numbers, enums and texts"),
            ("words", "now", "only flags, numbers, enums and texts"),
        ] {
            refuses(BODY, &format!("{{ {name}: {value} }}"), &pointer(name), says);
        }
        refuses(
            "{ required: true, description: What to search for.",
            "{ description: What to search for.",
            &format!("{SEARCH}/x-stream/body"),
            "`required: true`",
        );
        accepts(&format!(", body: {BODY}"), "");
    }

    #[test]
    fn the_id_to_go_on_from_is_an_optional_header_text() {
        let cursor = "name: last-event-id, in: header, description: Only what comes after., schema: { type: string }";
        let pointer = format!("{WATCH}/parameters/0");
        for (from, to) in [
            ("in: header", "in: query"),
            ("in: header", "in: header, required: true"),
            ("type: string", "type: integer"),
            ("type: string", "type: string, format: uuid"),
            ("type: string", "$ref: '#/components/schemas/Color'"),
        ] {
            refuses(
                cursor,
                &cursor.replace(from, to),
                &pointer,
                "must be an optional header parameter",
            );
        }
        accepts(cursor, &cursor.replace("last-event-id", "LAST-EVENT-ID"));
        accepts("  /changes:\n    get:", "  /changes:\n    put:");
        refuses(
            "  /changes:\n    get:",
            "  /changes:\n    post:",
            "/paths/~1changes/post/parameters/0",
            "would be sent twice",
        );
        accepts(
            "  /changes:\n    get:",
            "  /changes:\n    post:\n      x-idempotency-key: { header: Change-Key }",
        );
        // Where nothing is streamed it is a header like any other.
        accepts("name: after, in: query", "name: Last-Event-ID, in: header");
    }

    #[test]
    fn a_parameter_of_a_stream_leaves_its_method_alone() {
        refuses(
            "name: last-event-id",
            "name: events",
            &format!("{WATCH}/parameters/0"),
            "gives the argument `events`, a name that is taken",
        );
        accepts("name: after,", "name: events,");
    }

    #[test]
    fn terminal_events_and_keepalives_are_of_the_mapping() {
        refuses(
            "x-terminal: [gone]",
            "x-terminal: [went]",
            &format!("{CHANGE}/x-terminal/0"),
            "`mapping`",
        );
        refuses(
            "x-keepalive: [tick]",
            "x-keepalive: [tock]",
            &format!("{CHANGE}/x-keepalive/0"),
            "`mapping`",
        );
        refuses(
            "x-keepalive: [tick]",
            "x-keepalive: [tick, gone]",
            &format!("{CHANGE}/x-keepalive/1"),
            "ends the stream too",
        );
        refuses(
            "x-terminal: [gone]",
            "x-terminal: gone",
            &format!("{CHANGE}/x-terminal"),
            "a list of texts",
        );
        accepts("      x-terminal: [gone]\n", "");
        accepts("      x-keepalive: [tick]\n", "");
    }

    #[test]
    fn a_mark_ends_a_stream_that_has_no_last_event() {
        let terminal = "      x-terminal: [gone]\n";
        let pointer = format!("{CHANGE}/x-done");
        accepts(terminal, "      x-done: \"[DONE]\"\n");
        refuses(
            terminal,
            &format!("{terminal}      x-done: \"[DONE]\"\n"),
            &pointer,
            "remove one of them",
        );
        refuses(terminal, "      x-done: \"{}\"\n", &pointer, "is JSON");
        refuses(
            "description: A part of a note.",
            "description: A part of a note.\n      x-done: \"[DONE]\"",
            "/components/schemas/Part/x-done",
            "no operation streams this union",
        );
    }

    #[test]
    fn only_the_union_of_a_stream_has_such_events() {
        let part = "description: A part of a note.";
        for word in ["x-terminal", "x-keepalive"] {
            refuses(
                part,
                &format!("{part}\n      {word}: [rule]"),
                &format!("/components/schemas/Part/{word}"),
                "no operation streams this union",
            );
        }
        let color = "description: A color.";
        refuses(
            color,
            &format!("{color}\n      x-terminal: [red]"),
            "/components/schemas/Color/x-terminal",
            "means nothing without `oneOf`",
        );
    }
}
