//! What happens when a server does not say what a client waits for, under a paused clock.

use crate::support::seam::{Answer, Seam, json};
use agent_threads_mosoo::{Client, Dialect, ErrorKind, Handle, RetryPolicy, Run, RunEvent};
use serde_json::{Value, json};
use std::time::Duration;

fn run(dialect: Dialect, seam: &Seam) -> Run {
    run_with(RetryPolicy::never(), dialect, seam)
}

fn run_with(policy: RetryPolicy, dialect: Dialect, seam: &Seam) -> Run {
    Client::builder()
        .dialect(dialect)
        .base_url("https://mosoo.example/api/v1")
        .token("grt_pat_test")
        .retry(policy)
        .transport(seam.clone())
        .build()
        .unwrap()
        .attach(Handle::new("t", "r1"))
}

/// A thread whose latest run is this one.
fn thread(run_id: &str, status: &str, more: &Value) -> Answer {
    let time = "2026-05-19T00:00:01.000Z";
    let mut run = json!({ "id": run_id, "status": status, "trigger": "user_prompt", "createdAt": time, "updatedAt": time,
                          "startedAt": time, "completedAt": null });
    run.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let thread = json!({ "id": "t", "agent_id": "a", "kind": "pet", "source": "api", "status": "IDLE", "title": null,
                         "last_run_id": run_id, "created_at": time, "updated_at": time });
    json(200, json!({ "thread": thread, "run": run, "links": { "thread": "/" } }).to_string())
}

fn entry(id: u32, kind: &str, content: &str, run_id: Option<&str>) -> Value {
    let mut entry = json!({ "id": id.to_string(), "type": kind, "status": "available", "content": content,
                            "occurredAt": "2026-05-19T00:00:01.000Z", "durationMs": 0, "tokens": null });
    if let Some(run_id) = run_id {
        entry["runId"] = json!(run_id);
    }
    entry
}

fn frames(entries: &[Value]) -> String {
    entries
        .iter()
        .map(|entry| {
            format!("event: thread.event\nid: {}\ndata: {entry}\n\n", entry["id"].as_str().unwrap())
        })
        .collect()
}

/// A log of a server that has more than it gives.
fn truncated(entries: &[Value]) -> Answer {
    json(200, json!({ "events": entries, "truncated": true }).to_string())
}

fn not_found() -> Answer {
    json(404, r#"{"error":{"code":"not_found","message":"Thread was not found."}}"#)
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_although_the_stream_never_tells_the_end() {
    let done = json!({ "finalOutput": { "text": "Done." } });
    let seam = Seam::new([
        thread("r1", "running", &json!({})),
        Answer::StreamHangs(frames(&[entry(1, "run.started", "r1", Some("r1"))])),
        thread("r1", "completed", &done),
    ]);
    let outcome = run(Dialect::Current, &seam).wait().await.unwrap();
    assert_eq!(outcome.text.as_deref(), Some("Done."));
    assert!(seam.times().last().unwrap() <= &31.0, "{:?}", seam.times());
}

#[tokio::test(start_paused = true)]
async fn a_wait_notices_a_thread_that_is_deleted_under_the_stream() {
    let seam = Seam::new([
        thread("r1", "running", &json!({})),
        Answer::StreamHangs(frames(&[entry(1, "run.started", "r1", Some("r1"))])),
        not_found(),
    ]);
    let error = run(Dialect::Current, &seam).wait().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_question_whose_status_is_late_is_noticed_soon() {
    let asks = [
        entry(1, "run.started", "r1", Some("r1")),
        entry(2, "tool.confirmation.required", "rm", Some("r1")),
    ];
    let seam = Seam::new([
        thread("r1", "running", &json!({})),
        Answer::StreamHangs(frames(&asks)),
        thread("r1", "running", &json!({})),
        thread("r1", "waiting_input", &json!({})),
    ]);
    assert!(run(Dialect::Current, &seam).wait().await.unwrap().is_waiting());
    assert!(seam.times().last().unwrap() < &5.0, "{:?}", seam.times());
}

#[tokio::test(start_paused = true)]
async fn a_failed_read_of_the_log_does_not_fail_the_wait_and_the_deadline_covers_it() {
    let log = json!({ "events": [entry(1, "run.started", "r1", None), entry(2, "agent.message.delta", "Done.", None),
                                 entry(3, "run.completed", "r1", None)], "truncated": false });
    let completed = || thread("r1", "completed", &json!({}));
    let seam = Seam::new([completed(), json(503, ""), completed(), json(200, log.to_string())]);
    let outcome = run(Dialect::Seed, &seam).wait().await.unwrap();
    assert_eq!(outcome.text.as_deref(), Some("Done."));

    let seam = Seam::new([completed(), Answer::Hangs]);
    let wait = run(Dialect::Seed, &seam).wait().timeout(Duration::from_secs(7));
    assert_eq!(wait.await.unwrap_err().kind(), ErrorKind::Deadline);
}

#[tokio::test(start_paused = true)]
async fn events_of_a_run_whose_end_is_nowhere_come_to_their_end() {
    let other = [entry(1, "run.started", "r2", Some("r2"))];
    let seam = Seam::new([
        Answer::StreamHangs(frames(&other)),
        thread("r2", "running", &json!({})),
        truncated(&other),
        thread("r2", "running", &json!({})),
        truncated(&other),
    ]);
    let mut events = run(Dialect::Current, &seam).events();
    assert!(events.next().await.is_none());
    assert_eq!(seam.times(), [0.0, 30.0, 30.0, 60.0, 60.0]);

    let seam = Seam::new([Answer::StreamHangs(frames(&other)), not_found()]);
    let mut events = run(Dialect::Current, &seam).events();
    assert!(events.next().await.unwrap().unwrap_err().is_not_found());
    assert!(events.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_end_that_was_garbled_is_an_end_when_it_is_told_again() {
    let begin = || entry(1, "run.started", "r1", Some("r1"));
    let garbled = frames(&[begin(), entry(2, "run.completed\u{fffd}", "r1", Some("r1"))]);
    let told_again = frames(&[begin(), entry(2, "run.completed", "r1", Some("r1"))]);
    let stream = vec![("content-type", "text/event-stream".to_owned())];
    let seam = Seam::new([Answer::Full(200, stream, garbled), Answer::StreamHangs(told_again)]);
    let mut events = run_with(RetryPolicy::default(), Dialect::Current, &seam).events();
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        if let RunEvent::Event(event) = event.unwrap() {
            told.push(event.type_.to_string());
        }
    }
    assert_eq!(told, ["run.started", "run.completed\u{fffd}", "run.completed"]);
    assert_eq!(seam.times().len(), 2, "nothing was waited for");
}

#[tokio::test(start_paused = true)]
async fn a_log_without_the_beginning_of_the_run_tells_its_end_all_the_same() {
    let texts =
        |ids: std::ops::Range<u32>| ids.map(|id| entry(id, "file.changed", "plan.md", None));
    let begun: Vec<_> =
        [entry(1, "run.started", "r1", None)].into_iter().chain(texts(2..1001)).collect();
    let failed: Vec<_> =
        texts(3..1002).chain([entry(1002, "run.failed", "No provider.", None)]).collect();
    let seam = Seam::new([truncated(&begun), truncated(&failed)]);
    let mut events = run(Dialect::Seed, &seam).events();
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        if let RunEvent::Event(event) = event.unwrap() {
            told.push(event.id);
        }
    }
    let all: Vec<_> = (1..1003).map(|id| id.to_string()).collect();
    assert_eq!(told, all);

    let seam = Seam::new([thread("r1", "failed", &json!({})), truncated(&failed)]);
    let outcome = run(Dialect::Seed, &seam).wait().await.unwrap();
    assert_eq!(outcome.error.unwrap().message, "No provider.");
}

#[tokio::test(start_paused = true)]
async fn a_log_that_cannot_be_read_ends_the_events_with_an_error() {
    let seam = Seam::new([json(200, r#"{"events":[{}],"truncated":false}"#)]);
    let mut events = run(Dialect::Seed, &seam).events();
    assert_eq!(events.next().await.unwrap().unwrap_err().kind(), ErrorKind::Decode);
    assert!(events.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn what_belongs_to_no_run_and_came_before_this_one_is_left_out_after_a_lost_connection_too() {
    let replay = [
        entry(1, "session_files.updated", "Session files updated.", None),
        entry(2, "run.started", "r1", Some("r1")),
        entry(3, "agent.thinking.delta", "One. ", Some("r1")),
        entry(4, "agent.thinking.delta", "Two.", Some("r1")),
        entry(5, "session.status", "permission.resolved", None),
    ];
    let whole = [&replay[..], &[entry(6, "run.completed", "r1", Some("r1"))]].concat();
    let streamed = |entries: &[Value]| {
        Answer::Full(200, vec![("content-type", "text/event-stream".into())], frames(entries))
    };
    let seam = Seam::new([streamed(&replay), streamed(&whole)]);
    let client = Client::builder()
        .dialect(Dialect::Current)
        .base_url("https://mosoo.example/api/v1")
        .token("grt_pat_test")
        .transport(seam)
        .build()
        .unwrap();
    let mut events = client.attach(Handle::new("t", "r1")).events();
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        told.push(match event.unwrap() {
            RunEvent::Thinking(text) => text,
            RunEvent::Event(event) => event.id,
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(told, ["2", "One. ", "Two.", "5", "6"]);
}
