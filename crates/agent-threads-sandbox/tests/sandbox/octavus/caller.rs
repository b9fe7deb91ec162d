//! Two ways to call the sandbox: an HTTP client, and bytes on a connection.

use agent_threads_sandbox::Sandbox;
use agent_threads_sandbox::octavus::{Generation, Octavus};
use reqwest::{Client, Method, RequestBuilder, Response, redirect};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::wire;

pub(crate) struct Caller {
    pub(crate) sandbox: Sandbox,
    pub(crate) octavus: Octavus,
    http: Client,
}

impl Caller {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let http = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self { octavus: sandbox.octavus(), sandbox, http }
    }

    /// A caller of a later generation of the API.
    pub(crate) async fn of(generation: Generation) -> Self {
        let caller = Self::start().await;
        caller.octavus.set_generation(generation);
        caller
    }

    /// A request with the right key.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_without_key(method, path).bearer_auth(self.octavus.key())
    }

    pub(crate) fn request_without_key(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.octavus.url()))
    }

    pub(crate) fn dispatching(&self, message: &str) -> RequestBuilder {
        self.request(Method::POST, &threads()).json(&json!({ "message": message }))
    }

    pub(crate) fn dispatching_body(&self, body: &Value) -> RequestBuilder {
        self.request(Method::POST, &threads()).json(body)
    }

    /// Starts a thread with a `config`.
    pub(crate) async fn dispatch_with(&self, config: Value) -> String {
        let body = json!({ "message": "x", "config": config });
        let accepted = answer(self.dispatching_body(&body), 201).await;
        accepted["threadId"].as_str().unwrap().to_owned()
    }

    pub(crate) fn cancelling(&self, thread_id: &str) -> RequestBuilder {
        self.request(Method::POST, &format!("{}/cancel", thread(thread_id)))
    }

    pub(crate) fn reading_agent(&self) -> RequestBuilder {
        self.request(Method::GET, AGENT)
    }

    pub(crate) async fn agent(&self) -> Value {
        answer(self.reading_agent(), 200).await
    }

    pub(crate) fn reading(&self, thread_id: &str) -> RequestBuilder {
        self.request(Method::GET, &thread(thread_id))
    }

    pub(crate) async fn dispatch(&self, message: &str) -> String {
        let accepted = answer(self.dispatching(message), 201).await;
        accepted["threadId"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn read(&self, thread_id: &str) -> Value {
        answer(self.reading(thread_id), 200).await
    }

    pub(crate) async fn statuses<const N: usize>(&self, thread_id: &str) -> [String; N] {
        let mut seen = std::array::from_fn(|_| String::new());
        for status in &mut seen {
            *status = self.read(thread_id).await["status"].as_str().unwrap().to_owned();
        }
        seen
    }

    pub(crate) async fn follow_up(&self, thread_id: &str, message: &str) -> Value {
        let path = format!("{}/messages", thread(thread_id));
        answer(self.request(Method::POST, &path).json(&json!({ "message": message })), 202).await
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        wire::connect(self.octavus.url()).await
    }

    /// Sends bytes on a connection of their own and reads until the server closes it.
    pub(crate) async fn exchange(&self, request: &str) -> String {
        String::from_utf8(wire::exchange(self.octavus.url(), request).await).unwrap()
    }
}

const AGENT: &str = "/api/v1/workforce/agents/agent_1";

pub(crate) fn threads() -> String {
    format!("{AGENT}/threads")
}

pub(crate) fn thread(thread_id: &str) -> String {
    format!("{}/{thread_id}", threads())
}

/// A GET of the first thread as bytes.
pub(crate) fn raw_read() -> String {
    format!(
        "GET {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer oct_agt_sandbox\r\n\r\n",
        thread("cmthread0001")
    )
}

/// Sends a request whose answer MUST have this status and JSON.
pub(crate) async fn answer(request: RequestBuilder, status: u16) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status);
    assert_eq!(header(&response, "content-type"), Some("application/json"));
    response.json().await.unwrap()
}

/// Sends a request that MUST be refused with this status and code.
pub(crate) async fn refused(request: RequestBuilder, status: u16, code: &str) -> Value {
    let body = answer(request, status).await;
    assert_eq!(body["code"], code, "{body}");
    assert!(body["error"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    body
}

pub(crate) fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// Reads until what has come ends with `end`.
pub(crate) async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut seen = Vec::new();
    while !seen.ends_with(end.as_bytes()) {
        seen.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(seen).unwrap()
}
