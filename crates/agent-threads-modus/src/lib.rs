#![doc = include_str!("../README.md")]

mod conflict;
#[rustfmt::skip]
mod generated;
mod outcome;
mod run;

pub use agent_threads_core::{
    Body, BoxFuture, Error, ErrorKind, EventStream, Identified, Phase, RawResponse, Response,
    RetryPolicy, Settings, Transport, TransportError, Unknown, UnknownValue, WithIds, sse,
};
pub use generated::{Client, operations, types};
pub use outcome::{Ending, Outcome};
pub use run::{Handle, Run};

/// Builds a [`Client`].
pub type ClientBuilder = agent_threads_core::ClientBuilder<Client>;
