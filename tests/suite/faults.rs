//! What goes wrong on the way, against the sandbox over HTTP.

use crate::support::sandbox_client;
use agent_threads_octavus::{Client, ErrorKind};
use agent_threads_sandbox::{
    Fault, RetryAfter, Sandbox,
    octavus::{Octavus, Script, Target},
};
use serde_json::json;
use std::time::{Duration, SystemTime};

async fn start() -> (Sandbox, Octavus, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let octavus = sandbox.octavus();
    let client = sandbox_client(&octavus);
    (sandbox, octavus, client)
}

#[tokio::test]
async fn a_read_gets_over_every_failure_that_may_pass() {
    let (_sandbox, octavus, client) = start().await;
    let faults = [
        Fault::status(503),
        Fault::status(500),
        Fault::nested_error(502),
        Fault::html(504),
        Fault::empty(503),
        Fault::endless(503),
        Fault::rate_limited(RetryAfter::Seconds(0)),
        Fault::rate_limited(RetryAfter::Millis(1)),
        Fault::rate_limited(RetryAfter::Date(SystemTime::UNIX_EPOCH)),
        Fault::close(),
        Fault::cut_after(0),
        Fault::cut_after(10),
    ];
    let run = client.dispatch("agent_1", "task").await.unwrap();
    for fault in faults {
        let before = octavus.requests().len();
        octavus.fault(Target::GetThread, fault.clone());
        run.read().await.unwrap();
        assert_eq!(octavus.requests().len() - before, 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_dispatch_that_was_lost_on_the_way_is_an_error_and_is_sent_once() {
    let faults = [
        Fault::status(503).with_effect(),
        Fault::html(502).with_effect(),
        Fault::rate_limited(RetryAfter::Seconds(0)),
        Fault::close().with_effect(),
        Fault::cut_after(5),
        Fault::html(200).with_effect(),
        Fault::redirect(307, "/api/v1/workforce/agents/agent_1/threads"),
    ];
    for fault in faults {
        let (_sandbox, octavus, client) = start().await;
        octavus.fault(Target::Dispatch, fault.clone());
        client.dispatch("agent_1", "task").await.unwrap_err();
        assert_eq!(octavus.requests().len(), 1, "{fault:?}");
        assert!(octavus.thread_ids().len() <= 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_stalled_read_is_cut_by_its_timeout() {
    for fault in [Fault::stall(), Fault::stall_after(10)] {
        let (_sandbox, octavus, client) = start().await;
        let run = client.dispatch("agent_1", "task").await.unwrap();
        octavus.fault(Target::GetThread, fault.always());
        let client = client.with(|settings| settings.attempt_timeout(Duration::from_millis(20)));
        let error = client.attach(run.handle()).read().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 4));
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_whether_success_or_not() {
    let (_sandbox, octavus, client) = start().await;
    let client = client.with(|settings| settings.max_body_bytes(1 << 20));
    octavus.fault(Target::Dispatch, Fault::endless(201));
    let error = client.dispatch("agent_1", "task").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    octavus.fault(Target::Dispatch, Fault::endless(400));
    let error = client.dispatch("agent_1", "task").await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 400);
    assert_eq!(error.raw_body().unwrap().len(), 256 << 10);
}

#[tokio::test]
async fn the_vendors_refusals_are_errors_with_status_and_message() {
    let (_sandbox, octavus, client) = start().await;
    let stranger =
        Client::builder().base_url(octavus.url()).token("oct_agt_stranger").build().unwrap();
    let error = stranger.dispatch("agent_1", "task").await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
    assert_eq!(error.message(), Some("Missing or invalid API key"));
    let error = client.dispatch("agent_2", "task").await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 403);
    let error = client.get_thread("agent_1", "nowhere").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(
        error.to_string(),
        "Octavus get_thread: 404 Not Found [NOT_FOUND]: The thread does not exist for this agent"
    );
    for fault in [Fault::status(402), Fault::nested_error(402)] {
        octavus.fault(Target::Dispatch, fault.code("LIMIT").message("Spending limit reached"));
        let error = client.dispatch("agent_1", "task").await.unwrap_err();
        let told = (error.status().unwrap().as_u16(), error.code(), error.message());
        assert_eq!(told, (402, Some("LIMIT"), Some("Spending limit reached")));
    }
}

#[tokio::test]
async fn an_empty_message_is_the_vendors_to_refuse() {
    let (_sandbox, octavus, client) = start().await;
    let error = client.dispatch("agent_1", "").await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 400);
    assert_eq!(octavus.requests()[0].json().unwrap(), json!({ "message": "" }));
}

#[tokio::test]
async fn an_unknown_part_or_status_is_kept_and_a_malformed_part_hides_nothing() {
    let (_sandbox, octavus, client) = start().await;
    let statuses = ["pending", "dreaming", "running"];
    let script = Script::new().raw(json!({ "type": "hologram" })).text("ok").statuses(statuses);
    octavus.next_run(script);
    let done = client.run("agent_1", "task").interval(Duration::from_millis(1)).await.unwrap();
    assert_eq!(done.answer().unwrap().parts[0].kind(), "hologram");

    octavus.next_run(Script::new().raw(json!({ "type": "text", "text": 5, "status": "done" })));
    let wait = client.run("agent_1", "task").interval(Duration::from_millis(1));
    let error = wait.await.unwrap_err();
    assert_eq!((error.kind(), error.last_status()), (ErrorKind::Decode, Some("completed")));
    assert!(error.to_string().contains("messages[1].parts[0]"), "{error}");
    let raw: serde_json::Value = error.decode().unwrap();
    assert_eq!(raw["messages"][1]["parts"][0]["text"], 5);
}

#[tokio::test]
async fn a_redirected_read_is_followed() {
    let (_sandbox, octavus, client) = start().await;
    let run = client.dispatch("agent_1", "task").await.unwrap();
    let there = format!("/api/v1/workforce/agents/agent_1/threads/{}", run.thread_id());
    for status in [301, 302, 307, 308] {
        octavus.fault(Target::GetThread, Fault::redirect(status, &there));
        run.read().await.unwrap();
    }
}
