//! deco Studio: each operation against a mock server, every kind of chunk, what is posted back, what is refused.

mod asks;
mod bad_input;
mod chunks;
mod inputs;
mod messages;
mod rest;
mod runs;
mod silence;
mod streams;
mod threads;

use agent_threads_deco_studio::{Client, Error, RetryPolicy};
use httpmock::{Method, Mock, MockServer};
use serde_json::Value;
use std::time::Duration;

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// A server, and a client that is bound to the organization `acme-inc` on it.
struct Studio {
    server: MockServer,
    client: Client,
}

/// A request as it must be on the wire.
struct Sent {
    method: Method,
    /// As it is encoded.
    path: String,
    query: Vec<(&'static str, &'static str)>,
    accept: &'static str,
    body: Option<Value>,
}

fn get(path: impl Into<String>) -> Sent {
    Sent { method: Method::GET, path: path.into(), query: Vec::new(), accept: JSON, body: None }
}

fn post(path: impl Into<String>, body: impl Into<Option<Value>>) -> Sent {
    Sent { method: Method::POST, body: body.into(), ..get(path) }
}

/// The call of a tool of Studio's own.
fn tool(name: &str, input: impl Into<Option<Value>>) -> Sent {
    post(format!("/api/acme-inc/tools/{name}"), input)
}

fn stream(path: &str) -> Sent {
    Sent { accept: EVENTS, ..get(path) }
}

impl Studio {
    async fn start() -> Self {
        let server = MockServer::start_async().await;
        let builder = Client::builder().base_url(server.base_url()).token("mesh_key");
        let eager = RetryPolicy::default().base_delay(Duration::ZERO);
        let client = builder.parameter("org", "acme-inc").retry(eager).build().unwrap();
        Self { server, client }
    }

    /// Answers this request and no other.
    async fn answers(&self, sent: Sent, status: u16, media: &str, body: &str) -> Mock<'_> {
        let mock = self.server.mock_async(|mut when, then| {
            when = when
                .method(sent.method)
                .is_true(move |request| request.uri().path() == sent.path)
                .query_param_count(".*", ".*", sent.query.len())
                .header("authorization", "Bearer mesh_key")
                .header("accept", sent.accept)
                .header_prefix("user-agent", "agent-threads-deco-studio/")
                .header_missing("idempotency-key")
                .header_missing("last-event-id");
            for (name, value) in sent.query {
                when = when.query_param(name, value);
            }
            when = match sent.body {
                Some(body) => when.header("content-type", JSON).json_body(body),
                None => when
                    .header_missing("content-type")
                    .is_true(|request| request.body_ref().is_empty()),
            };
            drop(when);
            then.status(status).header("content-type", media).body(body);
        });
        mock.await
    }

    /// What a call becomes that must send this, once, and is answered so.
    async fn call<T>(
        sent: Sent,
        (status, answer): (u16, Value),
        call: impl AsyncFnOnce(Client) -> Result<T, Error>,
    ) -> T {
        let studio = Self::start().await;
        let mock = studio.answers(sent, status, JSON, &answer.to_string()).await;
        let value = call(studio.client.clone()).await.unwrap();
        mock.assert_async().await;
        value
    }

    /// The error of a call that is refused so, however often it is sent.
    async fn refused<T>(
        (status, media, body): (u16, &str, &str),
        call: impl AsyncFnOnce(Client) -> Result<T, Error>,
    ) -> Error {
        let studio = Self::start().await;
        let refusal = studio.server.mock_async(|when, then| {
            when.any_request();
            then.status(status).header("content-type", media).body(body);
        });
        refusal.await;
        let client = studio.client.with(|settings| settings.retry(RetryPolicy::never()));
        call(client).await.err().unwrap()
    }
}
