#![doc = include_str!("../README.md")]

mod events;
#[rustfmt::skip]
mod generated;
mod handle;
mod reading;
mod run;
mod start;
mod wait;
#[cfg(feature = "webhooks")]
pub mod webhook;

#[cfg(feature = "rate-limit")]
pub use agent_threads_core::RateLimit;
pub use agent_threads_core::{
    AuthScheme, Body, BoxFuture, Error, ErrorKind, EventStream, Items, Pages, Phase, RawResponse,
    Response, RetryBudget, RetryPolicy, Settings, Transport, TransportError, Unknown, UnknownValue,
    sse,
};
/// The HTTP types of this crate's signatures.
pub use agent_threads_core::{http, reqwest};
pub use events::Events;
pub use generated::{Client, operations, types};
pub use handle::Handle;
pub use run::Run;
pub use start::{Context, Start};
pub use wait::Wait;

/// Builds a [`Client`].
pub type ClientBuilder = agent_threads_core::ClientBuilder<Client>;
