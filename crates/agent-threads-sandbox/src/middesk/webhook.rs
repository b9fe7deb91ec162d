//! The webhooks that runs would have sent.

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;

const SIGNATURE: HeaderName = HeaderName::from_static("x-middesk-signature-256");
const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");

/// A webhook as it would arrive at a client's server, by POST.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Webhook {
    /// What has happened: `run.created`, `run.completed` (also of a run that has failed) or `run.interrupted`.
    pub kind: String,
    /// The signature, the content type and the run's id as the correlation id.
    pub headers: HeaderMap,
    /// The event as JSON, byte for byte as it is signed.
    pub body: Bytes,
}

/// Something that a run tells its customer.
#[derive(Clone, Debug)]
pub(super) struct Happened {
    pub(super) event_id: String,
    pub(super) kind: &'static str,
    pub(super) created_at: String,
    pub(super) run: Value,
}

impl Happened {
    pub(super) fn webhook(&self, secret: &str) -> Webhook {
        let event = json!({
            "object": "event",
            "id": self.event_id,
            "type": self.kind,
            "data": { "object": self.run },
            "created_at": self.created_at,
        });
        let body = Bytes::from(event.to_string());
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let run_id = self.run["id"].as_str().unwrap_or_default();
        for (name, value) in [(SIGNATURE, sign(secret, &body)), (CORRELATION, run_id.to_owned())] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
        Webhook { kind: self.kind.to_owned(), headers, body }
    }
}

/// The hexadecimal HMAC-SHA256 of a body.
fn sign(secret: &str, body: &[u8]) -> String {
    // The only error is a key of a wrong length, and this takes any.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_signed_as_rfc_4231_has_it() {
        let signature = sign("Jefe", b"what do ya want for nothing?");
        assert_eq!(signature, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
