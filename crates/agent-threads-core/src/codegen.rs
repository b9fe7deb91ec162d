//! What generated code calls. Hidden, and outside the promises of semantic versioning.

#[cfg(feature = "stream")]
mod stream;

#[cfg(feature = "files")]
pub use crate::multipart::{Form, Multipart, multipart};
#[cfg(any(feature = "files", feature = "stream"))]
pub use crate::silence::Silence;
#[cfg(feature = "stream")]
pub use crate::stream::{
    Named, Reading, Reconnect, Replay, Replays, StreamEvent, read_named, read_tagged,
};
pub use crate::{
    BoxFuture,
    call::Core,
    config::VendorClient,
    dialect::{Dialects, HasDialects, unknown_dialect},
    exclusive::Exclusive,
    integer::Whole,
    object::{
        Entries, Field, Nullable, Object, OpenObjectWriter, PassedOver, Place, Places, Tag,
        deserialize_object, deserialize_prefixed,
    },
    open::{OpenString, deserialize_open_string, unknown_value},
    operation::{
        ClientParameter, Derive, ErrorBody, Operation, Server, Vendor, new_key, request,
        set_idempotency_key,
    },
    pages::{Numbered, Paged},
    path::{encode_path, path_parameter, path_parameter_without},
    poll::{Observation, Pace, Poll},
    query::{Unbuilt, add_header, add_to_query},
    rules::{Rule, Says, Step},
    tagged::{ReadMember, Tagged, deserialize_tagged},
};
#[cfg(feature = "stream")]
pub use stream::{interrupted, refused_in_stream, unfinished, with_last_event_id};

use crate::{Error, RawResponse, Response, decode};
use serde::de::DeserializeOwned;

/// The value of an answer alone.
pub fn value<T: DeserializeOwned>(
    answer: BoxFuture<'static, Result<RawResponse, Error>>,
) -> BoxFuture<'static, Result<T, Error>> {
    Box::pin(async move { answer.await?.decode() })
}

/// That an answer came, whatever its body holds.
pub fn nothing(
    answer: BoxFuture<'static, Result<RawResponse, Error>>,
) -> BoxFuture<'static, Result<(), Error>> {
    Box::pin(async move { answer.await.map(drop) })
}

/// A value that was read from an answer, with that answer.
pub fn response<T>(answer: RawResponse, value: T) -> Response<T> {
    answer.with(value)
}

/// An error for an argument that the vendor's documents rule out, before anything is sent.
pub fn invalid_request(operation: &'static Operation, message: &str) -> Error {
    Error::invalid_request(operation, message)
}

/// An error for an answer that is read without fault and yet lacks what the vendor promises.
pub fn unexpected<T>(answer: &Response<T>, why: &str) -> Error {
    answer.unexpected(why)
}

/// Reads JSON that came by another way than as an answer. Where it cannot be read: JSON path and reason, without any value.
pub fn read_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    decode::json(json).map_err(|mismatch| mismatch.message)
}
