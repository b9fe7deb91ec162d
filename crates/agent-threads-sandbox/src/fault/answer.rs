//! Turns a fault into the response that shows it.

use std::io;

use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::HeaderValue;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::json;

use super::{Fault, Kind};
use crate::front::Vendor;
use crate::refusal::Refusal;
use crate::server::{HangUp, written};
use crate::sse::EVENT_STREAM;
use crate::sync::Stop;

const ENDLESS_CHUNK: Bytes = Bytes::from_static(&[b'x'; 16 * 1024]);

/// `real` is the answer to the request, which is there when the fault takes effect.
pub(crate) async fn answer<V: Vendor>(
    fault: Fault,
    real: Option<Response>,
    request_id: &str,
    stop: &Stop,
) -> Response {
    let mut response = match fault.kind {
        Kind::Error { refusal, nested: true } => gateway_error::<V>(refusal),
        Kind::Error { refusal, nested: false } => refusal.answer::<V>(request_id),
        Kind::Body { status, body } => (status, Body::from(body)).into_response(),
        Kind::Endless { status } => (status, endless(stop.clone())).into_response(),
        Kind::CutAfter(bytes) => partial(real, bytes, cut()).await,
        Kind::StallAfter(bytes) => partial(real, bytes, stalled(stop.clone())).await,
        Kind::Stall => {
            stop.requested().await;
            HangUp::response()
        }
        Kind::Close => HangUp::response(),
        // The stream is made with its fault.
        Kind::Stream(_) => real.unwrap_or_default(),
    };
    response.headers_mut().extend(fault.headers);
    response
}

fn gateway_error<V: Vendor>(refusal: Refusal) -> Response {
    let usual = V::error_text(refusal.status);
    let (code, message) =
        (refusal.code.unwrap_or(usual.code), refusal.message.unwrap_or(usual.message));
    let body = json!({ "error": { "code": code, "message": message } });
    (refusal.status, axum::Json(body)).into_response()
}

fn endless(stop: Stop) -> Body {
    let chunks = stream::repeat_with(|| Ok::<_, io::Error>(ENDLESS_CHUNK));
    Body::from_stream(chunks.take_until(async move { stop.requested().await }))
}

/// The head of the real answer and the first `bytes` of its body, after which `rest` decides. A stream is made with its fault.
async fn partial(
    real: Option<Response>,
    bytes: usize,
    rest: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Response {
    let real = real.unwrap_or_default();
    let content_type = real.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if content_type.is_some_and(|value| value.starts_with(EVENT_STREAM.as_bytes())) {
        return real;
    }
    let (mut parts, body) = real.into_parts();
    // Answers are made in memory, so there is neither an end to wait for nor an error to see.
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let promised = whole.len().max(1);
    let sent = whole.slice(..bytes.min(promised - 1));
    parts.headers.insert(CONTENT_LENGTH, promised.into());
    let body = stream::iter([Ok(sent)]).chain(rest);
    Response::from_parts(parts, Body::from_stream(body))
}

fn cut() -> impl Stream<Item = io::Result<Bytes>> {
    stream::once(async {
        written().await;
        Err(io::Error::other("the body is cut on purpose"))
    })
}

fn stalled(stop: Stop) -> impl Stream<Item = io::Result<Bytes>> {
    stream::once(async move {
        stop.requested().await;
        Err(io::Error::other("the body is cut because the sandbox stops"))
    })
}
