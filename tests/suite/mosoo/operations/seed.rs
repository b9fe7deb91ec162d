//! The calls of the Quickstart page and what belongs to them, in the dialect `seed`. Answers are those that the vendor's
//! server gave, unless the test says where they are from.

use super::{
    super::{AGENT, THREAD, recorded},
    Host, act, delete, get, post,
};
use agent_threads_mosoo::{
    Dialect,
    types::{
        AttachFile, CreateThread, CreatorKind, Decision, FileKind, FileReference, MessageInput,
        PermissionDecision, RunStatus, SendEvents, SentEventType, TextPart, ThreadEventInput,
        ThreadEventStatus, ThreadEventType, ThreadSource, ThreadStatus, UserInterrupt, UserMessage,
    },
};
use serde_json::{Value, json};

const THREADS: &str = "/agents/01J00000000000000000000009/threads";
const EVENTS: &str = "/threads/01M80BDSN40BXJHT9NN1M8EJR6/events";
const FILES: &str = "/threads/01M80BDSN40BXJHT9NN1M8EJR6/files";

fn message(text: &str) -> MessageInput {
    MessageInput::new([TextPart::new(text)])
}

#[tokio::test]
async fn the_quickstarts_thread_is_created_as_the_page_says() {
    let host = Host::start(Dialect::Seed).await;
    let input = message("Say hello and explain what you can help with.");
    let body = CreateThread::new().client_external_ref("quickstart-001").input(input);
    let created = host
        .call(
            post(
                THREADS,
                json!({
                    "client_external_ref": "quickstart-001",
                    "input": {
                        "type": "user.message",
                        "content": [
                            { "type": "text", "text": "Say hello and explain what you can help with." }
                        ]
                    }
                }),
            )
            .key("quickstart-create-thread"),
            recorded("seed/001-create-thread-quickstart"),
            host.client.create_thread(AGENT, body).idempotency_key("quickstart-create-thread").send(),
        )
        .await;
    let thread = created.thread;
    assert_eq!((thread.id.as_str(), thread.agent_id.as_str()), (THREAD, AGENT));
    assert_eq!((thread.status, thread.source), (ThreadStatus::Running, ThreadSource::Api));
    assert_eq!(thread.client_external_ref.as_deref(), Some("quickstart-001"));
    assert_eq!(thread.created_by.unwrap().kind, CreatorKind::HumanPat);
    assert_eq!(thread.user_id, None);
    let run = created.run.unwrap();
    assert_eq!(Some(run.id), thread.last_run_id);
    assert_eq!((run.status, run.started_at), (RunStatus::Queued, None));
    assert!(run.error.is_none() && run.final_output.is_none());
    assert_eq!(created.links.thread, format!("/api/v1/threads/{THREAD}"));
}

#[tokio::test]
async fn a_thread_takes_several_parts_files_and_the_account_that_it_is_for() {
    let host = Host::start(Dialect::Seed).await;
    let parts = MessageInput::new([TextPart::new("First part."), TextPart::new("Second part.")]);
    let body = CreateThread::new()
        .input(parts)
        .files([FileReference::new("01M80BDV730ZKSFH8BDP25MWWK")])
        .attributed_user_id("01J00000000000000000000002");
    let created = host
        .call(
            post(
                THREADS,
                json!({
                    "input": {
                        "type": "user.message",
                        "content": [
                            { "type": "text", "text": "First part." },
                            { "type": "text", "text": "Second part." }
                        ]
                    },
                    "files": [{ "file_id": "01M80BDV730ZKSFH8BDP25MWWK" }],
                    "attributed_user_id": "01J00000000000000000000002"
                }),
            )
            .key("job-1"),
            recorded("seed/024-create-thread-service-token"),
            host.client.create_thread(AGENT, body).idempotency_key("job-1").send(),
        )
        .await;
    assert_eq!(created.thread.attributed_user.unwrap().id, "01J00000000000000000000002");
    assert_eq!(created.thread.created_by.unwrap().kind, CreatorKind::ServiceToken);
}

#[tokio::test]
async fn the_quickstarts_message_is_sent_as_the_page_says() {
    let host = Host::start(Dialect::Seed).await;
    let text = "Give me the three most important next steps.";
    let sent = host
        .call(
            post(EVENTS, json!({ "events": [{ "type": "user_message", "text": text }] }))
                .key("quickstart-send-message-1"),
            recorded("seed/043-send-message-quickstart"),
            host.client
                .send_events(THREAD, SendEvents::new([UserMessage::new(text)]))
                .idempotency_key("quickstart-send-message-1")
                .send(),
        )
        .await;
    let [event] = &sent.events[..] else { panic!("{sent:?}") };
    assert_eq!(event.type_, SentEventType::UserMessage);
    assert_eq!(event.run.as_ref().unwrap().status, RunStatus::Queued);
    assert_eq!(event.client_request_id, None);
    assert_eq!((sent.thread.status, sent.warnings.len()), (ThreadStatus::Running, 0));
}

#[tokio::test]
async fn everything_that_can_be_sent_to_a_thread_is() {
    let host = Host::start(Dialect::Seed).await;
    let events: [ThreadEventInput; 5] = [
        UserMessage::new("Hi")
            .client_request_id("msg-42")
            .attachment_ids(["01M80BDV730ZKSFH8BDP25MWWK"])
            .into(),
        PermissionDecision::new("perm-7", Decision::AllowOnce).into(),
        PermissionDecision::new("perm-8", Decision::RejectOnce).into(),
        UserInterrupt::new().into(),
        UserInterrupt::new().run_id("01M80BDTMD86XNBV4YJ4QS579C").into(),
    ];
    let sent = host
        .call(
            post(
                EVENTS,
                json!({ "events": [
                    { "type": "user_message", "text": "Hi", "clientRequestId": "msg-42",
                      "attachmentIds": ["01M80BDV730ZKSFH8BDP25MWWK"] },
                    { "type": "permission_decision", "requestId": "perm-7", "decision": "allow_once" },
                    { "type": "permission_decision", "requestId": "perm-8", "decision": "reject_once" },
                    { "type": "user_interrupt" },
                    { "type": "user_interrupt", "runId": "01M80BDTMD86XNBV4YJ4QS579C" }
                ] }),
            )
            .key("job-2"),
            recorded("seed/060-send-message-client-request-id"),
            host.client.send_events(THREAD, SendEvents::new(events)).idempotency_key("job-2").send(),
        )
        .await;
    assert_eq!(sent.events[0].client_request_id.as_deref(), Some("msg-42"));
}

#[tokio::test]
async fn a_decision_is_answered_without_a_run() {
    let host = Host::start(Dialect::Seed).await;
    let decision = PermissionDecision::new("perm-7", Decision::AllowOnce);
    let sent = host
        .call(
            post(
                EVENTS,
                json!({ "events": [{ "type": "permission_decision", "requestId": "perm-7", "decision": "allow_once" }] }),
            )
            .key("perm-1"),
            recorded("seed/069-permission-allow"),
            host.client
                .send_events(THREAD, SendEvents::new([decision]))
                .idempotency_key("perm-1")
                .send(),
        )
        .await;
    assert_eq!(sent.events[0].type_, SentEventType::PermissionDecision);
    assert_eq!(sent.events[0].run, None);
}

#[tokio::test]
async fn the_quickstarts_log_is_read_as_the_page_says() {
    let host = Host::start(Dialect::Seed).await;
    let log = host
        .call(
            get("/threads/01M80BDSN40BXJHT9NN1M8EJR6/events?limit=100"),
            recorded("seed/034-list-events-completed"),
            host.client.list_events(THREAD).limit(100).send(),
        )
        .await;
    let types: Vec<_> = log.events.iter().map(|event| event.type_.as_str()).collect();
    // User messages, message and thinking deltas, tools, a file, usage and the run's status: what the page promises.
    let promised = [
        "user.message",
        "session.status",
        "session.status",
        "run.started",
        "agent.thinking.delta",
        "agent.message.delta",
        "tool.use.completed",
        "tool.use.completed",
        "file.changed",
        "agent.thinking.delta",
        "agent.message.delta",
        "usage.updated",
        "run.completed",
    ];
    assert_eq!((types, log.truncated), (promised.to_vec(), false));
    let [.., failed, file, _, said, usage, _] = &log.events[..] else { panic!("{log:?}") };
    assert_eq!(failed.status, ThreadEventStatus::Error);
    assert_eq!((&file.type_, file.content.as_str()), (&ThreadEventType::FileChanged, "plan.md"));
    assert_eq!(said.content, "The plan is in plan.md.");
    assert_eq!((usage.tokens, usage.duration_ms, usage.run_id.clone()), (Some(858), Some(3), None));
    assert_eq!(usage.occurred_at.to_rfc3339(), "2026-11-22T00:45:16.892+00:00");
}

#[tokio::test]
async fn the_quickstarts_file_is_attached_as_the_page_says() {
    let host = Host::start(Dialect::Seed).await;
    let content = "Q3VzdG9tZXIgYXNrcyBmb3IgYW4gaW1wbGVtZW50YXRpb24gcGxhbi4=";
    // The answer is that of the vendor's archived reference; no server that is left gives it.
    let answer = json!({ "file": {
        "id": "01M80BDV4FJ84HK4RY9VY84THG", "kind": "attachment", "committed": true,
        "name": "brief.txt", "mimeType": "text/plain", "size": 41, "createdAt": "2026-05-19T00:00:01.000Z"
    } });
    let file = host
        .call(
            post(
                FILES,
                json!({ "name": "brief.txt", "contentType": "text/plain", "contentBase64": content }),
            ),
            (201, answer),
            host.client
                .attach_file(THREAD, AttachFile::new("brief.txt", "text/plain", content))
                .send(),
        )
        .await
        .file;
    assert_eq!((file.name.as_str(), file.size, file.committed), ("brief.txt", 41, true));
    assert_eq!((file.kind, file.mime_type.as_deref()), (FileKind::Attachment, Some("text/plain")));
}

#[tokio::test]
async fn threads_are_listed_whole_or_by_where_they_are() {
    let host = Host::start(Dialect::Seed).await;
    let targets: [(Option<bool>, &str); 3] = [
        (None, THREADS),
        (Some(true), "/agents/01J00000000000000000000009/threads?archived=true"),
        (Some(false), "/agents/01J00000000000000000000009/threads?archived=false"),
    ];
    for (archived, target) in targets {
        let list = host.client.list_threads(AGENT);
        let list = match archived {
            Some(archived) => list.archived(archived),
            None => list,
        };
        let threads =
            host.call(get(target), recorded("seed/072-list-threads"), list.send()).await.threads;
        assert_eq!(threads.len(), 7);
        assert!(threads.is_sorted_by(|a, b| a.updated_at >= b.updated_at));
    }
}

#[tokio::test]
async fn a_thread_is_read_archived_and_deleted() {
    let host = Host::start(Dialect::Seed).await;
    let ok: fn() -> (u16, Value) = || recorded("seed/101-delete-thread");
    let client = &host.client;
    let read = host
        .call(
            get("/threads/01M80BDSN40BXJHT9NN1M8EJR6"),
            (200, recorded("seed/001-create-thread-quickstart").1),
            client.get_thread(THREAD).send(),
        )
        .await;
    assert_eq!(read.thread.id, THREAD);
    let target = "/threads/01M80BDSN40BXJHT9NN1M8EJR6/archive";
    assert!(host.call(act(target), ok(), client.archive_thread(THREAD).send()).await.ok);
    let target = "/threads/01M80BDSN40BXJHT9NN1M8EJR6/unarchive";
    assert!(host.call(act(target), ok(), client.unarchive_thread(THREAD).send()).await.ok);
    let target = "/threads/01M80BDSN40BXJHT9NN1M8EJR6";
    assert!(host.call(delete(target), ok(), client.delete_thread(THREAD).send()).await.ok);
}

#[tokio::test]
async fn the_files_of_a_thread_are_listed_and_deleted() {
    let host = Host::start(Dialect::Seed).await;
    let list = host.client.list_thread_files(THREAD).send();
    let files = host.call(get(FILES), recorded("seed/087-list-files"), list).await.files;
    let [file] = &files[..] else { panic!("{files:?}") };
    assert_eq!((file.id.as_str(), file.size), ("01M80BDV4FJ84HK4RY9VY84THG", 41));
    let target = "/threads/01M80BDSN40BXJHT9NN1M8EJR6/files/01M80BDV4FJ84HK4RY9VY84THG";
    let call = host.client.delete_thread_file(THREAD, file.id.as_str()).send();
    assert!(host.call(delete(target), recorded("seed/101-delete-thread"), call).await.ok);
}
