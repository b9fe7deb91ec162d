//! Each operation against a mock server: exactly what is sent, and what the documented answer becomes.

mod actions;
mod agents;
mod pages;
mod runs;
mod threads;

use super::quick;
use agent_threads_middesk::{Client, Error, Response};
use httpmock::{Method, Mock, MockServer};
use serde_json::Value;

const JSON: &str = "application/json";

async fn start() -> (MockServer, Client) {
    let server = MockServer::start_async().await;
    let client = quick(Client::builder().base_url(server.base_url()).token("mk_test_key"));
    (server, client)
}

/// A request as it must be on the wire.
struct Sent {
    method: Method,
    /// Path and query, encoded.
    target: &'static str,
    accept: &'static str,
    body: Option<Value>,
}

fn get(target: &'static str) -> Sent {
    Sent { method: Method::GET, target, accept: JSON, body: None }
}

fn post(target: &'static str, body: Value) -> Sent {
    Sent { method: Method::POST, body: Some(body), ..get(target) }
}

impl Sent {
    /// Answers this request and no other.
    async fn answered<'a>(
        self,
        server: &'a MockServer,
        status: u16,
        media: &str,
        body: &str,
    ) -> Mock<'a> {
        server
            .mock_async(|mut when, then| {
                let target = self.target;
                when = when
                    .method(self.method)
                    .is_true(move |request| {
                        request.uri().path_and_query().is_some_and(|sent| sent == target)
                    })
                    .header("authorization", "Bearer mk_test_key")
                    .header("accept", self.accept)
                    .header_prefix("user-agent", "agent-threads-middesk/")
                    .header_missing("idempotency-key")
                    .header_missing("last-event-id");
                when = match self.body {
                    Some(body) => when.header("content-type", JSON).json_body(body),
                    None => when.header_missing("content-type").header_missing("content-length"),
                };
                drop(when);
                then.status(status).header("content-type", media).body(body);
            })
            .await
    }
}

/// What a call becomes that must send this, once, and is answered so.
async fn call<T>(
    server: &MockServer,
    sent: Sent,
    (status, answer): (u16, Value),
    call: impl Future<Output = Result<Response<T>, Error>>,
) -> T {
    let target = sent.target;
    let mock = sent.answered(server, status, JSON, &answer.to_string()).await;
    let response = call.await.unwrap_or_else(|error| panic!("{target}: {error}"));
    mock.assert_async().await;
    mock.delete_async().await;
    assert_eq!(response.http_status().as_u16(), status, "{target}");
    response.into_inner()
}
