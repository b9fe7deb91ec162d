#![doc = include_str!("../README.md")]

#[rustfmt::skip]
mod generated;

mod events;
mod fold;
mod handle;
mod log;
mod lookout;
mod outcome;
mod run;
mod thread;
mod wait;

#[cfg(feature = "rate-limit")]
pub use agent_threads_core::RateLimit;
pub use agent_threads_core::{
    AuthScheme, Body, BoxFuture, Download, Error, ErrorKind, EventStream, FilePart, Identified,
    Phase, RawResponse, Response, RetryBudget, RetryPolicy, Settings, Transport, TransportError,
    Unknown, UnknownValue, WithIds, sse,
};
/// The HTTP types of this crate's signatures.
pub use agent_threads_core::{http, reqwest};
pub use events::{Events, RunEvent};
pub use generated::{Client, Dialect, operations, types};
pub use handle::Handle;
pub use outcome::{Failure, Outcome};
pub use run::{Dispatch, Reply, Run};
pub use wait::Wait;

/// Builds a [`Client`].
pub type ClientBuilder = agent_threads_core::ClientBuilder<Client>;
