//! The sandbox while it is brought to the states of the recordings, one after the other.

use std::collections::HashMap;

use agent_threads_sandbox::Sandbox;
use agent_threads_sandbox::mosoo::{Dialect, Mosoo, Script};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use super::compare::Comparison;
use super::exchange::{Body, Exchange};
use super::ids::Ids;

/// The headers that say something. Of the others, those of the host are left alone.
const TELLING: [&str; 8] = [
    "cache-control",
    "content-disposition",
    "content-length",
    "content-type",
    "idempotency-replayed",
    "retry-after",
    "www-authenticate",
    "x-accel-buffering",
];

pub(super) struct World<'a> {
    _sandbox: Sandbox,
    pub(super) mosoo: Mosoo,
    http: Client,
    dialect: Dialect,
    ids: Ids,
    tokens: HashMap<&'static str, String>,
    exchanges: HashMap<u32, &'a Exchange>,
    /// A stream that was opened before its turn.
    early: Option<Streamed>,
}

/// A stream with what has been read of it.
struct Streamed {
    response: Response,
    text: String,
}

impl<'a> World<'a> {
    pub(super) async fn start(dialect: Dialect, exchanges: &'a [Exchange]) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let mosoo = sandbox.mosoo();
        mosoo.set_dialect(dialect);
        let mut ids = Ids::default();
        ids.bind("01J00000000000000000000009", mosoo.agent_id()).unwrap();
        let revoked = mosoo.add_token();
        mosoo.revoke(&revoked);
        let outsider = mosoo.add_outsider();
        let tokens = HashMap::from([
            ("owner", mosoo.token().to_owned()),
            ("unknown token", "mst_unknown".to_owned()),
            ("revoked token", revoked),
            ("account outside the organization", outsider.clone()),
            ("another account", outsider),
            ("member of the same organization", mosoo.add_member()),
            ("service token", mosoo.add_service_token([mosoo.agent_id()])),
        ]);
        let exchanges = exchanges.iter().map(|exchange| (exchange.number, exchange)).collect();
        let http = Client::builder().no_proxy().build().unwrap();
        Self { _sandbox: sandbox, mosoo, http, dialect, ids, tokens, exchanges, early: None }
    }

    /// The exchange of a number, where it is among those replayed.
    fn exchange(&self, number: u32) -> Option<&'a Exchange> {
        self.exchanges.get(&number).copied()
    }

    /// The sandbox's id of the thread in the path of an exchange.
    pub(super) fn thread_in_path(&self, number: u32) -> String {
        self.exchange(number).map_or_else(String::new, |it| self.ids.translate(it.id_in_path()))
    }

    /// Says that the thread in the path of an exchange is this one.
    pub(super) fn bind_path(&mut self, number: u32, ours: &str) {
        if let Some(exchange) = self.exchange(number) {
            self.ids.bind(exchange.id_in_path(), ours).unwrap();
        }
    }

    /// Says that the id at a place in the body of a request is this one.
    pub(super) fn bind_sent(&mut self, number: u32, pointer: &str, ours: &str) {
        if let Some(exchange) = self.exchange(number) {
            let body = exchange.request_json();
            let theirs = body.pointer(pointer).unwrap().as_str().unwrap().to_uppercase();
            self.ids.bind(&theirs, ours).unwrap();
        }
    }

    /// Starts a thread by a call that was not recorded, and returns its id and its run's.
    pub(super) async fn create(&self, text: &str, script: Script) -> (String, String) {
        self.mosoo.next_run(script);
        let content = json!([{ "type": "text", "text": text }]);
        let mut body = json!({ "input": { "type": "user.message", "content": content } });
        if self.dialect == Dialect::Current {
            body["userId"] = json!("cust-77");
        }
        let path = format!("/api/v1/agents/{}/threads", self.mosoo.agent_id());
        let made = self.post(&path, &body).await;
        let id = |place: &str| made.pointer(place).unwrap().as_str().unwrap().to_owned();
        (id("/thread/id"), id("/run/id"))
    }

    /// Sends one event by a call that was not recorded.
    pub(super) async fn send(&self, thread_id: &str, event: Value) {
        let path = format!("/api/v1/threads/{thread_id}/events");
        self.post(&path, &json!({ "events": [event] })).await;
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let post = self.http.post(format!("{}{path}", self.mosoo.url())).json(body);
        let answer = post.bearer_auth(self.mosoo.token()).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// Makes a recorded call once before it is compared.
    pub(super) async fn call_before(&self, number: u32) {
        if let Some(exchange) = self.exchange(number) {
            assert!(self.call(exchange).await.status().is_success());
        }
    }

    /// Spends what a token may do in a minute.
    pub(super) async fn spend(&self, requests: u32) {
        let url = format!("{}/api/v1/agents/{}/threads", self.mosoo.url(), self.mosoo.agent_id());
        for _ in 0..requests {
            let read = self.http.get(&url).bearer_auth(self.mosoo.token());
            assert_eq!(read.send().await.unwrap().status(), 200);
        }
    }

    /// Opens the stream of a later exchange.
    pub(super) async fn open_early(&mut self, number: u32) {
        if let Some(exchange) = self.exchange(number) {
            let response = self.call(exchange).await;
            self.early = Some(Streamed { response, text: String::new() });
        }
    }

    /// Reads from the stream that is open until it has shown this many blocks.
    pub(super) async fn read_early(&mut self, blocks: usize) {
        if let Some(early) = &mut self.early {
            early.read(blocks).await;
        }
    }

    async fn call(&self, exchange: &Exchange) -> Response {
        let method: Method = exchange.method.parse().unwrap();
        let url = format!("{}{}", self.mosoo.url(), self.ids.translate(&exchange.path));
        let mut request = self.http.request(method, url);
        for (name, value) in &exchange.request_headers {
            request = match name.as_str() {
                "authorization" => request.bearer_auth(&self.tokens[exchange.caller.as_str()]),
                _ => request.header(name, value),
            };
        }
        if let Some(body) = &exchange.request_body {
            request = request.body(self.ids.translate(body));
        }
        request.send().await.unwrap()
    }

    /// Makes a recorded call and compares the answer.
    pub(super) async fn compare(&mut self, exchange: &Exchange) -> Result<(), String> {
        let streamed = match self.early.take() {
            Some(early) if exchange.is_stream() => early,
            other => {
                self.early = other;
                Streamed { response: self.call(exchange).await, text: String::new() }
            }
        };
        self.compare_head(exchange, &streamed.response)?;
        match &exchange.body {
            Body::Text(theirs) if exchange.is_stream() => {
                self.compare_stream(theirs, streamed).await
            }
            Body::Text(theirs) => {
                let ours = streamed.response.text().await.unwrap();
                let mut comparison = Comparison::new(&mut self.ids);
                comparison.text(theirs, &ours, "the body")?;
                comparison.finish()
            }
            Body::Json(theirs) => {
                let ours = streamed.response.text().await.unwrap();
                let ours: Value = serde_json::from_str(&ours).map_err(|_| ours)?;
                let mut comparison = Comparison::new(&mut self.ids);
                comparison.json(theirs, &ours, "")?;
                comparison.finish()
            }
        }
    }

    fn compare_head(&mut self, exchange: &Exchange, ours: &Response) -> Result<(), String> {
        if ours.status().as_u16() != exchange.status {
            return Err(format!("the status is {}, not {}", ours.status(), exchange.status));
        }
        let is_json = matches!(exchange.body, Body::Json(_));
        for name in TELLING {
            let value = ours.headers().get(name).map(|value| value.to_str().unwrap());
            match (exchange.header(name), value) {
                // The recordings leave it out for JSON.
                (None, Some(_)) if name == "content-length" && is_json => {}
                (None, None) => {}
                (Some(theirs), Some(ours)) => {
                    let mut comparison = Comparison::new(&mut self.ids);
                    comparison.text(theirs, ours, name)?;
                    comparison.finish()?;
                }
                (theirs, ours) => return Err(format!("{name} is {ours:?}, not {theirs:?}")),
            }
        }
        Ok(())
    }

    async fn compare_stream(&mut self, theirs: &str, mut ours: Streamed) -> Result<(), String> {
        let theirs: Vec<_> = theirs.split_terminator("\n\n").map(str::trim_start).collect();
        let theirs: Vec<_> = theirs.into_iter().filter(|block| !block.is_empty()).collect();
        for (i, block) in theirs.iter().enumerate() {
            if *block == ": keepalive" {
                self.mosoo.keep_alive();
            }
            let ours = ours.read(i + 1).await;
            let mut comparison = Comparison::new(&mut self.ids);
            let lines = || block.lines().zip(ours.lines());
            if block.lines().count() != ours.lines().count() {
                return Err(format!("block {i} is {ours:?}, not {block:?}"));
            }
            for (theirs, ours) in lines() {
                compare_line(&mut comparison, theirs, ours)?;
            }
            comparison.finish()?;
        }
        // Whatever comes next, it is not one more event.
        self.mosoo.keep_alive();
        match ours.read(theirs.len() + 1).await.as_str() {
            ": keepalive" => Ok(()),
            more => Err(format!("there is more: {more}")),
        }
    }
}

fn compare_line(comparison: &mut Comparison<'_>, theirs: &str, ours: &str) -> Result<(), String> {
    let ((theirs_name, theirs), (ours_name, ours)) =
        (theirs.split_once(": ").unwrap(), ours.split_once(": ").unwrap());
    if theirs_name != ours_name {
        return Err(format!("the field is {ours_name}, not {theirs_name}"));
    }
    match theirs_name {
        "data" => {
            let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            comparison.json(&json(theirs), &json(ours), "data")
        }
        _ => comparison.text(theirs, ours, theirs_name),
    }
}

impl Streamed {
    /// Reads until there are this many blocks, and returns the last of them.
    async fn read(&mut self, blocks: usize) -> String {
        while self.text.matches("\n\n").count() < blocks {
            let chunk = self.response.chunk().await.unwrap().expect("a stream that stays open");
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        self.text.split("\n\n").nth(blocks - 1).unwrap().to_owned()
    }
}
