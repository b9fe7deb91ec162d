//! A caller of the sandbox's Mosoo.

use agent_threads_sandbox::Sandbox;
use agent_threads_sandbox::mosoo::{Dialect, Mosoo};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

pub(crate) struct Caller {
    pub(crate) _sandbox: Sandbox,
    pub(crate) mosoo: Mosoo,
    dialect: Dialect,
    http: Client,
}

impl Caller {
    pub(crate) async fn seed() -> Self {
        Self::of(Dialect::Seed).await
    }

    pub(crate) async fn current() -> Self {
        Self::of(Dialect::Current).await
    }

    pub(crate) async fn of(dialect: Dialect) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let mosoo = sandbox.mosoo();
        mosoo.set_dialect(dialect);
        let http = Client::builder().no_proxy().build().unwrap();
        Self { _sandbox: sandbox, mosoo, dialect, http }
    }

    /// A request with a token, to a path under `/api/v1`.
    pub(crate) fn request_as(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/api/v1{path}", self.mosoo.url())).bearer_auth(token)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request_as(self.mosoo.token(), Method::GET, path)
    }

    pub(crate) fn delete(&self, path: &str) -> RequestBuilder {
        self.request_as(self.mosoo.token(), Method::DELETE, path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request_as(self.mosoo.token(), Method::POST, path).json(body)
    }

    /// The path of the threads of the agent that is there from the start.
    pub(crate) fn threads(&self) -> String {
        format!("/agents/{}/threads", self.mosoo.agent_id())
    }

    /// What creates a thread with a message, in the dialect that is spoken.
    pub(crate) fn body(&self, text: &str) -> Value {
        let content = json!([{ "type": "text", "text": text }]);
        let input = json!({ "type": "user.message", "content": content });
        match self.dialect {
            Dialect::Current => json!({ "userId": "cust-77", "input": input }),
            _ => json!({ "client_external_ref": "cust-77", "input": input }),
        }
    }

    pub(crate) fn creating(&self, text: &str) -> RequestBuilder {
        self.post(&self.threads(), &self.body(text))
    }

    /// Creates a thread with a message and returns its path.
    pub(crate) async fn create(&self, text: &str) -> String {
        let made = answer(self.creating(text), 201).await;
        format!("/threads/{}", made["thread"]["id"].as_str().unwrap())
    }

    pub(crate) fn sending(&self, thread: &str, events: &Value) -> RequestBuilder {
        self.post(&format!("{thread}/events"), &json!({ "events": events }))
    }

    pub(crate) fn message(&self, thread: &str, text: &str) -> RequestBuilder {
        self.sending(thread, &json!([{ "type": "user_message", "text": text }]))
    }

    /// The log of a thread.
    pub(crate) async fn events(&self, thread: &str) -> Vec<Value> {
        let list = answer(self.get(&format!("{thread}/events?limit=1000")), 200).await;
        list["events"].as_array().unwrap().clone()
    }

    /// Plays a thread's run to where it rests, and returns the log.
    pub(crate) async fn played(&self, thread: &str) -> Vec<Value> {
        self.mosoo.play(id(thread));
        self.events(thread).await
    }

    /// Keeps a draft by an upload, and returns its id.
    pub(crate) async fn upload(&self, name: &str, content_type: &str, bytes: &[u8]) -> String {
        let request = self.uploading(name, content_type, bytes);
        let made = answer(request, 201).await;
        made["file"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn uploading(&self, name: &str, content_type: &str, bytes: &[u8]) -> RequestBuilder {
        let head = format!(
            "--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: {content_type}\r\n\r\n"
        );
        let form = [head.as_bytes(), bytes, b"\r\n--boundary--\r\n"].concat();
        let path = format!("/agents/{}/files", self.mosoo.agent_id());
        let post = self.request_as(self.mosoo.token(), Method::POST, &path);
        post.header("Content-Type", "multipart/form-data; boundary=boundary").body(form)
    }
}

/// The id in a path such as `/threads/{id}`.
pub(crate) fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// The JSON of an answer that MUST have this status.
pub(crate) async fn answer(request: RequestBuilder, status: u16) -> Value {
    let response = request.send().await.unwrap();
    let found = response.status();
    let body = response.text().await.unwrap();
    assert_eq!(found, status, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// Sends a request that MUST be refused in the vendor's way. Returns the message.
pub(crate) async fn refused(request: RequestBuilder, status: u16, code: &str) -> String {
    let (message, _) = refusal(request, status, code).await;
    message
}

/// As [`refused`], with the response's head.
pub(crate) async fn refusal(
    request: RequestBuilder,
    status: u16,
    code: &str,
) -> (String, Response) {
    let response = request.send().await.unwrap();
    let head: Response = http::Response::builder()
        .status(response.status())
        .body("")
        .map(|mut head| {
            *head.headers_mut() = response.headers().clone();
            head
        })
        .unwrap()
        .into();
    let body: Value = response.json().await.unwrap();
    assert_eq!((head.status().as_u16(), &body["error"]["code"]), (status, &json!(code)), "{body}");
    assert_eq!(body["error"].as_object().unwrap().len(), 2, "{body}");
    (body["error"]["message"].as_str().unwrap().to_owned(), head)
}

/// The types of entries.
pub(crate) fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// The entries of a type.
pub(crate) fn of_type<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["type"] == kind).collect()
}
