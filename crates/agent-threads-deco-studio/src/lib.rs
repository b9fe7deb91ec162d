#![doc = include_str!("../README.md")]

mod ask;
mod assembler;
mod conditions;
mod follow;
#[rustfmt::skip]
mod generated;
mod handle;
mod look;
mod message;
mod outcome;
mod pending;
mod replay;
mod run;
mod settle;
mod studio_data;
mod surrogates;

#[cfg(feature = "rate-limit")]
pub use agent_threads_core::RateLimit;
pub use agent_threads_core::{
    Body, BoxFuture, Error, ErrorKind, EventStream, Phase, RawResponse, Response, RetryBudget,
    RetryPolicy, Settings, TextEnd, TextPiece, Transport, TransportError, Unknown, UnknownValue,
    sse,
};
/// The HTTP types of this crate's signatures.
pub use agent_threads_core::{http, reqwest};
pub use ask::Ask;
pub use assembler::{Assembler, Change, ProtocolError};
pub use generated::{Client, operations, types};
pub use handle::{Before, Handle};
pub use message::MessageUsage;
pub use outcome::Outcome;
pub use pending::{Answer, Pending};
pub use run::Run;
pub use studio_data::{
    GeneratedImage, GeneratedImagesData, RunStatusData, StudioData, SubtaskMetadataData,
    SubtaskUsage, ThreadTitleData, ToolMetadataData, TriggerEventData, WebSearchData,
};

/// Builds a [`Client`].
pub type ClientBuilder = agent_threads_core::ClientBuilder<Client>;
