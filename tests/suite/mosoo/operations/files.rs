//! Files of the dialect `current`: uploaded as forms, downloaded as bytes.

use super::{
    super::{
        AGENT, recorded,
        seam::{Script, seam},
    },
    Host, delete, get, is_target,
};
use agent_threads_mosoo::{
    Dialect, ErrorKind, FilePart,
    types::{Disposition, FileResponse},
};
use futures::StreamExt as _;
use httpmock::prelude::*;
use serde_json::json;

const FILE: &str = "01M80BE439221DAV4E06BFHQHM";
const TEXT: &str = "Customer asks for an implementation plan.";

/// Uploads a file to a server that gives the recorded answer if the form has this head, and this content.
async fn uploaded(file: FilePart, head: &str, content: &str) -> FileResponse {
    let host = Host::start(Dialect::Current).await;
    let (status, answer) = recorded("current/076-upload-file");
    let part = format!("{head}\r\n\r\n{content}");
    let mock = host
        .server
        .mock_async(move |when, then| {
            when.method(POST)
                .path("/api/v1/agents/01J00000000000000000000009/files")
                .header("authorization", "Bearer mst_test")
                .header("accept", "application/json")
                .header_missing("idempotency-key")
                .is_true(move |request| is_form(request, &part));
            then.status(status).json_body(answer);
        })
        .await;
    let draft = host.client.upload_file(AGENT, file).await.unwrap();
    mock.assert_async().await;
    draft
}

/// Whether a request is a form of this one part, between the boundaries that its head names.
fn is_form(request: &HttpMockRequest, part: &str) -> bool {
    let headers = request.headers();
    let media = headers.get("content-type").and_then(|media| media.to_str().ok());
    let Some(boundary) =
        media.and_then(|media| media.strip_prefix("multipart/form-data; boundary="))
    else {
        return false;
    };
    let boundary = boundary.trim_matches('"');
    let expected = format!("--{boundary}\r\n{part}\r\n--{boundary}--\r\n");
    request.body_ref() == expected.as_bytes()
}

#[tokio::test]
async fn a_file_is_uploaded_as_the_one_part_of_a_form() {
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"brief.txt\"\r\n\
                Content-Type: text/plain";
    let file = FilePart::bytes("brief.txt", TEXT).content_type("text/plain");
    let draft = uploaded(file, head, TEXT).await.file;
    assert_eq!((draft.id.as_str(), draft.name.as_str(), draft.size), (FILE, "brief.txt", 41));
    assert_eq!(draft.mime_type.as_deref(), Some("text/plain;charset=utf-8"));
    assert_eq!(draft.created_at.to_rfc3339(), "2026-11-22T00:45:27.017+00:00");
}

#[tokio::test]
async fn a_file_is_uploaded_piece_by_piece() {
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"brief.txt\"\r\n\
                Content-Type: text/plain";
    let (half, rest) = TEXT.split_at(20);
    for length in [Some(TEXT.len() as u64), None] {
        let pieces = [half, rest].map(|piece| Ok::<_, std::io::Error>(piece.into()));
        let file = FilePart::stream("brief.txt", length, futures::stream::iter(pieces));
        uploaded(file.content_type("text/plain"), head, TEXT).await;
    }
}

/// Names are written as the forms of web browsers write them: no header can be made of one.
#[tokio::test]
async fn names_of_files_stay_names() {
    for (name, written) in [
        ("plan \"B\".txt", "plan %22B%22.txt"),
        ("a\r\nContent-Type: text/html\r\n\r\nb", "a%0D%0AContent-Type: text/html%0D%0A%0D%0Ab"),
        ("Grüße 東京.txt", "Grüße 東京.txt"),
        ("100%.txt", "100%.txt"),
    ] {
        let head = format!(
            "Content-Disposition: form-data; name=\"file\"; filename=\"{written}\"\r\n\
             Content-Type: text/plain"
        );
        uploaded(FilePart::bytes(name, "abc").content_type("text/plain"), &head, "abc").await;
    }
}

#[tokio::test]
async fn a_draft_is_read_and_deleted() {
    let host = Host::start(Dialect::Current).await;
    let target = "/files/01M80BE439221DAV4E06BFHQHM";
    let draft = recorded("current/083-retrieve-file-draft");
    let file = host.call(get(target), draft, host.client.get_file(FILE).send()).await.file;
    assert_eq!((file.id.as_str(), file.size), (FILE, 41));
    let ok = recorded("current/107-archive");
    assert!(host.call(delete(target), ok, host.client.delete_file(FILE).send()).await.ok);
}

#[tokio::test]
async fn a_file_is_downloaded_with_its_name_and_type() {
    let host = Host::start(Dialect::Current).await;
    for (disposition, query, named) in [
        (None, "", "attachment"),
        (Some(Disposition::Attachment), "?disposition=attachment", "attachment"),
        (Some(Disposition::Inline), "?disposition=inline", "inline"),
    ] {
        let target = format!("/api/v1/files/{FILE}/content{query}");
        let mock = host
            .server
            .mock_async(move |when, then| {
                when.method(GET)
                    .is_true(move |request| is_target(request, &target))
                    .header("authorization", "Bearer mst_test");
                then.status(200)
                    .header("content-type", "text/plain;charset=utf-8")
                    .header("content-disposition", format!("{named}; filename=\"brief.txt\""))
                    .header("cache-control", "no-store")
                    .body(TEXT);
            })
            .await;
        let call = host.client.download_file(FILE);
        let mut file = match disposition {
            Some(disposition) => call.disposition(disposition).await.unwrap(),
            None => call.await.unwrap(),
        };
        assert_eq!(file.file_name().as_deref(), Some("brief.txt"));
        assert_eq!(file.content_type(), Some("text/plain;charset=utf-8"));
        assert_eq!(file.content_length(), Some(41));
        assert_eq!(file.headers()["cache-control"], "no-store");
        let mut bytes = Vec::new();
        while let Some(chunk) = file.next().await {
            bytes.extend_from_slice(&chunk.unwrap());
        }
        assert_eq!(bytes, TEXT.as_bytes());
        mock.delete_async().await;
    }
}

/// The vendor puts the name into the header as it is.
#[tokio::test]
async fn a_name_beyond_ascii_and_one_with_a_path_are_read() {
    for (sent, read) in [("Grüße 東京.txt", "Grüße 東京.txt"), ("../../etc/passwd", "passwd")]
    {
        let disposition = format!("attachment; filename=\"{sent}\"");
        let answer = Script::text(200, "text/plain", TEXT);
        let answer = answer.header("content-disposition", &disposition);
        let (client, _) = seam(Dialect::Current, [answer]);
        let file = client.download_file(FILE).await.unwrap();
        assert_eq!(file.file_name().as_deref(), Some(read));
        assert_eq!(file.bytes(41).await.unwrap(), TEXT);
    }
}

#[tokio::test]
async fn a_download_that_is_larger_than_wanted_is_not_kept() {
    let (client, _) = seam(Dialect::Current, [Script::text(200, "text/plain", TEXT)]);
    let error = client.download_file(FILE).await.unwrap().bytes(40).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
}

/// A draft has no content yet: recorded as `Thread file <id> was not found.`
#[tokio::test]
async fn a_draft_cannot_be_downloaded() {
    let message = format!("Thread file {FILE} was not found.");
    let body = json!({ "error": { "code": "not_found", "message": message } });
    let (client, _) = seam(Dialect::Current, [Script::json(404, body)]);
    let error = client.download_file(FILE).await.unwrap_err();
    assert!(error.is_not_found() && error.message() == Some(&message), "{error}");
}
