//! What the dialect `current` has beside the calls of the Quickstart page. Answers are those that the vendor's server gave.

use super::{
    super::{AGENT, recorded, recorded_exchange},
    Host, act, delete, get, post,
};
use agent_threads_mosoo::{
    Dialect,
    types::{
        CreateThread, FileResource, MessageInput, RunStatus, SendEvents, TextPart, ThreadEventType,
        ThreadStatus, ThreadStreamEvent, UserInterrupt, UserMessage,
    },
};
use futures::StreamExt as _;
use serde_json::json;

const THREAD: &str = "01M80BDSFW5G4P50V45GP4PRWX";
const THREADS: &str = "/agents/01J00000000000000000000009/threads";
const EVENTS: &str = "/threads/01M80BDSFW5G4P50V45GP4PRWX/events";
const DRAFT: &str = "01M80BE439221DAV4E06BFHQHM";

#[tokio::test]
async fn a_thread_is_created_for_a_user_with_files() {
    let host = Host::start(Dialect::Current).await;
    let body = CreateThread::new()
        .user_id("cust-77")
        .input(MessageInput::new([TextPart::new("Summarize the attached file.")]))
        .resources([FileResource::new(DRAFT)]);
    let created = host
        .call(
            post(
                THREADS,
                json!({
                    "userId": "cust-77",
                    "input": {
                        "type": "user.message",
                        "content": [{ "type": "text", "text": "Summarize the attached file." }]
                    },
                    "resources": [{ "type": "file", "file_id": DRAFT }]
                }),
            )
            .key("job-1"),
            recorded("current/002-create-thread"),
            host.client.create_thread(AGENT, body).idempotency_key("job-1").send(),
        )
        .await;
    assert_eq!(created.thread.user_id.as_deref(), Some("cust-77"));
    assert!(created.thread.created_by.is_none() && created.thread.attributed_user.is_none());
    assert_eq!(created.run.unwrap().status, RunStatus::Queued);
}

#[tokio::test]
async fn a_thread_without_a_message_is_idle_and_has_no_run() {
    let host = Host::start(Dialect::Current).await;
    let created = host
        .call(
            post(THREADS, json!({ "userId": "cust-77" })).key("job-2"),
            recorded("current/005-create-thread-empty"),
            host.client
                .create_thread(AGENT, CreateThread::new().user_id("cust-77"))
                .idempotency_key("job-2")
                .send(),
        )
        .await;
    assert_eq!((created.run, created.thread.status), (None, ThreadStatus::Idle));
    assert_eq!((created.thread.title, created.thread.last_run_id), (None, None));
}

#[tokio::test]
async fn a_message_carries_files_and_the_callers_id() {
    let host = Host::start(Dialect::Current).await;
    let message = UserMessage::new("And this one.")
        .request_id("msg-42")
        .resources([FileResource::new(DRAFT)]);
    host.call(
        post(
            EVENTS,
            json!({ "events": [{
                "type": "user_message", "text": "And this one.", "requestId": "msg-42",
                "resources": [{ "type": "file", "file_id": DRAFT }]
            }] }),
        )
        .key("job-3"),
        recorded("current/046-interrupt-active-run"),
        host.client.send_events(THREAD, SendEvents::new([message])).idempotency_key("job-3").send(),
    )
    .await;
}

#[tokio::test]
async fn an_interrupt_is_answered_with_the_run_that_it_cancelled() {
    let host = Host::start(Dialect::Current).await;
    let sent = host
        .call(
            post(EVENTS, json!({ "events": [{ "type": "user_interrupt" }] })).key("stop-1"),
            recorded("current/046-interrupt-active-run"),
            host.client
                .send_events(THREAD, SendEvents::new([UserInterrupt::new()]))
                .idempotency_key("stop-1")
                .send(),
        )
        .await;
    let run = sent.events[0].run.as_ref().unwrap();
    assert_eq!((&run.status, sent.thread.status), (&RunStatus::Cancelled, ThreadStatus::Idle));
    // It had not begun: both are the moment of the cancel.
    assert!(run.started_at.is_some() && run.started_at == run.completed_at);
}

#[tokio::test]
async fn a_thread_tells_what_its_run_came_to() {
    let host = Host::start(Dialect::Current).await;
    let target = "/threads/01M80BDSFW5G4P50V45GP4PRWX";
    let read = host.client.get_thread(THREAD);
    let completed = recorded("current/033-retrieve-thread-completed");
    let run = host.call(get(target), completed, read.send()).await.run.unwrap();
    assert_eq!(run.final_output.unwrap().text, "The plan is in plan.md.");
    assert_eq!((run.status, run.error), (RunStatus::Completed, None));
}

#[tokio::test]
async fn a_failed_run_tells_why() {
    let host = Host::start(Dialect::Current).await;
    let target = "/threads/01M80BDSFW5G4P50V45GP4PRWX";
    let failed = recorded("current/060-retrieve-thread-failed");
    let run = host.call(get(target), failed, host.client.get_thread(THREAD).send()).await.run;
    let run = run.unwrap();
    let error = run.error.unwrap();
    assert_eq!(error.message, "The model provider rejected the request.");
    assert_eq!((run.status, error.retryable), (RunStatus::Failed, false));
}

#[tokio::test]
async fn events_tell_their_run_and_the_tools_at_work() {
    let host = Host::start(Dialect::Current).await;
    let target = "/threads/01M80BDSFW5G4P50V45GP4PRWX/events";
    let log = host.client.list_events(THREAD).send();
    let log = host.call(get(target), recorded("current/034-list-events-completed"), log).await;
    let of =
        |kind: ThreadEventType| log.events.iter().find(move |event| event.type_ == kind).unwrap();
    let (started, completed) =
        (of(ThreadEventType::ToolUseStarted), of(ThreadEventType::ToolUseCompleted));
    assert_eq!(started.tool_call_id.as_deref(), Some("call_1"));
    assert_eq!(started.tool_name.as_deref(), Some("Read brief.txt"));
    assert_eq!(started.run_id.as_deref(), Some("01M80BDSG4CYFNQ2YKKG9FF2RC"));
    assert_eq!(completed.tool_call_id, started.tool_call_id);
    assert_eq!(completed.tool_input.as_ref().unwrap()["path"], "brief.txt");
}

#[tokio::test]
async fn a_request_for_permission_names_the_call_that_waits() {
    let host = Host::start(Dialect::Current).await;
    let target = "/threads/01M80BDSFW5G4P50V45GP4PRWX/events?limit=5";
    let log = host.client.list_events(THREAD).limit(5).send();
    let log = host.call(get(target), recorded("current/066-list-events-waiting"), log).await;
    let asked = log.events.last().unwrap();
    assert_eq!(asked.type_, ThreadEventType::ToolConfirmationRequired);
    assert_eq!(asked.content, "Run: rm -rf build");
    assert_eq!(asked.tool_call_id.as_deref(), Some("call_9"));
}

#[tokio::test]
async fn the_events_of_a_thread_are_streamed() {
    let host = Host::start(Dialect::Current).await;
    let recorded = recorded_exchange("current/032-stream-live-run");
    let body = recorded["response"]["raw"].as_str().unwrap();
    let sent = get("/threads/01M80BDSFW5G4P50V45GP4PRWX/events/stream?limit=1000");
    let sent = sent.accept("text/event-stream");
    let mock = sent.answered(&host.server, 200, "text/event-stream; charset=utf-8", body).await;
    let events: Vec<_> = host.client.stream_events(THREAD).limit(1000).events().collect().await;
    mock.assert_async().await;
    let (last, events) = events.split_last().unwrap();
    assert!(last.is_err(), "the recording ends without the event that ends a stream");
    let types: Vec<_> = events
        .iter()
        .map(|event| match event {
            Ok(ThreadStreamEvent::Event(event)) => event.type_.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(types.first(), Some(&ThreadEventType::UserMessage));
    assert_eq!(types.last(), Some(&ThreadEventType::RunCompleted));
    assert!(types.contains(&ThreadEventType::AgentMessageDelta), "{types:?}");
}

#[tokio::test]
async fn a_stream_that_fails_says_why_and_is_over() {
    let host = Host::start(Dialect::Current).await;
    let body = ": connected\n\nevent: thread.error\n\
                data: {\"error\":{\"code\":\"not_found\",\"message\":\"Thread not found.\"}}\n\n";
    let sent = get("/threads/01M80BDSFW5G4P50V45GP4PRWX/events/stream");
    let sent = sent.accept("text/event-stream");
    sent.answered(&host.server, 200, "text/event-stream; charset=utf-8", body).await;
    let events: Vec<_> = host.client.stream_events(THREAD).events().collect().await;
    let [Ok(ThreadStreamEvent::Error(error))] = &events[..] else { panic!("{events:?}") };
    let error = error.error.as_ref().unwrap();
    assert_eq!((error.code.as_str(), error.message.as_str()), ("not_found", "Thread not found."));
}

#[tokio::test]
async fn what_both_dialects_have_is_the_same_in_this_one() {
    let host = Host::start(Dialect::Current).await;
    let client = &host.client;
    let ok = || recorded("current/107-archive");
    let target = "/threads/01M80BDSFW5G4P50V45GP4PRWX/archive";
    assert!(host.call(act(target), ok(), client.archive_thread(THREAD).send()).await.ok);
    let target = "/threads/01M80BDSFW5G4P50V45GP4PRWX/unarchive";
    assert!(host.call(act(target), ok(), client.unarchive_thread(THREAD).send()).await.ok);
    let target = "/threads/01M80BDSFW5G4P50V45GP4PRWX";
    assert!(host.call(delete(target), ok(), client.delete_thread(THREAD).send()).await.ok);
    let target = "/threads/01M80BDSFW5G4P50V45GP4PRWX/files/01M80BE439221DAV4E06BFHQHM";
    let call = client.delete_thread_file(THREAD, DRAFT).send();
    assert!(host.call(delete(target), ok(), call).await.ok);
    let target = "/threads/01M80BDSFW5G4P50V45GP4PRWX/files";
    let list = client.list_thread_files(THREAD).send();
    let files = host.call(get(target), recorded("current/088-list-files-of-create"), list).await;
    assert_eq!(files.files[0].id, DRAFT);
    let target = "/agents/01J00000000000000000000009/threads?archived=false";
    let list = client.list_threads(AGENT).archived(false).send();
    let threads = (200, json!({ "threads": [recorded("current/002-create-thread").1["thread"]] }));
    assert_eq!(host.call(get(target), threads, list).await.threads[0].id, THREAD);
}
