//! What the generator knows of a vendor and of each operation.

use crate::{AuthScheme, Error, dialect::Dialects, query::Unbuilt, rules::Rule};
use reqwest::header::{HeaderName, HeaderValue};

/// Constants of a vendor, generated from its OpenAPI document.
#[derive(Debug)]
pub struct Vendor {
    /// Name for people, such as `Octavus`.
    pub name: &'static str,
    /// Its servers; the first is that of operations which name none. Never empty.
    pub servers: &'static [Server],
    /// Environment variable that holds the token.
    pub token_env: &'static str,
    /// How it may be sent; the first is the default. Never empty.
    pub auth: &'static [AuthScheme],
    /// What every token begins with, where the vendor says so.
    pub token_prefix: Option<&'static str>,
    /// Default `User-Agent`.
    pub user_agent: &'static str,
    /// Headers that every request carries.
    pub headers: &'static [(&'static str, &'static str)],
    /// Response headers that may carry the vendor's id of the request, in order of preference.
    pub request_id: &'static [&'static str],
    /// Where an error body keeps what.
    pub error_body: ErrorBody,
    /// What of the paths is the same in all calls of a client.
    pub parameters: &'static [ClientParameter],
    /// The dialects of its API, where it has such.
    pub dialects: Option<Dialects>,
}

/// A path parameter that a client is bound to.
#[derive(Debug)]
pub struct ClientParameter {
    /// Its name in the path, by which a caller sets it.
    pub name: &'static str,
    /// Environment variable that holds it.
    pub env: &'static str,
}

/// One of a vendor's servers.
#[derive(Debug)]
pub struct Server {
    /// Name by which a caller sets another URL for it.
    pub name: &'static str,
    /// Base URL in production.
    pub url: &'static str,
    /// Its own URL in a dialect, by the dialect's name.
    pub dialect_urls: &'static [(&'static str, &'static str)],
    /// Environment variable that may hold another base URL.
    pub env: &'static str,
    /// How its URL follows from that of another server that was set.
    pub derive: Option<Derive>,
}

/// How the URL of a server follows from that of another.
#[derive(Debug)]
pub struct Derive {
    /// Index of the other server.
    pub from: usize,
    /// What the other server's host begins with, such as `api.`.
    pub replace: &'static str,
    /// What this server's host begins with instead.
    pub by: &'static str,
    /// The vendor's domain. Any other host tells nothing about this server.
    pub domain: &'static str,
}

/// JSON pointers into an error body, in which `*` stands for each item of a list. The first of several that points at a
/// string, at a list of strings, or at some in the items of a list, is taken.
#[derive(Debug)]
pub struct ErrorBody {
    /// The text for people.
    pub message: &'static [&'static str],
    /// The member beside a message that names the parameter which it is about, or has the path to it.
    pub parameter: Option<&'static str>,
    /// The code for programs; a number is taken too.
    pub code: &'static [&'static str],
    /// The vendor's id of the request.
    pub request_id: &'static [&'static str],
    /// Whether a body that is plain text is itself the text for people.
    pub plain: bool,
    /// A pointer at which `true` says that a successful answer is none.
    pub failed: Option<&'static str>,
}

/// Constants of an operation.
#[derive(Debug)]
pub struct Operation {
    /// Name of the client's method.
    pub id: &'static str,
    /// Name of the vendor.
    pub vendor: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path with its parameters in braces.
    pub path: &'static str,
    /// Index of the vendor's server that it is sent to.
    pub server: usize,
    /// Header for an idempotency key, where the vendor honours one.
    pub idempotency_key: Option<&'static str>,
    /// The most characters of such a key.
    pub longest_key: usize,
    /// Error codes by which the vendor says that nothing was done, and after which the same request, key included, is sent
    /// again.
    pub retry_codes: &'static [&'static str],
    /// Error codes by which the vendor says that an earlier request with the same key may still be at work. It is sent
    /// again with that key, but nothing says that it had no effect.
    pub pending_codes: &'static [&'static str],
    /// Error codes after which it is not sent again, whatever the status.
    pub never_retry_codes: &'static [&'static str],
    /// The dialects that have it; empty for all.
    pub dialects: &'static [&'static str],
    /// What holds for the JSON that it sends.
    pub rules: &'static [Rule],
    /// Whether it only reads, although its method does not say so.
    pub is_safe: bool,
    /// Where the body has what the vendor takes for an idempotency key: a JSON pointer, in which `*` is each item of a list.
    pub key_in_body: Option<&'static str>,
    /// Whether 204 says that there is no stream to be had.
    pub may_have_no_stream: bool,
}

impl Operation {
    /// What an operation is unless its document says otherwise. It stands under the fields of every other one, which
    /// then has to say only what is special of it.
    pub const PLAIN: Self = Self {
        id: "",
        vendor: "",
        method: "GET",
        path: "/",
        server: 0,
        idempotency_key: None,
        longest_key: 255,
        retry_codes: &[],
        pending_codes: &[],
        never_retry_codes: &[],
        dialects: &[],
        rules: &[],
        is_safe: false,
        key_in_body: None,
        may_have_no_stream: false,
    };

    pub(crate) fn name(&self) -> OperationName {
        OperationName { vendor: self.vendor, id: self.id }
    }
}

/// Names an operation in errors.
#[derive(Clone, Copy)]
pub(crate) struct OperationName {
    pub(crate) vendor: &'static str,
    pub(crate) id: &'static str,
}

/// A request as it was built, or an error that names the operation.
pub fn request(
    operation: &'static Operation,
    built: Result<reqwest::Request, Unbuilt>,
) -> Result<reqwest::Request, Error> {
    built.map_err(|Unbuilt(reason)| {
        Error::invalid_request(operation, format!("the request cannot be built: {reason}"))
    })
}

/// Sets the caller's key, or one made for this call. It stays the same on every attempt.
pub fn set_idempotency_key(
    operation: &'static Operation,
    request: &mut reqwest::Request,
    key: Option<&str>,
) -> Result<(), Error> {
    let Some(header) = operation.idempotency_key else {
        return Ok(());
    };
    let refused = || {
        Error::invalid_request(
            operation,
            format!(
                "idempotency_key must be 1 to {} printable ASCII characters without spaces",
                operation.longest_key
            ),
        )
    };
    let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| refused())?;
    let value = match key {
        Some(key) if !is_key(key, operation.longest_key) => return Err(refused()),
        Some(key) => HeaderValue::from_str(key),
        None => HeaderValue::from_str(&new_key()),
    };
    request.headers_mut().insert(name, value.map_err(|_| refused())?);
    Ok(())
}

/// A key that no other call has: a random UUID.
pub fn new_key() -> String {
    crate::random::uuid()
}

fn is_key(key: &str, longest: usize) -> bool {
    (1..=longest).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::KEYED;

    fn post() -> reqwest::Request {
        reqwest::Request::new(reqwest::Method::POST, "https://acme.example/".parse().unwrap())
    }

    #[test]
    fn a_key_that_is_no_header_value_is_refused() {
        for bad in ["", "a b", "line\nbreak", "naïve", &"k".repeat(256)] {
            let error = set_idempotency_key(&KEYED, &mut post(), Some(bad)).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidRequest, "{bad:?}");
            assert!(error.to_string().contains("idempotency_key"), "{error}");
        }
    }

    #[test]
    fn a_key_is_no_longer_than_the_vendor_takes() {
        static SHORT: Operation = Operation { longest_key: 128, ..KEYED };
        let set = |key: &str| set_idempotency_key(&SHORT, &mut post(), Some(key));
        set(&"k".repeat(128)).unwrap();
        let error = set(&"k".repeat(129)).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::InvalidRequest);
        assert!(error.to_string().contains("1 to 128"), "{error}");
        set_idempotency_key(&KEYED, &mut post(), Some(&"k".repeat(255))).unwrap();
    }

    #[test]
    fn a_key_is_made_when_the_caller_has_none() {
        let (mut first, mut second) = (post(), post());
        set_idempotency_key(&KEYED, &mut first, None).unwrap();
        set_idempotency_key(&KEYED, &mut second, None).unwrap();
        let key =
            |r: &reqwest::Request| r.headers()["idempotency-key"].to_str().unwrap().to_owned();
        assert_eq!(key(&first).len(), 36);
        assert_ne!(key(&first), key(&second));
    }
}
