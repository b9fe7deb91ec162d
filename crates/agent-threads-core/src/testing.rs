//! A made-up vendor for unit tests.

use crate::{
    AuthScheme,
    call::Core,
    config::VendorClient,
    operation::{ErrorBody, Operation, Server, Vendor},
};

/// What is under every vendor of the tests, which then say only what they are about.
pub(crate) const PLAIN: Vendor = Vendor {
    name: "Acme",
    servers: &[Server {
        name: "default",
        url: "https://acme.example",
        dialect_urls: &[],
        env: "ACME_BASE_URL",
        derive: None,
    }],
    token_env: "ACME_KEY",
    auth: &[AuthScheme::Bearer],
    token_prefix: None,
    user_agent: "acme/1",
    headers: &[],
    request_id: &["x-request-id"],
    error_body: ErrorBody {
        message: &["/error", "/error/message", "/message", "/errors/*/message"],
        parameter: Some("parameter"),
        code: &["/code", "/error/code"],
        request_id: &["/requestId"],
        plain: false,
        failed: None,
    },
    dialects: None,
    parameters: &[],
};

pub(crate) static ACME: Vendor = PLAIN;

pub(crate) static GET: Operation = Operation {
    id: "get_thread",
    vendor: "Acme",
    method: "GET",
    path: "/threads/{id}",
    ..Operation::PLAIN
};

pub(crate) static KEYED: Operation = Operation {
    id: "create_thread",
    vendor: "Acme",
    method: "POST",
    path: "/threads",
    idempotency_key: Some("Idempotency-Key"),
    retry_codes: &["IN_PROGRESS"],
    ..Operation::PLAIN
};

pub(crate) struct Acme(pub(crate) Core);

impl VendorClient for Acme {
    const VENDOR: &'static Vendor = &ACME;

    fn from_core(core: Core) -> Self {
        Self(core)
    }
}
