//! Whole runs.

use super::{all, client, start, task};
use agent_threads_modus::{
    Ending, Handle,
    types::{RunCreate, RunEvent},
};
use agent_threads_sandbox::{
    Fault,
    modus::{Conflict, Event, Script, Severity, Target},
    sse::StreamFault,
};
use serde_json::json;

#[tokio::test]
async fn the_seeds_run_is_sent_and_read_as_documented() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::reply("Hello").without_thread_id());
    let body = RunCreate::new("<string>", "<string>", modus.organization_id());
    let mut run = client.run(body.file_thread_id("<string>")).key("abc-123");
    let Some(Ok(RunEvent::Token(token))) = run.next().await else { panic!("no token") };
    assert_eq!(token.content, "Hello");
    assert_eq!(run.handle().last_event_id, "1717000000000-0");
    let Some(Ok(RunEvent::Done(done))) = run.next().await else { panic!("no done") };
    assert_eq!(done.run_id.as_deref(), Some("abc-123"));
    assert!(run.next().await.is_none());

    let sent = &modus.requests()[0];
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/agent/runs"));
    assert_eq!(sent.header("authorization"), Some("Bearer modus_sandbox_key"));
    assert_eq!(sent.header("accept"), Some("text/event-stream"));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(sent.header("idempotency-key"), Some("abc-123"));
    assert_eq!(
        sent.json().unwrap(),
        json!({ "message": "<string>", "sessionId": "<string>", "organizationId": modus.organization_id(),
                "fileThreadId": "<string>" })
    );
}

#[tokio::test]
async fn every_event_is_delivered_and_the_text_honours_a_reset() {
    let (_sandbox, modus, client) = start().await;
    let script = Script::new()
        .tokens(["Wro", "ng"])
        .notice("slow today", Severity::Warning)
        .heartbeat()
        .tool_start(json!({ "name": "search" }))
        .tool_end(json!({ "name": "search" }))
        .reset("Twelve")
        .tokens([" tickets", "."])
        .unknown("agent_thinking");
    modus.next_run(script.clone());
    modus.next_run(script);
    let mut run = client.run(task(&modus));
    let silent = [
        "Wro",
        "ng",
        "notice",
        "tool_start",
        "tool_end",
        "assistant_content_reset",
        " tickets",
        ".",
    ];
    let mut expected: Vec<_> = silent.into_iter().chain(["agent_thinking", "done"]).collect();
    assert_eq!(all(&mut run).await, expected);
    assert_eq!(run.text(), "Twelve tickets.");

    expected.insert(3, "heartbeat");
    assert_eq!(all(&mut client.run(task(&modus)).with_heartbeats()).await, expected);
}

#[tokio::test]
async fn each_ending_is_an_outcome() {
    let (_sandbox, modus, client) = start().await;
    let endings = [
        (Script::reply("a"), Ending::Done),
        (
            Script::reply("a").fails("The model did not answer"),
            Ending::Failed("The model did not answer".into()),
        ),
        (Script::reply("a").cancelled(), Ending::Cancelled),
        (Script::reply("a").times_out(), Ending::StreamTimeout),
    ];
    for (script, ending) in endings {
        modus.next_run(script);
        let outcome = client.run(task(&modus)).wait().await.unwrap();
        assert_eq!((outcome.ending, outcome.text.as_str()), (ending, "a"));
    }
}

#[tokio::test]
async fn the_thread_of_a_run_is_told_for_the_next_turn() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::reply("a").thread_id("agent_0_5f1c"));
    let outcome = client.run(task(&modus)).wait().await.unwrap();
    assert_eq!(outcome.thread_id.as_deref(), Some("agent_0_5f1c"));
    modus.next_run(Script::reply("a").thread_id(""));
    assert_eq!(client.run(task(&modus)).wait().await.unwrap().thread_id, None);
}

#[tokio::test]
async fn an_outcome_is_asked_for_too_early() {
    let (_sandbox, modus, client) = start().await;
    let mut run = client.run(task(&modus));
    assert!(run.outcome().is_err());
    run.next().await.unwrap().unwrap();
    let error = run.outcome().unwrap_err();
    assert_eq!(error.last_event_id(), Some("1717000000000-0"));
}

#[tokio::test]
async fn a_handle_from_before_the_start_finds_the_run() {
    let (_sandbox, modus, mine) = start().await;
    let mut run = mine.run(task(&modus)).key("job-1");
    let stored = serde_json::to_string(&run.handle()).unwrap();
    assert!(modus.requests().is_empty(), "nothing is sent before the first event is asked for");
    let mut elsewhere = client(&modus).attach(serde_json::from_str(&stored).unwrap());
    assert!(elsewhere.next().await.unwrap().unwrap_err().is_not_found());

    let outcome = run.wait().await.unwrap();
    let mut elsewhere = client(&modus).attach(serde_json::from_str(&stored).unwrap());
    assert_eq!(elsewhere.wait().await.unwrap().text, outcome.text);
}

#[tokio::test]
async fn a_run_started_again_with_its_key_is_the_same_run() {
    let (_sandbox, modus, client) = start().await;
    let first = client.run(task(&modus)).key("job-1").wait().await.unwrap();
    let second = client.run(task(&modus)).key("job-1").wait().await.unwrap();
    assert_eq!(first, second);
    assert_eq!(modus.run_ids(), ["job-1"]);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_a_conflict_however_it_is_told() {
    let forms = [
        Conflict::Status,
        Conflict::ErrorEvent,
        Conflict::Event(Event::json(
            json!({ "type": "error", "error": "409: the key was used with another body" }),
        )),
        Conflict::Event(Event::json(
            json!({ "type": "error", "error": { "code": "CONFLICT", "message": "taken" } }),
        )),
    ];
    for form in forms {
        let (_sandbox, modus, client) = start().await;
        modus.set_conflict(form.clone());
        client.run(task(&modus)).key("job-1").wait().await.unwrap();
        let other = RunCreate::new("Something else", "session-1", modus.organization_id());
        let mut run = client.run(other).key("job-1");
        let error = run.wait().await.unwrap_err();
        assert!(error.is_conflict(), "{form:?}: {error}");
        assert_eq!(error.status().unwrap().as_u16(), 409);
        assert!(run.next().await.is_none() && run.outcome().is_err(), "{form:?}");
        assert_eq!(modus.run_ids(), ["job-1"]);
    }
}

#[tokio::test]
async fn a_failure_that_follows_other_events_is_no_conflict() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::reply("a").fails("409"));
    let outcome = client.run(task(&modus)).wait().await.unwrap();
    assert_eq!(outcome.ending, Ending::Failed("409".into()));
}

#[tokio::test]
async fn a_failure_that_an_attached_run_begins_with_is_no_conflict() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::reply("a").fails("tool jira answered HTTP 409"));
    let mut run = client.run(task(&modus));
    run.next().await.unwrap().unwrap();
    let outcome = client.attach(run.handle()).wait().await.unwrap();
    assert_eq!(outcome.ending, Ending::Failed("tool jira answered HTTP 409".into()));
}

#[tokio::test]
async fn a_conflict_behind_a_heartbeat_is_a_conflict() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::new().heartbeat().fails("409"));
    let mut run = client.run(task(&modus)).with_heartbeats();
    assert!(run.wait().await.unwrap_err().is_conflict());
}

#[tokio::test]
async fn a_token_that_a_conflict_echoes_is_struck_out() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::new().fails(format!("409 for key {}", modus.key())));
    let error = client.run(task(&modus)).wait().await.unwrap_err();
    assert_eq!((error.message(), error.attempts()), (Some("409 for key [redacted]"), 1));
}

#[tokio::test]
async fn waiting_again_after_an_error_says_that_it_is_in_vain() {
    let (_sandbox, modus, client) = start().await;
    modus.fault(Target::CreateRun, Fault::status(401));
    let mut run = client.run(task(&modus));
    assert_eq!(run.wait().await.unwrap_err().status().unwrap().as_u16(), 401);
    let again = run.wait().await.unwrap_err();
    assert!(!again.is_retryable());
    assert!(again.to_string().contains("attach"), "{again}");
    assert_eq!(modus.requests().len(), 1);
}

#[tokio::test]
async fn dropping_a_run_closes_its_connection_and_not_the_run() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::new().tokens(["a"]).hold().tokens(["b"]));
    let mut run = client.run(task(&modus)).key("job-1");
    run.next().await.unwrap().unwrap();
    assert_eq!(modus.open_streams(), 1);
    let handle = run.handle();
    drop(run);
    modus.wait_for_open_streams(0).await;
    modus.run("job-1").unwrap().release_all();
    assert_eq!(client.attach(handle).wait().await.unwrap().text, "b");
}

#[tokio::test]
async fn a_run_that_has_ended_lets_go_of_its_connection() {
    let (_sandbox, modus, client) = start().await;
    let mut run = client.run(task(&modus));
    run.wait().await.unwrap();
    modus.wait_for_open_streams(0).await;
}

#[tokio::test]
async fn a_slow_consumer_misses_nothing() {
    let (_sandbox, modus, client) = start().await;
    let tokens: Vec<String> = (0..2000).map(|n| format!("{n} {}", "x".repeat(500))).collect();
    modus.next_run(Script::new().tokens(tokens.clone()));
    let mut run = client.run(task(&modus));
    let mut delivered = Vec::new();
    while let Some(event) = run.next().await {
        if let RunEvent::Token(token) = event.unwrap() {
            delivered.push(token.content);
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(delivered, tokens);
}

#[tokio::test]
async fn watchers_of_one_run_each_get_all_of_it() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::new().tokens(["a", "b", "c"]));
    let text = client.run(task(&modus)).key("job-1").wait().await.unwrap().text;
    let watch = || async { client.attach(Handle::new("job-1")).wait().await.unwrap().text };
    let (one, two) = tokio::join!(watch(), watch());
    assert_eq!((one.as_str(), two.as_str()), (text.as_str(), text.as_str()));
}

#[tokio::test]
async fn a_run_cut_before_its_first_event_is_sent_again_with_the_same_key() {
    let (_sandbox, modus, client) = start().await;
    modus.fault(Target::CreateRun, Fault::close().with_effect());
    modus.fault(Target::CreateRun, Fault::stream(StreamFault::new().cut_after_bytes(0)));
    modus.fault(Target::CreateRun, Fault::status(503));
    let mut run = client.run(task(&modus));
    run.wait().await.unwrap();
    let requests = modus.requests();
    assert_eq!(requests.len(), 4);
    for request in &requests {
        assert_eq!(
            (request.method.as_str(), request.header("idempotency-key")),
            ("POST", Some(run.run_id()))
        );
    }
    assert_eq!(modus.run_ids().len(), 1);
}
