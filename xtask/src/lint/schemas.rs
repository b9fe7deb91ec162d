//! Rules about schemas: which of them have a name, and what may stand where.

use super::{enums, need, need_description, need_source, streams, unions};
use crate::diagnostic::Diagnostic;
use crate::naming;
use crate::spec::{Node, PIECE, Spec};
use std::collections::{BTreeMap, BTreeSet};

/// Names that generated code already uses without a path.
const RESERVED: [&str; 16] = [
    "Box",
    "Client",
    "Default",
    "Err",
    "From",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Result",
    "Some",
    "String",
    "Unknown",
    "Vec",
];

/// The formats that give a type of their own or are known to be plain texts and numbers.
const FORMATS: [(&str, &[&str]); 3] = [
    ("string", &["binary", "date", "date-time", "email", "uri", "uuid"]),
    ("integer", &["int32", "int64"]),
    ("number", &["double", "float"]),
];

const NAME_IT: &str = "move it to components/schemas and refer to it";

/// Checks every named schema.
pub(super) fn check(spec: &Spec, out: &mut Vec<Diagnostic>) {
    secrets(spec, out);
    let answered = spec.answered();
    let tags = unions::tags(spec);
    for (name, schema) in spec.schemas() {
        named(name, &schema, out);
        let object = Object {
            schema: &schema,
            is_answer: answered.contains(name),
            tag: tags.get(name).map(String::as_str),
        };
        if schema.has("oneOf") {
            unions::check(spec, name, &schema, out);
            streams::union(spec, name, &schema, out);
        } else if schema.has("enum") {
            enums::check(&schema, out);
        } else if schema.text("type") == Some("object") && schema.has("properties") {
            object.check(out);
        } else {
            out.push(schema.complaint(
                "a named schema is an object with `properties`, a string `enum` or a `oneOf`; write this one where it is used",
            ));
        }
    }
}

fn named(name: &str, schema: &Node<'_>, out: &mut Vec<Diagnostic>) {
    if !naming::is_pascal(name) {
        let advice = naming::pascal(name);
        out.push(schema.complaint(format!("the name of a schema is PascalCase; write `{advice}`")));
    }
    if RESERVED.contains(&name) {
        out.push(
            schema
                .complaint(format!("`{name}` is a name that generated code uses; choose another")),
        );
    }
    if schema.has("nullable") {
        out.push(schema.complaint("say `nullable` where the schema is used"));
    }
    need_description(schema, out);
    need_source(schema, out);
}

/// A named schema that becomes a struct.
struct Object<'s, 'a> {
    schema: &'s Node<'a>,
    /// Whether a response can hold one.
    is_answer: bool,
    /// The property that tells it from the other arms of its union.
    tag: Option<&'s str>,
}

impl Object<'_, '_> {
    fn check(&self, out: &mut Vec<Diagnostic>) {
        self.closed(out);
        let properties = self.schema.child("properties");
        let required: BTreeSet<_> = self.schema.texts("required").into_iter().collect();
        for name in required.iter().filter(|name| !properties.has(name)) {
            let message =
                format!("`{name}` is required but not a property; declare it or correct its name");
            out.push(self.schema.child("required").complaint(message));
        }
        let mut seen = BTreeMap::new();
        for (name, property) in properties.entries() {
            self.property(name, &property, required.contains(name), out);
            if let Some(other) = seen.insert(naming::snake(name), name) {
                out.push(property.complaint(format!("gives the same field as `{other}`")));
            }
        }
    }

    fn closed(&self, out: &mut Vec<Diagnostic>) {
        let Some(more) = self.schema.get("additionalProperties") else { return };
        match more.value.as_bool() {
            Some(true) => {}
            Some(false) if self.is_answer => {
                out.push(more.complaint("a vendor adds fields to its responses; remove it, so that they are passed over"));
            }
            Some(false) => out.push(more.complaint("has no effect on a request; remove it")),
            None => out
                .push(more.complaint("the generator does not support a map beside properties yet")),
        }
    }

    fn property(
        &self,
        name: &str,
        property: &Node<'_>,
        is_required: bool,
        out: &mut Vec<Diagnostic>,
    ) {
        if !property.has("$ref") {
            need_description(property, out);
        }
        if self.tag != Some(name) && !is_piece(property) {
            inline(property, out);
        }
        if naming::snake(name) == "new" {
            out.push(property.complaint("gives the setter `new`, a name that is taken"));
        }
        if naming::snake(name) == "extra" && self.schema.flag("x-keep-unknown") {
            out.push(property.complaint(
                "gives the field `extra`, where `x-keep-unknown` has what is not listed",
            ));
        }
        let collection = match property.text("type") {
            Some("array") => "array",
            Some("object") => "map",
            _ => return,
        };
        if self.is_answer && !is_required && !property.flag("nullable") {
            out.push(property.complaint(format!(
                "optional {collection} in a response must be nullable; add \"nullable: true\""
            )));
        }
    }
}

/// Whether a property is a text that is cut within a character, which has a type of its own.
fn is_piece(property: &Node<'_>) -> bool {
    property.text("type") == Some("string") && property.text("format") == Some(PIECE)
}

/// Complains where something is secret that is no property, whose struct would not show it.
fn secrets(spec: &Spec, out: &mut Vec<Diagnostic>) {
    let objects = spec.schemas().into_iter().map(|(_, schema)| schema.child("properties"));
    let places: BTreeSet<_> =
        objects.flat_map(|object| object.entries()).map(|(_, node)| node.pointer).collect();
    let mut todo = vec![spec.root()];
    while let Some(node) = todo.pop() {
        if let Some(word) = node.get("x-secret")
            && !places.contains(&node.pointer)
        {
            out.push(word.complaint("only a property of a named object can be secret"));
        }
        todo.extend(node.branches().into_iter().map(|(_, child)| child));
    }
}

/// Checks a schema that stands where it is used.
pub(super) fn inline(schema: &Node<'_>, out: &mut Vec<Diagnostic>) {
    if schema.reference().is_some() {
        return;
    }
    if schema.has("allOf") {
        return out.push(schema.complaint(
            "`allOf` holds exactly one reference; write the properties out in one schema",
        ));
    }
    if schema.has("oneOf") || schema.has("discriminator") {
        return out.push(schema.complaint(format!("a union must be a named schema; {NAME_IT}")));
    }
    if schema.has("enum") {
        return out.push(schema.complaint(format!("an enum must be a named schema; {NAME_IT}")));
    }
    if schema.has("properties") {
        return out.push(schema.complaint(format!("an object must be a named schema; {NAME_IT}")));
    }
    match schema.text("type") {
        None => any(schema, out),
        Some("array") => array(schema, out),
        Some("object") => map(schema, out),
        Some(name) => format(schema, name, out),
    }
}

/// Without a type a schema is any JSON, and says nothing else about it.
fn any(schema: &Node<'_>, out: &mut Vec<Diagnostic>) {
    if ["items", "format", "additionalProperties"].iter().any(|word| schema.has(word)) {
        need(schema, "type", "add it", out);
    }
}

fn array(schema: &Node<'_>, out: &mut Vec<Diagnostic>) {
    match schema.get("items") {
        Some(items) => inline(&items, out),
        None => need(schema, "items", "say what the array holds; `items: {}` is any JSON", out),
    }
}

fn map(schema: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let Some(values) = schema.get("additionalProperties") else { return };
    match values.value.as_bool() {
        Some(true) => {}
        Some(false) => {
            out.push(values.complaint("an object that can hold nothing; say what it holds"));
        }
        None => inline(&values, out),
    }
}

fn format(schema: &Node<'_>, name: &str, out: &mut Vec<Diagnostic>) {
    let Some(format) = schema.text("format") else { return };
    let known = FORMATS.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, known)| known);
    if !known.contains(&format) {
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        out.push(schema.complaint(format!(
            "the generator does not support the format `{format}` here; known: {known}"
        )));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    const NOTE: &str = "/components/schemas/Note";
    const ID: &str = "id: { type: string, description: Its id. }";

    #[test]
    fn a_schema_is_described_and_sourced() {
        refuses("      description: A note.\n", "", NOTE, "no `description`");
        refuses(
            "description: A color.\n      x-source: { page: Notes, tag: seed }\n",
            "description: A color.\n",
            "/components/schemas/Color",
            "no `x-source`",
        );
        refuses(ID, "id: { type: string }", &format!("{NOTE}/properties/id"), "no `description`");
    }

    #[test]
    fn names_are_pascal_case_and_free() {
        let renamed = |to: &str| {
            let text = include_str!("good.yaml").replace("NewNote", to);
            let spec = crate::spec::Spec::parse(&text, "good.yaml").unwrap();
            super::super::lint(&spec).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(renamed("UINote")[0].contains("write `UiNote`"));
        assert!(renamed("newNote")[0].contains("write `NewNote`"));
        assert!(renamed("Option")[0].contains("a name that generated code uses"));
        assert!(renamed("Fresh").is_empty());
    }

    #[test]
    fn a_named_schema_is_an_object_an_enum_or_a_union() {
        for plain in ["type: string", "type: array\n      items: { type: string }", "type: object"]
        {
            let to = format!(
                "    Alias:\n      {plain}\n      description: A.\n      x-source: {{ page: A, tag: seed }}\n    Note:\n"
            );
            let found = broken("    Note:\n", &to);
            assert!(found.iter().any(|f| f.contains("Alias: a named schema is")), "{found:#?}");
        }
        refuses(
            "      description: A color.\n",
            "      description: A color.\n      nullable: true\n",
            "/components/schemas/Color",
            "where the schema is used",
        );
    }

    #[test]
    fn an_optional_array_or_map_in_a_response_is_nullable() {
        let labels = "labels: { type: array, nullable: true, description: Its labels., items: { type: string } }";
        let says = "must be nullable; add \"nullable: true\"";
        let pointer = format!("{NOTE}/properties/labels");
        refuses(
            labels,
            "labels: { type: array, description: Its labels., items: {} }",
            &pointer,
            says,
        );
        refuses(labels, "labels: { type: object, description: Its labels. }", &pointer, says);
        // The optional array `tags` of NewNote stands in requests only, and is fine.
        accepts(labels, "labels: { description: Any JSON. }");
    }

    #[test]
    fn a_response_stays_open() {
        let closed = |to: &str| format!("description: A note.\n      additionalProperties: {to}");
        let pointer = format!("{NOTE}/additionalProperties");
        refuses("description: A note.", &closed("false"), &pointer, "a vendor adds fields");
        refuses(
            "description: A note.",
            &closed("{ type: string }"),
            &pointer,
            "a map beside properties",
        );
        refuses(
            "description: A note to be added.",
            &closed("false"),
            "/components/schemas/NewNote/additionalProperties",
            "no effect",
        );
        accepts("description: A note.", &closed("true"));
    }

    #[test]
    fn what_is_not_listed_has_a_field_of_its_own() {
        let keeps = "description: A note.\n      x-keep-unknown: true";
        accepts("description: A note.", keeps);
        accepts("        labels: {", "        extra: {");
        let text =
            include_str!("good.yaml").replace("description: A note.\n", &format!("{keeps}\n"));
        let text = text.replace("        labels: {", "        extra: {");
        let spec = crate::spec::Spec::parse(&text, "good.yaml").unwrap();
        let found: Vec<_> = super::super::lint(&spec).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains("Note/properties/extra: gives the field `extra`"), "{found:#?}");
    }

    #[test]
    fn only_a_property_is_secret() {
        accepts(ID, "id: { type: string, x-secret: true, description: Its id. }");
        for (from, to, pointer) in [
            (
                ID,
                "id: { type: array, description: A., nullable: true, items: { type: string, x-secret: true } }",
                "/components/schemas/Note/properties/id/items",
            ),
            ("description: A note.", "description: A note.\n      x-secret: true", NOTE),
        ] {
            refuses(from, to, &format!("{pointer}/x-secret"), "only a property of a named object");
        }
    }

    #[test]
    fn only_a_property_is_cut_within_a_character() {
        accepts(ID, "id: { type: string, format: utf-16, description: Its id. }");
        let says = "does not support the format `utf-16`";
        let items = "id: { type: array, description: A., items: { type: string, format: utf-16 } }";
        refuses(ID, items, &format!("{NOTE}/properties/id/items"), says);
        refuses(
            ID,
            "id: { type: integer, format: utf-16, description: A. }",
            &format!("{NOTE}/properties/id"),
            says,
        );
    }

    #[test]
    fn what_needs_a_name_has_one() {
        let pointer = format!("{NOTE}/properties/id");
        for (inline, says) in [
            ("type: string, enum: [a]", "an enum must be a named schema"),
            ("type: object, properties: {}", "an object must be a named schema"),
            ("oneOf: []", "a union must be a named schema"),
            ("allOf: []", "exactly one reference"),
            ("items: {}", "no `type`"),
            ("type: array", "no `items`"),
            ("type: string, format: ipv4", "does not support the format `ipv4`"),
            ("type: boolean, format: bit", "known: none"),
        ] {
            let found = broken(ID, &format!("id: {{ description: A., nullable: true, {inline} }}"));
            assert!(
                found.iter().any(|f| f.starts_with(&pointer) && f.contains(says)),
                "{says}: {found:#?}"
            );
        }
        refuses(
            ID,
            "id: { description: A., type: array, items: { type: string, enum: [a] } }",
            &format!("{pointer}/items"),
            "must be a named schema",
        );
        refuses(
            ID,
            "id: { description: A., type: object, additionalProperties: { type: object, properties: {} } }",
            &format!("{pointer}/additionalProperties"),
            "must be a named schema",
        );
        refuses(
            ID,
            "id: { description: A., type: object, additionalProperties: false }",
            &format!("{pointer}/additionalProperties"),
            "can hold nothing",
        );
    }

    #[test]
    fn properties_are_declared_and_distinct() {
        refuses(
            "required: [text]",
            "required: [text, color]",
            "/components/schemas/NewNote/required",
            "`color` is required but",
        );
        refuses(
            ID,
            &format!("{ID}\n        Id: {{ type: string, description: Again. }}"),
            &format!("{NOTE}/properties/id"),
            "the same field as `Id`",
        );
        refuses(
            "        tags: {",
            "        new: {",
            "/components/schemas/NewNote/properties/new",
            "a name that is taken",
        );
    }
}
