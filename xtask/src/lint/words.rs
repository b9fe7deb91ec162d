//! Which words may stand where, as data: those of OpenAPI 3.0 that the generator carries, and its own `x-` words.
//! All others are refused, for it would pass over them in silence.

use crate::diagnostic::Diagnostic;
use crate::spec::Node;
use serde_json::Value;

/// A kind of object in a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Document,
    Info,
    ErrorBody,
    Dialects,
    Server,
    Derive,
    Tag,
    PathItem,
    Operation,
    IdempotencyKey,
    Stream,
    Pagination,
    Source,
    Parameter,
    ClientParameter,
    RequestBody,
    MediaType,
    Response,
    Header,
    Components,
    SecurityScheme,
    Schema,
    Discriminator,
}

/// What may stand as the value of a word.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Anything.
    Any,
    /// A text that is not empty.
    Text,
    /// `true` or `false`.
    Flag,
    /// A number.
    Number,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A map of names to texts.
    TextMap,
    /// A map of names to texts, numbers and flags.
    PlainMap,
    /// A JSON pointer.
    Pointer,
    /// A list of JSON pointers.
    Pointers,
    /// An object of this kind.
    One(Place),
    /// An object of this kind, or a flag.
    OneOrFlag(Place),
    /// An object of this kind, or a list of them.
    OneOrMany(Place),
    /// A list of objects of this kind.
    List(Place),
    /// A map of names to objects of this kind.
    Map(Place),
}

use Kind::{
    Any, Flag, List, Map, Number, One, OneOf, OneOrFlag, OneOrMany, PlainMap, Pointer, Pointers,
    Text, TextMap, Texts,
};

/// A word, and what may stand as its value.
pub(crate) type Word = (&'static str, Kind);

const SOURCE: Word = ("x-source", OneOrMany(Place::Source));
const DESCRIPTION: Word = ("description", Text);

/// The words of a place.
pub(crate) fn words(place: Place) -> &'static [Word] {
    match place {
        Place::Document => &[
            ("openapi", Text),
            ("info", One(Place::Info)),
            ("servers", List(Place::Server)),
            ("security", Any),
            ("tags", List(Place::Tag)),
            ("paths", Map(Place::PathItem)),
            ("components", One(Place::Components)),
        ],
        Place::Info => &[
            ("title", Text),
            ("version", Text),
            DESCRIPTION,
            ("x-vendor", Text),
            ("x-headers", TextMap),
            ("x-request-id", Texts),
            ("x-error-body", One(Place::ErrorBody)),
            ("x-dialects", One(Place::Dialects)),
        ],
        Place::ErrorBody => &[
            ("message", Pointers),
            ("parameter", Text),
            ("code", Pointers),
            ("request_id", Pointers),
            ("plain", Flag),
            ("failed", Pointer),
        ],
        Place::Dialects => &[("env", Text), ("names", TextMap)],
        Place::Server => &[
            ("url", Text),
            DESCRIPTION,
            ("x-name", Text),
            ("x-env", Text),
            ("x-derive", One(Place::Derive)),
            ("x-dialect-urls", TextMap),
        ],
        Place::Derive => &[("from", Text), ("replace", Text), ("by", Text), ("domain", Text)],
        Place::Tag => &[("name", Text), DESCRIPTION],
        Place::PathItem => &[
            ("parameters", List(Place::Parameter)),
            ("get", One(Place::Operation)),
            ("put", One(Place::Operation)),
            ("post", One(Place::Operation)),
            ("delete", One(Place::Operation)),
            ("head", One(Place::Operation)),
            ("patch", One(Place::Operation)),
        ],
        Place::Operation => &[
            ("operationId", Text),
            ("summary", Text),
            DESCRIPTION,
            ("tags", Texts),
            ("parameters", List(Place::Parameter)),
            ("requestBody", One(Place::RequestBody)),
            ("responses", Map(Place::Response)),
            SOURCE,
            ("x-idempotency-key", One(Place::IdempotencyKey)),
            ("x-retry-codes", Texts),
            ("x-pending-codes", Texts),
            ("x-never-retry-codes", Texts),
            ("x-stream", One(Place::Stream)),
            ("x-server", Text),
            ("x-pagination", One(Place::Pagination)),
            ("x-provisional", Flag),
            ("x-safe", Flag),
            ("x-key-in-body", Text),
            ("x-dialect", Texts),
        ],
        Place::IdempotencyKey => &[("header", Text), ("max", Number)],
        Place::Stream => &[("operationId", Text), ("body", PlainMap)],
        Place::Pagination => &[
            ("token", Text),
            ("next", Text),
            ("page", Text),
            ("size", Text),
            ("more", Text),
            ("items", Text),
            ("former", Text),
        ],
        Place::Source => &[
            ("page", Text),
            ("tag", OneOf(&["seed", "documented", "observed", "inferred"])),
            ("note", Text),
        ],
        Place::Parameter => &[
            ("name", Text),
            ("in", OneOf(&["path", "query", "header"])),
            ("required", Flag),
            DESCRIPTION,
            ("schema", One(Place::Schema)),
            ("example", Any),
            SOURCE,
            ("x-client-parameter", One(Place::ClientParameter)),
            ("x-without", Text),
        ],
        Place::ClientParameter => &[("env", Text)],
        Place::RequestBody => {
            &[DESCRIPTION, ("required", Flag), ("content", Map(Place::MediaType)), SOURCE]
        }
        Place::MediaType => &[("schema", One(Place::Schema)), ("example", Any), ("examples", Any)],
        Place::Response => &[
            DESCRIPTION,
            ("headers", Map(Place::Header)),
            ("content", Map(Place::MediaType)),
            SOURCE,
        ],
        Place::Header => &[DESCRIPTION, ("schema", One(Place::Schema)), ("example", Any), SOURCE],
        Place::Components => &[
            ("schemas", Map(Place::Schema)),
            ("parameters", Map(Place::Parameter)),
            ("responses", Map(Place::Response)),
            ("securitySchemes", Map(Place::SecurityScheme)),
        ],
        Place::SecurityScheme => &[
            ("type", OneOf(&["http"])),
            ("scheme", OneOf(&["bearer", "basic"])),
            ("bearerFormat", Text),
            DESCRIPTION,
            ("x-env", Text),
            ("x-token-prefix", Text),
            ("x-username", OneOf(&["token"])),
            SOURCE,
        ],
        Place::Schema => &[
            ("type", OneOf(&["object", "array", "string", "integer", "number", "boolean"])),
            ("format", Text),
            DESCRIPTION,
            ("nullable", Flag),
            ("properties", Map(Place::Schema)),
            ("required", Texts),
            ("additionalProperties", OneOrFlag(Place::Schema)),
            ("items", One(Place::Schema)),
            ("enum", Texts),
            ("allOf", List(Place::Schema)),
            ("oneOf", List(Place::Schema)),
            ("discriminator", One(Place::Discriminator)),
            ("x-event-names", TextMap),
            ("default", Any),
            ("example", Any),
            ("minimum", Number),
            ("maximum", Number),
            ("minLength", Number),
            ("maxLength", Number),
            ("minItems", Number),
            ("maxItems", Number),
            SOURCE,
            ("x-enum-descriptions", TextMap),
            ("x-variant-names", TextMap),
            ("x-terminal", Texts),
            ("x-keepalive", Texts),
            ("x-done", Text),
            ("x-from-text", Flag),
            ("x-dialect", Texts),
            ("x-required-in", Texts),
            ("x-needs", Texts),
            ("x-excludes", Texts),
            ("x-any-of-required", Texts),
            ("x-secret", Flag),
            ("x-max-bytes", Number),
            ("x-keep-unknown", Flag),
        ],
        Place::Discriminator => &[("propertyName", Text), ("mapping", TextMap)],
    }
}

/// Why a word that OpenAPI knows is not carried, and what to write instead.
const REASONS: [(&str, &str); 7] = [
    (
        "anyOf",
        "it does not say which arm a value is; use `oneOf` with a discriminator, or leave the schema empty for any JSON",
    ),
    ("not", "no Rust type says it; put it into the description"),
    (
        "pattern",
        "the vendor checks it, and a client that does too goes stale; put it into the description",
    ),
    ("title", "it would become the name of a type; put it into the description"),
    (
        "servers",
        "list all servers at the root, and choose one here by its `x-name`: `x-server: NAME`",
    ),
    ("security", "the generator does not support credentials per operation yet"),
    ("deprecated", "put it into the description"),
];

/// Words of a schema that mean nothing unless one of others stands beside them.
const BESIDE: [(&str, &[&str]); 12] = [
    ("required", &["properties"]),
    ("discriminator", &["oneOf"]),
    ("x-event-names", &["oneOf"]),
    ("x-from-text", &["properties"]),
    ("x-any-of-required", &["properties"]),
    ("x-max-bytes", &["format"]),
    ("x-keep-unknown", &["properties"]),
    ("x-enum-descriptions", &["enum"]),
    ("x-variant-names", &["enum", "oneOf"]),
    ("x-terminal", &["oneOf"]),
    ("x-keepalive", &["oneOf"]),
    ("x-done", &["oneOf"]),
];

/// Complains about each word that may not stand where it stands, and each value that is not of its kind.
pub(crate) fn check(document: &Node<'_>, out: &mut Vec<Diagnostic>) {
    object(document, Place::Document, out);
}

fn object(node: &Node<'_>, place: Place, out: &mut Vec<Diagnostic>) {
    if !node.value.is_object() {
        return out.push(node.complaint("must be a map"));
    }
    if node.has("$ref") {
        return reference(node, place, out);
    }
    for (word, child) in node.entries() {
        match words(place).iter().find(|(known, _)| *known == word) {
            Some((_, kind)) => value(&child, *kind, out),
            None => out.push(child.complaint(unknown(word, place))),
        }
    }
    if place == Place::Schema {
        beside(node, out);
    }
}

fn beside(schema: &Node<'_>, out: &mut Vec<Diagnostic>) {
    for (word, others) in BESIDE {
        if schema.has(word) && !others.iter().any(|other| schema.has(other)) {
            let others = others.join("` or `");
            let message = format!("`{word}` means nothing without `{others}`; remove it");
            out.push(schema.child(word).complaint(message));
        }
    }
}

/// Where the things are that can be referred to, by what refers to them.
const TARGETS: [(Place, &str); 3] = [
    (Place::Schema, "#/components/schemas/"),
    (Place::Parameter, "#/components/parameters/"),
    (Place::Response, "#/components/responses/"),
];

fn reference(node: &Node<'_>, place: Place, out: &mut Vec<Diagnostic>) {
    let Some((_, prefix)) = TARGETS.iter().find(|(of, _)| *of == place) else {
        return out
            .push(node.complaint("the generator does not support a reference here; write it out"));
    };
    let name = node.text("$ref").and_then(|target| target.strip_prefix(prefix));
    if !name.is_some_and(|name| !name.is_empty() && !name.contains('/')) {
        out.push(node.complaint(format!("a reference here must be to `{prefix}NAME`")));
    } else if node.resolved().pointer == node.pointer {
        out.push(node.complaint("this reference points at nothing in this document"));
    } else if node.resolved().has("$ref") {
        out.push(
            node.complaint("this reference points at another one; refer to what that refers to"),
        );
    }
    if node.entries().len() > 1 {
        out.push(node.complaint(
            "OpenAPI 3.0 passes over what stands beside `$ref`; write `allOf: [{ $ref: ... }]` beside the other words",
        ));
    }
}

fn unknown(word: &str, place: Place) -> String {
    if word.starts_with("x-") {
        let known: Vec<_> =
            words(place).iter().map(|(w, _)| *w).filter(|w| w.starts_with("x-")).collect();
        return match known[..] {
            [] => format!("`{word}` means nothing here; remove it"),
            _ => format!("`{word}` means nothing here; known here: {}", known.join(", ")),
        };
    }
    match REASONS.iter().find(|(w, _)| *w == word) {
        Some((_, reason)) => format!("`{word}` is not supported: {reason}"),
        None => format!("`{word}` is not a word that the generator supports here; remove it"),
    }
}

fn value(node: &Node<'_>, kind: Kind, out: &mut Vec<Diagnostic>) {
    match kind {
        One(place) => object(node, place, out),
        OneOrFlag(_) if node.value.is_boolean() => {}
        OneOrFlag(place) => object(node, place, out),
        OneOrMany(place) if !node.value.is_array() => object(node, place, out),
        OneOrMany(place) | List(place) => list(node, place, out),
        Map(place) => map(node, place, out),
        Any | Text | Flag | Number | OneOf(_) | Texts | TextMap | PlainMap | Pointer | Pointers => {
            if !holds(node.value, kind) {
                out.push(node.complaint(format!("must be {}", expected(kind))));
            }
        }
    }
}

/// Whether a value that is no object is what it has to be.
fn holds(value: &Value, kind: Kind) -> bool {
    let text = value.as_str();
    match kind {
        Text => text.is_some_and(|s| !s.trim().is_empty()),
        Flag => value.is_boolean(),
        Number => value.is_number(),
        OneOf(texts) => text.is_some_and(|s| texts.contains(&s)),
        Texts => is_list(value, |_| true),
        Pointer => text.is_some_and(|s| s.starts_with('/')),
        Pointers => is_list(value, |s| s.starts_with('/')),
        TextMap => is_map(value, Value::is_string),
        PlainMap => is_map(value, is_plain),
        _ => true,
    }
}

/// What such a value has to be.
fn expected(kind: Kind) -> String {
    match kind {
        Text => "a text, not empty".to_owned(),
        Flag => "`true` or `false`".to_owned(),
        Number => "a number".to_owned(),
        OneOf(texts) => format!("one of {}", texts.join(", ")),
        Texts => "a list of texts".to_owned(),
        Pointer => "a JSON pointer such as `/error`".to_owned(),
        Pointers => "a list of JSON pointers such as `/error`".to_owned(),
        TextMap => "a map of names to texts".to_owned(),
        PlainMap => "a map of names to texts, numbers or flags".to_owned(),
        _ => "anything".to_owned(),
    }
}

fn list(node: &Node<'_>, place: Place, out: &mut Vec<Diagnostic>) {
    if !node.value.is_array() {
        out.push(node.complaint("must be a list"));
    }
    for item in node.items() {
        object(&item, place, out);
    }
}

fn map(node: &Node<'_>, place: Place, out: &mut Vec<Diagnostic>) {
    if !node.value.is_object() {
        out.push(node.complaint("must be a map"));
    }
    for (_, child) in node.entries() {
        object(&child, place, out);
    }
}

fn is_list(value: &Value, good: impl Fn(&str) -> bool) -> bool {
    value.as_array().is_some_and(|a| a.iter().all(|v| v.as_str().is_some_and(&good)))
}

fn is_map(value: &Value, good: impl Fn(&Value) -> bool) -> bool {
    value.as_object().is_some_and(|m| m.values().all(good))
}

fn is_plain(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Spec;
    use std::collections::BTreeSet;

    fn complaints(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        check(&Spec::parse(text, "s.yaml").unwrap().root(), &mut out);
        out.iter().map(ToString::to_string).collect()
    }

    fn one(text: &str) -> String {
        let found = complaints(text);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].clone()
    }

    const PLACES: [Place; 23] = [
        Place::Document,
        Place::Info,
        Place::ErrorBody,
        Place::Dialects,
        Place::Server,
        Place::Derive,
        Place::Tag,
        Place::PathItem,
        Place::Operation,
        Place::IdempotencyKey,
        Place::Stream,
        Place::Pagination,
        Place::Source,
        Place::Parameter,
        Place::ClientParameter,
        Place::RequestBody,
        Place::MediaType,
        Place::Response,
        Place::Header,
        Place::Components,
        Place::SecurityScheme,
        Place::Schema,
        Place::Discriminator,
    ];

    #[test]
    fn the_page_about_the_x_words_lists_exactly_those() {
        let page = include_str!("../../../openapi/README.md");
        let listed = |line: &'static str| line.strip_prefix("| `x-")?.split_once('`');
        let listed: Vec<_> = page.lines().filter_map(listed).map(|(word, _)| word).collect();
        let known = PLACES.iter().flat_map(|place| words(*place));
        let known: BTreeSet<_> = known.filter_map(|(word, _)| word.strip_prefix("x-")).collect();
        assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), known);
        assert_eq!(listed.len(), known.len(), "a word is listed twice");
    }

    #[test]
    fn an_unknown_x_word_is_refused_and_the_known_ones_are_named() {
        assert_eq!(
            one("paths: { /: { get: { x-sauce: {} } } }"),
            "s.yaml#/paths/~1/get/x-sauce: `x-sauce` means nothing here; \
             known here: x-source, x-idempotency-key, x-retry-codes, x-pending-codes, x-never-retry-codes, x-stream, x-server, x-pagination, x-provisional, x-safe, x-key-in-body, x-dialect"
        );
    }

    #[test]
    fn an_x_word_in_the_wrong_place_is_refused() {
        assert_eq!(
            one("tags: [{ name: a, x-vendor: A }]"),
            "s.yaml#/tags/0/x-vendor: `x-vendor` means nothing here; remove it"
        );
    }

    #[test]
    fn a_word_that_needs_another_is_refused_without_it() {
        assert_eq!(
            one("components: { schemas: { A: { x-variant-names: { a: B } } } }"),
            "s.yaml#/components/schemas/A/x-variant-names: \
             `x-variant-names` means nothing without `enum` or `oneOf`; remove it"
        );
        assert!(
            one("components: { schemas: { A: { items: { x-enum-descriptions: { a: B } } } } }")
                .contains(
                    "/items/x-enum-descriptions: `x-enum-descriptions` means nothing without `enum`"
                )
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused() {
        for (text, expected) in [
            ("info: { x-vendor: 1 }", "/info/x-vendor: must be a text, not empty"),
            ("info: { x-vendor: ' ' }", "/info/x-vendor: must be a text, not empty"),
            ("info: { x-headers: [A] }", "/info/x-headers: must be a map of names to texts"),
            ("info: { x-request-id: A }", "/info/x-request-id: must be a list of texts"),
            (
                "info: { x-error-body: { code: [code] } }",
                "/info/x-error-body/code: must be a list of JSON pointers such as `/error`",
            ),
            (
                "info: { x-error-body: { failed: isError } }",
                "/info/x-error-body/failed: must be a JSON pointer such as `/error`",
            ),
            (
                "components: { schemas: { A: { x-source: { tag: guess } } } }",
                "/components/schemas/A/x-source/tag: must be one of seed, documented, observed, inferred",
            ),
            (
                "components: { schemas: { A: { nullable: 'yes' } } }",
                "/components/schemas/A/nullable: must be `true` or `false`",
            ),
            (
                "components: { schemas: { A: { minLength: a } } }",
                "/components/schemas/A/minLength: must be a number",
            ),
            (
                "paths: { /: { get: { x-stream: { body: { a: [] } } } } }",
                "/paths/~1/get/x-stream/body: must be a map of names to texts, numbers or flags",
            ),
            (
                "components: { schemas: { A: { oneOf: [], x-terminal: done } } }",
                "/components/schemas/A/x-terminal: must be a list of texts",
            ),
            ("servers: {}", "/servers: must be a list"),
            ("paths: []", "/paths: must be a map"),
            ("info: []", "/info: must be a map"),
        ] {
            assert_eq!(one(text), format!("s.yaml#{expected}"));
        }
    }

    #[test]
    fn words_of_openapi_that_are_not_carried_are_refused_with_the_reason() {
        let any_of = one("components: { schemas: { A: { anyOf: [] } } }");
        assert!(any_of.contains("`anyOf` is not supported: it does not say which arm"), "{any_of}");
        let pattern = one("components: { schemas: { A: { pattern: a } } }");
        assert!(pattern.contains("`pattern` is not supported: the vendor checks it"), "{pattern}");
        let servers = one("paths: { /: { get: { servers: [] } } }");
        assert!(servers.contains("choose one here by its `x-name`: `x-server: NAME`"), "{servers}");
        let callbacks = one("paths: { /: { get: { callbacks: {} } } }");
        assert!(
            callbacks.contains("`callbacks` is not a word that the generator supports here"),
            "{callbacks}"
        );
        let misspelt = one("components: { schemas: { A: { desciption: a } } }");
        assert!(misspelt.contains("`desciption` is not a word"), "{misspelt}");
    }

    #[test]
    fn a_reference_stands_alone_and_points_at_something() {
        let beside = one(
            "components: { schemas: { A: {}, B: { $ref: '#/components/schemas/A', description: b } } }",
        );
        assert!(beside.contains("beside `$ref`"), "{beside}");
        let dangling = one("components: { schemas: { B: { $ref: '#/components/schemas/A' } } }");
        assert!(dangling.contains("points at nothing"), "{dangling}");
        let schema = |to: &str| {
            one(&format!(
                "components: {{ parameters: {{ P: {{}} }}, schemas: {{ A: {{}}, B: {{ items: {{ $ref: '{to}' }} }} }} }}"
            ))
        };
        for elsewhere in
            ["#/components/parameters/P", "#/components/schemas/A/items", "other.yaml#/A"]
        {
            let found = schema(elsewhere);
            assert!(found.contains("must be to `#/components/schemas/NAME`"), "{found}");
        }
        let twice = complaints(
            "components: { schemas: { A: {}, B: { $ref: '#/components/schemas/A' }, C: { items: { $ref: '#/components/schemas/B' } } } }",
        );
        assert!(twice[0].contains("points at another one"), "{twice:#?}");
        let body =
            one("paths: { /: { get: { requestBody: { $ref: '#/components/requestBodies/A' } } } }");
        assert!(body.contains("does not support a reference here"), "{body}");
    }
}
