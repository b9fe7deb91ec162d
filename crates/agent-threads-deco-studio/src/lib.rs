#![doc = include_str!("../README.md")]

mod assembler;
mod conditions;
#[rustfmt::skip]
mod generated;
mod message;
mod studio_data;
mod surrogates;

#[cfg(feature = "rate-limit")]
pub use agent_threads_core::RateLimit;
pub use agent_threads_core::{
    Body, BoxFuture, Error, ErrorKind, EventStream, Phase, RawResponse, Response, RetryPolicy,
    Settings, TextEnd, TextPiece, Transport, TransportError, Unknown, UnknownValue, sse,
};
/// The HTTP types of this crate's signatures.
pub use agent_threads_core::{http, reqwest};
pub use assembler::{Assembler, Change, ProtocolError};
pub use generated::{Client, operations, types};
pub use message::MessageUsage;
pub use studio_data::{
    GeneratedImage, GeneratedImagesData, RunStatusData, StudioData, SubtaskMetadataData,
    SubtaskUsage, ThreadTitleData, ToolMetadataData, TriggerEventData, WebSearchData,
};

/// Builds a [`Client`].
pub type ClientBuilder = agent_threads_core::ClientBuilder<Client>;
