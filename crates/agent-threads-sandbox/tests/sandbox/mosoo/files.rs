//! Files: drafts, attachments, artifacts.

use std::time::Duration;

use agent_threads_sandbox::mosoo::{Dialect, Script};
use serde_json::{Value, json};

use super::caller::{Caller, answer, of_type, refused};

async fn attach(caller: &Caller, thread: &str, content: &str) -> (u16, Value) {
    let body = json!({ "name": "a.txt", "contentType": "text/plain", "contentBase64": content });
    let response = caller.post(&format!("{thread}/files"), &body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Attaches a file to a new thread and returns the thread.
async fn thread_with(caller: &Caller, file: &str) -> String {
    let mut body = caller.body("x");
    body["resources"] = json!([{ "type": "file", "file_id": file }]);
    let made = answer(caller.post(&caller.threads(), &body), 201).await;
    format!("/threads/{}", made["thread"]["id"].as_str().unwrap())
}

#[tokio::test]
async fn the_seed_attaches_base64_and_data_urls_and_says_nothing_in_the_log() {
    let caller = Caller::seed().await;
    let thread = caller.create("x").await;
    let before = caller.played(&thread).await;
    for content in ["aGVsbG8K", "data:text/plain;base64,aGVsbG8K"] {
        let (status, body) = attach(&caller, &thread, content).await;
        assert_eq!((status, &body["file"]["size"]), (201, &json!(6)));
        let fields = ["committed", "createdAt", "id", "kind", "mimeType", "name", "size"];
        assert!(body["file"].as_object().unwrap().keys().eq(fields), "{body}");
    }
    let (status, body) = attach(&caller, &thread, "").await;
    assert_eq!((status, &body["file"]["size"]), (201, &json!(0)));
    assert_eq!(caller.events(&thread).await, before);
    for content in ["a", "aGVsbG8", "aGVs bG8K", "data:text/plain,hello", "aGVsbG8_"] {
        let (status, body) = attach(&caller, &thread, content).await;
        assert_eq!((status, &body["error"]["code"]), (400, &json!("invalid_request")));
    }
}

#[tokio::test]
async fn the_seed_takes_ten_mebibytes_and_the_prefix_of_a_data_url() {
    let caller = Caller::seed().await;
    let thread = caller.create("x").await;
    let prefix = "data:;base64,";
    // The longest text that the reference allows, in whole groups of base64.
    let data = "A".repeat((13_981_272 - prefix.len()) / 4 * 4);
    let (status, body) = attach(&caller, &thread, &format!("{prefix}{data}")).await;
    assert_eq!((status, &body["file"]["size"]), (201, &json!(data.len() / 4 * 3)));
    let (status, body) = attach(&caller, &thread, &"A".repeat(13_981_276)).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("invalid_request")));
}

#[tokio::test]
async fn the_two_ways_to_bring_files_are_not_found_in_each_others_dialect() {
    let caller = Caller::seed().await;
    let thread = caller.create("x").await;
    let upload = || caller.uploading("a.txt", "text/plain", b"a");
    for request in [upload(), caller.get("/files/01J000000000000000000ZZZZZ")] {
        assert_eq!(answer(request, 404).await, json!({ "error": "Not Found" }));
    }
    caller.mosoo.set_dialect(Dialect::Current);
    let (status, body) = attach(&caller, &thread, "aGVsbG8K").await;
    assert_eq!((status, body), (404, json!({ "error": "Not Found" })));
    answer(upload(), 201).await;
}

#[tokio::test]
async fn a_draft_can_be_read_and_deleted_but_not_downloaded_before_it_is_attached() {
    let caller = Caller::current().await;
    let file = caller.upload("b \u{e4}.html", "text/html", b"<b>").await;
    let path = format!("/files/{file}");
    let content = format!("{path}/content");
    let kept = answer(caller.get(&path), 200).await;
    let words = refused(caller.get(&content), 404, "not_found").await;
    assert_eq!(words, format!("Thread file {file} was not found."));

    let thread = thread_with(&caller, &file.to_lowercase()).await;
    let events = caller.events(&thread).await;
    assert_eq!(
        (&events[0]["type"], &events[0]["runId"]),
        (&json!("session_files.updated"), &Value::Null)
    );
    assert_eq!(answer(caller.get(&path), 200).await, kept);
    let download = caller.get(&format!("{content}?disposition=inline")).header("Range", "bytes=1-");
    let download = download.send().await.unwrap();
    assert_eq!(download.status(), 200);
    assert_eq!(download.headers()["content-type"], "text/html");
    assert_eq!(download.headers()["cache-control"], "no-store");
    assert_eq!(
        download.headers()["content-disposition"].as_bytes(),
        "inline; filename=\"b \u{e4}.html\"".as_bytes()
    );
    assert!(download.headers().contains_key("etag"));
    assert_eq!(download.bytes().await.unwrap(), "<b>");

    answer(caller.delete(&path), 200).await;
    refused(caller.delete(&path), 404, "not_found").await;
    let list = answer(caller.get(&format!("{thread}/files")), 200).await;
    assert_eq!(list, json!({ "files": [] }));
}

#[tokio::test]
async fn a_draft_is_forgotten_after_a_day_and_an_attachment_is_not() {
    let caller = Caller::current().await;
    let draft = caller.upload("a.txt", "text/plain", b"a").await;
    let attached = caller.upload("b.txt", "text/plain", b"b").await;
    thread_with(&caller, &attached).await;
    caller.mosoo.advance(Duration::from_secs(24 * 60 * 60));
    refused(caller.get(&format!("/files/{draft}")), 404, "not_found").await;
    answer(caller.get(&format!("/files/{attached}")), 200).await;
}

#[tokio::test]
async fn an_artifact_is_a_file_of_its_thread_and_goes_with_it() {
    let caller = Caller::current().await;
    let script = Script::new().artifact("plan.md", "text/markdown", "# Plan").usage(7);
    caller.mosoo.next_run(script);
    let thread = caller.create("x").await;
    let events = caller.played(&thread).await;
    assert_eq!(of_type(&events, "session_files.updated").len(), 1);
    let files = answer(caller.get(&format!("{thread}/files")), 200).await;
    let file = &files["files"][0];
    assert_eq!((&file["kind"], &file["name"]), (&json!("artifact"), &json!("plan.md")));
    let content = format!("/files/{}/content", file["id"].as_str().unwrap());
    assert_eq!(caller.get(&content).send().await.unwrap().text().await.unwrap(), "# Plan");
    answer(caller.delete(&thread), 200).await;
    refused(caller.get(&content), 404, "not_found").await;
}

#[tokio::test]
async fn files_belong_to_their_account_their_thread_and_their_agent() {
    let caller = Caller::current().await;
    let file = caller.upload("a.txt", "text/plain", b"a").await;
    let (thread, other) = (thread_with(&caller, &file).await, caller.create("y").await);
    let outsider = caller.mosoo.add_outsider();
    let path = format!("/files/{file}");
    let foreign = caller.request_as(&outsider, reqwest::Method::GET, &path);
    refused(foreign, 404, "not_found").await;
    refused(caller.delete(&format!("{other}/files/{file}")), 404, "not_found").await;
    caller.mosoo.set_published(caller.mosoo.agent_id(), false);
    refused(caller.get(&path), 409, "agent_not_published").await;
    caller.mosoo.set_published(caller.mosoo.agent_id(), true);
    answer(caller.delete(&format!("{thread}/files/{}", file.to_lowercase())), 200).await;
}

#[tokio::test]
async fn an_upload_can_have_sixty_four_mebibytes_and_not_a_byte_more() {
    let caller = Caller::current().await;
    let mut bytes = vec![b'x'; 64 * 1024 * 1024];
    let made = answer(caller.uploading("a.bin", "application/octet-stream", &bytes), 201).await;
    assert_eq!(made["file"]["size"], 67_108_864);
    bytes.push(b'x');
    let upload = caller.uploading("a.bin", "application/octet-stream", &bytes);
    refused(upload, 400, "invalid_request").await;
}

#[tokio::test]
async fn names_that_are_none_are_refused() {
    let caller = Caller::current().await;
    for name in ["", " ", ".", "..", "a/b", "a\\b", "a\u{1}b", "a%0Ab"] {
        let upload = caller.uploading(name, "text/plain", b"a");
        refused(upload, 400, "invalid_request").await;
    }
    let made = answer(caller.uploading("a %22b%22.txt", "text/plain", b""), 201).await;
    assert_eq!((&made["file"]["name"], &made["file"]["size"]), (&json!("a \"b\".txt"), &json!(0)));
}

#[tokio::test]
async fn a_form_without_a_file_is_refused_and_no_form_is_an_error_of_the_server() {
    let caller = Caller::current().await;
    let path = format!("/agents/{}/files", caller.mosoo.agent_id());
    let post = |content_type: &str, body: &'static str| {
        let post = caller.request_as(caller.mosoo.token(), reqwest::Method::POST, &path);
        post.header("Content-Type", content_type).body(body)
    };
    let form = "multipart/form-data; boundary=x";
    let text = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--x--";
    let words = refused(post(form, text), 400, "invalid_request").await;
    assert_eq!(words, "multipart/form-data field `file` is required.");
    for (content_type, body) in [(form, ""), ("text/plain", "abc"), (form, "abc")] {
        refused(post(content_type, body), 500, "internal_error").await;
    }
}
