//! Event streams as any vendor sends them: frames, how their bytes are laid out, and how a stream can break.
//!
//! A body is made while the client reads it, so a stream holds no more than what is in flight, also an endless one. It lives
//! until it ends, the client leaves or the sandbox stops, whichever comes first.

mod chunks;
mod delivery;
mod fault;
mod frame;
mod pieces;
mod streams;
mod told;

pub use delivery::{Delivery, LineEnd};
pub use fault::StreamFault;
pub use frame::Frame;
pub use told::StreamBreak;

pub(crate) use pieces::wire;
pub(crate) use streams::Streams;

/// The content type of an event stream.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";
