//! Each operation against a mock server: exactly what is sent, and what the vendor's answer becomes.

mod current;
mod files;
mod seed;

use agent_threads_mosoo::{Client, Dialect, Error, Response, RetryPolicy};
use httpmock::{HttpMockRequest, Method, Mock, MockServer};
use serde_json::Value;

const JSON: &str = "application/json";

/// A server under the vendor's path, and a client of it.
struct Host {
    server: MockServer,
    client: Client,
}

impl Host {
    async fn start(dialect: Dialect) -> Self {
        let server = MockServer::start_async().await;
        let client = Client::builder()
            .base_url(format!("{}/api/v1", server.base_url()))
            .token("mst_test")
            .dialect(dialect)
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        Self { server, client }
    }

    /// What a call becomes that must send this, once, and is answered so.
    async fn call<T>(
        &self,
        sent: Sent,
        (status, answer): (u16, Value),
        call: impl Future<Output = Result<Response<T>, Error>>,
    ) -> T {
        let target = sent.target;
        let mock = sent.answered(&self.server, status, JSON, &answer.to_string()).await;
        let response = call.await.unwrap_or_else(|error| panic!("{target}: {error}"));
        mock.assert_async().await;
        assert_eq!(response.http_status().as_u16(), status, "{target}");
        response.into_inner()
    }
}

/// A request as it must be on the wire.
struct Sent {
    method: Method,
    /// Path and query, encoded, below the vendor's path.
    target: &'static str,
    accept: &'static str,
    body: Option<Value>,
    key: Option<&'static str>,
}

fn get(target: &'static str) -> Sent {
    Sent { method: Method::GET, target, accept: JSON, body: None, key: None }
}

fn delete(target: &'static str) -> Sent {
    Sent { method: Method::DELETE, ..get(target) }
}

/// A call without a body.
fn act(target: &'static str) -> Sent {
    Sent { method: Method::POST, ..get(target) }
}

fn post(target: &'static str, body: Value) -> Sent {
    Sent { body: Some(body), ..act(target) }
}

impl Sent {
    fn key(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }

    fn accept(self, accept: &'static str) -> Self {
        Self { accept, ..self }
    }

    /// Answers this request and no other.
    async fn answered<'a>(
        self,
        server: &'a MockServer,
        status: u16,
        media: &str,
        body: &str,
    ) -> Mock<'a> {
        let target = format!("/api/v1{}", self.target);
        server
            .mock_async(|mut when, then| {
                when = when
                    .method(self.method)
                    .is_true(move |request| is_target(request, &target))
                    .header("authorization", "Bearer mst_test")
                    .header("accept", self.accept)
                    .header_prefix("user-agent", "agent-threads-mosoo/");
                when = match self.body {
                    Some(body) => when.header("content-type", JSON).json_body(body),
                    None => when.header_missing("content-type").header_missing("content-length"),
                };
                drop(match self.key {
                    Some(key) => when.header("idempotency-key", key),
                    None => when.header_missing("idempotency-key"),
                });
                then.status(status).header("content-type", media).body(body);
            })
            .await
    }
}

/// Whether a request is for exactly this path and query.
fn is_target(request: &HttpMockRequest, target: &str) -> bool {
    request.uri().path_and_query().is_some_and(|sent| sent.as_str() == target)
}
