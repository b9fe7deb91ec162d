//! Files that are received.

use crate::server::Server;
use crate::wire::Wire;
use acme_agents::{Download, Error, ErrorKind};
use futures_util::TryStreamExt as _;

/// An answer with these headers, and this body.
fn answer(headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{headers}connection: close\r\n\r\n{body}").into_bytes()
}

fn hello() -> Vec<u8> {
    answer("content-length: 5\r\n", "hello")
}

async fn downloaded(wire: &Wire) -> Result<Download, Error> {
    wire.client().download_file(7, "a/b").await
}

#[tokio::test]
async fn a_file_has_its_name_its_kind_and_its_bytes() {
    let headers = "content-disposition: attachment; filename=\"a.txt\"\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n";
    let wire = Wire::answering([answer(headers, "hello")]);
    let file = downloaded(&wire).await.unwrap();
    assert_eq!(file.file_name().as_deref(), Some("a.txt"));
    assert_eq!((file.content_type(), file.content_length()), (Some("text/plain"), Some(5)));
    assert_eq!(file.bytes(5).await.unwrap(), "hello");
    let seen = &wire.seen()[0];
    assert_eq!(seen.line, "GET /v1/projects/7/files/a%2Fb/content");
    assert_eq!(seen.header("accept"), Some("*/*"));
    assert_eq!(seen.header("authorization"), Some("Bearer acme_secret"));
}

#[tokio::test]
async fn a_name_that_was_written_raw_is_read() {
    for name in ["k\u{e4}se.txt".as_bytes(), b"k\xe4se.txt"] {
        let mut head = b"HTTP/1.1 200 OK\r\ncontent-disposition: inline; filename=\"../".to_vec();
        head.extend_from_slice(name);
        head.extend_from_slice(b"\"\r\ncontent-length: 0\r\n\r\n");
        let file = downloaded(&Wire::answering([head])).await.unwrap();
        assert_eq!(file.file_name().as_deref(), Some("käse.txt"));
        assert!(file.bytes(0).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_file_of_any_size_comes_as_a_stream() {
    let body = "x".repeat(3 << 20);
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let wire = Wire::answering([answer("transfer-encoding: chunked\r\n", &chunked)]);
    let file = downloaded(&wire).await.unwrap();
    assert_eq!(file.content_length(), None);
    let count = file.try_fold(0, |count, chunk| async move { Ok(count + chunk.len()) });
    assert_eq!(count.await.unwrap(), 3 << 20);
}

#[tokio::test]
async fn a_download_whose_head_does_not_come_is_asked_for_again() {
    for broken in ["", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\ncontent-le"] {
        let wire = Wire::answering([broken.into(), hello()]);
        assert_eq!(downloaded(&wire).await.unwrap().bytes(5).await.unwrap(), "hello");
        assert_eq!(wire.seen().len(), 2, "{broken:?}");
    }
}

#[tokio::test]
async fn a_file_that_breaks_off_is_an_error_and_is_not_asked_for_again() {
    for (cut, says) in [
        (answer("content-length: 10\r\n", "hello"), "; 5 of 10 bytes had come"),
        (answer("content-length: 10\r\n", ""), "; 0 of 10 bytes had come"),
        (answer("transfer-encoding: chunked\r\n", "5\r\nhello\r\n"), "; 5 bytes had come"),
        (answer("transfer-encoding: chunked\r\n", "a\r\nhello"), "; 5 bytes had come"),
    ] {
        let wire = Wire::answering([cut, hello()]);
        let mut file = downloaded(&wire).await.unwrap();
        let error = loop {
            match file.chunk().await {
                Ok(chunk) => assert!(chunk.is_some(), "a file that was cut has no end"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(error.to_string().ends_with(says), "{error}");
        assert!(file.chunk().await.unwrap().is_none());
        assert_eq!(wire.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_file_that_is_kept_elsewhere_is_fetched_from_there_without_the_token() {
    let store = Wire::answering([hello()]);
    let moved = format!(
        "HTTP/1.1 302 Found\r\nlocation: {}/x?sig=1\r\ncontent-length: 0\r\n\r\n",
        store.url()
    );
    let wire = Wire::answering([moved.into_bytes()]);
    assert_eq!(downloaded(&wire).await.unwrap().bytes(5).await.unwrap(), "hello");
    let seen = &store.seen()[0];
    assert_eq!((seen.line.as_str(), seen.header("authorization")), ("GET /x?sig=1", None));
}

#[tokio::test]
async fn a_refusal_is_an_error_and_no_file() {
    let server = Server::answering([(404, r#"{"error":{"message":"No such file."}}"#)]).await;
    let error = server.client().download_file(7, "f").await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.to_string(), "Acme download_file: 404 Not Found: No such file.");
}

#[tokio::test]
async fn what_cannot_stand_in_the_path_is_refused() {
    let error = Wire::answering([]).client().download_file(7, "..").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
}
