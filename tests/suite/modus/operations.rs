//! Each operation against mock servers, one per host: exactly what is sent, and what the documented answer becomes.

mod agent_host;
mod api_host;
mod hosts;
mod lists;
mod numbers;

use agent_threads_modus::{Client, Error, EventStream, Response, RetryPolicy, types::RunEvent};
use futures::StreamExt as _;
use httpmock::{Method, Mock, MockServer};
use reqwest::Url;
use serde_json::Value;
use std::time::Duration;

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// The two hosts of the vendor, and a client of both.
struct Hosts {
    agent: MockServer,
    api: MockServer,
    client: Client,
}

impl Hosts {
    async fn start() -> Self {
        let (agent, api) = (MockServer::start_async().await, MockServer::start_async().await);
        let client = Client::builder()
            .server("agent", agent.base_url())
            .server("api", api.base_url())
            .token("modus_key")
            .retry(RetryPolicy::default().base_delay(Duration::ZERO))
            .build()
            .unwrap();
        Self { agent, api, client }
    }
}

/// A request as it must be on the wire.
struct Sent {
    method: Method,
    /// Path and query, encoded. The order within the query is free.
    target: &'static str,
    accept: &'static str,
    body: Option<Value>,
    /// Besides those that every request has.
    headers: Vec<(&'static str, &'static str)>,
}

fn get(target: &'static str) -> Sent {
    Sent { method: Method::GET, target, accept: JSON, body: None, headers: Vec::new() }
}

fn post(target: &'static str, body: Value) -> Sent {
    Sent { method: Method::POST, body: Some(body), ..get(target) }
}

impl Sent {
    fn accept(self, accept: &'static str) -> Self {
        Self { accept, ..self }
    }

    fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Answers this request and no other.
    async fn answered<'a>(
        self,
        host: &'a MockServer,
        status: u16,
        media: &str,
        body: &str,
    ) -> Mock<'a> {
        host.mock_async(|mut when, then| {
            let target = self.target;
            when = when
                .method(self.method)
                .is_true(move |request| is_target(&request.uri(), target))
                .header("authorization", "Bearer modus_key")
                .header("accept", self.accept)
                .header_prefix("user-agent", "agent-threads-modus/");
            when = match self.body {
                Some(body) => when.header("content-type", JSON).json_body(body),
                None => when.header_missing("content-type").header_missing("content-length"),
            };
            for name in ["idempotency-key", "last-event-id"] {
                when = match self.headers.iter().find(|header| header.0 == name) {
                    Some((_, value)) => when.header(name, *value),
                    None => when.header_missing(name),
                };
            }
            drop(when);
            then.status(status).header("content-type", media).body(body);
        })
        .await
    }
}

/// The path as it is encoded, and the query as it is read: a space has two encodings.
fn is_target(uri: &http::Uri, target: &str) -> bool {
    let sorted = |path_and_query: &str| {
        let url = Url::parse(&format!("http://localhost{path_and_query}")).unwrap();
        let mut query: Vec<_> = url.query_pairs().into_owned().collect();
        query.sort();
        query
    };
    let path_and_query = uri.path_and_query().map_or("/", |sent| sent.as_str());
    Some(uri.path()) == target.split('?').next() && sorted(path_and_query) == sorted(target)
}

/// What a call becomes that must send this, once, and is answered so.
async fn call<T>(
    host: &MockServer,
    sent: Sent,
    (status, answer): (u16, Value),
    call: impl Future<Output = Result<Response<T>, Error>>,
) -> T {
    let target = sent.target;
    let body = if answer.is_null() { String::new() } else { answer.to_string() };
    let mock = sent.answered(host, status, JSON, &body).await;
    let response = call.await.unwrap_or_else(|error| panic!("{target}: {error}"));
    mock.assert_async().await;
    assert_eq!(response.http_status().as_u16(), status, "{target}");
    response.into_inner()
}

/// Plays a short run to a stream that must be asked for so, once.
async fn stream(host: &MockServer, sent: Sent, events: EventStream<RunEvent>) {
    let target = sent.target;
    let body = "id: 1717000000000-0\ndata: {\"type\":\"token\",\"content\":\"Hel\"}\n\n\
                id: 1717000000001-0\ndata: {\"type\":\"done\",\"runId\":\"7b1e\",\"threadId\":\"agent_0_5f1c\"}\n\n";
    let mock = sent.accept(EVENTS).answered(host, 200, EVENTS, body).await;
    let events: Vec<_> = events.collect().await;
    mock.assert_async().await;
    match &events[..] {
        [Ok(RunEvent::Token(token)), Ok(RunEvent::Done(done))] => {
            assert_eq!(token.content, "Hel", "{target}");
            assert_eq!(done.run_id.as_deref(), Some("7b1e"), "{target}");
            assert_eq!(done.thread_id.as_deref(), Some("agent_0_5f1c"), "{target}");
        }
        other => panic!("{target}: {other:?}"),
    }
}
