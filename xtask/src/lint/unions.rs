//! Rules about unions: `oneOf` with a discriminator, or with the names of events.

use super::{enums, named_events};
use crate::diagnostic::Diagnostic;
use crate::naming;
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
    let used = references(spec.root().value);
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
        if used.iter().filter(|name| **name == target).count() > 1 {
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
        if let Some(prefix) = self.kind.strip_suffix('*') {
            return self.prefixed(prefix, out);
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
        self.size(out);
    }

    /// An arm that is chosen by how the tag begins, and keeps the whole tag.
    fn prefixed(&self, prefix: &str, out: &mut Vec<Diagnostic>) {
        let properties = self.schema.child("properties");
        let tag = properties.child(self.tag);
        let says = tag.text("type") == Some("string") && !tag.has("enum");
        if !says || !self.schema.texts("required").contains(&self.tag) {
            out.push(self.schema.complaint(format!(
                "an arm of `{}` must require the discriminator: `{}: {{ type: string }}`",
                self.kind, self.tag
            )));
        }
        if prefix.is_empty() || prefix.contains('*') {
            out.push(self.schema.complaint("`*` stands at the end, behind how the tag begins"));
        }
        if !self.schema.flag("x-keep-unknown") {
            out.push(self.schema.complaint(
                "what is known by the beginning of its tag alone has fields that are not; add `x-keep-unknown: true`",
            ));
        }
        for (name, property) in properties.entries() {
            if ["name", "set_name", "tag"].contains(&naming::snake(name).as_str()) {
                out.push(property.complaint("gives a field or method that holds the tag already"));
            }
        }
        self.size(out);
    }

    fn size(&self, out: &mut Vec<Diagnostic>) {
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

    /// The good document with the arm `rule` chosen by how its tag begins, and of this form.
    fn prefixed(kind: &str, arm: &str) -> Vec<String> {
        let rule = "      required: [kind]\n      properties:\n        kind: { type: string, description: Always rule. }\n";
        let text = include_str!("good.yaml")
            .replace(RULE, &format!("{kind:?}: \"#/components/schemas/RulePart\""))
            .replace(rule, arm);
        let spec = crate::spec::Spec::parse(&text, "good.yaml").unwrap();
        super::super::lint(&spec).iter().map(ToString::to_string).collect()
    }

    const OPEN: &str = "      x-keep-unknown: true\n      required: [kind]\n      properties:\n        kind: { type: string, description: The kind. }\n";

    #[test]
    fn an_arm_may_be_chosen_by_how_its_tag_begins() {
        assert_eq!(prefixed("rule-*", OPEN), Vec::<String>::new());
        for (kind, arm, says) in [
            (
                "rule-*",
                OPEN.replace("      x-keep-unknown: true\n", ""),
                "add `x-keep-unknown: true`",
            ),
            (
                "rule-*",
                OPEN.replace("type: string", "type: string, enum: [rule]"),
                "must require the discriminator",
            ),
            (
                "rule-*",
                OPEN.replace("required: [kind]", "required: []"),
                "must require the discriminator",
            ),
            ("*", OPEN.into(), "stands at the end, behind"),
            ("rule-*-*", OPEN.into(), "stands at the end, behind"),
            (
                "rule-*",
                format!("{OPEN}        name: {{ type: string, description: A. }}\n"),
                "holds the tag already",
            ),
            (
                "rule-*",
                format!("{OPEN}        setName: {{ type: string, description: A. }}\n"),
                "holds the tag already",
            ),
        ] {
            let found = prefixed(kind, &arm);
            assert!(found.iter().any(|f| f.contains(says)), "{kind} {says}: {found:#?}");
        }
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
