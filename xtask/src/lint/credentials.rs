//! Rules about credentials: one token for all operations, sent in one way or in the caller's choice of two.

use super::need;
use crate::diagnostic::Diagnostic;
use crate::spec::Node;

/// Checks the schemes, and where they apply.
pub(super) fn check(root: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let schemes = root.child("components").child("securitySchemes");
    let entries = schemes.entries();
    if entries.is_empty() {
        return out.push(schemes.complaint("must have a scheme, by which the token is sent"));
    }
    if !each_applies_alone(root, &entries) {
        return out.push(root.child("security").complaint(applied(&entries)));
    }
    for (name, scheme) in &entries {
        one(scheme, first(root) == Some(*name), out);
    }
    for kind in ["bearer", "basic"] {
        let same = entries.iter().filter(|(_, scheme)| scheme.text("scheme") == Some(kind));
        for (_, scheme) in same.skip(1) {
            out.push(scheme.complaint(format!("is `{kind}`, as another one is; remove it")));
        }
    }
}

/// The scheme that is the default.
fn first<'a>(root: &Node<'a>) -> Option<&'a str> {
    let entries = root.child("security").items().first()?.entries();
    entries.first().map(|(name, _)| *name)
}

/// Whether `security` names each scheme once, as alternatives.
fn each_applies_alone(root: &Node<'_>, schemes: &[(&str, Node<'_>)]) -> bool {
    let applied = root.child("security").items();
    let is_alone = |name: &str| {
        let is_it = |one: &&Node<'_>| one.entries().len() == 1 && one.has(name);
        applied.iter().filter(is_it).count() == 1
    };
    applied.len() == schemes.len() && schemes.iter().all(|(name, _)| is_alone(name))
}

fn applied(schemes: &[(&str, Node<'_>)]) -> String {
    let list: Vec<_> = schemes.iter().map(|(name, _)| format!("{{ {name}: [] }}")).collect();
    let order = if list.len() > 1 { "; the first is the default" } else { "" };
    format!("must be `[{}]`, for all operations{order}", list.join(", "))
}

fn one(scheme: &Node<'_>, is_first: bool, out: &mut Vec<Diagnostic>) {
    need(scheme, "scheme", "say `bearer` or `basic`", out);
    match scheme.text("scheme") {
        Some("basic") => {
            need(scheme, "x-username", "say what the user name is: `x-username: token`", out);
        }
        _ => {
            if let Some(word) = scheme.get("x-username") {
                out.push(word.complaint("only `basic` has a user name; remove it"));
            }
        }
    }
    if !is_first {
        for word in ["x-env", "x-token-prefix"] {
            if let Some(word) = scheme.get(word) {
                out.push(word.complaint("stands at the default scheme; the token is the same"));
            }
        }
        return;
    }
    need(scheme, "x-env", "name the environment variable that holds the token", out);
    if let Some(prefix) = scheme.text("x-token-prefix")
        && !prefix.bytes().all(|byte| byte.is_ascii_graphic())
    {
        let prefix = scheme.child("x-token-prefix");
        out.push(prefix.complaint("must be printable ASCII without spaces, as tokens are"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{accepts, broken, refuses};

    const SCHEMES: &str = "/components/securitySchemes";
    const KEY: &str = "    key: { type: http, scheme: bearer, x-env: NOTES_KEY }\n";
    const SECURITY: &str = "security: [{ key: [] }]";

    #[test]
    fn there_is_one_credential_for_all_operations() {
        refuses(", x-env: NOTES_KEY", "", &format!("{SCHEMES}/key"), "no `x-env`");
        for other in ["[{ other: [] }]", "[]", "[{ key: [] }, { key: [] }]"] {
            let to = format!("security: {other}");
            refuses(SECURITY, &to, "/security", "`[{ key: [] }]`");
        }
        let none = format!("securitySchemes:\n{KEY}");
        refuses(&none, "securitySchemes: {}\n", SCHEMES, "must have a scheme");
    }

    #[test]
    fn a_prefix_is_one_that_a_token_can_have() {
        let prefixed = |prefix: &str| format!("x-env: NOTES_KEY, x-token-prefix: {prefix}");
        accepts("x-env: NOTES_KEY", &prefixed("note_"));
        for bad in ["'no te'", "'näh_'"] {
            let pointer = format!("{SCHEMES}/key/x-token-prefix");
            refuses("x-env: NOTES_KEY", &prefixed(bad), &pointer, "printable ASCII");
        }
    }

    #[test]
    fn only_a_user_name_is_named() {
        let basic = KEY.replace("bearer", "basic, x-username: token");
        accepts(KEY, &basic);
        let unnamed = KEY.replace("bearer", "basic");
        refuses(KEY, &unnamed, &format!("{SCHEMES}/key"), "no `x-username`");
        let named = KEY.replace("bearer", "bearer, x-username: token");
        refuses(KEY, &named, &format!("{SCHEMES}/key/x-username"), "only `basic`");
        let other = KEY.replace("bearer", "basic, x-username: account");
        refuses(KEY, &other, &format!("{SCHEMES}/key/x-username"), "one of token");
    }

    /// What is wrong with two schemes, the second of which has these words.
    fn two(security: &str, second: &str) -> Vec<String> {
        let middle = "NOTES_KEY }\n";
        let text = format!("NOTES_KEY }}\n    b: {{ type: http, {second} }}\n");
        let found = super::super::testing::broken_twice((middle, &text), (SECURITY, security));
        found.into_iter().map(|found| found.replace(SCHEMES, "")).collect()
    }

    const BOTH: &str = "security: [{ key: [] }, { b: [] }]";
    const BASIC: &str = "scheme: basic, x-username: token";

    #[test]
    fn two_schemes_are_alternatives_for_one_token() {
        assert_eq!(two(BOTH, BASIC), [""; 0]);
        for security in [
            SECURITY,
            "security: [{ key: [], b: [] }]",
            "security: [{ key: [] }, { b: [], key: [] }]",
        ] {
            let found = two(security, BASIC);
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].starts_with("/security: must be `[{ "), "{found:#?}");
            assert!(found[0].ends_with("the first is the default"), "{found:#?}");
        }
        let again = two(BOTH, "scheme: bearer");
        assert!(again.len() == 1 && again[0].contains("as another one is"), "{again:#?}");
        let own = two(BOTH, &format!("{BASIC}, x-env: B, x-token-prefix: b_"));
        assert!(own[0].starts_with("/b/x-env: stands at the default scheme"), "{own:#?}");
        assert!(own[1].starts_with("/b/x-token-prefix: stands at"), "{own:#?}");
        let turned = two("security: [{ b: [] }, { key: [] }]", &format!("{BASIC}, x-env: B"));
        assert!(turned.len() == 1 && turned[0].starts_with("/key/x-env: stands"), "{turned:#?}");
    }

    #[test]
    fn a_scheme_that_is_not_known_is_refused() {
        let found = broken(KEY, &KEY.replace("bearer", "digest"));
        assert!(found[0].contains("one of bearer, basic"), "{found:#?}");
    }
}
