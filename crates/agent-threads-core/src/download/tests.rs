//! Downloads over a scripted transport, with the clock paused.

use super::*;
use crate::{
    BoxFuture, ClientBuilder, ErrorKind, RetryPolicy, Transport,
    testing::{Acme, GET, KEYED},
};
use futures_util::{StreamExt as _, stream};
use reqwest::{Method, Request, header::ACCEPT};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::time::{Instant, advance, sleep};

/// A part of a body, which ends cleanly after the last one.
#[derive(Clone)]
enum Part {
    Bytes(&'static str),
    After(u64, &'static str),
    Breaks,
    Hangs,
}

use Part::{After, Breaks, Bytes as Is, Hangs};

#[derive(Clone)]
enum Answer {
    File(&'static [(&'static str, &'static str)], Vec<Part>),
    Status(u16, &'static str),
    /// The head comes after so many seconds.
    Late(u64),
    Fails(Phase),
}

/// Plays answers in order, and keeps what each request accepts.
#[derive(Clone)]
struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    accepted: Arc<Mutex<Vec<String>>>,
}

impl Transport for Script {
    fn send(
        &self,
        request: Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let accept = request.headers()[ACCEPT].to_str().unwrap().to_owned();
        self.accepted.lock().unwrap().push(accept);
        let answer = self.answers.lock().unwrap().pop_front().expect("an answer for each request");
        Box::pin(play(answer))
    }
}

async fn play(answer: Answer) -> Result<http::Response<Body>, TransportError> {
    let response = http::Response::builder();
    let response = match answer {
        Answer::Fails(phase) => return Err(TransportError::new(phase, "scripted")),
        Answer::Status(status, body) => response.status(status).body(Body::from(body)),
        Answer::Late(seconds) => {
            sleep(Duration::from_secs(seconds)).await;
            response.body(Body::from("late"))
        }
        Answer::File(headers, parts) => {
            let response = headers
                .iter()
                .fold(response, |response, (name, value)| response.header(*name, *value));
            response.body(Body::from_stream(stream::iter(parts).then(part)))
        }
    };
    Ok(response.unwrap())
}

async fn part(part: Part) -> Result<Bytes, TransportError> {
    match part {
        Is(text) => Ok(text.into()),
        After(seconds, text) => {
            sleep(Duration::from_secs(seconds)).await;
            Ok(text.into())
        }
        Breaks => Err(TransportError::new(Phase::Body, "scripted")),
        Hangs => std::future::pending().await,
    }
}

fn script(answers: impl IntoIterator<Item = Answer>) -> (Script, Acme) {
    let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
    let script = Script { answers, accepted: Arc::default() };
    let builder = ClientBuilder::<Acme>::new().token("acme_marker").transport(script.clone());
    let retry = RetryPolicy::default().jitter(false);
    (script, builder.retry(retry).build().unwrap())
}

fn get() -> Result<Request, Error> {
    Ok(Request::new(Method::GET, "https://acme.example/files/1".parse().unwrap()))
}

fn file(parts: impl IntoIterator<Item = Part>) -> Answer {
    Answer::File(&[], parts.into_iter().collect())
}

/// The only file of a script.
async fn opened(answer: Answer) -> Download {
    let (_, Acme(core)) = script([answer]);
    core.download(&GET, get()).await.unwrap()
}

/// What is read up to an error, and the error.
async fn read(download: &mut Download) -> (String, Option<Error>) {
    let mut text = String::new();
    loop {
        match download.chunk().await {
            Ok(Some(chunk)) => text += std::str::from_utf8(&chunk).unwrap(),
            Ok(None) => return (text, None),
            Err(error) => return (text, Some(error)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_comes_in_chunks_with_what_its_headers_say() {
    let headers = &[
        ("content-disposition", "attachment; filename=\"../a.txt\""),
        ("content-type", "text/plain"),
        ("content-length", "5"),
        ("etag", "\"x\""),
    ];
    let mut download = opened(Answer::File(headers, vec![Is("he"), Is("llo")])).await;
    assert_eq!(download.file_name().as_deref(), Some("a.txt"));
    assert_eq!((download.content_type(), download.content_length()), (Some("text/plain"), Some(5)));
    assert_eq!(
        (&download.headers()["etag"], download.http_status().as_u16()),
        (&"\"x\"".parse().unwrap(), 200)
    );
    assert_eq!(download.next().await.unwrap().unwrap(), "he");
    assert_eq!(download.chunk().await.unwrap().unwrap(), "llo");
    assert!(download.chunk().await.unwrap().is_none());
    assert!(download.next().await.is_none(), "the end stays the end");
}

#[tokio::test(start_paused = true)]
async fn without_headers_nothing_is_known_and_the_file_may_be_empty() {
    let mut download = opened(file([])).await;
    assert_eq!(
        (download.file_name(), download.content_type(), download.content_length()),
        (None, None, None)
    );
    assert!(download.chunk().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn attempts_are_made_until_the_head_has_come_and_anything_is_accepted() {
    let answers = [
        Answer::Fails(Phase::Connect),
        Answer::Fails(Phase::Exchange),
        Answer::Status(503, r#"{"error":"busy"}"#),
        file([Is("hello")]),
    ];
    let (script, Acme(core)) = script(answers);
    let download = core.download(&GET, get()).await.unwrap();
    assert_eq!(*script.accepted.lock().unwrap(), ["*/*"; 4]);
    assert_eq!(download.bytes(5).await.unwrap(), "hello");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_idempotent_is_not_asked_for_twice() {
    static POST: Operation = Operation { idempotency_key: None, ..KEYED };
    let (_, Acme(core)) = script([Answer::Fails(Phase::Exchange)]);
    let request = Request::new(Method::POST, "https://acme.example/files/1".parse().unwrap());
    let error = core.download(&POST, Ok(request)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_an_error_with_the_vendors_words() {
    let (_, Acme(core)) = script([Answer::Status(404, r#"{"error":"no file for acme_marker"}"#)]);
    let error = core.download(&GET, get()).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.message(), Some("no file for [redacted]"));
    assert_eq!(error.operation(), Some("get_thread"));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_breaks_off_is_an_error_that_says_how_much_had_come() {
    const LENGTH: &[(&str, &str)] = &[("content-length", "10")];
    for (answer, says) in [
        (file([Is("hello"), Breaks]), "; 5 bytes had come"),
        (Answer::File(LENGTH, vec![Is("hello"), Breaks]), "; 5 of 10 bytes had come"),
        (Answer::File(LENGTH, vec![Is("hel"), Is("lo")]), "; 5 of 10 bytes had come"),
    ] {
        // Were it asked for again, the script would have no answer.
        let mut download = opened(answer).await;
        let (text, error) = read(&mut download).await;
        let error = error.unwrap();
        assert_eq!(
            (text.as_str(), error.kind(), error.attempts()),
            ("hello", ErrorKind::Transport, 1)
        );
        let expected =
            format!("Acme get_thread: the connection failed before the body was complete{says}");
        assert_eq!(error.to_string(), expected);
        assert!(download.chunk().await.unwrap().is_none(), "nothing follows");
    }
}

#[tokio::test(start_paused = true)]
async fn the_attempt_timeout_is_for_the_head_and_the_stall_timeout_for_what_follows() {
    let (_, Acme(core)) =
        script([Answer::Late(30), file([After(200, "a"), After(200, "b"), Hangs])]);
    let core = core.with(|settings| settings.attempt_timeout(Duration::from_secs(10)));
    let start = Instant::now();
    let mut download = core.download(&GET, get()).await.unwrap();
    assert_eq!(start.elapsed().as_secs_f64(), 10.5, "one timeout and one pause");
    let (text, error) = read(&mut download).await;
    let error = error.unwrap();
    assert_eq!((text.as_str(), error.kind()), ("ab", ErrorKind::Timeout));
    assert!(
        error.to_string().contains("no byte came for 300s, the stall timeout; 2 bytes had come"),
        "{error}"
    );
    assert_eq!(start.elapsed().as_secs_f64(), 10.5 + 200.0 + 200.0 + 300.0);
}

#[tokio::test(start_paused = true)]
async fn a_consumer_may_be_as_slow_as_it_likes() {
    let mut download = opened(file([Is("a"), After(1, "b"), Is("c")])).await;
    let mut text = String::new();
    while let Some(chunk) = download.chunk().await.unwrap() {
        text += std::str::from_utf8(&chunk).unwrap();
        advance(Duration::from_secs(3600)).await;
    }
    assert_eq!(text, "abc");
}

#[tokio::test(start_paused = true)]
async fn all_of_it_is_read_up_to_a_cap() {
    const LENGTH: &[(&str, &str)] = &[("content-length", "5")];
    let hello = || vec![Is("hel"), Is("lo")];
    for headers in [&[], LENGTH] {
        let answer = || Answer::File(headers, hello());
        assert_eq!(opened(answer()).await.bytes(5).await.unwrap(), "hello");
        assert_eq!(opened(answer()).await.bytes(usize::MAX).await.unwrap(), "hello");
        let error = opened(answer()).await.bytes(4).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
        assert!(error.to_string().ends_with("more than the 4 bytes that were allowed"), "{error}");
    }
    // What is announced as too large is not waited for.
    let error = opened(Answer::File(LENGTH, vec![Hangs])).await.bytes(4).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    let mut begun = opened(Answer::File(LENGTH, hello())).await;
    begun.chunk().await.unwrap();
    assert_eq!(begun.bytes(2).await.unwrap(), "lo", "the rest alone counts");
}

#[tokio::test(start_paused = true)]
async fn debug_shows_neither_headers_nor_bytes() {
    const NAMED: &[(&str, &str)] = &[("content-disposition", "attachment; filename=marker")];
    let download = opened(Answer::File(NAMED, vec![Is("marker")])).await;
    assert!(!format!("{download:?}").contains("marker"));
}
