//! What a builder takes, refuses, and never shows.

use super::{parts::scheme, *};
use crate::{
    AuthScheme,
    operation::{ClientParameter, Derive, Operation, Server},
    testing::{Acme, GET, PLAIN},
};

fn refused(builder: ClientBuilder<Acme>) -> String {
    let error = builder.build().err().unwrap();
    assert_eq!(error.kind(), crate::ErrorKind::Config);
    format!("{error}")
}

#[test]
fn a_client_needs_a_token_and_says_where_from() {
    assert!(refused(ClientBuilder::new()).contains("ACME_KEY"));
    assert!(refused(ClientBuilder::new().token("")).contains("empty"));
}

/// A client of a vendor whose tokens all begin alike.
struct Prefixed;

const SERVER: Server = Server {
    name: "default",
    url: "https://acme.example",
    dialect_urls: &[],
    env: "ACME_BASE_URL",
    derive: None,
};

static PREFIXED: Vendor = Vendor { token_prefix: Some("acme_"), ..PLAIN };

impl VendorClient for Prefixed {
    const VENDOR: &'static Vendor = &PREFIXED;

    fn from_core(_: Core) -> Self {
        Self
    }
}

#[test]
fn a_token_that_is_not_of_the_vendor_is_refused_before_there_is_a_client() {
    let build = |token: &str| ClientBuilder::<Prefixed>::new().token(token).build();
    let error = build("other_marker").err().unwrap();
    assert_eq!(error.kind(), crate::ErrorKind::Config);
    assert!(error.to_string().contains("`acme_`"), "{error}");
    assert!(build("acme_marker").is_ok());
}

/// A client of a vendor whose paths have an organization and a region.
#[derive(Debug)]
struct Bound(Core);

static BOUND: Vendor = Vendor {
    parameters: &[
        ClientParameter { name: "org", env: "ACME_ORG" },
        ClientParameter { name: "region", env: "ACME_REGION" },
    ],
    ..PLAIN
};

impl VendorClient for Bound {
    const VENDOR: &'static Vendor = &BOUND;

    fn from_core(core: Core) -> Self {
        Self(core)
    }
}

#[test]
fn what_a_client_is_bound_to_is_set_once_and_another_clone_has_another() {
    let builder = ClientBuilder::<Bound>::new().token("t");
    let Bound(core) = builder.parameter("region", "eu").parameter("org", "one").build().unwrap();
    let other = core.with_parameter(0, "two".into());
    let values = |core: &Core| [0, 1, 2].map(|index| core.parameter(index).to_owned());
    assert_eq!(values(&core), ["one", "eu", ""]);
    assert_eq!(values(&other), ["two", "eu", ""]);
    assert_eq!(values(&other.with(|settings| settings)), ["two", "eu", ""]);
}

#[test]
fn what_a_client_is_bound_to_is_required_and_nothing_else_is_taken() {
    let builder = || ClientBuilder::<Bound>::new().token("t").parameter("org", "one");
    let refused = |builder: ClientBuilder<Bound>| builder.build().unwrap_err().to_string();
    let missing = refused(builder());
    assert!(missing.contains("`region`") && missing.contains("ACME_REGION"), "{missing}");
    let empty = refused(builder().parameter("region", "eu").parameter("org", ""));
    assert!(empty.contains("`org` is needed"), "{empty}");
    let unknown = refused(builder().parameter("team", "a"));
    assert!(unknown.contains("`team`; it is bound to: org, region"), "{unknown}");
    let none = ClientBuilder::<Acme>::new().token("t").parameter("org", "a");
    assert!(self::refused(none).contains("it is bound to: nothing"));
}

/// A client of a vendor with two servers, the second of which follows the first.
struct Split(Core);

static SPLIT: Vendor = Vendor {
    servers: &[
        Server { name: "main", ..SERVER },
        Server {
            name: "files",
            url: "https://files.acme.example",
            dialect_urls: &[],
            env: "ACME_FILES_URL",
            derive: Some(Derive { from: 0, replace: "api.", by: "files.", domain: "acme.example" }),
        },
    ],
    auth: &[AuthScheme::Basic, AuthScheme::Bearer],
    ..PLAIN
};

impl VendorClient for Split {
    const VENDOR: &'static Vendor = &SPLIT;

    fn from_core(core: Core) -> Self {
        Self(core)
    }
}

static UPLOAD: Operation = Operation { id: "upload", server: 1, ..GET };

fn split() -> ClientBuilder<Split> {
    ClientBuilder::new().token("t")
}

#[test]
fn a_scheme_that_the_vendor_does_not_have_is_refused_and_the_others_are_named() {
    assert!(split().scheme(AuthScheme::Bearer).build().is_ok());
    let builder = ClientBuilder::<Acme>::new().token("marker").scheme(AuthScheme::Basic);
    let text = refused(builder);
    assert!(text.contains("no token by Basic") && text.contains("by: Bearer"), "{text}");
    assert!(!text.contains("marker"), "{text}");
}

#[test]
fn the_first_scheme_is_the_default() {
    assert_eq!(scheme(&SPLIT, None).unwrap(), AuthScheme::Basic);
    assert_eq!(scheme(&SPLIT, Some(AuthScheme::Bearer)).unwrap(), AuthScheme::Bearer);
}

fn urls(builder: ClientBuilder<Split>) -> [String; 2] {
    let Split(core) = builder.build().unwrap();
    [&GET, &UPLOAD].map(|operation| core.base_url(operation).to_owned())
}

#[test]
fn each_server_has_its_own_url_and_base_url_sets_the_first() {
    assert_eq!(urls(split()), ["https://acme.example", "https://files.acme.example"]);
    assert_eq!(
        urls(split().base_url("https://one.example")),
        ["https://one.example", "https://files.acme.example"]
    );
    assert_eq!(
        urls(
            split().server("files", "https://two.example/f/").server("main", "https://one.example")
        ),
        ["https://one.example", "https://two.example/f"]
    );
}

#[test]
fn a_server_that_is_not_set_follows_the_one_that_is() {
    let staging = split().base_url("https://api.staging.acme.example");
    assert_eq!(
        urls(staging),
        ["https://api.staging.acme.example", "https://files.staging.acme.example"]
    );
    let explicit =
        split().server("files", "https://two.example").base_url("https://api.staging.acme.example");
    assert_eq!(urls(explicit)[1], "https://two.example");
}

#[test]
fn a_server_that_the_vendor_does_not_have_is_refused_and_the_others_are_named() {
    let error = split().server("file", "https://two.example").build().err().unwrap();
    assert_eq!(error.kind(), crate::ErrorKind::Config);
    let text = error.to_string();
    assert!(text.contains("`file`") && text.contains("main, files"), "{text}");
}

#[test]
fn each_url_is_held_to_the_same_rules_and_the_server_is_named() {
    let error = split().server("files", "http://two.example").build().err().unwrap();
    let text = error.to_string();
    assert!(text.contains("allow_http") && text.contains("`files`"), "{text}");
}

#[test]
fn a_header_that_cannot_be_sent_is_refused_without_its_value() {
    let text = refused(ClientBuilder::new().token("t").header("x-gateway", "marker\n"));
    assert!(text.contains("x-gateway") && !text.contains("marker"), "{text}");
    assert!(refused(ClientBuilder::new().token("t").header("no name", "v")).contains("no name"));
    assert!(refused(ClientBuilder::new().token("t").user_agent("a\nb")).contains("user-agent"));
}

#[test]
fn debug_shows_neither_token_nor_headers_nor_url() {
    let builder = ClientBuilder::<Acme>::new()
        .token("marker")
        .header("x-gateway", "marker")
        .base_url("https://marker@acme.example");
    assert!(!format!("{builder:?}").contains("marker"));
}
