//! What generated code calls. Hidden, and outside the promises of semantic versioning.

pub use crate::{
    BoxFuture,
    call::Core,
    config::VendorClient,
    dialect::{Dialects, HasDialects, unknown_dialect},
    exclusive::Exclusive,
    integer::Whole,
    multipart::{Form, Multipart, multipart},
    object::{
        Entries, Field, Holds, Nullable, Object, OpenObjectWriter, PassedOver, Place, Places, Tag,
        deserialize_object, deserialize_prefixed,
    },
    open::{deserialize_open_string, unknown_value},
    operation::{
        ClientParameter, Derive, ErrorBody, Operation, Server, Vendor, new_key, request,
        set_idempotency_key,
    },
    pages::{Numbered, Paged},
    path::{encode_path, path_parameter, path_parameter_without},
    poll::{Observation, Pace, Poll},
    query::{Unbuilt, add_to_query},
    rules::{Rule, Says, Step},
    silence::Silence,
    stream::{Named, Reading, Reconnect, Replay, Replays, StreamEvent, read_named, read_tagged},
    tagged::{ReadMember, Tagged, deserialize_tagged},
};

use crate::{Error, RawResponse, Response, decode};
use reqwest::{Request, StatusCode, header::HeaderValue};
use serde::de::DeserializeOwned;
use std::time::Duration;

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

/// An error for a refusal that came as an event of a stream, whose text may echo the token.
pub fn refused_in_stream(
    core: &Core,
    operation: &'static Operation,
    status: StatusCode,
    message: &str,
    code: Option<&str>,
) -> Error {
    let message = core.scrub(message.to_owned());
    let code = code.map(|code| core.scrub(code.to_owned()));
    Error::refused_in_stream(status, &message, code.as_deref())
        .of(operation)
        .after(1, Duration::ZERO)
}

/// An error for asking how something ended whose last event was not delivered.
pub fn unfinished(operation: &'static Operation, last_event_id: &str) -> Error {
    Error::not_at_its_end().of(operation).at_event(last_event_id)
}

/// The request with the cursor of a stream; as it is where there is none.
pub fn with_last_event_id(
    operation: &'static Operation,
    mut request: Request,
    last_event_id: &str,
) -> Result<Request, Error> {
    if last_event_id.is_empty() {
        return Ok(request);
    }
    let id = HeaderValue::from_bytes(last_event_id.as_bytes())
        .map_err(|_| invalid_request(operation, "the id of the last event cannot be sent"))?;
    request.headers_mut().insert("last-event-id", id);
    Ok(request)
}

/// An error for an answer that is read without fault and yet lacks what the vendor promises.
pub fn unexpected<T>(answer: &Response<T>, why: &str) -> Error {
    answer.unexpected(why)
}

/// An error for a stream that the server ended with an error, whose text may echo the token.
pub fn interrupted(
    core: &Core,
    operation: &'static Operation,
    message: &str,
    code: Option<&str>,
) -> Error {
    let message = core.scrub(message.to_owned());
    let code = code.map(|code| core.scrub(code.to_owned()));
    Error::interrupted_by(&message, code.as_deref()).of(operation)
}

/// Reads JSON that came by another way than as an answer. Where it cannot be read: JSON path and reason, without any value.
pub fn read_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    decode::json(json).map_err(|mismatch| mismatch.message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ClientBuilder,
        testing::{Acme, GET},
    };

    #[test]
    fn errors_that_come_as_events_echo_no_token() {
        let Acme(core) = ClientBuilder::<Acme>::new().token("marker-token").build().unwrap();
        let (message, code) = ("bad marker-token", Some("no_marker-token"));
        for error in [
            interrupted(&core, &GET, message, code),
            refused_in_stream(&core, &GET, StatusCode::UNAUTHORIZED, message, code),
        ] {
            assert!(!format!("{error} {error:?}").contains("marker-token"), "{error:?}");
            assert_eq!(error.code(), Some("no_[redacted]"));
        }
    }
}
