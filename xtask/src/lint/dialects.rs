//! Rules about the dialects of a vendor's API, and about what is said to be of only some of them.

use super::{need, servers};
use crate::diagnostic::Diagnostic;
use crate::naming;
use crate::spec::{Node, Spec};
use std::collections::BTreeMap;

/// Checks the list of dialects, and what servers and operations say of them.
pub(super) fn check(spec: &Spec, out: &mut Vec<Diagnostic>) {
    if let Some(node) = spec.root().child("info").get("x-dialects") {
        list(spec, &node, out);
    }
    for server in spec.root().child("servers").items() {
        if let Some(word) = server.get("x-dialect-urls") {
            urls(spec, &word, out);
        }
    }
    for operation in spec.operations() {
        if let Some(word) = operation.node.get("x-dialect") {
            some_of(spec, &word, out);
        }
    }
}

fn list(spec: &Spec, node: &Node<'_>, out: &mut Vec<Diagnostic>) {
    need(node, "env", "name the environment variable that may hold a dialect", out);
    need(node, "names", "say in a line what each is: `{ old: ..., new: ... }`", out);
    if spec.dialects().len() < 2 {
        out.push(node.complaint("must have two at least; what is true of one is true of all"));
    }
    let mut seen = BTreeMap::new();
    for name in spec.dialects() {
        let (variant, place) = (naming::pascal(name), node.child("names").child(name));
        if place.value.as_str().is_some_and(|text| text.trim().is_empty()) {
            out.push(place.complaint("say in a line what it is"));
        }
        if name.trim() != name || !naming::is_pascal(&variant) {
            out.push(
                place.complaint(format!("gives the variant `{variant}`; choose another name")),
            );
        }
        if let Some(other) = seen.insert(variant, name) {
            out.push(place.complaint(format!("gives the same variant as `{other}`")));
        }
    }
    let schemes = spec.root().child("components").child("securitySchemes").entries();
    let others = spec.root().child("servers").items().into_iter();
    let others = others.chain(schemes.into_iter().map(|(_, scheme)| scheme));
    let env = node.text("env");
    if env.is_some() && others.into_iter().any(|other| other.text("x-env") == env) {
        out.push(node.child("env").complaint("is the variable of something else too"));
    }
}

fn urls(spec: &Spec, word: &Node<'_>, out: &mut Vec<Diagnostic>) {
    for (name, node) in word.entries() {
        match spec.dialects().iter().position(|dialect| dialect == name) {
            None => out.push(node.complaint(unknown(spec, name))),
            Some(0) => out.push(
                node.complaint(format!("the server's `url` is that of `{name}`, the default")),
            ),
            Some(_) => {}
        }
        if !servers::is_base(node.value.as_str().unwrap_or_default()) {
            out.push(
                node.complaint("must be `https`, without variables and without a slash at its end"),
            );
        }
    }
}

/// Complains unless these are some of the dialects, and not all.
pub(super) fn some_of(spec: &Spec, word: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let names: Vec<_> = word.items();
    for (index, node) in names.iter().enumerate() {
        let name = node.value.as_str().unwrap_or_default();
        if !spec.dialects().iter().any(|dialect| dialect == name) {
            out.push(node.complaint(unknown(spec, name)));
        }
        if names[..index].iter().any(|earlier| earlier.value == node.value) {
            out.push(node.complaint(format!("`{name}` stands here already")));
        }
    }
    if names.is_empty() {
        out.push(word.complaint("names no dialect; remove it"));
    } else if spec.dialects().iter().all(|name| names.iter().any(|node| node.value == name)) {
        out.push(word.complaint("names all dialects; remove it"));
    }
}

fn unknown(spec: &Spec, name: &str) -> String {
    match spec.dialects() {
        [] => format!("`{name}` is no dialect; `info` has no `x-dialects`"),
        known => format!("`{name}` is no dialect; known: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    const VENDOR: &str = "  x-vendor: Notes\n";
    const LIST: &str = "  x-vendor: Notes\n  x-dialects: { env: NOTES_DIALECT, names: { old: The first., new: The later. } }\n";
    const SERVER: &str = "  - { url: https://notes.example, x-env: NOTES_URL }\n";

    /// What is between the vendor's name and its server in the good document, with dialects and these words.
    fn with_server(words: &str) -> (String, String) {
        let rest = "  x-error-body: { message: [/message] }\nservers:\n";
        let server = SERVER.replace(" }\n", &format!("{words} }}\n"));
        (format!("{VENDOR}{rest}{SERVER}"), format!("{LIST}{rest}{server}"))
    }

    /// The good document up to its first operation, with dialects and this word.
    fn with_operation(word: &str) -> (String, String) {
        let good = include_str!("good.yaml");
        let end = good.find("getNote\n").unwrap() + "getNote\n".len();
        let from = good[good.find(VENDOR).unwrap()..end].to_owned();
        let to = from.replace(VENDOR, LIST) + &format!("      x-dialect: {word}\n");
        (from, to)
    }

    #[test]
    fn dialects_have_a_variable_and_names_with_meanings() {
        accepts(VENDOR, LIST);
        for (from, to, place, says) in [
            ("env: NOTES_DIALECT, ", "", "", "no `env`"),
            ("env: NOTES_DIALECT", "env: NOTES_KEY", "/env", "of something else"),
            ("env: NOTES_DIALECT", "env: NOTES_URL", "/env", "of something else"),
            (", new: The later.", "", "", "two at least"),
            ("new: The later.", "Old: The later.", "/names/Old", "the same variant as `old`"),
            ("new: The later.", "' old': A.", "/names/ old", "choose another name"),
            ("new: The later.", "self: A.", "/names/self", "the variant `Self_`"),
            ("new: The later.", "new: ' '", "/names/new", "what it is"),
        ] {
            let found = broken(VENDOR, &LIST.replace(from, to));
            let start = format!("/info/x-dialects{place}: ");
            assert!(
                found.iter().any(|f| f.starts_with(&start) && f.contains(says)),
                "{start}{says}: {found:#?}"
            );
        }
    }

    #[test]
    fn a_server_has_urls_for_dialects_that_are_not_the_default() {
        let pointer = "/servers/0/x-dialect-urls";
        let (from, to) = with_server(", x-dialect-urls: { new: https://new.notes.example }");
        accepts(&from, &to);
        for (words, place, says) in [
            ("{ old: https://a.example }", "/old", "`url` is that of `old`"),
            ("{ later: https://a.example }", "/later", "known: old, new"),
            ("{ new: http://a.example }", "/new", "must be `https`"),
            ("{ new: https://a.example/ }", "/new", "a slash at its end"),
        ] {
            let (from, to) = with_server(&format!(", x-dialect-urls: {words}"));
            refuses(&from, &to, &format!("{pointer}{place}"), says);
        }
        refuses(
            SERVER,
            &SERVER.replace(" }", ", x-dialect-urls: { new: https://a.example } }"),
            &format!("{pointer}/new"),
            "`info` has no `x-dialects`",
        );
    }

    #[test]
    fn an_operation_is_of_some_dialects_and_not_of_all() {
        let pointer = "/paths/~1notes~1{noteId}/get/x-dialect";
        let (from, to) = with_operation("[new]");
        accepts(&from, &to);
        for (word, place, says) in [
            ("[]", "", "names no dialect"),
            ("[new, old]", "", "names all dialects"),
            ("[later]", "/0", "known: old, new"),
            ("[new, new]", "/1", "stands here already"),
            ("new", "", "a list of texts"),
        ] {
            let (from, to) = with_operation(word);
            let found = broken(&from, &to);
            let start = format!("{pointer}{place}: ");
            assert!(found.iter().any(|f| f.starts_with(&start) && f.contains(says)), "{found:#?}");
        }
    }
}
