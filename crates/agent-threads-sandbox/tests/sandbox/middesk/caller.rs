//! A way to call the sandbox's Middesk.

use agent_threads_sandbox::Sandbox;
use agent_threads_sandbox::middesk::Middesk;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

pub(crate) struct Caller {
    pub(crate) middesk: Middesk,
    _sandbox: Sandbox,
    http: Client,
}

impl Caller {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let http = Client::builder().no_proxy().build().unwrap();
        Self { middesk: sandbox.middesk(), _sandbox: sandbox, http }
    }

    pub(crate) fn without_key(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.middesk.url()))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.without_key(Method::GET, path).bearer_auth(self.middesk.key())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.without_key(Method::POST, path).bearer_auth(self.middesk.key()).json(body)
    }

    /// A POST that makes a run about the first business.
    pub(crate) fn starting(&self) -> RequestBuilder {
        let body = json!({ "type": "cip_orchestrator", "business_id": self.middesk.business_id() });
        self.post("/v1/runs", &body)
    }

    /// Makes a run and returns its id.
    pub(crate) async fn start_run(&self) -> String {
        id(&answer(self.starting(), 201).await)
    }

    pub(crate) async fn read(&self, run_id: &str) -> Value {
        answer(self.get(&format!("/v1/runs/{run_id}")), 200).await
    }

    pub(crate) async fn read_with_steps(&self, run_id: &str) -> Value {
        answer(self.get(&format!("/v1/runs/{run_id}?include=steps")), 200).await
    }

    /// Reads a run until it rests.
    pub(crate) async fn rest(&self, run_id: &str) -> Value {
        for _ in 0..100 {
            let run = self.read_with_steps(run_id).await;
            if run["status"] != "running" {
                return run;
            }
        }
        panic!("the run never rests");
    }

    pub(crate) fn streaming(&self, run_id: &str) -> RequestBuilder {
        self.get(&format!("/v1/runs/{run_id}/stream")).header("Accept", "text/event-stream")
    }

    /// The whole stream of a run, as name and data of each event.
    pub(crate) async fn stream(&self, run_id: &str) -> Vec<(String, Value)> {
        let response = opened(self.streaming(run_id)).await;
        events(&response.text().await.unwrap())
    }
}

pub(crate) fn id(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}

/// Sends a request whose answer MUST have this status and JSON.
pub(crate) async fn answer(request: RequestBuilder, status: u16) -> Value {
    let response = request.send().await.unwrap();
    let (got, body) = (response.status(), response.text().await.unwrap());
    assert_eq!(got, status, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// Sends a request that MUST be refused with the vendor's envelope. Returns the only error in it.
pub(crate) async fn refused(request: RequestBuilder, status: u16) -> Value {
    let body = answer(request, status).await;
    let errors = body["errors"].as_array().unwrap();
    assert_eq!((errors.len(), body.as_object().unwrap().len()), (1, 1), "{body}");
    assert!(errors[0]["message"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    errors[0].clone()
}

/// Sends a request whose answer MUST be an event stream.
pub(crate) async fn opened(request: RequestBuilder) -> Response {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

/// The events of a stream whose frames are an `event:` and a `data:` line each.
pub(crate) fn events(stream: &str) -> Vec<(String, Value)> {
    let frames = stream.split_terminator("\n\n");
    let parse = |frame: &str| {
        let (name, data) = frame.split_once('\n').unwrap();
        let data = data.strip_prefix("data: ").unwrap();
        (name.strip_prefix("event: ").unwrap().to_owned(), serde_json::from_str(data).unwrap())
    };
    frames.map(parse).collect()
}

pub(crate) fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}
