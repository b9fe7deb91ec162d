//! What Octavus added to its API over time, against a sandbox of each state that the API has had.

use crate::support::sandbox_client;
use agent_threads_octavus::{
    Client, Conflict,
    types::{
        Agent, AgentFileUpload, AgentStatus, ComputerKind, ComputerOs, ComputerState,
        CreateAgentFiles, DispatchThread, ErrorBody, FailureType, FileReference, RecordingStatus,
        RecordingVisibility, RunConfig, Thinking, Thread, ThreadStatus, UiMessagePart,
        UnavailableReason,
    },
};
use agent_threads_sandbox::{
    Fault, RetryAfter, Sandbox,
    octavus::{self, Generation, Octavus, Script, Target, Usage},
};
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};

const ALL: [Generation; 5] =
    [Generation::G1, Generation::G2, Generation::G3, Generation::G4, Generation::G5];

async fn start(generation: Generation) -> (Sandbox, Octavus, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let octavus = sandbox.octavus();
    octavus.set_generation(generation);
    let client = sandbox_client(&octavus);
    (sandbox, octavus, client)
}

async fn read(client: &Client, id: &str, times: usize) -> Thread {
    for _ in 1..times {
        client.get_thread("agent_1", id).await.unwrap();
    }
    client.get_thread("agent_1", id).await.unwrap()
}

#[tokio::test]
async fn a_thread_of_each_generation_is_read_and_lacks_what_came_later() {
    for generation in ALL {
        let (_sandbox, octavus, client) = start(generation).await;
        let spent = Usage::new().cost_usd(0.5).tokens(900, 100);
        octavus.next_run(Script::new().fails("no").failure_type("provider").usage(spent));
        let config = RunConfig::new().model("anthropic/some-model").record(true);
        let message = DispatchThread::new("x").config(config);
        let id = client.dispatch_thread("agent_1", message).await.unwrap().thread_id;
        let thread = read(&client, &id, 5).await;
        assert_eq!(thread.status, ThreadStatus::Failed);
        let (second, third, fourth) = (
            generation >= Generation::G2,
            generation >= Generation::G3,
            generation >= Generation::G4,
        );
        assert_eq!(thread.run_config.is_some(), second, "{generation:?}");
        assert_eq!(thread.usage.and_then(|usage| usage.total_tokens), second.then_some(1000));
        let recording = thread.recording.and_then(|recording| recording.status);
        assert_eq!(recording, second.then_some(RecordingStatus::Ready), "{generation:?}");
        assert_eq!(thread.failure_type, third.then_some(FailureType::Provider), "{generation:?}");
        assert_eq!(thread.started_at.is_some(), fourth, "{generation:?}");
        assert_eq!(thread.completed_at.is_some(), fourth, "{generation:?}");
        assert_eq!(thread.provenance.is_some(), fourth, "{generation:?}");
    }
}

#[tokio::test]
async fn a_dispatch_says_all_that_is_documented() {
    let (_sandbox, octavus, client) = start(Generation::G4).await;
    let file = FileReference::new("f-91", "text/csv", "https://files.example/f-91?sig=x");
    let config = RunConfig::new()
        .model("anthropic/some-model")
        .thinking(Thinking::Low)
        .capabilities(HashMap::from([("memory".to_owned(), false)]));
    let message = DispatchThread::new("Reconcile the May ledger")
        .files([file.filename("may.csv").size(5120)])
        .config(config)
        .if_idle(true);
    let sent = client.dispatch_thread("agent_1", message).idempotency_key("job-7").send();
    assert_eq!(sent.await.unwrap().http_status(), 201);
    let request = &octavus.requests()[0];
    assert_eq!(request.header("idempotency-key"), Some("job-7"));
    assert_eq!(
        request.json(),
        Some(json!({
            "message": "Reconcile the May ledger",
            "files": [{ "id": "f-91", "mediaType": "text/csv", "url": "https://files.example/f-91?sig=x",
                        "filename": "may.csv", "size": 5120 }],
            "config": { "model": "anthropic/some-model", "thinking": "low", "capabilities": { "memory": false } },
            "ifIdle": true,
        }))
    );
}

#[tokio::test]
async fn a_dispatch_is_never_sent_twice_with_a_key_or_without() {
    for generation in [Generation::G1, Generation::G4] {
        for key in [None, Some("job-7")] {
            let (_sandbox, octavus, client) = start(generation).await;
            octavus.fault(Target::Dispatch, Fault::close().with_effect());
            let mut dispatch = client.dispatch_thread("agent_1", "x");
            if let Some(key) = key {
                dispatch = dispatch.idempotency_key(key);
            }
            let error = dispatch.await.unwrap_err();
            assert_eq!(error.attempts(), 1);
            assert_eq!(octavus.requests().len(), 1, "{generation:?} {key:?}");
            assert_eq!(octavus.requests()[0].header("idempotency-key"), key);
            assert_eq!(octavus.thread_ids().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_caller_with_a_key_may_ask_again_for_the_thread_whose_answer_was_lost() {
    let (_sandbox, octavus, client) = start(Generation::G4).await;
    octavus.fault(Target::Dispatch, Fault::close().with_effect());
    octavus.hold_repeats(1, RetryAfter::Millis(1));
    let dispatch =
        |message: &str| client.dispatch_thread("agent_1", message).idempotency_key("job-7");
    dispatch("x").await.unwrap_err();

    let replayed = dispatch("x").send().await.unwrap();
    // The vendor says once that the first dispatch is in progress, which is no effect, and is asked again.
    assert_eq!((replayed.http_status().as_u16(), replayed.attempts()), (200, 2));
    assert_eq!(replayed.headers()["idempotent-replayed"], "true");
    assert_eq!(replayed.value().thread_id, "cmthread0001");

    let error = dispatch("y").await.unwrap_err();
    assert_eq!(error.code(), Some("IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(octavus.thread_ids(), ["cmthread0001"]);
}

#[tokio::test]
async fn a_run_tells_whether_its_dispatch_was_new() {
    let (_sandbox, _octavus, client) = start(Generation::G4).await;
    let first = client.dispatch("agent_1", "x").idempotency_key("job-7").await.unwrap();
    let again = client.dispatch("agent_1", "x").idempotency_key("job-7").await.unwrap();
    assert_eq!((first.is_replayed(), again.is_replayed()), (false, true));
    assert_eq!(first.handle(), again.handle());
    let other = client.dispatch("agent_1", "y").idempotency_key("job-7").await.unwrap_err();
    assert_eq!(Conflict::of(&other), Some(Conflict::KeyReused));
}

#[tokio::test]
async fn the_documented_conflicts_are_typed() {
    let (_sandbox, octavus, client) = start(Generation::G4).await;
    let run = client.dispatch("agent_1", "x").await.unwrap();
    let busy =
        client.dispatch("agent_1", DispatchThread::new("y").if_idle(true)).await.unwrap_err();
    let current_thread_id = Some(run.thread_id().to_owned());
    assert_eq!(Conflict::of(&busy), Some(Conflict::AgentBusy { current_thread_id }));
    octavus.set_agent("agent_1", octavus::Agent::new().paused());
    let paused = client.dispatch("agent_1", "x").await.unwrap_err();
    assert_eq!(Conflict::of(&paused), Some(Conflict::AgentPaused));
    octavus.set_agent("agent_1", octavus::Agent::new());
    let keyed = |message: &str| client.dispatch_thread("agent_1", message).idempotency_key("job-7");
    keyed("x").await.unwrap();
    assert_eq!(Conflict::of(&keyed("y").await.unwrap_err()), Some(Conflict::KeyReused));
    // Longer than the client asks again.
    octavus.hold_repeats(100, RetryAfter::Millis(1));
    let in_progress = keyed("x").await.unwrap_err();
    assert_eq!(Conflict::of(&in_progress), Some(Conflict::KeyInProgress));
    assert!(in_progress.attempts() > 1);
    let not_found = client.get_thread("agent_1", "nowhere").await.unwrap_err();
    assert_eq!(Conflict::of(&not_found), None);
}

#[tokio::test]
async fn a_run_is_cancelled_and_its_wait_sees_it() {
    let (_sandbox, octavus, client) = start(Generation::G4).await;
    octavus.next_run(Script::new().never_ends());
    let run = client.dispatch("agent_1", "x").await.unwrap();
    assert_eq!(run.cancel().await.unwrap(), ThreadStatus::Cancelled);
    let done = run.wait().interval(Duration::from_millis(1)).await.unwrap();
    assert_eq!(done.status, ThreadStatus::Cancelled);
    assert_eq!(run.cancel().await.unwrap(), ThreadStatus::Cancelled);
}

#[tokio::test]
async fn a_reply_gets_its_own_answer_in_every_generation() {
    for generation in ALL {
        let (_sandbox, octavus, client) = start(generation).await;
        octavus.next_run(Script::reply("first"));
        octavus.next_run(Script::reply("second").stale_reads(3));
        octavus.next_run(Script::reply("third").stale_reads(2));
        let run = client.dispatch("agent_1", "one").await.unwrap();
        run.wait().interval(Duration::from_millis(1)).await.unwrap();
        for (message, answer) in [("two", "second"), ("three", "third")] {
            // Attached from its handle, as another process would.
            let attached = client.attach(run.handle());
            let reply = attached.reply(message).await.unwrap();
            let done =
                client.attach(reply.handle()).wait().interval(Duration::from_millis(1)).await;
            assert_eq!(done.unwrap().text(), answer, "{generation:?}");
        }
    }
}

#[tokio::test]
async fn a_reply_queued_behind_a_run_is_not_answered_with_that_runs_end() {
    for generation in [Generation::G1, Generation::G4] {
        let (_sandbox, octavus, client) = start(generation).await;
        octavus.next_run(Script::reply("first").shows_end_between_turns());
        octavus.next_run(Script::reply("second"));
        let run = client.dispatch("agent_1", "one").await.unwrap();
        let reply = run.reply("two").await.unwrap();
        let done = reply.wait().interval(Duration::from_millis(1)).await.unwrap();
        assert_eq!(done.text(), "second", "{generation:?}");
    }
}

#[tokio::test]
async fn a_key_that_cannot_stand_in_a_header_is_an_error_and_nothing_is_sent() {
    let (_sandbox, octavus, client) = start(Generation::G4).await;
    let error = client.dispatch_thread("agent_1", "x").idempotency_key("a\nb").await.unwrap_err();
    assert_eq!(error.status(), None);
    assert!(octavus.requests().is_empty());
}

#[tokio::test]
async fn conflicts_and_bad_settings_say_what_is_wrong() {
    let (_sandbox, octavus, client) = start(Generation::G4).await;
    let id = client.dispatch_thread("agent_1", "x").await.unwrap().thread_id;
    let if_idle = DispatchThread::new("x").if_idle(true);
    let error = client.dispatch_thread("agent_1", if_idle).await.unwrap_err();
    assert!(error.is_conflict());
    assert_eq!(error.code(), Some("AGENT_BUSY"));
    assert_eq!(error.decode::<ErrorBody>().unwrap().current_thread_id, Some(id));

    let capabilities = HashMap::from([("telepathy".to_owned(), true)]);
    let config = RunConfig::new().capabilities(capabilities);
    let message = DispatchThread::new("x").config(config);
    let error = client.dispatch_thread("agent_1", message).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));

    octavus.set_agent("agent_1", octavus::Agent::new().paused());
    let error = client.dispatch_thread("agent_1", "x").await.unwrap_err();
    assert_eq!(error.code(), Some("AGENT_PAUSED"));
}

#[tokio::test]
async fn a_cancel_is_sent_without_a_body_and_once() {
    let (_sandbox, octavus, client) = start(Generation::G2).await;
    octavus.next_run(Script::new().never_ends());
    let id = client.dispatch_thread("agent_1", "x").await.unwrap().thread_id;
    let result = client.cancel_thread("agent_1", &id).await.unwrap();
    assert_eq!((&result.thread_id, &result.status), (&id, &ThreadStatus::Cancelled));
    let request = octavus.requests().pop().unwrap();
    let path = format!("/api/v1/workforce/agents/agent_1/threads/{id}/cancel");
    assert_eq!((request.method.as_str(), request.path), ("POST", path));
    assert!(request.body.is_empty());
    assert_eq!(read(&client, &id, 2).await.status, ThreadStatus::Cancelled);

    octavus.fault(Target::Cancel, Fault::status(503));
    let error = client.cancel_thread("agent_1", &id).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_server_of_an_earlier_generation_knows_neither_cancel_nor_agents() {
    let (_sandbox, _octavus, client) = start(Generation::G1).await;
    let id = client.dispatch_thread("agent_1", "x").await.unwrap().thread_id;
    assert!(client.cancel_thread("agent_1", id).await.unwrap_err().is_not_found());
    assert!(client.get_agent("agent_1").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_agent_says_whether_it_can_take_a_task() {
    let (_sandbox, octavus, client) = start(Generation::G4).await;
    let agent = client.get_agent("agent_1").await.unwrap();
    assert_eq!((agent.status, agent.queued_threads), (AgentStatus::Idle, 0));
    assert_eq!(agent.capabilities.get("memory"), Some(&true));

    let setup = octavus::Agent::new().hired_from("bookkeeper", 7).computer("cli", "macos", "none");
    octavus.set_agent("agent_1", setup);
    let id = client.dispatch_thread("agent_1", "x").await.unwrap().thread_id;
    let agent = client.get_agent("agent_1").await.unwrap();
    assert_eq!(agent.status, AgentStatus::Unavailable);
    assert_eq!(agent.unavailable_reason, Some(UnavailableReason::CliOnly));
    assert_eq!(agent.current_thread_id, Some(id));
    let computer = (agent.computer.kind, agent.computer.os, agent.computer.state);
    assert_eq!(computer, (ComputerKind::Cli, Some(ComputerOs::Macos), ComputerState::Absent));
    assert_eq!(
        agent.definition.map(|it| (it.slug, it.version)),
        Some((Some("bookkeeper".into()), Some(7)))
    );
}

fn thread(later: &Value) -> Thread {
    let mut thread =
        json!({ "threadId": "t", "status": "completed", "failureReason": null, "messages": [] });
    thread.as_object_mut().unwrap().extend(later.as_object().unwrap().clone());
    serde_json::from_value(thread).unwrap()
}

#[test]
fn the_documented_failure_is_read() {
    let thread = thread(&json!({
        "status": "failed", "failureReason": "The computer did not answer", "failureType": "computer_unreachable",
        "runConfig": null, "usage": null, "recording": null, "startedAt": null,
        "completedAt": "2026-10-02T08:00:31.120Z", "provenance": null,
    }));
    assert_eq!(thread.failure_type, Some(FailureType::ComputerUnreachable));
    assert_eq!(thread.completed_at, Some(json!("2026-10-02T08:00:31.120Z")));
    assert!(thread.started_at.is_none() && thread.usage.is_none() && thread.provenance.is_none());
}

#[test]
fn what_a_server_adds_or_leaves_out_does_not_hide_a_thread() {
    let thread = thread(&json!({
        "failureType": "cosmic_rays",
        "startedAt": "yesterday", "completedAt": 1_790_928_060_500_u64,
        "runConfig": { "thinking": "profound", "later": 1 },
        "recording": { "status": "rewinding", "visibility": "public", "url": null, "error": null, "later": 1 },
        "provenance": { "platform": { "deployments": [{ "deploymentId": "d", "commitSha": "c", "firstSeenAt": 7 }] },
                        "definition": null, "computer": { "kind": "toaster", "region": null },
                        "preparation": ["anything"] },
    }));
    assert_eq!(thread.failure_type.unwrap().as_str(), "cosmic_rays");
    assert_eq!(thread.started_at, Some(json!("yesterday")));
    assert_eq!(thread.run_config.unwrap().thinking.as_deref(), Some("profound"));
    let recording = thread.recording.unwrap();
    assert_eq!(recording.visibility, Some(RecordingVisibility::Public));
    assert_eq!(recording.status.unwrap().as_str(), "rewinding");
    let provenance = thread.provenance.unwrap();
    assert_eq!(provenance.preparation, Some(json!(["anything"])));
    assert_eq!(provenance.computer.unwrap().kind.unwrap().as_str(), "toaster");
}

#[test]
fn what_is_said_of_a_run_in_part_does_not_hide_a_thread() {
    let thread = thread(&json!({
        "usage": { "costUsd": 0.1 }, "recording": {}, "runConfig": {},
        "provenance": { "platform": { "deployments": [{}] }, "definition": { "slug": "bookkeeper" }, "computer": {} },
    }));
    let usage = thread.usage.unwrap();
    assert_eq!((usage.cost_usd, usage.total_tokens), (Some(0.1), None));
    assert!(thread.recording.unwrap().status.is_none());
    let provenance = thread.provenance.unwrap();
    assert_eq!(provenance.definition.unwrap().slug.as_deref(), Some("bookkeeper"));
    assert_eq!(provenance.platform.unwrap().deployments.unwrap().len(), 1);
}

#[test]
fn the_word_unknown_is_a_type_of_failure_like_any_other() {
    let failure = thread(&json!({ "failureType": "unknown" })).failure_type;
    assert_eq!(failure, Some(FailureType::Unspecified));
}

#[test]
fn an_agent_without_what_may_be_null_is_read() {
    let agent: Agent = serde_json::from_value(json!({
        "agentId": "a", "name": "n", "status": "resting", "queuedThreads": 0,
        "computer": { "kind": "cli", "state": "none", "os": null }, "capabilities": {},
    }))
    .unwrap();
    assert_eq!(agent.status.as_str(), "resting");
    assert_eq!((agent.unavailable_reason, agent.current_thread_id), (None, None));
}

#[tokio::test]
async fn a_file_is_uploaded_for_a_task() {
    let (_sandbox, _octavus, client) = start(Generation::G5).await;
    let upload = AgentFileUpload::new("may.csv", "text/csv", 7);
    let places = client.create_agent_files("agent_1", CreateAgentFiles::new([upload])).await;
    let place = places.unwrap().files.unwrap().remove(0);
    let (id, to, from) =
        (place.id.unwrap(), place.upload_url.unwrap(), place.download_url.unwrap());
    let put = reqwest::Client::new().put(to).header("content-type", "text/csv").body("a,b\n1,2");
    assert!(put.send().await.unwrap().status().is_success());

    let file = FileReference::new(&id, "text/csv", &from).filename("may.csv").size(7);
    let task = DispatchThread::new("Sum it").files([file]);
    let started = client.dispatch_thread("agent_1", task).await.unwrap();
    let thread = client.get_thread("agent_1", started.thread_id).await.unwrap();
    let UiMessagePart::File(part) = &thread.messages[0].parts[1] else { panic!("{thread:?}") };
    assert_eq!((&part.id, &part.url), (&id, &from));
}
