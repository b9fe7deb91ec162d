//! A vendor's server without a socket: a request in, an answer out.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::{Request, Response, Uri};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

use crate::server::HangUp;

/// A vendor's server, called instead of connected to. Clones are the same server.
///
/// What it answers, keeps and breaks is what it does on its port: the same routes and the same faults, the same state behind them.
/// No task runs, no thread and no timer; nothing goes on but what the caller polls. So it is for tests that pause the clock,
/// which they cannot over a socket, and for programs that may not open one.
///
/// ```
/// use agent_threads_sandbox::Sandbox;
/// use agent_threads_sandbox::modus::Script;
/// use bytes::Bytes;
/// use futures_util::StreamExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::without_sockets();
/// let modus = sandbox.modus();
/// modus.next_run(Script::reply("Three are open."));
///
/// let body = format!(
///     r#"{{ "message": "Which?", "runId": "run-1", "sessionId": "s", "organizationId": "{}" }}"#,
///     modus.organization_id()
/// );
/// let request = http::Request::post(format!("{}/agent/runs", modus.url()))
///     .header("authorization", format!("Bearer {}", modus.key()))
///     .body(Bytes::from(body))?;
/// let answer = modus.in_process().call(request).await?;
/// assert_eq!(answer.status(), 200);
/// let mut body = answer.into_body();
/// let first = body.next().await.expect("an event")?;
/// assert!(first.starts_with(b"id: 1717000000000-0\n"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct InProcess {
    router: TowerToHyperService<Router>,
}

impl InProcess {
    pub(crate) fn new(router: Router) -> Self {
        Self { router: TowerToHyperService::new(router) }
    }

    /// The answer to a request, as soon as its head is there. The host of its URI is not looked at.
    ///
    /// The answer comes without what HTTP adds on its way: no `Date`, and a length only where the sandbox states one. The
    /// caller leaves by dropping the future or the body, as a client does by closing its connection.
    ///
    /// # Errors
    ///
    /// [`HangUp`], where on a socket the connection would close before the first byte of an answer: by a
    /// [fault](crate::Fault), or because the sandbox is stopped.
    pub async fn call(&self, request: Request<Bytes>) -> Result<Response<AnswerBody>, HangUp> {
        let (mut parts, body) = request.into_parts();
        parts.uri = without_host(&parts.uri);
        let request = Request::from_parts(parts, Body::from(body));
        let answered: Result<_, Infallible> = self.router.call(request).await;
        match answered {
            Ok(response) => {
                HangUp::unless_answered(response).map(|response| response.map(AnswerBody::new))
            }
            Err(never) => match never {},
        }
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

/// A URI as it stands in a request of HTTP/1.1.
fn without_host(uri: &Uri) -> Uri {
    uri.path_and_query().cloned().map(Uri::from).unwrap_or_default()
}

/// The body of an answer: chunks as they come. An error is a connection that breaks before the body's end.
pub struct AnswerBody(BodyDataStream);

impl AnswerBody {
    fn new(body: Body) -> Self {
        Self(body.into_data_stream())
    }
}

impl Stream for AnswerBody {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = self.0.poll_next_unpin(cx);
        chunk.map(|chunk| chunk.map(|chunk| chunk.map_err(io::Error::other)))
    }
}

impl fmt::Debug for AnswerBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnswerBody(..)")
    }
}
