//! A server that answers as it is told and keeps what it was sent.

use acme_agents::{Client, RetryPolicy};
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// A client that does not pause before it tries again, and takes this for each of the vendor's servers.
pub(crate) fn client(base_url: String) -> Client {
    let eager = RetryPolicy::default().base_delay(Duration::ZERO);
    let builder = Client::builder().token("acme_secret").server("files", base_url.clone());
    builder.base_url(base_url).retry(eager).build().unwrap()
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Method, path and query, not decoded.
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    /// A header, if it came exactly once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let first = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} came twice");
        first
    }

    /// The names of all headers but `Accept-Encoding`, which is there if any crate of the build reads gzip.
    pub(crate) fn header_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
        names.retain(|name| name != "accept-encoding");
        names.sort();
        names
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }
}

pub(crate) struct Server {
    server: MockServer,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Gives these answers, one after the other.
    pub(crate) async fn answering<const N: usize>(answers: [(u16, &'static str); N]) -> Self {
        Self::giving(answers.map(|(status, body)| (status, "application/json", body))).await
    }

    /// Gives this stream of events, once.
    pub(crate) async fn streaming(body: &'static str) -> Self {
        Self::giving([(200, EVENT_STREAM, body)]).await
    }

    /// Gives these statuses, content types and bodies, one after the other.
    pub(crate) async fn giving<const N: usize>(
        answers: [(u16, &'static str, &'static str); N],
    ) -> Self {
        let server = MockServer::start_async().await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (keep, answers) = (Arc::clone(&seen), Mutex::new(VecDeque::from(answers)));
        server
            .mock_async(|when, then| {
                when.any_request();
                then.respond_with(move |request| {
                    keep.lock().unwrap().push(read(request));
                    let (status, content_type, body) =
                        answers.lock().unwrap().pop_front().expect("an answer for each request");
                    let response = HttpMockResponse::builder().status(status);
                    response.header("content-type", content_type).body(body).build()
                });
            })
            .await;
        Self { server, seen }
    }

    pub(crate) fn url(&self) -> String {
        self.server.base_url()
    }

    /// A client of this server that does not pause before it tries again.
    pub(crate) fn client(&self) -> Client {
        client(self.url())
    }

    /// The requests that came, first to last.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The only request that came.
    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        seen[0].clone()
    }
}

fn read(request: &HttpMockRequest) -> Seen {
    let uri = request.uri();
    Seen {
        line: format!("{} {}", request.method(), uri.path_and_query().map_or("", |p| p.as_str())),
        headers: request.headers_vec().clone(),
        body: request.body_string(),
    }
}
