//! What the verbs of a vendor say of streams of events.

use super::{Core, Operation, invalid_request};
use crate::Error;
use reqwest::{Request, StatusCode, header::HeaderValue};
use std::time::Duration;

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
