//! A listener on 127.0.0.1 with its connections: everything below HTTP requests.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::sync::Stop;

/// Connections beyond this number wait in the system's backlog until another one ends.
const MAX_CONNECTIONS: usize = 1024;

/// How long a shutdown waits for clients that neither read nor close.
const GRACE: Duration = Duration::from_secs(1);

/// A bound port that does not serve yet, so that its URL is known before its router is made.
pub(crate) struct Socket {
    listener: TcpListener,
    url: String,
}

impl Socket {
    pub(crate) async fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, url })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn serve(self, router: Router, stop: Stop) -> Listener {
        Listener { task: tokio::spawn(accept(self.listener, router, stop)) }
    }
}

/// The task that accepts and owns the connections. Dropping it ends them all.
#[derive(Debug)]
pub(crate) struct Listener {
    task: JoinHandle<()>,
}

impl Listener {
    /// Returns when the port is free and the last connection is gone.
    pub(crate) async fn stopped(mut self) {
        // The only error is a panic of the task, after which it is gone as well.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, router: Router, stop: Stop) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.requested() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, router.clone(), stop.clone()));
                }
                // Without file descriptors every accept fails at once; a pause keeps that from being a busy loop.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
        }
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    // Past the grace period the rest is aborted by dropping the set.
    let _ = tokio::time::timeout(GRACE, all_ended).await;
}

async fn serve_connection(stream: TcpStream, router: Router, stop: Stop) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request| respond(&router, request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // An error is a client that went away or a fault that was asked for: the connection ends either way.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.requested() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn respond(
    router: &TowerToHyperService<Router>,
    request: Request<Incoming>,
) -> Result<Response<Body>, HangUp> {
    let answered: Result<_, Infallible> = router.call(request).await;
    match answered {
        Ok(response) => HangUp::unless_answered(response),
        Err(never) => match never {},
    }
}

/// To be awaited by a body before it fails: hyper drops what it has not written then, and writes when a body has to wait.
///
/// It helps only where nothing between the body and hyper goes on while the body waits.
pub(crate) async fn written() {
    tokio::task::yield_now().await;
}

/// The connection closes before the first byte of an answer.
// As an extension of a response it says so to those who send it; as an error it makes hyper do so.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct HangUp;

impl HangUp {
    pub(crate) fn response() -> Response<Body> {
        let mut response = Response::default();
        response.extensions_mut().insert(Self);
        response
    }

    /// The response, unless it says that there is none.
    pub(crate) fn unless_answered(response: Response<Body>) -> Result<Response<Body>, Self> {
        match response.extensions().get::<Self>() {
            Some(_) => Err(Self),
            None => Ok(response),
        }
    }
}

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed on purpose")
    }
}

impl std::error::Error for HangUp {}
