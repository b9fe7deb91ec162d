//! The bytes of a form. The expected ones are written after RFC 7578 and the HTML standard.

use super::*;
use crate::{ErrorKind, testing::KEYED};
use proptest::prelude::*;
use std::io;

struct Upload {
    note: Option<String>,
    file: FilePart,
    max: Option<u64>,
}

impl Upload {
    fn of(file: FilePart) -> Self {
        Self { note: None, file, max: None }
    }
}

impl Multipart for Upload {
    fn form(&self) -> Form<'_> {
        let form = Form::new("file", &self.file).text("note", self.note.as_deref());
        match self.max {
            Some(max) => form.max_bytes(max),
            None => form,
        }
    }
}

fn built(upload: &Upload) -> Result<Request, Error> {
    let post = Request::new(reqwest::Method::POST, "https://acme.example/".parse().unwrap());
    multipart(&KEYED, post, upload)
}

/// What would be sent, with `B` for the boundary.
async fn sent(mut request: Request) -> Result<String, reqwest::Error> {
    let kind = request.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap().to_owned();
    let body = request.body_mut().take().unwrap();
    let bytes = reqwest::Response::from(http::Response::new(body)).bytes().await?;
    if let Some(announced) = request.headers().get(CONTENT_LENGTH) {
        assert_eq!(announced.to_str().unwrap(), bytes.len().to_string());
    }
    Ok(String::from_utf8(bytes.to_vec()).unwrap().replace(&boundary, "B"))
}

fn chunks(chunks: &[&'static str]) -> impl futures_core::Stream<Item = io::Result<Bytes>> + use<> {
    let chunks: Vec<_> =
        chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
    stream::iter(chunks)
}

const ONE: &str = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\
    Content-Type: application/octet-stream\r\n\r\nhello\r\n--B--\r\n";

#[tokio::test]
async fn each_kind_of_content_is_the_same_on_the_wire() {
    let path = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string()).join("a.txt");
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "hello").unwrap();
    for part in [
        FilePart::bytes("a.txt", "hello"),
        FilePart::open(&path).await.unwrap(),
        FilePart::stream("a.txt", Some(5), chunks(&["he", "", "llo"])),
        FilePart::stream("a.txt", None, chunks(&["hello"])),
    ] {
        assert_eq!(sent(built(&Upload::of(part)).unwrap()).await.unwrap(), ONE);
    }
    std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
}

#[tokio::test]
async fn texts_stand_before_the_file_as_they_are() {
    let file = FilePart::bytes("a.txt", "hello").content_type("text/plain; charset=utf-8");
    let upload = Upload { note: Some("first \"line\"\nsecond, käse".into()), ..Upload::of(file) };
    let expected = "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nfirst \"line\"\nsecond, käse\r\n"
        .to_owned()
        + &ONE.replace("application/octet-stream", "text/plain; charset=utf-8");
    assert_eq!(sent(built(&upload).unwrap()).await.unwrap(), expected);
}

#[tokio::test]
async fn quotes_and_line_breaks_of_a_file_name_are_escaped_and_nothing_else() {
    for (name, written) in [
        ("say \"hi\".txt", "say %22hi%22.txt"),
        ("a\r\nX-Evil: 1", "a%0D%0AX-Evil: 1"),
        ("käse 試験.txt", "käse 試験.txt"),
        ("100%.txt", "100%.txt"),
        ("a\\b/c;d=e", "a\\b/c;d=e"),
        ("", ""),
    ] {
        let text = sent(built(&Upload::of(FilePart::bytes(name, "hello"))).unwrap()).await.unwrap();
        assert!(text.contains(&format!("; filename=\"{written}\"\r\nContent-Type")), "{text}");
    }
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    for part in [FilePart::bytes("a.txt", ""), FilePart::stream("a.txt", Some(0), chunks(&[]))] {
        let text = sent(built(&Upload::of(part)).unwrap()).await.unwrap();
        assert_eq!(text, ONE.replace("hello", ""));
    }
}

#[test]
fn boundaries_differ() {
    let kind = || {
        let request = built(&Upload::of(FilePart::bytes("a", ""))).unwrap();
        request.headers()[CONTENT_TYPE].to_str().unwrap().to_owned()
    };
    let (first, second) = (kind(), kind());
    assert_ne!(first, second);
    let boundary = first.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(boundary.len() <= 70, "RFC 2046, section 5.1.1");
}

#[tokio::test]
async fn what_is_in_memory_can_be_sent_again_and_a_stream_cannot() {
    let bytes = Upload::of(FilePart::bytes("a", "hello"));
    assert!(built(&bytes).unwrap().try_clone().is_some());
    let once = Upload::of(FilePart::stream("a", Some(5), chunks(&["hello"])));
    assert!(built(&once).unwrap().try_clone().is_none());
    let requests = [built(&once).unwrap(), built(&Upload::of(once.file.clone())).unwrap()];
    let [first, second] = requests.map(sent);
    assert_eq!(first.await.unwrap(), ONE.replace("a.txt", "a"));
    let error = Error::transport(crate::TransportError::new(
        crate::Phase::Exchange,
        second.await.unwrap_err(),
    ));
    assert_eq!(error.kind(), ErrorKind::Upload, "both were built before either was sent");
    let error = built(&once).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("the stream of `file` has been sent before"), "{error}");
}

#[test]
fn a_file_that_is_too_large_is_refused_before_it_is_read() {
    let read = || stream::once(async { panic!("it is read") });
    let limited = |file| Upload { max: Some(5), ..Upload::of(file) };
    assert!(built(&limited(FilePart::bytes("a", "hello"))).is_ok());
    for file in
        [FilePart::bytes("a", "hello!"), FilePart::stream::<_, io::Error>("a", Some(6), read())]
    {
        let error = built(&limited(file)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let says = "Acme create_thread: `file` has 6 bytes, and the vendor takes 5 at most";
        assert_eq!(error.to_string(), says);
    }
}

/// The error of a call whose request fails like this.
async fn failed(upload: &Upload) -> Error {
    let error = sent(built(upload).unwrap()).await.unwrap_err();
    Error::transport(crate::TransportError::new(crate::Phase::Exchange, error))
}

#[tokio::test]
async fn a_file_that_is_not_as_announced_is_told_apart_from_the_network() {
    let of = |length, parts: &[&'static str]| Upload {
        max: Some(6),
        ..Upload::of(FilePart::stream("a.txt", length, chunks(parts)))
    };
    for (upload, says) in [
        (
            of(Some(5), &["hel", "l"]),
            "the file `a.txt` ended after 4 of the 5 bytes that were announced",
        ),
        (
            of(Some(5), &["hel", "lo!"]),
            "the file `a.txt` has more than the 5 bytes that were announced",
        ),
        (of(Some(5), &[]), "the file `a.txt` ended after 0 of the 5 bytes that were announced"),
        (
            of(None, &["hello", "!!"]),
            "the file `a.txt` has more than the 6 bytes that the vendor takes",
        ),
    ] {
        let error = failed(&upload).await;
        assert_eq!((error.kind(), error.message()), (ErrorKind::Upload, Some(says)));
        assert!(!error.is_retryable() && !error.is_without_effect());
    }
}

#[tokio::test]
async fn a_stream_that_fails_gives_its_reason() {
    let broken = stream::iter([Ok(Bytes::from("he")), Err(io::Error::other("the disk is gone"))]);
    let error = failed(&Upload::of(FilePart::stream("a.txt", Some(5), broken))).await;
    assert_eq!(error.message(), Some("the file `a.txt` could not be read to its end"));
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "the disk is gone");
}

#[tokio::test]
async fn a_file_that_is_gone_or_changed_when_it_is_sent_is_an_error() {
    let path = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
    std::fs::write(&path, "hello").unwrap();
    let upload = Upload::of(FilePart::open(&path).await.unwrap());
    for (content, says) in [("hell", "ended after 4 of the 5"), ("hello!", "more than the 5")] {
        std::fs::write(&path, content).unwrap();
        let error = failed(&upload).await;
        assert!(error.to_string().contains(says), "{error}");
    }
    std::fs::remove_file(&path).unwrap();
    let error = failed(&upload).await;
    assert!(error.to_string().ends_with("could not be read to its end"), "{error}");
}

#[test]
fn a_content_type_that_is_none_is_refused() {
    let evil = FilePart::bytes("a", "").content_type("text/plain\r\nX-Evil: 1");
    let error = built(&Upload::of(evil)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(!format!("{error:?}").contains("Evil"), "{error}");
}

proptest! {
    /// Whatever the name, the head of the part has its two lines and an empty one.
    #[test]
    fn no_file_name_adds_a_line(name in any::<String>()) {
        let file = FilePart::bytes(name.clone(), "");
        let head = Form::new("file", &file).head("B");
        prop_assert_eq!(head.matches(['\r', '\n']).count(), 2 * 4);
        let (_, rest) = head.split_once("filename=\"").unwrap();
        let (written, rest) = rest.split_once('"').unwrap();
        prop_assert_eq!(rest, "\r\nContent-Type: application/octet-stream\r\n\r\n");
        let read = written.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
        prop_assume!(!["%22", "%0D", "%0A"].iter().any(|escape| name.contains(escape)));
        prop_assert_eq!(read, name);
    }
}
