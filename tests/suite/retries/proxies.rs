//! Runs that are silent for a day, behind a proxy that cuts every connection after a minute of silence.

use crate::support::seam::{Answer, Seam, json};
use agent_threads_octavus::{Body, BoxFuture, Transport, TransportError};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

const DAY: Duration = Duration::from_secs(86_400);

/// Streams go by one script and all other requests by another, each with its last answer for ever.
#[derive(Clone)]
struct Proxy {
    streams: Seam,
    reads: Seam,
    /// When the streams change over to their second script.
    end: Instant,
    then: Arc<Mutex<Option<Answer>>>,
}

impl Proxy {
    /// A proxy in front of a server whose streams say this and no more for a day, and then that.
    fn new(silent: &str, then: &str, read: Answer) -> Self {
        let cut = Answer::StreamCut(silent.to_owned(), 60);
        Self {
            streams: Seam::new([cut]),
            reads: Seam::new([read]),
            end: Instant::now() + DAY,
            then: Arc::new(Mutex::new(Some(Answer::StreamHangs(then.to_owned())))),
        }
    }

    /// A minute of silence and at most half a second of pause: as many connections as a day has of these.
    fn assert_pace(&self) {
        let before = self.streams.sent().len();
        assert!((1427..=1441).contains(&before), "{before} connections in a day");
    }
}

impl Transport for Proxy {
    fn send(
        &self,
        request: agent_threads_octavus::reqwest::Request,
    ) -> BoxFuture<'_, Result<agent_threads_octavus::http::Response<Body>, TransportError>> {
        if request.headers()["accept"] != "text/event-stream" {
            return self.reads.send(request);
        }
        if Instant::now() >= self.end
            && let Some(then) = self.then.lock().unwrap().take()
        {
            self.assert_pace();
            self.streams.play([then]);
        }
        self.streams.send(request)
    }
}

#[tokio::test(start_paused = true)]
async fn modus_goes_on() {
    let token = "id: 1-0\ndata: {\"type\":\"token\",\"content\":\"a\"}\n\n";
    let done = "id: 2-0\ndata: {\"type\":\"done\",\"runId\":\"r\"}\n\n";
    let proxy = Proxy::new(token, done, json(404, "{}"));
    let builder =
        agent_threads_modus::Client::builder().token("modus_test").transport(proxy.clone());
    let client = builder.build().unwrap();
    let mut run = client.attach(agent_threads_modus::Handle::new("r"));
    let start = Instant::now();
    let mut told = Vec::new();
    while let Some(event) = run.next().await {
        told.push(event.unwrap().kind().to_owned());
    }
    assert_eq!(told, ["token", "done"]);
    assert!(start.elapsed() >= DAY);
}

#[tokio::test(start_paused = true)]
async fn middesk_goes_on() {
    let started = "event: RUN_STARTED\ndata: {\"run_id\":\"r\"}\n\n";
    let finished = format!("{started}event: RUN_FINISHED\ndata: {{\"run_id\":\"r\"}}\n\n");
    let proxy = Proxy::new(started, &finished, json(404, "{}"));
    let builder = agent_threads_middesk::Client::builder().token("t").transport(proxy.clone());
    let client = builder.base_url("https://middesk.example").build().unwrap();
    let mut events = client.attach(agent_threads_middesk::Handle::new("r")).events();
    let start = Instant::now();
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        told.push(event.unwrap().kind().to_owned());
    }
    assert_eq!(told, ["RUN_STARTED", "RUN_FINISHED"]);
    assert!(start.elapsed() >= DAY);
}

#[tokio::test(start_paused = true)]
async fn mosoo_goes_on() {
    let event = |id: u32, kind: &str| {
        format!(
            "event: thread.event\nid: {id}\ndata: {{\"id\":\"{id}\",\"type\":\"{kind}\",\"status\":\"available\",\
             \"content\":\"\",\"occurredAt\":\"2026-05-19T00:00:01.000Z\",\"durationMs\":0,\"tokens\":null,\
             \"runId\":\"r1\"}}\n\n"
        )
    };
    let time = "2026-05-19T00:00:01.000Z";
    let thread = serde_json::json!({
        "thread": { "id": "t", "agent_id": "a", "kind": "pet", "source": "api", "status": "RUNNING", "title": null,
                    "last_run_id": "r1", "created_at": time, "updated_at": time },
        "run": { "id": "r1", "status": "running", "trigger": "user_prompt", "createdAt": time, "updatedAt": time,
                 "startedAt": time, "completedAt": null },
        "links": { "thread": "/" },
    });
    let started = event(1, "run.started");
    let completed = format!("{started}{}", event(2, "run.completed"));
    let proxy = Proxy::new(&started, &completed, json(200, thread.to_string()));
    let builder = agent_threads_mosoo::Client::builder().token("grt_pat_test");
    let builder = builder.dialect(agent_threads_mosoo::Dialect::Current).transport(proxy.clone());
    let client = builder.base_url("https://mosoo.example/api/v1").build().unwrap();
    let mut events = client.attach(agent_threads_mosoo::Handle::new("t", "r1")).events();
    let start = Instant::now();
    let mut told = 0;
    while let Some(event) = events.next().await {
        event.unwrap();
        told += 1;
    }
    assert_eq!(told, 2, "run.started and run.completed");
    assert!(start.elapsed() >= DAY);
}
