//! The seam between the clients and the network.

use crate::{BoxFuture, exclusive::Exclusive};
use bytes::Bytes;
use futures_core::Stream;
use std::{
    error::Error as StdError,
    fmt,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

/// Sends one request and returns the answer as soon as its head has come.
///
/// In production this is reqwest. A program's own tests can put something else here with
/// [`ClientBuilder::transport`](crate::ClientBuilder::transport): time then can be paused, which over real sockets it
/// cannot. A transport makes no retries and follows no redirects; both are the caller's.
pub trait Transport: Send + Sync + 'static {
    /// Sends `request`. The future resolves when status and headers have come; the body follows as a stream.
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>>;
}

/// A response body: chunks of bytes as they come.
///
/// # Cancel safety
///
/// A chunk is either returned or still to come, as long as the stream inside keeps to that. Dropping the body closes
/// the connection.
pub struct Body(Exclusive<dyn Stream<Item = Result<Bytes, TransportError>> + Send>);

impl Body {
    /// A body from a stream of chunks.
    pub fn from_stream(
        stream: impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static,
    ) -> Self {
        Self(Exclusive::new(Box::pin(stream)))
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        Self::from_stream(futures_util::stream::iter([Ok(bytes)]))
    }
}

impl Stream for Body {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.get_mut().poll_next(cx)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(..)")
    }
}

/// How far an exchange had come when the transport failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// No connection was made, so no byte of the request has reached the server.
    Connect,
    /// The request may have been sent, in part or whole; no answer came.
    Exchange,
    /// The head of the answer came, the body did not come to its end.
    Body,
}

/// The network failed.
#[derive(Debug)]
pub struct TransportError {
    phase: Phase,
    source: Box<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// A failure in `phase`, caused by `source`.
    pub fn new(phase: Phase, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { phase, source: source.into() }
    }

    /// How far the exchange had come.
    pub fn phase(&self) -> Phase {
        self.phase
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.phase {
            Phase::Connect => "no connection could be made",
            Phase::Exchange => "the connection failed before an answer came",
            Phase::Body => "the connection failed before the body was complete",
        })
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// The transport of production.
pub(crate) struct Reqwest(pub(crate) reqwest::Client);

impl Transport for Reqwest {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let mut answer = self.0.execute(request).await.map_err(|error| {
                let phase = match error.is_connect() {
                    true => Phase::Connect,
                    false => Phase::Exchange,
                };
                without_url(phase, error)
            })?;
            let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
            let mut response = http::Response::new(Body::from_stream(Chunks(answer)));
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

/// The body of an answer, whose head has been taken.
struct Chunks(reqwest::Response);

impl Stream for Chunks {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // A future of a chunk holds nothing between two polls, so that each poll can make one anew.
        let chunk = ready!(pin!(self.0.chunk()).poll(cx));
        Poll::Ready(chunk.map_err(|error| without_url(Phase::Body, error)).transpose())
    }
}

/// A URL can carry what an error must not show.
fn without_url(phase: Phase, error: reqwest::Error) -> TransportError {
    TransportError::new(phase, error.without_url())
}

#[cfg(test)]
mod tests;
