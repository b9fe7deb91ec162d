//! The events of a run as its client delivers them: with a cursor that moves, an end that is known, and an eye on silence.

use agent_threads_core::{Body, BoxFuture, Transport, TransportError};
use agent_threads_modus::{Client, types::RunEvent};
use bytes::Bytes;
use futures::stream;
use http::header::{CONTENT_TYPE, HeaderValue};

/// A network on which all has come already.
struct Arrived(Vec<Bytes>);

impl Transport for Arrived {
    fn send(
        &self,
        _: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let chunks: Vec<_> = self.0.iter().cloned().map(Ok).collect();
        let mut answer = http::Response::new(Body::from_stream(stream::iter(chunks)));
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        Box::pin(async { Ok(answer) })
    }
}

/// A client that is sent these bytes whatever it asks for.
pub(super) fn client(chunks: &[Bytes]) -> Client {
    let builder = Client::builder().token("modus_0123456789").transport(Arrived(chunks.to_vec()));
    builder.build().expect("a client")
}

/// All events of the run.
pub(super) async fn follow(client: &Client, take: &mut dyn FnMut(RunEvent)) {
    let mut events = client.watch_run("7b1e").events().with_keepalives();
    while let Some(event) = events.next().await {
        take(event.expect("an event"));
    }
}
