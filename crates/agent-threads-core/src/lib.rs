//! The runtime under the `agent-threads` clients: everything in which no vendor's name occurs.
//!
//! Programs depend on a vendor crate, which re-exports what they need from here. Two faces:
//!
//! - this root: configuration ([`ClientBuilder`], [`Settings`], [`RetryPolicy`], [`RetryBudget`]), results ([`Response`],
//!   [`EventStream`], [`Pages`], [`Error`]) and the seam at which the network can be replaced ([`Transport`]);
//! - a hidden `codegen` module, for generated code only and outside the promises of semantic versioning.
//!
//! # What a call does
//!
//! One loop surrounds the request, the status and the body. An attempt that fails is made again where that is safe:
//! for idempotent methods and operations that only read, for those whose vendor honours an idempotency key, and for any
//! method when no connection was made. Nothing else is ever sent twice. What a client and its clones send beyond first
//! attempts while a server fails is bounded by one [`RetryBudget`]. Redirects are followed for `GET` and `HEAD` only, and
//! credentials never leave the origin they were meant for.
//!
//! Futures and streams are to be polled within a tokio runtime whose time and I/O are enabled.
//!
//! # Features
//!
//! What not every vendor's API has is a part of its own, which is built only where the crate of a vendor asks for it:
//!
//! - `stream`: server-sent events ([`EventStream`], [`sse`], [`TextPiece`]);
//! - `files`: files that are sent ([`FilePart`]) and received ([`Download`]).
//!
//! What a program chooses is passed on by each vendor's crate: `rustls` (default), `rustls-no-provider` or `native-tls`,
//! without which https fails; `gzip` for compressed answers; `rate-limit` for a limit of the client's own.

mod base_url;
mod body;
mod call;
mod config;
mod decode;
mod dialect;
#[cfg(feature = "files")]
mod disposition;
#[cfg(feature = "files")]
mod download;
mod error;
mod error_body;
mod exclusive;
#[cfg(feature = "files")]
mod file_part;
mod integer;
mod limit;
#[cfg(feature = "files")]
mod multipart;
mod object;
mod open;
mod operation;
mod pages;
mod path;
mod poll;
mod query;
mod random;
#[cfg(feature = "rate-limit")]
mod rate_limit;
mod redirect;
mod response;
mod retry;
mod retry_after;
mod retry_budget;
mod rules;
mod secret;
mod settings;
#[cfg(any(feature = "files", feature = "stream"))]
mod silence;
#[cfg(feature = "stream")]
mod stream;
mod tagged;
#[cfg(feature = "stream")]
mod text_piece;
mod transport;
mod utf8;

#[cfg(test)]
mod testing;

#[doc(hidden)]
pub mod codegen;
#[cfg(feature = "stream")]
pub mod sse;

pub use config::ClientBuilder;
#[cfg(feature = "files")]
pub use download::Download;
pub use error::{Error, ErrorKind};
#[cfg(feature = "files")]
pub use file_part::FilePart;
pub use open::{Unknown, UnknownValue};
pub use pages::{Items, Pages};
#[cfg(feature = "rate-limit")]
pub use rate_limit::RateLimit;
pub use response::{RawResponse, Response};
pub use retry::RetryPolicy;
pub use retry_budget::RetryBudget;
pub use secret::AuthScheme;
pub use settings::Settings;
#[cfg(feature = "stream")]
pub use stream::{EventStream, Identified, WithIds};
#[cfg(feature = "stream")]
pub use text_piece::{TextEnd, TextPiece};
pub use transport::{Body, Phase, Transport, TransportError};

/// The HTTP types of this crate's signatures, so that programs need not name their versions.
pub use {http, reqwest};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
