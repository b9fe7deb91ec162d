//! A made-up vendor with every construct that the generator knows, compiled and run.
//!
//! `src/generated/` is what `cargo xtask codegen acme` makes of `openapi.yaml`; that it stays so is tested.

#[rustfmt::skip]
mod generated;

#[cfg(feature = "rate-limit")]
pub use agent_threads_core::RateLimit;
pub use agent_threads_core::{
    AuthScheme, ClientBuilder, Download, Error, ErrorKind, EventStream, FilePart, Items, Pages,
    RawResponse, Response, RetryBudget, RetryPolicy, Settings, TextPiece, Unknown, UnknownValue,
};
pub use generated::{Client, Dialect, operations, types};
