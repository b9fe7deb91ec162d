//! Rules about servers, and about which of them an operation is sent to.

use super::need;
use crate::diagnostic::Diagnostic;
use crate::spec::{Node, Spec};
use std::collections::BTreeSet;

/// Checks the list of servers, and each operation that chooses one.
pub(super) fn check(spec: &Spec, out: &mut Vec<Diagnostic>) {
    let list = spec.root().child("servers");
    let servers = list.items();
    if servers.is_empty() {
        out.push(
            list.complaint("must have a server; the first is that of operations which name none"),
        );
    }
    for server in &servers {
        url(server, out);
        need(server, "x-env", "name the environment variable that may hold another base URL", out);
        if servers.len() > 1 {
            need(
                server,
                "x-name",
                "callers set the URL of one of several servers by its name",
                out,
            );
        }
        if let Some(derive) = server.get("x-derive") {
            derived(&servers, server, &derive, out);
        }
    }
    for word in ["x-name", "x-env"] {
        distinct(&servers, word, out);
    }
    for operation in spec.operations() {
        if let Some(name) = operation.node.text("x-server")
            && named(&servers, name).is_none()
        {
            let node = operation.node.child("x-server");
            out.push(node.complaint(format!("no server has the `x-name` `{name}`")));
        }
    }
}

/// Whether requests can be sent to a URL with their paths behind it.
pub(super) fn is_base(url: &str) -> bool {
    url.starts_with("https://") && !url.ends_with('/') && !url.contains(['{', '?', '#'])
}

fn url(server: &Node<'_>, out: &mut Vec<Diagnostic>) {
    if !is_base(server.text("url").unwrap_or_default()) {
        out.push(
            server.complaint(
                "`url` must be `https`, without variables and without a slash at its end",
            ),
        );
    }
}

fn distinct(servers: &[Node<'_>], word: &str, out: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for server in servers {
        if let Some(text) = server.text(word)
            && !seen.insert(text)
        {
            out.push(
                server.child(word).complaint(format!("`{text}` is that of another server too")),
            );
        }
    }
}

fn named<'s, 'a>(servers: &'s [Node<'a>], name: &str) -> Option<&'s Node<'a>> {
    servers.iter().find(|server| server.text("x-name") == Some(name))
}

/// The pattern must hold for the URLs that the document itself gives, or else it is written wrong.
fn derived(servers: &[Node<'_>], server: &Node<'_>, derive: &Node<'_>, out: &mut Vec<Diagnostic>) {
    for word in ["from", "replace", "by", "domain"] {
        need(derive, word, "a derived URL needs `from`, `replace`, `by` and `domain`", out);
    }
    let [Some(from), Some(replace), Some(by), Some(domain)] =
        ["from", "replace", "by", "domain"].map(|word| derive.text(word))
    else {
        return;
    };
    for word in ["replace", "by"] {
        if derive.text(word).is_some_and(|text| !is_host(text) || !text.ends_with('.')) {
            out.push(derive.child(word).complaint(
                "must be whole labels of a host in lower case, with the dot behind them: `api.`",
            ));
        }
    }
    if !is_host(domain) || domain.starts_with('.') || domain.ends_with('.') {
        out.push(derive.child("domain").complaint("must be a host in lower case: `acme.example`"));
    }
    let Some(other) = named(servers, from).filter(|other| other.pointer != server.pointer) else {
        return out.push(derive.child("from").complaint("must be the `x-name` of another server"));
    };
    let holds = |node: &Node<'_>, start: &str| {
        node.text("url") == Some(format!("https://{start}{domain}").as_str())
    };
    if !holds(other, replace) || !holds(server, by) {
        out.push(derive.complaint(format!(
            "does not lead from the URL of `{from}` to that of this server: those must be \
             https://{replace}{domain} and https://{by}{domain}"
        )));
    }
}

fn is_host(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    !text.is_empty() && text.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    const ONE: &str = "  - { url: https://notes.example, x-env: NOTES_URL }\n";
    const GET: &str = "operationId: getNote";

    /// The server of the good document and another one, with these words.
    fn two(first: &str, second: &str) -> String {
        format!(
            "  - {{ url: https://api.notes.example, x-env: NOTES_URL{first} }}\n  \
             - {{ url: https://files.notes.example, x-env: FILES_URL{second} }}\n"
        )
    }

    fn derived(words: &str) -> String {
        two(", x-name: main", &format!(", x-name: files, x-derive: {{ {words} }}"))
    }

    const DERIVE: &str = "from: main, replace: api., by: files., domain: notes.example";

    #[test]
    fn a_server_is_https_and_has_its_variable() {
        for url in ["http://notes.example", "https://notes.example/", "https://{x}.example"] {
            refuses(
                "url: https://notes.example,",
                &format!("url: '{url}',"),
                "/servers/0",
                "must be `https`",
            );
        }
        refuses(", x-env: NOTES_URL", "", "/servers/0", "no `x-env`");
        refuses(&format!("servers:\n{ONE}"), "", "/servers", "must have a server");
    }

    #[test]
    fn several_servers_have_names_and_variables_of_their_own() {
        accepts(ONE, &two(", x-name: main", ", x-name: files"));
        accepts(ONE, &ONE.replace("x-env", "x-name: main, x-env"));
        refuses(ONE, &two(", x-name: main", ""), "/servers/1", "no `x-name`");
        refuses(
            ONE,
            &two(", x-name: main", ", x-name: main"),
            "/servers/1/x-name",
            "that of another server",
        );
        let same = two(", x-name: main", ", x-name: files").replace("FILES_URL", "NOTES_URL");
        refuses(ONE, &same, "/servers/1/x-env", "that of another server");
    }

    #[test]
    fn an_operation_is_sent_to_a_server_of_the_document() {
        refuses(
            GET,
            &format!("{GET}\n      x-server: files"),
            "/paths/~1notes~1{noteId}/get/x-server",
            "no server has the `x-name` `files`",
        );
    }

    #[test]
    fn a_derived_url_leads_from_one_server_to_the_other() {
        accepts(ONE, &derived(DERIVE));
        for (from, to, place, says) in [
            (", domain: notes.example", "", "", "no `domain`"),
            ("from: main", "from: files", "/from", "another server"),
            ("from: main", "from: other", "/from", "another server"),
            ("by: files.", "by: media.", "", "does not lead from"),
            ("domain: notes.example", "domain: example", "", "does not lead from"),
        ] {
            let pointer = format!("/servers/1/x-derive{place}");
            refuses(ONE, &derived(&DERIVE.replace(from, to)), &pointer, says);
        }
        for (from, to, says) in [
            ("by: files.", "by: files", "whole labels"),
            ("replace: api.", "replace: API.", "whole labels"),
            ("domain: notes.example", "domain: .notes.example", "in lower case"),
        ] {
            let found = broken(ONE, &derived(&DERIVE.replace(from, to)));
            assert!(found.iter().any(|complaint| complaint.contains(says)), "{found:#?}");
        }
    }
}
