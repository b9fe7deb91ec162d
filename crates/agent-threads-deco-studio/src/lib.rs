#![doc = include_str!("../README.md")]

#[rustfmt::skip]
mod generated;

#[cfg(feature = "rate-limit")]
pub use agent_threads_core::RateLimit;
pub use agent_threads_core::{
    Body, BoxFuture, Error, ErrorKind, EventStream, Phase, RawResponse, Response, RetryPolicy,
    Settings, TextPiece, Transport, TransportError, Unknown, UnknownValue, sse,
};
/// The HTTP types of this crate's signatures.
pub use agent_threads_core::{http, reqwest};
pub use generated::{Client, operations, types};

/// Builds a [`Client`].
pub type ClientBuilder = agent_threads_core::ClientBuilder<Client>;
