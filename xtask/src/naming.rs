//! Names in Rust for names on the wire. The spelling is that of progenitor and typify, so that both sides meet.

use crate::spec::Node;
use heck::{ToPascalCase as _, ToSnakeCase as _};

/// Words that are no identifiers, up to edition 2024.
const KEYWORDS: [&str; 53] = [
    "_", "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// A function, field or argument.
pub(crate) fn snake(name: &str) -> String {
    identifier(words(name).to_snake_case(), "x")
}

/// A type or variant.
pub(crate) fn pascal(name: &str) -> String {
    identifier(words(name).to_pascal_case(), "X")
}

/// The type of a request that an operation makes, apart from that of its body, which often has the operation's name.
pub(crate) fn request(operation: &str) -> String {
    format!("{}Request", pascal(operation))
}

/// The type of an operation's answers, where they differ by status.
pub(crate) fn answer(operation: &str) -> String {
    format!("{}Answer", pascal(operation))
}

/// The variant for a value of an enum or a kind of a union: as `x-variant-names` says, or by its spelling.
pub(crate) fn variant(schema: &Node<'_>, wire: &str) -> String {
    let chosen = schema.child("x-variant-names").text(wire);
    chosen.map_or_else(|| pascal(wire), str::to_owned)
}

fn words(name: &str) -> String {
    let letters = name.replace('\'', "");
    letters.replace(|c: char| !c.is_alphanumeric() && c != '_', "-")
}

fn identifier(name: String, prefix: &str) -> String {
    match name.chars().next() {
        None => prefix.to_owned(),
        Some(c) if c.is_numeric() => format!("{prefix}{name}"),
        Some(_) if KEYWORDS.contains(&name.as_str()) => format!("{name}_"),
        Some(_) => name,
    }
}

/// Whether this can stand as the name of a type or variant as it is.
pub(crate) fn is_pascal(name: &str) -> bool {
    pascal(name) == name && !name.ends_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_progenitor_spells_them() {
        assert_eq!(snake("dispatchThread"), "dispatch_thread");
        assert_eq!(snake("X-Trace-Id"), "x_trace_id");
        assert_eq!(snake("type"), "type_");
        assert_eq!(snake("a-b.c"), "a_b_c");
        assert_eq!(pascal("step-start"), "StepStart");
        assert_eq!(pascal("run.started"), "RunStarted");
        assert_eq!(pascal("in_progress"), "InProgress");
        assert_eq!(pascal("UIMessage"), "UiMessage");
        assert_eq!(pascal("self"), "Self_");
        assert_eq!(pascal("3d"), "X3d");
        assert_eq!(pascal(""), "X");
    }

    #[test]
    fn pascal_case_is_what_comes_back_unchanged() {
        assert!(is_pascal("UiMessagePart"));
        for bad in ["UIMessage", "uiMessage", "Ui_Message", "Ui Message", "Self", "3d"] {
            assert!(!is_pascal(bad), "{bad}");
        }
    }
}
