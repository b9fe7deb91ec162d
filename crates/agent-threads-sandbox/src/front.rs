//! What stands before every vendor's routes: reads the body, records the request, applies faults.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, StatusCode, request};
use serde_json::Value;

use crate::fault::{FaultQueue, answer};
use crate::log::{RecordedRequest, RequestLog};
use crate::refusal::{ErrorText, Refusal, VendorError, spell_out};
use crate::server::HangUp;
use crate::sync::Stop;

/// How much of a refused body is read and thrown away. A client that is cut off while it sends may never see the answer.
const MAX_DISCARDED: usize = 64 * 1024 * 1024;

/// What the shared code must know of a vendor.
pub(crate) trait Vendor: Send + Sync + 'static {
    /// Names the operations that faults can aim at.
    type Target: Copy + std::fmt::Debug + Send + Sync + 'static;

    /// The header that carries a request's id, where the vendor sends one.
    const REQUEST_ID_HEADER: Option<&'static str> = None;

    /// Bodies over this size are refused with 413.
    const MAX_BODY: usize = 4 * 1024 * 1024;

    /// Whether `target` means this request. `route` is the template of its path, absent for unknown paths.
    fn covers(target: Self::Target, method: &Method, route: Option<&str>) -> bool;

    /// The vendor's usual code and message for a status.
    fn error_text(status: StatusCode) -> ErrorText;

    /// The vendor's usual error body.
    fn error_body(error: &VendorError<'_>) -> Value;
}

/// The token of an `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(crate) struct Front<V: Vendor> {
    pub(crate) log: RequestLog,
    pub(crate) faults: FaultQueue<V>,
    requests: AtomicU64,
    stop: Stop,
}

impl<V: Vendor> Front<V> {
    pub(crate) fn new(stop: Stop) -> Self {
        Self {
            log: RequestLog::default(),
            faults: FaultQueue::default(),
            requests: AtomicU64::new(0),
            stop,
        }
    }

    fn next_request_id(&self) -> String {
        format!("req_{:04}", self.requests.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Puts this before the routes of `router`, unknown paths and wrong methods included.
    pub(crate) fn guard(self: &Arc<Self>, router: Router) -> Router {
        router
            .layer(DefaultBodyLimit::disable())
            .layer(from_fn_with_state(self.clone(), admit::<V>))
    }
}

async fn admit<V: Vendor>(
    State(front): State<Arc<Front<V>>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let upload = tokio::select! {
        // Without a socket the body is there at once, and a sandbox that is gone still must not answer.
        biased;
        () = front.stop.requested() => return HangUp::response(),
        upload = read_body(body.into_data_stream(), V::MAX_BODY) => upload,
    };
    // Without its whole body there is no request, only a client that went away.
    let Ok(upload) = upload else {
        return HangUp::response();
    };
    let recorded = RecordedRequest::new(&parts, upload.bytes.clone());
    let route = parts.extensions.get::<MatchedPath>();
    let fault = front.faults.take(&recorded, route.map(MatchedPath::as_str));
    front.log.record(recorded);

    let request_id = front.next_request_id();
    let Some(fault) = fault else {
        return carry_out::<V>(parts, upload, next, &request_id).await;
    };
    if let Some(of_stream) = fault.of_stream() {
        parts.extensions.insert(of_stream);
    }
    let real = match fault.takes_effect() {
        true => Some(carry_out::<V>(parts, upload, next, &request_id).await),
        false => None,
    };
    answer::<V>(fault, real, &request_id, &front.stop).await
}

async fn carry_out<V: Vendor>(
    parts: request::Parts,
    upload: Upload,
    next: Next,
    request_id: &str,
) -> Response {
    if upload.too_large {
        return Refusal::from(StatusCode::PAYLOAD_TOO_LARGE).answer::<V>(request_id);
    }
    let returned = next.run(Request::from_parts(parts, Body::from(upload.bytes))).await;
    spell_out::<V>(returned, request_id)
}

struct Upload {
    bytes: Bytes,
    too_large: bool,
}

async fn read_body(mut stream: BodyDataStream, most: usize) -> Result<Upload, axum::Error> {
    let mut kept = BytesMut::new();
    let mut total = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        total += chunk.len();
        let room = most - kept.len();
        kept.extend_from_slice(&chunk[..room.min(chunk.len())]);
        if total > most.saturating_add(MAX_DISCARDED) {
            break;
        }
    }
    Ok(Upload { bytes: kept.freeze(), too_large: total > most })
}
