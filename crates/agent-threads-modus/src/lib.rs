#![doc = include_str!("../README.md")]

mod answers;
mod chat;
mod conflict;
#[rustfmt::skip]
mod generated;
mod handle;
mod outcome;
mod run;
mod start;

#[cfg(feature = "rate-limit")]
pub use agent_threads_core::RateLimit;
pub use agent_threads_core::{
    AuthScheme, Body, BoxFuture, Error, ErrorKind, EventStream, Identified, Items, Pages, Phase,
    RawResponse, Response, RetryBudget, RetryPolicy, Settings, Transport, TransportError, Unknown,
    UnknownValue, WithIds, sse,
};
/// The HTTP types of this crate's signatures.
pub use agent_threads_core::{http, reqwest};
pub use answers::{EditedRun, PolledEvent, PolledEvents};
pub use chat::Chat;
pub use generated::{Client, operations, types};
pub use handle::{Api, Handle, Origin, Target};
pub use outcome::{Ending, Outcome};
pub use run::Run;

/// Builds a [`Client`].
pub type ClientBuilder = agent_threads_core::ClientBuilder<Client>;
