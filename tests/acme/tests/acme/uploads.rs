//! Files that are sent. The form is that of RFC 7578, as browsers write it.

use crate::server::{Seen, Server};
use crate::sink::Sink;
use acme_agents::types::{AddFile, PutPicture};
use acme_agents::{Client, ErrorKind, FilePart, RetryPolicy};
use agent_threads_core::{Body, BoxFuture, Phase, Transport, TransportError};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ADDED: &str = r#"{"id":"f1","url":"https://f.example/1"}"#;

/// The body, with `B` for the boundary that its header names.
fn form(seen: &Seen) -> String {
    let kind = seen.header("content-type").unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    seen.body.replace(boundary, "B")
}

/// A file of its own for a test, which goes when the test is over.
struct Disk(PathBuf);

impl Disk {
    fn file(content: &[u8]) -> Self {
        let path = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    fn name(&self) -> &str {
        self.0.file_name().unwrap().to_str().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.0);
    }
}

fn chunks(
    chunks: &[&'static str],
) -> impl futures_core::Stream<Item = io::Result<bytes::Bytes>> + use<> {
    let chunks: Vec<_> =
        chunks.iter().map(|chunk| Ok(bytes::Bytes::from_static(chunk.as_bytes()))).collect();
    futures_util::stream::iter(chunks)
}

#[tokio::test]
async fn a_file_is_sent_with_its_name_and_the_fields_before_it() {
    let server = Server::answering([(201, ADDED)]).await;
    let file = FilePart::bytes("käse \"1\".txt", "hello").content_type("text/plain");
    let added = server.client().add_file(7, AddFile::new(file).purpose("proof")).await.unwrap();
    assert_eq!(added.id, "f1");
    let seen = server.only();
    assert_eq!(seen.line, "POST /v1/projects/7/files");
    assert_eq!(
        form(&seen),
        "--B\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nproof\r\n\
         --B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"käse %221%22.txt\"\r\n\
         Content-Type: text/plain\r\n\r\nhello\r\n--B--\r\n"
    );
    let length = seen.body.len().to_string();
    assert_eq!(seen.header("content-length"), Some(length.as_str()));
    assert_eq!(seen.header("authorization"), Some("Bearer acme_secret"));
}

#[tokio::test]
async fn a_file_on_disk_is_streamed_with_its_length() {
    let disk = Disk::file(&[b'x'; 1024]);
    let server = Server::answering([(201, ADDED)]).await;
    server.client().add_file(7, FilePart::open(&disk.0).await.unwrap()).await.unwrap();
    let seen = server.only();
    let expected = format!(
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n{}\r\n--B--\r\n",
        disk.name(),
        "x".repeat(1024)
    );
    assert_eq!(form(&seen), expected);
    assert_eq!(seen.header("content-length").unwrap(), seen.body.len().to_string());
    assert_eq!(seen.header("transfer-encoding"), None);
}

#[tokio::test]
async fn a_stream_of_unknown_length_is_sent_in_chunks() {
    let server = Server::answering([(201, ADDED)]).await;
    let file = FilePart::stream("a", None, chunks(&["he", "llo"]));
    server.client().add_file(7, file).await.unwrap();
    let seen = server.only();
    assert!(form(&seen).contains("\r\n\r\nhello\r\n--B--\r\n"), "{seen:?}");
    assert_eq!(seen.header("content-length"), None);
    assert_eq!(seen.header("transfer-encoding"), Some("chunked"));
}

#[tokio::test]
async fn an_empty_file_is_sent() {
    let disk = Disk::file(b"");
    let server = Server::answering([(201, ADDED), (201, ADDED)]).await;
    let client = server.client();
    client.add_file(7, FilePart::bytes("a", "")).await.unwrap();
    client.add_file(7, FilePart::open(&disk.0).await.unwrap()).await.unwrap();
    for seen in server.seen() {
        assert!(form(&seen).ends_with("octet-stream\r\n\r\n\r\n--B--\r\n"), "{seen:?}");
    }
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_and_nothing_is_sent() {
    let disk = Disk::file(&[b'x'; 1025]);
    let server = Server::answering([]).await;
    let on_disk = FilePart::open(&disk.0).await.unwrap();
    for file in [on_disk, FilePart::bytes("a", vec![b'x'; 1025])] {
        let error = server.client().add_file(7, file).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
        let says = "Acme add_file: `file` has 1025 bytes, and the vendor takes 1024 at most";
        assert_eq!(error.to_string(), says);
    }
    assert!(server.seen().is_empty());
}

/// A picture has no limit, and its vendor honours a key.
fn picture(file: FilePart) -> PutPicture {
    PutPicture::new("A cat", file)
}

#[tokio::test]
async fn a_stream_that_passes_the_limit_is_broken_off() {
    let sink = Sink::start([u64::MAX]);
    let long: &'static str = "x".repeat(1000).leak();
    let file = FilePart::stream("a", None, chunks(&[long, long]));
    let error = sink.client().add_file(7, file).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Upload, 1));
    let says = "Acme add_file: the file `a` has more than the 1024 bytes that the vendor takes";
    assert_eq!(error.to_string(), says);
    let texts = sink.texts();
    assert!(!texts[0].contains("--\r\n") && !texts[0].ends_with("0\r\n\r\n"), "{texts:?}");
}

#[tokio::test]
async fn a_file_that_changed_since_it_was_opened_is_an_error_and_no_request() {
    for (content, says) in
        [(&[b'x'; 99][..], "ended after 99 of the 100"), (&[b'x'; 101], "more than the 100 bytes")]
    {
        let disk = Disk::file(&[b'x'; 100]);
        let sink = Sink::start([u64::MAX]);
        let file = FilePart::open(&disk.0).await.unwrap();
        std::fs::write(&disk.0, content).unwrap();
        let error = sink.client().put_picture(7, picture(file)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Upload, 1));
        assert!(error.to_string().contains(says), "{error}");
        let texts = sink.texts();
        assert!(!texts[0].contains("--\r\n"), "the form is not closed: {texts:?}");
    }
}

#[tokio::test]
async fn a_stream_is_not_sent_again_when_its_connection_breaks_and_what_is_in_memory_is() {
    let long: &'static str = "x".repeat(1 << 20).leak();
    let sink = Sink::start([100_000]);
    let file = FilePart::stream("a", Some(1 << 20), chunks(&[long]));
    let error = sink.client().put_picture(7, picture(file)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
    assert_eq!(sink.texts().len(), 1);
    let sink = Sink::start([100_000; 4]);
    let file = FilePart::bytes("a", long);
    let error = sink.client().put_picture(7, picture(file)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
    let texts = sink.texts();
    let key = |text: &String| {
        let line = text.lines().find_map(|line| line.strip_prefix("idempotency-key: "));
        line.unwrap().to_owned()
    };
    assert!(texts.iter().all(|text| key(text) == key(&texts[0])), "the same key each time");
}

/// Makes no connection, and keeps the bodies that it is given.
#[derive(Clone, Default)]
struct Unreachable(Arc<Mutex<Vec<Option<Vec<u8>>>>>);

impl Transport for Unreachable {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let body = request.body().and_then(reqwest::Body::as_bytes).map(<[u8]>::to_vec);
        self.0.lock().unwrap().push(body);
        Box::pin(async { Err(TransportError::new(Phase::Connect, "refused")) })
    }
}

#[tokio::test]
async fn without_a_connection_only_what_is_in_memory_is_tried_again() {
    let unreachable = Unreachable::default();
    let builder = Client::builder().token("acme_secret").transport(unreachable.clone());
    let client = builder.retry(RetryPolicy::default().base_delay(Duration::ZERO)).build().unwrap();
    let error = client.add_file(7, FilePart::bytes("a", "hello")).await.unwrap_err();
    assert_eq!((error.attempts(), error.is_without_effect()), (4, true));
    let bodies = std::mem::take(&mut *unreachable.0.lock().unwrap());
    assert!(bodies.iter().all(|body| body.is_some() && *body == bodies[0]));
    let request = client.add_file(7, FilePart::stream("a", Some(5), chunks(&["hello"])));
    for _ in 0..2 {
        // The stream is still there, for the caller to try again.
        let error = request.clone().await.unwrap_err();
        assert_eq!((error.attempts(), error.is_without_effect()), (1, true));
    }
}

#[tokio::test]
async fn a_stream_that_was_sent_cannot_be_sent_by_a_clone() {
    let server = Server::answering([(201, ADDED)]).await;
    let request = server.client().add_file(7, FilePart::stream("a", Some(5), chunks(&["hello"])));
    request.clone().await.unwrap();
    let error = request.await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
}

#[test]
fn what_is_sent_is_not_shown_by_debug() {
    fn can_move<T: Clone + Send + Sync + 'static>(_: &T) {}
    let client = Client::builder().token("acme_secret").build().unwrap();
    let body = AddFile::new(FilePart::bytes("a.txt", "marker"));
    let shown = format!("{body:?}");
    let request = client.add_file(7, body);
    can_move(&request);
    assert!(shown.contains(r#"FilePart { name: "a.txt", length: Some(6), .. }"#), "{shown}");
    assert!(!format!("{shown}{request:?}").contains("marker"));
}
