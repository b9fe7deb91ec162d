//! What generated code calls. Hidden, and outside the promises of semantic versioning.

pub use crate::{
    BoxFuture,
    call::Core,
    config::VendorClient,
    open::{deserialize_open_string, unknown_value},
    operation::{ErrorBody, Operation, Vendor, request, set_idempotency_key},
    path::{encode_path, path_parameter},
    poll::{Observation, Poll},
    stream::{Reconnect, StreamEvent},
    tagged::{Tagged, deserialize_tagged},
};
