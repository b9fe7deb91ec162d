//! The requests that have arrived, kept for assertions.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use http::{HeaderMap, Method, request};
use serde_json::Value;

use crate::sync::lock;

/// How many are kept unless another number is set.
const MAX_REQUESTS: usize = 10_000;
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// How much of a body `Debug` shows.
const DEBUG_BODY_CHARS: usize = 500;

/// A request as it arrived, faulty and refused ones included.
///
/// `Debug` does not show the values of headers that carry credentials.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, comparable with a string.
    pub method: Method,
    /// The path as it was sent, percent-encoding included.
    pub path: String,
    /// What follows the `?`, as it was sent.
    pub query: Option<String>,
    /// The headers. Those that carry credentials are marked sensitive and hold their real values.
    pub headers: HeaderMap,
    /// The body; of a body over the limit only what was read.
    pub body: Bytes,
}

impl RecordedRequest {
    pub(crate) fn new(parts: &request::Parts, body: Bytes) -> Self {
        let mut headers = parts.headers.clone();
        for name in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE] {
            if let http::header::Entry::Occupied(mut entry) = headers.entry(name) {
                entry.iter_mut().for_each(|value| value.set_sensitive(true));
            }
        }
        Self {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers,
            body,
        }
    }

    /// The first value of a header, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, where it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        let shown: String = body.chars().take(DEBUG_BODY_CHARS).collect();
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &self.headers)
            .field("body", &shown)
            .finish()
    }
}

/// Keeps the latest requests, bounded in number and in bytes of their bodies.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: Mutex<Entries>,
}

#[derive(Debug)]
struct Entries {
    requests: VecDeque<RecordedRequest>,
    body_bytes: usize,
    most: usize,
}

impl Default for Entries {
    fn default() -> Self {
        Self { requests: VecDeque::new(), body_bytes: 0, most: MAX_REQUESTS }
    }
}

impl RequestLog {
    pub(crate) fn record(&self, request: RecordedRequest) {
        let mut entries = lock(&self.entries);
        entries.body_bytes += request.body.len();
        entries.requests.push_back(request);
        entries.drop_oldest();
    }

    /// Keeps this many from here on.
    pub(crate) fn keep(&self, most: usize) {
        let mut entries = lock(&self.entries);
        entries.most = most;
        entries.drop_oldest();
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.entries).requests.iter().cloned().collect()
    }
}

impl Entries {
    fn drop_oldest(&mut self) {
        while self.requests.len() > self.most || self.body_bytes > MAX_BODY_BYTES {
            let Some(oldest) = self.requests.pop_front() else {
                break;
            };
            self.body_bytes -= oldest.body.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str, body: Bytes) -> RecordedRequest {
        let request = http::Request::post(path)
            .header("Authorization", "Bearer oct_agt_secret")
            .header("Accept", "application/json")
            .body(())
            .unwrap();
        RecordedRequest::new(&request.into_parts().0, body)
    }

    #[test]
    fn debug_hides_credentials_and_the_accessors_do_not() {
        let request = request("/a%20b?x=1", Bytes::from_static(b"{\"a\":1}"));
        assert_eq!(request.method, "POST");
        assert_eq!(request.path, "/a%20b");
        assert_eq!(request.query.as_deref(), Some("x=1"));
        assert_eq!(request.json(), Some(serde_json::json!({ "a": 1 })));
        assert_eq!(request.header("authorization"), Some("Bearer oct_agt_secret"));
        let shown = format!("{request:?}");
        assert!(!shown.contains("oct_agt_secret"), "{shown}");
        assert!(shown.contains("application/json"), "{shown}");
    }

    #[test]
    fn the_oldest_requests_are_dropped_beyond_the_number_kept() {
        let log = RequestLog::default();
        for i in 0..MAX_REQUESTS + 2 {
            log.record(request(&format!("/{i}"), Bytes::new()));
        }
        let kept = log.requests();
        assert_eq!(kept.len(), MAX_REQUESTS);
        assert_eq!(kept[0].path, "/2");
    }

    #[test]
    fn the_oldest_requests_are_dropped_beyond_the_bytes_kept() {
        let log = RequestLog::default();
        let half = Bytes::from(vec![b' '; MAX_BODY_BYTES / 2]);
        for path in ["/1", "/2", "/3"] {
            log.record(request(path, half.clone()));
        }
        let kept: Vec<_> = log.requests().into_iter().map(|request| request.path).collect();
        assert_eq!(kept, ["/2", "/3"]);
    }
}
