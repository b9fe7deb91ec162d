//! What goes wrong with streams of events.

use super::{Error, ErrorKind, one_line};
use crate::{operation::Operation, sse::DecodeError};
use bytes::Bytes;
use reqwest::StatusCode;

impl Error {
    /// Names the operation, unless the error belongs to one already.
    pub(crate) fn of_unless_known(self, operation: &Operation) -> Self {
        match self.0.operation {
            Some(_) => self,
            None => self.of(operation),
        }
    }

    /// A refusal that came as an event of a stream, with the status that it stands for.
    pub(crate) fn refused_in_stream(status: StatusCode, message: &str, code: Option<&str>) -> Self {
        let mut error = Self::new(ErrorKind::Status).text(message);
        error.0.status = Some(status);
        error.0.code = code.map(one_line);
        error
    }

    pub(crate) fn not_a_stream(status: StatusCode, came: &str, body: Bytes) -> Self {
        let mut error = Self::new(ErrorKind::NotAStream)
            .text(format!("a stream of events was asked for, and {came} came"));
        error.0.status = Some(status);
        error.0.body = Some(body);
        error
    }

    pub(crate) fn nothing_to_stream() -> Self {
        let mut error = Self::new(ErrorKind::NothingToStream)
            .text("the server has no stream of this; read its state instead");
        error.0.status = Some(StatusCode::NO_CONTENT);
        error
    }

    pub(crate) fn not_at_its_end() -> Self {
        Self::new(ErrorKind::Interrupted)
            .text("the last event was not delivered; attach the handle to go on")
    }

    pub(crate) fn interrupted(message: &str) -> Self {
        let mut error = Self::new(ErrorKind::Interrupted).text(message);
        error.0.transient = true;
        error
    }

    pub(crate) fn interrupted_by(message: &str, code: Option<&str>) -> Self {
        let mut error = Self::interrupted(message);
        error.0.code = code.map(one_line);
        error
    }

    pub(crate) fn event_too_large(error: DecodeError) -> Self {
        Self::new(ErrorKind::BodyTooLarge)
            .text(format!("in the stream of events, {error} (Settings::sse_limits)"))
    }

    pub(crate) fn event(message: &str, data: Bytes) -> Self {
        let mut error = Self::new(ErrorKind::Decode)
            .text(format!("an event is not what the API documents: {message}"));
        error.0.body = Some(data);
        error
    }

    pub(crate) fn at_event(mut self, id: &str) -> Self {
        self.0.last_event_id = Some(id.to_owned()).filter(|id| !id.is_empty());
        self
    }
}
