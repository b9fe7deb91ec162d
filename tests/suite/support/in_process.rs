//! The sandbox behind a client's transport, without a socket: time can be paused, and nothing takes any.

use agent_threads_core::{Body, BoxFuture, Phase, Transport, TransportError};
use agent_threads_sandbox::InProcess;
use bytes::Bytes;
use futures::StreamExt as _;

/// Brings each request to the server of one vendor.
#[derive(Clone, Debug)]
pub(crate) struct Direct(pub(crate) InProcess);

impl Transport for Direct {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let answer = self.0.call(plain(&request)).await;
            let answer = answer.map_err(|error| TransportError::new(Phase::Exchange, error))?;
            Ok(answer.map(|body| {
                let lost = |error| TransportError::new(Phase::Body, error);
                Body::from_stream(body.map(move |chunk| chunk.map_err(lost)))
            }))
        })
    }
}

/// The request without what only reqwest knows.
fn plain(request: &reqwest::Request) -> http::Request<Bytes> {
    let body = request.body().map(|body| body.as_bytes().expect("a body that is in memory"));
    let mut plain = http::Request::new(Bytes::copy_from_slice(body.unwrap_or_default()));
    *plain.method_mut() = request.method().clone();
    *plain.uri_mut() = request.url().as_str().parse().unwrap();
    *plain.headers_mut() = request.headers().clone();
    plain
}
