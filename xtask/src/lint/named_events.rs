//! Rules about unions whose arms are told apart by the names of the events that bring them.

use super::{enums, unions};
use crate::diagnostic::Diagnostic;
use crate::spec::{EVENT_NAMES, Node, Spec, schema_name};

/// Checks a named union that has the names of events in place of a discriminator.
pub(super) fn check(spec: &Spec, name: &str, union: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let names = union.child(EVENT_NAMES);
    if let Some(discriminator) = union.get("discriminator") {
        out.push(discriminator.complaint(format!(
            "stands beside `{EVENT_NAMES}`, and one of them tells the arms apart; remove the other"
        )));
    }
    unions::mapping(union, out);
    let pairs = names.text_pairs();
    for (event, _) in pairs.iter().filter(|(event, _)| event.trim().is_empty()) {
        out.push(names.child(event).complaint("an event without a name cannot be told apart"));
    }
    for node in union.child("oneOf").items() {
        let Some(target) = node.text("$ref").and_then(schema_name) else {
            out.push(node.complaint("an arm must be a reference to a named schema"));
            continue;
        };
        if pairs.iter().filter(|(_, to)| schema_name(to) == Some(target)).count() != 1 {
            out.push(node.complaint(format!("must stand in `{EVENT_NAMES}` exactly once")));
        }
        if let Some(schema) = spec.schema(target)
            && !schema.has("properties")
        {
            out.push(node.complaint("an arm of a union must be an object with `properties`"));
        }
    }
    let events: Vec<_> = pairs.iter().map(|(event, _)| *event).collect();
    enums::variants(union, &events, out);
    elsewhere(&spec.root(), name, out);
}

/// Complains wherever the union is not that of a stream's events: nothing else has a name to go by.
fn elsewhere(node: &Node<'_>, name: &str, out: &mut Vec<Diagnostic>) {
    let refers = node.text("$ref").and_then(schema_name) == Some(name);
    if refers && !node.pointer.ends_with("/content/text~1event-stream/schema") {
        out.push(node.complaint(format!(
            "`{name}` goes by the names of events, so it is only for `text/event-stream`; use a discriminator"
        )));
    }
    for (_, child) in node.branches() {
        elsewhere(&child, name, out);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    const CHANGE: &str = "/components/schemas/Change";
    const TAG: &str = "      discriminator:
        propertyName: what
        mapping:
          edit: \"#/components/schemas/EditChange\"
          tick: \"#/components/schemas/TickChange\"
          gone: \"#/components/schemas/GoneChange\"
";

    /// The names of the events of the good document's stream, in place of its tags.
    fn names() -> String {
        TAG.replace("        mapping:\n", "")
            .replace("        propertyName: what\n", "")
            .replace("discriminator", "x-event-names")
    }

    #[test]
    fn the_events_of_a_stream_may_be_told_apart_by_their_names() {
        accepts(TAG, &names());
    }

    #[test]
    fn an_arm_has_one_name_and_may_be_used_elsewhere() {
        let gone = "          gone: \"#/components/schemas/GoneChange\"\n";
        let found = broken(TAG, &names().replace(gone, ""));
        let arm = format!("{CHANGE}/oneOf/2: must stand in `x-event-names` exactly once");
        assert!(found.contains(&arm), "{found:#?}");
        // It is what ends the stream, which then names nothing.
        assert!(
            found.iter().any(|f| f.contains("x-terminal/0: must be one of the union's `x-event"))
        );
        refuses(
            TAG,
            &names().replace(gone, &format!("{gone}{}", gone.replace("gone", "left"))),
            &format!("{CHANGE}/oneOf/2"),
            "exactly once",
        );
        let found = broken(TAG, &names().replace("schemas/TickChange", "schemas/Note"));
        assert!(found.iter().any(|f| f.contains("must be a reference that stands in `oneOf`")));
        accepts(
            &format!(
                "{TAG}      x-terminal: [gone]\n      x-keepalive: [tick]\n    EditChange:
      type: object
      description: An edit.
      x-source: {{ page: Changes, tag: seed }}
      required: [what]
      properties:
        what: {{ type: string, description: Always edit. }}
"
            ),
            &format!(
                "{}      x-terminal: [gone]\n      x-keepalive: [tick]\n    EditChange:
      type: object
      description: An edit.
      x-source: {{ page: Changes, tag: seed }}
      properties:
        after: {{ $ref: \"#/components/schemas/TickChange\" }}
",
                names()
            ),
        );
    }

    #[test]
    fn a_name_is_not_empty_and_gives_a_variant_of_its_own() {
        let found = broken(TAG, &names().replace("edit:", "' ':"));
        assert!(found.iter().any(|f| f.contains("without a name")), "{found:#?}");
        let found = broken(TAG, &names().replace("edit:", "TICK:"));
        assert!(found.iter().any(|f| f.contains("gives the variant `Tick`, as")), "{found:#?}");
    }

    #[test]
    fn one_thing_tells_the_arms_apart() {
        refuses(
            TAG,
            &format!("{TAG}{}", names()),
            &format!("{CHANGE}/discriminator"),
            "remove the other",
        );
    }

    #[test]
    fn such_a_union_is_for_streams_alone() {
        let label = "        label: { type: string, description: A label. }\n";
        let found = {
            let text = include_str!("good.yaml").replace(TAG, &names()).replace(
                label,
                &format!("{label}        last: {{ $ref: \"#/components/schemas/Change\" }}\n"),
            );
            let spec = crate::spec::Spec::parse(&text, "good.yaml").unwrap();
            super::super::lint(&spec)
        };
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].pointer, "/components/schemas/Search/properties/last");
        assert!(found[0].message.contains("only for `text/event-stream`"), "{found:#?}");
    }
}
