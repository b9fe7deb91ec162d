//! The vendor's webhooks about runs: what they bring, and whether the vendor has sent them.
//!
//! An endpoint for them is set up with the vendor, separately for production and sandbox. The vendor sends each event by POST
//! and takes any 2xx for an answer; without one it tries again, up to 10 times over about 3 days. So an event can come twice,
//! and then has the same [id](RunWebhook::id). There is no event for a run that goes on after an interrupt.
//!
//! ```
//! use agent_threads_middesk::{Client, Handle, webhook::{Refused, Secret}};
//!
//! # fn example(client: &Client, secret: &Secret, body: &[u8], signature: &str) -> Result<(), Refused> {
//! let event = secret.read(body, signature)?; // the body as it came, and its `X-Middesk-Signature-256`
//! println!("{}: {}", event.event, event.run.status);
//! let run = client.attach(Handle::new(event.run.id)); // a webhook does not bring the output: read the run
//! # Ok(()) }
//! ```
//!
//! # Source
//!
//! - "Webhook events", "Implement webhooks" and "Secure webhooks" (documented).
//! - "Webhook events" (inferred). That an event which is sent again has the same id.

use crate::types::Run;
use agent_threads_core::{UnknownValue, codegen};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;
use std::fmt;

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "X-Middesk-Signature-256";

/// What every type of these events begins with.
const RUN_EVENTS: &str = "run.";

/// Something that has happened to a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RunWebhook {
    /// The event's id, presumably the same each time that it is sent.
    pub id: String,
    /// What has happened.
    pub event: RunEventType,
    /// When it happened. `None` where the vendor leaves it out.
    pub created_at: Option<DateTime<Utc>>,
    /// The run as it was then. Without its output, its agent and its thread in the vendor's samples: read the run for these.
    pub run: Run,
}

/// What has happened to a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RunEventType {
    /// `run.created`: it has begun.
    Created,
    /// `run.completed`: it is over, well or with an error.
    Completed,
    /// `run.interrupted`: it waits for input.
    Interrupted,
    /// A value that this version does not know, kept as it came.
    Unknown(UnknownValue),
}

impl RunEventType {
    /// The value on the wire, known or not.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Created => "run.created",
            Self::Completed => "run.completed",
            Self::Interrupted => "run.interrupted",
            Self::Unknown(value) => value.as_str(),
        }
    }
}

impl From<&str> for RunEventType {
    fn from(value: &str) -> Self {
        match value {
            "run.created" => Self::Created,
            "run.completed" => Self::Completed,
            "run.interrupted" => Self::Interrupted,
            _ => Self::Unknown(codegen::unknown_value(value)),
        }
    }
}

impl fmt::Display for RunEventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RunEventType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RunEventType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        codegen::deserialize_open_string(deserializer)
    }
}

impl RunWebhook {
    /// Reads an event without asking who sent it, for endpoints that the vendor reaches by mutual TLS or with a token.
    ///
    /// # Errors
    ///
    /// [`Refused::OtherEvent`] and [`Refused::Malformed`].
    pub fn parse(body: &[u8]) -> Result<Self, Refused> {
        let Kind { r#type } = codegen::read_json(body).map_err(Refused::Malformed)?;
        if !r#type.starts_with(RUN_EVENTS) {
            return Err(Refused::OtherEvent(r#type));
        }
        let envelope: Envelope = codegen::read_json(body).map_err(Refused::Malformed)?;
        let Envelope { id, r#type, created_at, data } = envelope;
        Ok(Self { id, event: r#type, created_at, run: data.object })
    }
}

/// What every event has, whatever it is about.
#[derive(Deserialize)]
struct Kind {
    r#type: String,
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    r#type: RunEventType,
    #[serde(default)]
    created_at: Option<DateTime<Utc>>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Run,
}

/// The secret of a webhook endpoint, by which the vendor signs what it sends there. Shown by nothing.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The secret as it was given to the vendor, or by it. An empty one verifies nothing.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into().into())
    }

    /// Reads an event that the vendor has signed. `body` is the request's body as it came, byte by byte; `signature` is its
    /// header [`SIGNATURE_HEADER`].
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify) and [`RunWebhook::parse`].
    pub fn read(&self, body: &[u8], signature: &str) -> Result<RunWebhook, Refused> {
        self.verify(body, signature)?;
        RunWebhook::parse(body)
    }

    /// Checks a signature: the HMAC-SHA256 of the body in hexadecimal, without a prefix. Takes as long for a wrong one as for
    /// the right one. For any event of the vendor, about runs or not.
    ///
    /// # Errors
    ///
    /// [`Refused::Signature`].
    pub fn verify(&self, body: &[u8], signature: &str) -> Result<(), Refused> {
        let secret = self.0.expose_secret().as_bytes();
        if secret.is_empty() {
            return Err(Refused::Signature);
        }
        let signature = from_hex(signature).ok_or(Refused::Signature)?;
        let mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| Refused::Signature)?;
        mac.chain_update(body).verify_slice(&signature).map_err(|_| Refused::Signature)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// Why an event is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// It is not signed with the secret: the vendor has not sent it, or not as it came. Answer with 401 or the like.
    Signature,
    /// It is about something else than a run, and of this type. Answer with 200, or the vendor sends it again.
    OtherEvent(String),
    /// It is not what the vendor documents; where and why, without any value of it.
    Malformed(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature => f.write_str("the webhook is not signed with the secret"),
            Self::OtherEvent(kind) => {
                write!(f, "the webhook `{}` is not about a run", kind.escape_debug())
            }
            Self::Malformed(why) => write!(f, "the webhook is not what the API documents: {why}"),
        }
    }
}

impl std::error::Error for Refused {}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<_>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let (pairs, odd) = digits.as_ref()?.as_chunks::<2>();
    let byte = |&[high, low]: &[u32; 2]| u8::try_from(high * 16 + low).ok();
    if odd.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests;
