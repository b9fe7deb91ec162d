//! Turns a fault into the response that shows it.

use std::io;

use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::StatusCode;
use http::header::CONTENT_LENGTH;
use serde_json::json;

use super::{Fault, Kind};
use crate::front::{ErrorText, Vendor, error_response};
use crate::server::HangUp;
use crate::sync::Stop;

const ENDLESS_CHUNK: Bytes = Bytes::from_static(&[b'x'; 16 * 1024]);

/// `real` is the answer to the request, which is there when the fault takes effect.
pub(crate) async fn answer<V: Vendor>(
    fault: Fault,
    real: Option<Response>,
    stop: &Stop,
) -> Response {
    let mut response = match fault.kind {
        Kind::Error { status, code, message, nested } => {
            let usual = V::error_text(status);
            let text = ErrorText {
                code: code.unwrap_or(usual.code),
                message: message.unwrap_or(usual.message),
            };
            error::<V>(status, &text, nested)
        }
        Kind::Body { status, body } => (status, Body::from(body)).into_response(),
        Kind::Endless { status } => (status, endless(stop.clone())).into_response(),
        Kind::CutAfter(bytes) => partial(real, bytes, cut()).await,
        Kind::StallAfter(bytes) => partial(real, bytes, stalled(stop.clone())).await,
        Kind::Stall => {
            stop.requested().await;
            HangUp::response()
        }
        Kind::Close => HangUp::response(),
    };
    response.headers_mut().extend(fault.headers);
    response
}

fn error<V: Vendor>(status: StatusCode, text: &ErrorText, nested: bool) -> Response {
    if !nested {
        return error_response::<V>(status, text);
    }
    let body = json!({ "error": { "code": text.code, "message": text.message } });
    (status, axum::Json(body)).into_response()
}

fn endless(stop: Stop) -> Body {
    let chunks = stream::repeat_with(|| Ok::<_, io::Error>(ENDLESS_CHUNK));
    Body::from_stream(chunks.take_until(async move { stop.requested().await }))
}

/// The head of the real answer and the first `bytes` of its body, after which `rest` decides.
async fn partial(
    real: Option<Response>,
    bytes: usize,
    rest: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Response {
    let (mut parts, body) = real.unwrap_or_default().into_parts();
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
        // hyper drops what it has not written when a body fails, and writes when a body has to wait.
        tokio::task::yield_now().await;
        Err(io::Error::other("the body is cut on purpose"))
    })
}

fn stalled(stop: Stop) -> impl Stream<Item = io::Result<Bytes>> {
    stream::once(async move {
        stop.requested().await;
        Err(io::Error::other("the body is cut because the sandbox stops"))
    })
}
