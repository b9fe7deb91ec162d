//! A way to call the sandbox's deco Studio.

use agent_threads_sandbox::Sandbox;
use agent_threads_sandbox::deco_studio::DecoStudio;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

pub(crate) struct Caller {
    pub(crate) deco: DecoStudio,
    _sandbox: Sandbox,
    http: Client,
}

impl Caller {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let http = Client::builder().no_proxy().build().unwrap();
        Self { deco: sandbox.deco_studio(), _sandbox: sandbox, http }
    }

    /// A request to a path of the first organization, with a key.
    pub(crate) fn with_key(&self, key: &str, method: Method, path: &str) -> RequestBuilder {
        self.without_key(method, &format!("/api/acme{path}")).bearer_auth(key)
    }

    pub(crate) fn without_key(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.deco.url()))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.with_key(self.deco.key(), Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.with_key(self.deco.key(), Method::POST, path).json(body)
    }

    pub(crate) fn calling(&self, tool: &str, input: &Value) -> RequestBuilder {
        self.post(&format!("/tools/{tool}"), input)
    }

    /// Calls a tool that MUST have an output.
    pub(crate) async fn call(&self, tool: &str, input: Value) -> Value {
        answer(self.calling(tool, &input), 200).await
    }

    /// Makes a thread of the first agent and returns its id.
    pub(crate) async fn thread(&self) -> String {
        let data = json!({ "title": "Support chat", "virtual_mcp_id": self.deco.agent_id() });
        let made = self.call("COLLECTION_THREADS_CREATE", json!({ "data": data })).await;
        made["item"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn read(&self, thread_id: &str) -> Value {
        self.call("COLLECTION_THREADS_GET", json!({ "id": thread_id })).await["item"].clone()
    }

    pub(crate) async fn statuses<const N: usize>(&self, thread_id: &str) -> [String; N] {
        let mut seen = std::array::from_fn(|_| String::new());
        for status in &mut seen {
            *status = self.read(thread_id).await["status"].as_str().unwrap().to_owned();
        }
        seen
    }

    /// Reads a thread whose run no stream takes further until the run is over. Returns the status.
    pub(crate) async fn rest(&self, thread_id: &str) -> String {
        let statuses: [_; 2] = self.statuses(thread_id).await;
        let [_, status] = statuses;
        assert_ne!(status, "in_progress");
        status
    }

    pub(crate) fn posting(&self, thread_id: &str, body: &Value) -> RequestBuilder {
        self.post(&format!("/decopilot/threads/{thread_id}/messages"), body)
    }

    /// Posts a user's message.
    pub(crate) async fn say(&self, thread_id: &str, text: &str) {
        let body =
            self.message(json!({ "role": "user", "parts": [{ "type": "text", "text": text }] }));
        self.accepted(thread_id, &body).await;
    }

    /// Posts a body that MUST be accepted.
    pub(crate) async fn accepted(&self, thread_id: &str, body: &Value) {
        let accepted = answer(self.posting(thread_id, body), 202).await;
        assert_eq!(accepted, json!({ "taskId": thread_id }));
    }

    /// The body that posts a message.
    #[allow(clippy::needless_pass_by_value)] // so that `json!(..)` can be written in place
    pub(crate) fn message(&self, message: Value) -> Value {
        json!({ "messages": [message], "agent": { "id": self.deco.agent_id() }, "tier": "smart" })
    }

    pub(crate) fn streaming(&self, thread_id: &str) -> RequestBuilder {
        let path = format!("/decopilot/threads/{thread_id}/stream");
        self.get(&path).header("Accept", "text/event-stream")
    }

    pub(crate) async fn stream(&self, thread_id: &str) -> Chunks {
        Chunks::open(self.streaming(thread_id)).await
    }

    pub(crate) async fn messages(&self, thread_id: &str) -> Vec<Value> {
        let input = json!({ "thread_id": thread_id, "limit": 200 });
        let list = self.call("COLLECTION_THREAD_MESSAGES_LIST", input).await;
        list["items"].as_array().unwrap().clone()
    }
}

/// An open stream, read frame by frame.
pub(crate) struct Chunks {
    pub(crate) response: Response,
    rest: Vec<u8>,
}

impl Chunks {
    /// Opens what MUST be an event stream.
    pub(crate) async fn open(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, rest: Vec::new() }
    }

    /// The next frame without its blank line, or `None` at the end of the body.
    pub(crate) async fn frame(&mut self) -> Option<String> {
        let mut searched = 0;
        loop {
            let ends = self.rest[searched..].windows(2).position(|two| two == b"\n\n");
            if let Some(place) = ends {
                let rest = self.rest.split_off(searched + place + 2);
                let mut frame = std::mem::replace(&mut self.rest, rest);
                frame.truncate(searched + place);
                return Some(String::from_utf8(frame).unwrap());
            }
            searched = self.rest.len().saturating_sub(1);
            self.rest.extend_from_slice(&self.response.chunk().await.unwrap()?);
        }
    }

    /// The next chunk of a run.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        let frame = self.frame().await?;
        Some(serde_json::from_str(frame.strip_prefix("data: ").unwrap()).unwrap())
    }

    /// The chunks up to one of this type, itself included.
    pub(crate) async fn until(&mut self, kind: &str) -> Vec<Value> {
        let mut chunks = Vec::new();
        loop {
            chunks.push(self.next().await.unwrap());
            if chunks.last().unwrap()["type"] == kind {
                return chunks;
            }
        }
    }

    pub(crate) fn has_nothing(&mut self) -> bool {
        use futures_util::FutureExt;
        self.frame().now_or_never().is_none()
    }
}

/// Sends a request whose answer MUST have this status and JSON.
pub(crate) async fn answer(request: RequestBuilder, status: u16) -> Value {
    let response = request.send().await.unwrap();
    let (got, body) = (response.status(), response.text().await.unwrap());
    assert_eq!(got, status, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// Sends a request that MUST be refused with a JSON error. Returns its text.
pub(crate) async fn refused(request: RequestBuilder, status: u16) -> String {
    let body = answer(request, status).await;
    body["error"].as_str().unwrap().to_owned()
}

/// Sends a request that MUST be refused with a plain text.
pub(crate) async fn refused_plainly(request: RequestBuilder, status: u16, text: &str) {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert_eq!(response.text().await.unwrap(), text);
}

pub(crate) fn types(chunks: &[Value]) -> Vec<&str> {
    chunks.iter().map(|chunk| chunk["type"].as_str().unwrap()).collect()
}

/// The text that the deltas make.
pub(crate) fn text(chunks: &[Value]) -> String {
    let deltas = chunks.iter().filter(|chunk| chunk["type"] == "text-delta");
    deltas.map(|chunk| chunk["delta"].as_str().unwrap()).collect()
}
