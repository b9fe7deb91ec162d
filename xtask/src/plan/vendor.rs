//! The vendor and its servers.

use super::bound::{self, ClientParameter};
use super::{owned, owned_pairs};
use crate::naming;
use crate::spec::{Node, Spec};

/// Constants of the vendor.
#[derive(Debug)]
pub(crate) struct Vendor {
    pub(crate) name: String,
    pub(crate) description: String,
    /// The first is that of operations which name none.
    pub(crate) servers: Vec<Server>,
    pub(crate) token_env: String,
    /// How the token may be sent; the first is the default.
    pub(crate) auth: Vec<Auth>,
    /// What every token begins with.
    pub(crate) token_prefix: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) request_id: Vec<String>,
    pub(crate) error_message: Vec<String>,
    /// The member beside a message that names its parameter.
    pub(crate) error_parameter: Option<String>,
    pub(crate) error_code: Vec<String>,
    pub(crate) error_request_id: Vec<String>,
    /// Whether a body in plain text is itself the message.
    pub(crate) error_plain: bool,
    /// The pointer at which `true` says that a successful answer is none.
    pub(crate) error_failed: Option<String>,
    /// What a client is bound to.
    pub(crate) parameters: Vec<ClientParameter>,
    pub(crate) dialects: Option<Dialects>,
}

/// The dialects of the vendor's API.
#[derive(Debug)]
pub(crate) struct Dialects {
    pub(crate) env: String,
    /// The first is the default one.
    pub(crate) all: Vec<Dialect>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Dialect {
    pub(crate) name: String,
    pub(crate) variant: String,
    pub(crate) text: String,
}

/// How a token may be sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Auth {
    Bearer,
    Basic,
}

/// One of the vendor's servers.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) url: String,
    /// Its URL in a dialect, by the dialect's name.
    pub(crate) dialect_urls: Vec<(String, String)>,
    pub(crate) env: String,
    pub(crate) text: String,
    pub(crate) derive: Option<Derive>,
}

/// How the URL of a server follows from that of another.
#[derive(Debug)]
pub(crate) struct Derive {
    /// Its place in the list.
    pub(crate) from: usize,
    pub(crate) replace: String,
    pub(crate) by: String,
    pub(crate) domain: String,
}

/// Reads them out of a document.
pub(super) fn vendor(spec: &Spec) -> Vendor {
    let root = spec.root();
    let info = root.child("info");
    let schemes = schemes(&root);
    let scheme = schemes.first();
    let errors = info.child("x-error-body");
    let text = |node: Option<&Node<'_>>, key: &str| {
        node.and_then(|n| n.text(key)).unwrap_or_default().to_owned()
    };
    Vendor {
        name: text(Some(&info), "x-vendor"),
        description: text(Some(&info), "description"),
        servers: servers(spec),
        auth: schemes.iter().map(auth).collect(),
        token_env: text(scheme, "x-env"),
        token_prefix: scheme.and_then(|s| s.text("x-token-prefix")).map(str::to_owned),
        headers: owned_pairs(info.text_map("x-headers")),
        request_id: owned(info.texts("x-request-id")),
        error_message: owned(errors.texts("message")),
        error_parameter: errors.text("parameter").map(str::to_owned),
        error_code: owned(errors.texts("code")),
        error_request_id: owned(errors.texts("request_id")),
        error_plain: errors.flag("plain"),
        error_failed: errors.text("failed").map(str::to_owned),
        parameters: bound::all(spec),
        dialects: info.get("x-dialects").map(|node| dialects(spec, &node)),
    }
}

fn dialects(spec: &Spec, node: &Node<'_>) -> Dialects {
    let dialect = |name: &String| Dialect {
        name: name.clone(),
        variant: naming::pascal(name),
        text: node.child("names").text(name).unwrap_or_default().to_owned(),
    };
    Dialects {
        env: node.text("env").unwrap_or_default().to_owned(),
        all: spec.dialects().iter().map(dialect).collect(),
    }
}

/// The schemes, in the order in which they apply.
fn schemes<'a>(root: &Node<'a>) -> Vec<Node<'a>> {
    let all = root.child("components").child("securitySchemes");
    let applied = root.child("security").items();
    applied.iter().flat_map(Node::entries).map(|(name, _)| all.child(name)).collect()
}

fn auth(scheme: &Node<'_>) -> Auth {
    match scheme.text("scheme") {
        Some("basic") => Auth::Basic,
        _ => Auth::Bearer,
    }
}

/// What the only server is called where the document gives it no name.
const ONLY_SERVER: &str = "default";

fn servers(spec: &Spec) -> Vec<Server> {
    let text = |node: &Node<'_>, key: &str| node.text(key).unwrap_or_default().to_owned();
    let servers = spec.root().child("servers").items();
    let server = |node: &Node<'_>| Server {
        name: node.text("x-name").unwrap_or(ONLY_SERVER).to_owned(),
        url: text(node, "url"),
        dialect_urls: owned_pairs(node.text_map("x-dialect-urls")),
        env: text(node, "x-env"),
        text: text(node, "description"),
        derive: node.get("x-derive").map(|derive| Derive {
            from: spec.server(derive.text("from")),
            replace: text(&derive, "replace"),
            by: text(&derive, "by"),
            domain: text(&derive, "domain"),
        }),
    };
    servers.iter().map(server).collect()
}
