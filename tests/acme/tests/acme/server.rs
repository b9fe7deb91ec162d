//! A server that answers as it is told and keeps what it was sent.

use acme_agents::{Client, RetryPolicy};
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Method, path and query, not decoded.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
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

    /// The names of all headers.
    pub(crate) fn header_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
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
        let server = MockServer::start_async().await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (keep, answers) = (Arc::clone(&seen), Mutex::new(VecDeque::from(answers)));
        server
            .mock_async(|when, then| {
                when.any_request();
                then.respond_with(move |request| {
                    keep.lock().unwrap().push(read(request));
                    let (status, body) =
                        answers.lock().unwrap().pop_front().expect("an answer for each request");
                    let response = HttpMockResponse::builder().status(status);
                    response.header("content-type", "application/json").body(body).build()
                });
            })
            .await;
        Self { server, seen }
    }

    /// A client of this server that does not pause before it tries again.
    pub(crate) fn client(&self) -> Client {
        let eager = RetryPolicy::default().base_delay(Duration::ZERO);
        Client::builder()
            .token("secret")
            .base_url(self.server.base_url())
            .retry(eager)
            .build()
            .unwrap()
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
