//! Successful answers.

use crate::{Error, decode, error::DecodeFailure, operation::Operation, secret::Token};
use bytes::Bytes;
use reqwest::{StatusCode, header};
use serde::de::DeserializeOwned;
use std::{fmt, sync::Arc};

/// A value together with the answer that carried it.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    answer: RawResponse,
}

impl<T> Response<T> {
    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value, without the rest.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The HTTP status, a success.
    pub fn http_status(&self) -> StatusCode {
        self.answer.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &header::HeaderMap {
        &self.answer.headers
    }

    /// The body as it came.
    pub fn raw(&self) -> &Bytes {
        &self.answer.body
    }

    /// How many times the request was sent.
    pub fn attempts(&self) -> u32 {
        self.answer.attempts
    }

    pub(crate) fn unexpected(&self, why: &str) -> Error {
        self.answer.undecodable(format!("the body is not what the API documents: {why}"), false)
    }
}

/// Shows no part of the answer; the value has a `Debug` of its own.
impl<T> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("answer", &self.answer).finish_non_exhaustive()
    }
}

/// A successful answer before it is decoded.
#[derive(Clone)]
pub struct RawResponse {
    pub(crate) operation: &'static Operation,
    /// Struck out of what an error says.
    pub(crate) token: Arc<Token>,
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) waited: std::time::Duration,
}

impl RawResponse {
    /// The HTTP status, a success.
    pub fn http_status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &header::HeaderMap {
        &self.headers
    }

    /// The body as it came.
    pub fn raw(&self) -> &Bytes {
        &self.body
    }

    /// Decodes the body as JSON. Can be done more than once, as different types.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode), naming the operation and the JSON path, when the body is no `T`.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode::json(&self.body).map_err(|mismatch| {
            let message = format!(
                "the body is not what the API documents: {}{}",
                mismatch.message,
                self.unexpected_content_type()
            );
            self.undecodable(message, mismatch.truncated)
        })
    }

    fn undecodable(&self, message: String, truncated: bool) -> Error {
        Error::undecodable(DecodeFailure {
            // The way to a place goes by names that the server chose.
            message: self.token.scrub(message),
            truncated,
            status: self.status,
            headers: self.headers.clone(),
            body: self.body.clone(),
            request_id: self.request_id.clone(),
        })
        .of(self.operation)
        .after(self.attempts, self.waited)
    }

    /// The value of the body, which is JSON, with the answer.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode).
    pub fn json<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let value = self.decode()?;
        Ok(self.with(value))
    }

    /// No value: whatever the body holds is left as it came.
    ///
    /// # Errors
    ///
    /// None; a `Result` like the other readers.
    pub fn empty(self) -> Result<Response<()>, Error> {
        Ok(self.with(()))
    }

    pub(crate) fn with<T>(self, value: T) -> Response<T> {
        Response { value, answer: self }
    }

    /// A hint for the commonest cause: the answer came from something in between.
    fn unexpected_content_type(&self) -> &'static str {
        let is_json = self
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_none_or(|value| value.to_ascii_lowercase().contains("json"));
        match is_json {
            true => "",
            false => " (its content type is not JSON)",
        }
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("operation", &self.operation.id)
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
