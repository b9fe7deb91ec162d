//! Rules about unions: `oneOf` with a discriminator, or with the names of events.

use super::{enums, named_events};
use crate::diagnostic::Diagnostic;
use crate::spec::{EVENT_NAMES, Node, Spec, references, schema_name};
use std::collections::BTreeMap;

/// For each schema that is an arm of a union, the property that tells it from the others.
pub(super) fn tags(spec: &Spec) -> BTreeMap<&str, String> {
    let mut tags = BTreeMap::new();
    for (_, union) in spec.schemas() {
        let Some(tag) = union.child("discriminator").text("propertyName") else { continue };
        for arm in union.child("oneOf").items().iter().filter_map(Node::reference) {
            tags.insert(arm, tag.to_owned());
        }
    }
    tags
}

/// Checks a named union.
pub(super) fn check(spec: &Spec, name: &str, union: &Node<'_>, out: &mut Vec<Diagnostic>) {
    if union.has(EVENT_NAMES) {
        return named_events::check(spec, name, union, out);
    }
    let discriminator = union.child("discriminator");
    let Some(tag) = discriminator.text("propertyName").filter(|_| discriminator.has("mapping"))
    else {
        return out.push(
            union.complaint(
                "`oneOf` needs a `discriminator` with `propertyName` and `mapping` or, where it is the union of a \
                 stream's events, `x-event-names`",
            ),
        );
    };
    mapping(union, out);
    let mapping = discriminator.text_map("mapping");
    for node in union.child("oneOf").items() {
        let Some(target) = node.text("$ref").and_then(schema_name) else {
            out.push(node.complaint("an arm must be a reference to a named schema"));
            continue;
        };
        let mut kinds = mapping.iter().filter(|(_, to)| schema_name(to) == Some(target));
        match (kinds.next(), kinds.next(), spec.schema(target)) {
            (Some((kind, _)), None, Some(schema)) => {
                Arm { union: name, tag, kind, schema }.check(out);
            }
            (_, _, Some(_)) => {
                out.push(
                    node.complaint("must stand in the discriminator's `mapping` exactly once"),
                );
            }
            (_, _, None) => {}
        }
        if references(spec.root().value).iter().filter(|name| *name == target).count() > 1 {
            out.push(node.complaint("an arm may be used nowhere else, for it loses its discriminator; make a copy of the schema"));
        }
    }
    let kinds: Vec<_> = mapping.iter().map(|(kind, _)| *kind).collect();
    enums::variants(union, &kinds, out);
}

/// What the mapping names is an arm.
pub(super) fn mapping(union: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let arms = union.child("oneOf").items();
    for (_, node) in union.mapping().entries() {
        let target = node.value.as_str().and_then(schema_name);
        if target.is_none() || !arms.iter().any(|arm| arm.reference() == target) {
            out.push(node.complaint("must be a reference that stands in `oneOf` too"));
        }
    }
}

/// An arm of a union, and the value of the tag by which it is chosen.
struct Arm<'s, 'a> {
    union: &'s str,
    tag: &'s str,
    kind: &'s str,
    schema: Node<'a>,
}

impl Arm<'_, '_> {
    fn check(&self, out: &mut Vec<Diagnostic>) {
        if !self.schema.has("properties") {
            return out.push(
                self.schema.complaint("an arm of a union must be an object with `properties`"),
            );
        }
        let tag = self.schema.child("properties").child(self.tag);
        let says = tag.text("type") == Some("string")
            && (!tag.has("enum") || tag.texts("enum") == [self.kind]);
        if !says || !self.schema.texts("required").contains(&self.tag) {
            out.push(self.schema.complaint(format!(
                "an arm must require the discriminator: `{}: {{ type: string, enum: [{}] }}`",
                self.tag, self.kind
            )));
        }
        for (_, property) in self.schema.child("properties").entries() {
            if property.reference() == Some(self.union) {
                out.push(
                    property
                        .complaint("a union that holds itself has no size; hold it in an array"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    const PART: &str = "/components/schemas/Part";
    const TEXT: &str = "/components/schemas/TextPart";
    const RULE: &str = "rule: \"#/components/schemas/RulePart\"";

    #[test]
    fn a_union_has_a_discriminator() {
        let found = broken("        propertyName: kind\n", "");
        assert!(
            found[0].starts_with(PART) && found[0].contains("needs a `discriminator`"),
            "{found:#?}"
        );
    }

    #[test]
    fn the_mapping_names_each_arm_once() {
        refuses(&format!("          {RULE}\n"), "", &format!("{PART}/oneOf/1"), "exactly once");
        refuses(
            RULE,
            &format!("{RULE}\n          line: \"#/components/schemas/RulePart\""),
            &format!("{PART}/oneOf/1"),
            "exactly once",
        );
        let found = broken(RULE, "rule: RulePart");
        assert!(found[0].contains("mapping/rule: must be a reference"), "{found:#?}");
    }

    #[test]
    fn an_arm_is_a_named_object_with_the_tag() {
        let rule = "- $ref: \"#/components/schemas/RulePart\"";
        let found = broken(rule, "- { type: object }");
        assert!(found.iter().any(|f| f.contains("an arm must be a reference")), "{found:#?}");
        let says = "an arm must require the discriminator: `kind: { type: string, enum: [text] }`";
        refuses("required: [kind, body]", "required: [body]", TEXT, says);
        refuses("enum: [text], ", "enum: [words], ", TEXT, says);
        accepts("enum: [text], ", "");
        let found = broken(rule, "- $ref: \"#/components/schemas/Color\"");
        assert!(
            found.iter().any(|f| f.contains("must stand in the discriminator's `mapping`")),
            "{found:#?}"
        );
    }

    #[test]
    fn an_arm_is_used_nowhere_else() {
        refuses(
            "color: { $ref: \"#/components/schemas/Color\" }",
            "color: { $ref: \"#/components/schemas/Color\" }\n        text: { $ref: \"#/components/schemas/TextPart\" }",
            &format!("{PART}/oneOf/0"),
            "used nowhere else",
        );
    }

    #[test]
    fn a_union_holds_itself_only_in_an_array() {
        let body = "body: { type: string, description: The text. }";
        refuses(
            body,
            "body: { $ref: \"#/components/schemas/Part\" }",
            &format!("{TEXT}/properties/body"),
            "has no size",
        );
        accepts(
            body,
            "body: { type: array, description: Parts., items: { $ref: \"#/components/schemas/Part\" } }",
        );
    }
}
