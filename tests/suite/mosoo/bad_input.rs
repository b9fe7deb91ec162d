//! What callers give that they should not: refused by the client where it is sure, and else by the server, whose words reach
//! the caller.

use super::{
    AGENT, THREAD, recorded,
    seam::{Script, seam},
};
use agent_threads_mosoo::{
    Client, Dialect, Error, ErrorKind, FilePart,
    types::{
        AttachFile, CreateThread, MessageInput, SendEvents, TextPart, UserInterrupt, UserMessage,
    },
};
use serde_json::json;

fn refusal(message: &str) -> Script {
    Script::json(400, json!({ "error": { "code": "invalid_request", "message": message } }))
}

fn hello() -> CreateThread {
    CreateThread::new().input(MessageInput::new([TextPart::new("Hi")]))
}

fn interrupt() -> SendEvents {
    SendEvents::new([UserInterrupt::new()])
}

/// The vendor's refusal, as the recordings have it, with the operation that it is about.
fn assert_refused(error: &Error, operation: &str, message: &str) {
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
    assert_eq!((error.code(), error.message()), (Some("invalid_request"), Some(message)));
    assert_eq!(error.operation(), Some(operation));
    let text = error.to_string();
    assert!(text.contains(operation) && text.contains(message), "{text}");
}

#[tokio::test]
async fn an_id_that_is_no_ulid_is_refused_by_the_server_in_its_words() {
    let says = "Agent ID must be a valid ULID.";
    let (client, _) = seam(Dialect::Seed, [refusal(says)]);
    let agent = "agent_01J00000000000000000000009";
    assert_refused(&client.create_thread(agent, hello()).await.unwrap_err(), "create_thread", says);
    assert_refused(&client.list_threads(agent).await.unwrap_err(), "list_threads", says);

    let says = "Thread ID must be a valid ULID.";
    let (client, sent) = seam(Dialect::Seed, [refusal(says)]);
    let id = "not-a-ulid";
    assert_refused(&client.get_thread(id).await.unwrap_err(), "get_thread", says);
    assert_refused(&client.send_events(id, interrupt()).await.unwrap_err(), "send_events", says);
    assert_refused(&client.list_events(id).await.unwrap_err(), "list_events", says);
    assert!(sent.all()[0].url.ends_with("/threads/not-a-ulid"), "{:?}", sent.all());

    let says = "File ID must be a valid ULID.";
    let (client, _) = seam(Dialect::Current, [refusal(says)]);
    assert_refused(&client.delete_file("file_1").await.unwrap_err(), "delete_file", says);
    assert_refused(&client.download_file("file_1").await.unwrap_err(), "download_file", says);
    let error = client.delete_thread_file(THREAD, "file_1").await.unwrap_err();
    assert_refused(&error, "delete_thread_file", says);
}

#[tokio::test]
async fn an_id_cannot_lead_elsewhere() {
    let (client, sent) = seam(Dialect::Current, [refusal("Thread ID must be a valid ULID.")]);
    for bad in ["", ".", ".."] {
        for error in [
            client.get_thread(bad).await.unwrap_err(),
            client.delete_thread_file(THREAD, bad).await.unwrap_err(),
            client.download_file(bad).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{bad:?}");
        }
    }
    assert!(sent.all().is_empty(), "nothing may be sent for a path that is another");
    client.get_thread("../agents/x?archived=true#").await.unwrap_err();
    let url = &sent.all()[0].url;
    assert_eq!(url, "https://mosoo.example/api/v1/threads/..%2Fagents%2Fx%3Farchived%3Dtrue%23");
}

#[tokio::test]
async fn a_key_that_the_vendor_does_not_take_is_refused_before_anything_is_sent() {
    let (client, sent) =
        seam(Dialect::Seed, [refusal("Idempotency-Key must be 128 characters or fewer.")]);
    for bad in ["", "k\r\nX-Evil: 1", &"k".repeat(129)] {
        for error in [
            client.create_thread(AGENT, hello()).idempotency_key(bad).await.unwrap_err(),
            client.send_events(THREAD, interrupt()).idempotency_key(bad).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{bad:?}");
            assert!(error.to_string().contains("idempotency_key"), "{error}");
        }
    }
    assert!(sent.all().is_empty());
    let longest = "m".repeat(128);
    client.create_thread(AGENT, hello()).idempotency_key(&longest).await.unwrap_err();
    assert_eq!(sent.all()[0].headers["idempotency-key"], longest);
}

#[tokio::test]
async fn a_limit_out_of_bounds_is_refused_by_the_server_in_its_words() {
    let says = "limit must be between 1 and 1000.";
    for limit in [0, 1001, -1, i64::MAX] {
        let (client, sent) = seam(Dialect::Current, [refusal(says)]);
        let error = client.list_events(THREAD).limit(limit).await.unwrap_err();
        assert_refused(&error, "list_events", says);
        let mut events = client.stream_events(THREAD).limit(limit).events();
        assert_refused(&events.next().await.unwrap().unwrap_err(), "stream_events", says);
        assert!(events.next().await.is_none());
        assert!(sent.all().iter().all(|sent| sent.url.ends_with(&format!("?limit={limit}"))));
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_before_it_is_read() {
    let (client, sent) = seam(Dialect::Current, [Script::recorded("current/076-upload-file")]);
    let unread = || futures::stream::once(async { panic!("it is read") });
    let file = |length| FilePart::stream::<_, std::io::Error>("a.bin", Some(length), unread());
    let error = client.upload_file(AGENT, file(67_108_865)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let text = error.to_string();
    assert!(text.contains("upload_file") && text.contains("67108864"), "{text}");
    assert!(sent.all().is_empty());
    // The transport here reads no body: at the limit, the request goes out.
    client.upload_file(AGENT, file(67_108_864)).await.unwrap();
    assert_eq!(sent.all().len(), 1);
}

#[tokio::test]
async fn a_file_name_with_a_path_is_refused_by_the_server_in_its_words() {
    let says = "File name cannot include '/'.";
    let (client, _) = seam(Dialect::Current, [refusal(says)]);
    let error = client.upload_file(AGENT, FilePart::bytes("../x.txt", "abc")).await.unwrap_err();
    assert_refused(&error, "upload_file", says);
}

#[tokio::test]
async fn what_a_type_cannot_rule_out_goes_to_the_server_as_it_is() {
    let says = "contentBase64 is required.";
    let (client, sent) = seam(Dialect::Seed, [refusal(says)]);
    let error = client.attach_file(THREAD, AttachFile::new("", "", "")).await.unwrap_err();
    assert_refused(&error, "attach_file", says);
    let expected = json!({ "name": "", "contentType": "", "contentBase64": "" });
    assert_eq!(sent.all()[0].json(), expected);
    let empty: [UserMessage; 0] = [];
    client.send_events(THREAD, SendEvents::new(empty)).await.unwrap_err();
    assert_eq!(sent.all()[1].json(), json!({ "events": [] }));
    let parts: [TextPart; 0] = [];
    let body = CreateThread::new().input(MessageInput::new(parts));
    client.create_thread(AGENT, body).await.unwrap_err();
    let expected = json!({ "input": { "type": "user.message", "content": [] } });
    assert_eq!(sent.all()[2].json(), expected);
}

#[tokio::test]
async fn answers_that_are_not_the_vendors_are_errors_that_say_what_came() {
    let page = "<html>502 Bad Gateway</html>";
    let cases = [
        (Script::text(404, "application/json", r#"{"error":"Not Found"}"#), Some("Not Found")),
        (Script::text(502, "text/html", page), None),
        (Script::text(500, "text/plain", ""), None),
        (Script::text(400, "application/json", r#"{"error":{"message":{}}}"#), None),
    ];
    for (script, message) in cases {
        let (client, _) = seam(Dialect::Seed, [script]);
        let error = client.get_thread(THREAD).await.unwrap_err();
        assert_eq!((error.code(), error.message()), (None, message), "{error}");
        assert_eq!(error.operation(), Some("get_thread"));
        assert!(!format!("{error} {error:?}").contains("html>"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_says_where() {
    let (_, mut answer) = recorded("seed/001-create-thread-quickstart");
    answer["thread"]["id"] = json!(7);
    let (client, _) = seam(Dialect::Seed, [Script::json(200, answer)]);
    let error = client.get_thread(THREAD).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("thread.id"), "{error}");
}

#[tokio::test]
async fn values_and_fields_of_later_revisions_are_kept_or_passed_over() {
    let (_, mut answer) = recorded("seed/001-create-thread-quickstart");
    answer["thread"]["status"] = json!("HIBERNATING");
    answer["thread"]["kind"] = json!("swan");
    answer["run"]["status"] = json!("paused");
    answer["run"]["novelty"] = json!({ "a": 1 });
    let (client, _) = seam(Dialect::Seed, [Script::json(200, answer)]);
    let read = client.get_thread(THREAD).await.unwrap();
    assert_eq!(read.thread.status.as_str(), "HIBERNATING");
    assert_eq!((read.thread.kind.as_str(), read.run.unwrap().status.as_str()), ("swan", "paused"));
}

#[test]
fn a_token_has_no_prefix_that_is_checked() {
    for token in ["mst_x", "grt_pat_x", "grt_svc_x", "anything"] {
        Client::new(token).unwrap();
    }
}
