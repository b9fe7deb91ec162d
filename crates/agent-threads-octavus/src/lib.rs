#![doc = include_str!("../README.md")]

mod before;
mod conflict;
#[rustfmt::skip]
mod generated;
mod run;
mod thread;
mod wait;

#[cfg(feature = "rate-limit")]
pub use agent_threads_core::RateLimit;
pub use agent_threads_core::{
    AuthScheme, Body, BoxFuture, Error, ErrorKind, Phase, RawResponse, Response, RetryBudget,
    RetryPolicy, Settings, Transport, TransportError, Unknown, UnknownValue,
};
/// The HTTP types of this crate's signatures.
pub use agent_threads_core::{http, reqwest};
pub use before::Before;
pub use conflict::Conflict;
pub use generated::{Client, operations, types};
pub use run::{Dispatch, Handle, Reply, Run};
pub use wait::Wait;

/// Builds a [`Client`].
pub type ClientBuilder = agent_threads_core::ClientBuilder<Client>;
