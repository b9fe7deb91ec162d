//! Rules about string enums.

use crate::diagnostic::Diagnostic;
use crate::naming;
use crate::spec::Node;
use std::collections::BTreeMap;

/// The variant that keeps what this version does not know.
const UNKNOWN: &str = "Unknown";

/// Checks a named enum.
pub(super) fn check(schema: &Node<'_>, out: &mut Vec<Diagnostic>) {
    if schema.text("type") != Some("string") {
        out.push(
            schema.complaint("an enum must be `type: string`; describe the values of other types"),
        );
    }
    let values = schema.texts("enum");
    if values.is_empty() {
        out.push(schema.child("enum").complaint("has no values"));
    }
    let descriptions = schema.child("x-enum-descriptions");
    for value in values.iter().filter(|value| !descriptions.has(value)) {
        out.push(
            descriptions.complaint(format!("does not describe `{value}`; add a sentence for it")),
        );
    }
    for (value, node) in descriptions.entries() {
        if !values.contains(&value) {
            out.push(node.complaint("describes a value that the enum does not have"));
        }
    }
    variants(schema, &values, out);
}

/// Each name on the wire gives a variant of its own.
pub(super) fn variants(schema: &Node<'_>, wires: &[&str], out: &mut Vec<Diagnostic>) {
    let chosen = schema.child("x-variant-names");
    for (wire, node) in chosen.entries() {
        if !wires.contains(&wire) {
            out.push(node.complaint("names a variant for something that the schema does not have"));
        }
    }
    let mut seen = BTreeMap::from([(UNKNOWN.to_owned(), "what is not known")]);
    for wire in wires {
        let name = naming::variant(schema, wire);
        if !naming::is_pascal(&name) {
            out.push(chosen.complaint(format!(
                "`{wire}` gives the variant `{name}`; choose a PascalCase name for it"
            )));
        }
        match seen.get(&name) {
            Some(other) => {
                let message = format!(
                    "`{wire}` gives the variant `{name}`, as `{other}` does; choose another name for it"
                );
                out.push(chosen.complaint(message));
            }
            None => {
                seen.insert(name, wire);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, refuses};

    const COLOR: &str = "/components/schemas/Color";
    const ENUM: &str =
        "enum: [red, blue]\n      x-enum-descriptions: { red: Like blood., blue: Like the sky. }";

    #[test]
    fn an_enum_is_of_strings() {
        refuses(
            "type: string\n      description: A color.",
            "description: A color.",
            COLOR,
            "`type: string`",
        );
    }

    #[test]
    fn every_value_and_no_other_is_described() {
        refuses(
            ", blue: Like the sky.",
            "",
            &format!("{COLOR}/x-enum-descriptions"),
            "does not describe `blue`",
        );
        refuses(
            "[red, blue]",
            "[red]",
            &format!("{COLOR}/x-enum-descriptions/blue"),
            "does not have",
        );
        refuses(ENUM, "enum: []", &format!("{COLOR}/enum"), "has no values");
    }

    #[test]
    fn every_value_gives_a_variant_of_its_own() {
        let with = |value: &str, rest: &str| {
            format!(
                "enum: ['{value}', Red]\n      x-enum-descriptions: {{ '{value}': A., Red: B. }}{rest}"
            )
        };
        let names = format!("{COLOR}/x-variant-names");
        refuses(ENUM, &with("red", ""), &names, "`Red` gives the variant `Red`, as `red` does");
        refuses(ENUM, &with("unknown", ""), &names, "as `what is not known` does");
        refuses(ENUM, &with("self", ""), &names, "choose a PascalCase name");
        accepts(ENUM, &with("unknown", "\n      x-variant-names: { unknown: NotSaid }"));
        refuses(
            ENUM,
            &with("blue", "\n      x-variant-names: { green: Green }"),
            &format!("{names}/green"),
            "does not have",
        );
    }
}
