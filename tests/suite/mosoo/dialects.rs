//! What one dialect has and the other has not: refused before anything is sent, with an error that says what and where.

use super::{
    AGENT, THREAD,
    seam::{Script, seam},
};
use agent_threads_mosoo::{
    Client, Dialect, Error, ErrorKind, FilePart,
    types::{
        AttachFile, CreateThread, FileReference, FileResource, MessageInput, PermissionDecision,
        SendEvents, TextPart, ThreadEventInput, UserMessage,
    },
};
use serde_json::json;

fn nothing() -> [Script; 1] {
    [Script::json(500, json!({ "error": "nothing may be sent" }))]
}

/// A refusal by the client that names all of this.
#[track_caller]
fn assert_names(error: &Error, named: &[&str]) {
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
    let text = error.to_string();
    assert!(named.iter().all(|name| text.contains(name)), "{text} does not name {named:?}");
}

#[tokio::test]
async fn an_operation_of_the_other_dialect_is_refused() {
    let (seed, sent) = seam(Dialect::Seed, nothing());
    for (operation, error) in [
        ("upload_file", seed.upload_file(AGENT, FilePart::bytes("a", "a")).await.unwrap_err()),
        ("get_file", seed.get_file("f").await.unwrap_err()),
        ("delete_file", seed.delete_file("f").await.unwrap_err()),
        ("download_file", seed.download_file("f").await.unwrap_err()),
        ("stream_events", seed.stream_events(THREAD).events().next().await.unwrap().unwrap_err()),
    ] {
        assert_names(&error, &[operation, "`seed`", "`current`"]);
    }
    assert!(sent.all().is_empty());
    let (current, sent) = seam(Dialect::Current, nothing());
    let error = current.attach_file(THREAD, AttachFile::new("a", "b", "Yw==")).await.unwrap_err();
    assert_names(&error, &["attach_file", "`seed`", "`current`"]);
    assert!(sent.all().is_empty());
}

fn hello() -> CreateThread {
    CreateThread::new().input(MessageInput::new([TextPart::new("Hi")]))
}

#[tokio::test]
async fn a_field_of_the_other_dialect_is_refused_in_a_create() {
    let (seed, sent) = seam(Dialect::Seed, nothing());
    for (field, body) in [
        ("`userId`", hello().user_id("u")),
        ("`resources`", hello().resources([FileResource::new("f")])),
    ] {
        let error = seed.create_thread(AGENT, body).await.unwrap_err();
        assert_names(&error, &["create_thread", field, "`current`"]);
    }
    assert!(sent.all().is_empty());
    let (current, sent) = seam(Dialect::Current, nothing());
    let body = || hello().user_id("u");
    for (field, body) in [
        ("`client_external_ref`", body().client_external_ref("r")),
        ("`files`", body().files([FileReference::new("f")])),
        ("`attributed_user_id`", body().attributed_user_id("a")),
    ] {
        let error = current.create_thread(AGENT, body).await.unwrap_err();
        assert_names(&error, &["create_thread", field, "`seed`"]);
    }
    assert!(sent.all().is_empty());
}

#[tokio::test]
async fn what_a_dialect_requires_is_asked_for() {
    let (seed, sent) = seam(Dialect::Seed, nothing());
    let error = seed.create_thread(AGENT, CreateThread::new()).await.unwrap_err();
    assert_names(&error, &["create_thread", "`input`", "`seed`"]);
    assert!(sent.all().is_empty());
    let (current, sent) = seam(Dialect::Current, nothing());
    let error = current.create_thread(AGENT, hello()).await.unwrap_err();
    assert_names(&error, &["create_thread", "`userId`", "`current`"]);
    assert!(sent.all().is_empty());
}

#[tokio::test]
async fn a_field_of_the_other_dialect_is_refused_in_each_event_by_its_place() {
    let decision = || PermissionDecision::new("perm-7", "allow_once");
    let send = |client: Client, message: UserMessage| async move {
        let events: [ThreadEventInput; 2] = [decision().into(), message.into()];
        client.send_events(THREAD, SendEvents::new(events)).await.unwrap_err()
    };
    let message = || UserMessage::new("Hi");
    let (seed, sent) = seam(Dialect::Seed, nothing());
    let error = send(seed.clone(), message().request_id("m")).await;
    assert_names(&error, &["send_events", "events[1].requestId", "`current`"]);
    let error = send(seed, message().resources([FileResource::new("f")])).await;
    assert_names(&error, &["send_events", "events[1].resources", "`current`"]);
    assert!(sent.all().is_empty());
    let (current, sent) = seam(Dialect::Current, nothing());
    let error = send(current.clone(), message().client_request_id("m")).await;
    assert_names(&error, &["send_events", "events[1].clientRequestId", "`seed`"]);
    let error = send(current, message().attachment_ids(["f"])).await;
    assert_names(&error, &["send_events", "events[1].attachmentIds", "`seed`"]);
    assert!(sent.all().is_empty());
}

/// The field `requestId` of a decision has the name that only one dialect gives to a message's.
#[tokio::test]
async fn a_decision_is_sent_in_both() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let (client, sent) = seam(dialect, [Script::recorded("seed/069-permission-allow")]);
        let decision = PermissionDecision::new("perm-7", "allow_once");
        client.send_events(THREAD, SendEvents::new([decision])).await.unwrap();
        let expected = json!({ "events": [
            { "type": "permission_decision", "requestId": "perm-7", "decision": "allow_once" }
        ] });
        assert_eq!(sent.all()[0].json(), expected);
    }
}
