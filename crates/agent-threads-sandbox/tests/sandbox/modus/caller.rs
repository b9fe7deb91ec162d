//! Two ways to call the sandbox's Modus: an HTTP client, and bytes on a connection.

use agent_threads_sandbox::Sandbox;
use agent_threads_sandbox::modus::Modus;
use bytes::Bytes;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::wire::{Chunked, exchange_chunked};

pub(crate) struct Caller {
    pub(crate) sandbox: Sandbox,
    pub(crate) modus: Modus,
    http: Client,
}

impl Caller {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let http = Client::builder().no_proxy().build().unwrap();
        Self { modus: sandbox.modus(), sandbox, http }
    }

    /// A request with the right key.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_without_key(method, path).bearer_auth(self.modus.key())
    }

    pub(crate) fn request_without_key(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.modus.url()))
    }

    /// A POST of the usual body.
    pub(crate) fn creating(&self, key: &str) -> RequestBuilder {
        self.posting(key, &body("hello"))
    }

    pub(crate) fn posting(&self, key: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, "/agent/runs").header("Idempotency-Key", key).json(body)
    }

    pub(crate) fn watching(&self, run_id: &str) -> RequestBuilder {
        self.request(Method::GET, &stream(run_id))
    }

    /// A POST of any body to any path.
    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).json(body)
    }

    /// A POST of a current run of Modus, whose answer is JSON.
    pub(crate) fn running(&self, key: &str, session: &str) -> RequestBuilder {
        self.post(MODUS_RUNS, &turn("hello", session)).header("Idempotency-Key", key)
    }

    /// Starts a run of Modus and returns its status.
    pub(crate) async fn run(&self, key: &str, session: &str) -> String {
        let (status, accepted) = answer(self.running(key, session)).await;
        assert_eq!((status, &accepted["runId"]), (201, &json!(key)));
        accepted["status"].as_str().unwrap().to_owned()
    }

    pub(crate) fn watching_now(&self, run_id: &str) -> RequestBuilder {
        self.request(Method::GET, &format!("/agent/v1/runs/{run_id}/stream"))
    }

    /// A POST to one of a run's own paths.
    pub(crate) fn steering(&self, run_id: &str, verb: &str, body: &Value) -> RequestBuilder {
        self.post(&format!("/agent/v1/runs/{run_id}/{verb}"), body)
    }

    /// Makes a run and reads its stream to the end.
    pub(crate) async fn create(&self, key: &str) -> Bytes {
        whole(self.creating(key)).await
    }

    /// The whole stream of a run, as it comes on the connection.
    pub(crate) async fn exchange_watch(&self, run_id: &str) -> Chunked {
        exchange_chunked(self.modus.url(), &raw_watch(run_id)).await
    }

    pub(crate) fn wire(&self, run_id: &str) -> Bytes {
        self.modus.wire(run_id).unwrap()
    }
}

pub(crate) const MODUS_RUNS: &str = "/agent/v1/modus/runs";

/// The body of a current run.
pub(crate) fn turn(message: &str, session: &str) -> Value {
    json!({ "message": message, "sessionId": session })
}

pub(crate) fn body(message: &str) -> Value {
    json!({ "message": message, "sessionId": "session-1", "organizationId": "org_sandbox" })
}

pub(crate) fn stream(run_id: &str) -> String {
    format!("/agent/runs/{run_id}/stream")
}

/// A GET of a run's stream as bytes.
pub(crate) fn raw_watch(run_id: &str) -> String {
    format!(
        "GET {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer modus_sandbox_key\r\nConnection: close\r\n\r\n",
        stream(run_id)
    )
}

/// Sends a request whose answer MUST be an event stream that ends properly.
pub(crate) async fn whole(request: RequestBuilder) -> Bytes {
    opened(request).await.bytes().await.unwrap()
}

/// Sends a request whose answer MUST be an event stream.
pub(crate) async fn opened(request: RequestBuilder) -> Response {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "content-type"), Some("text/event-stream"));
    assert_eq!(header(&response, "content-length"), None);
    assert!(header(&response, "x-request-id").is_some());
    response
}

/// Sends a request that MUST be refused with the vendor's envelope. Returns what is in it.
pub(crate) async fn refused(request: RequestBuilder, status: u16, code: &str) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status);
    assert_eq!(header(&response, "content-type"), Some("application/json"));
    let request_id = header(&response, "x-request-id").unwrap().to_owned();
    let error = response.json::<Value>().await.unwrap()["error"].clone();
    assert_eq!(error["code"], code, "{error}");
    assert_eq!(error["requestId"], request_id, "{error}");
    for field in ["status", "message"] {
        assert!(error[field].as_str().is_some_and(|text| !text.is_empty()), "{error}");
    }
    error
}

pub(crate) fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// The data of each event in a stream, where it is JSON on one line.
pub(crate) fn events(stream: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(stream).unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

/// The type of each event.
pub(crate) fn types(stream: &[u8]) -> Vec<String> {
    events(stream).iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

/// The text that the tokens make.
pub(crate) fn text(stream: &[u8]) -> String {
    events(stream).iter().filter_map(|event| event["content"].as_str()).collect()
}

/// Reads a stream until it has come up to the end of `expected`.
pub(crate) async fn read_exactly(response: &mut Response, expected: &[u8]) {
    let mut seen = Vec::new();
    while seen.len() < expected.len() {
        seen.extend_from_slice(&response.chunk().await.unwrap().unwrap());
    }
    assert_eq!(String::from_utf8_lossy(&seen), String::from_utf8_lossy(expected));
}

/// The status and the JSON of an answer, which is `null` where there is no body.
pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() })
}
