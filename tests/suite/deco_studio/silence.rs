//! Runs whose stream does not tell their end, under a paused clock.

use crate::support::seam::{Answer, Seam, json};
use agent_threads_deco_studio::{
    Body, BoxFuture, Client, ErrorKind, Handle, RetryPolicy, Run, Transport, TransportError,
    types::{ThreadStatus, UiMessageChunk},
};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Scripts for what is read, and what the stream brings before it says no more than that it is there.
#[derive(Clone)]
struct Server {
    threads: Seam,
    lists: Seam,
    streams: Seam,
    others: Seam,
    /// What the stream brings, where the server has one that stays.
    standing: Option<&'static str>,
}

impl Server {
    fn new(
        threads: impl IntoIterator<Item = Answer>,
        lists: impl IntoIterator<Item = Answer>,
    ) -> Self {
        let no_stream = Answer::Full(204, Vec::new(), String::new());
        Self {
            threads: Seam::new(threads),
            lists: Seam::new(lists),
            streams: Seam::new([no_stream]),
            // The new thread answers the post too: what is not listed is passed over.
            others: Seam::new([thread("completed", 0), json(202, r#"{"taskId":"thrd_1"}"#)]),
            standing: None,
        }
    }

    fn standing(self, events: &'static str) -> Self {
        Self { standing: Some(events), ..self }
    }

    fn streams(self, streams: impl IntoIterator<Item = Answer>) -> Self {
        Self { streams: Seam::new(streams), ..self }
    }

    fn client(&self) -> Client {
        let client = Client::builder().base_url("https://studio.example").token("k");
        let client = client.parameter("org", "acme").transport(self.clone());
        client.retry(RetryPolicy::default().jitter(false)).build().unwrap()
    }

    async fn ask(&self) -> Run {
        self.client().ask("vir_1", "Hello!").await.unwrap()
    }
}

impl Transport for Server {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        match (request.url().path().rsplit('/').next().unwrap_or_default(), self.standing) {
            ("COLLECTION_THREADS_GET", _) => self.threads.send(request),
            ("COLLECTION_THREAD_MESSAGES_LIST", _) => self.lists.send(request),
            ("stream", None) => self.streams.send(request),
            ("stream", Some(events)) => Box::pin(async move { Ok(stands(events)) }),
            _ => self.others.send(request),
        }
    }
}

/// A stream that says every ten seconds that it is there, as documented.
fn stands(events: &'static str) -> http::Response<Body> {
    let alive = stream::repeat(()).then(|()| async {
        sleep(Duration::from_secs(10)).await;
        Ok(Bytes::from_static(b": keepalive\n\n"))
    });
    let events = stream::iter([Ok(Bytes::from_static(events.as_bytes()))]).chain(alive);
    let response = http::Response::builder().header("content-type", "text/event-stream");
    response.body(Body::from_stream(events)).unwrap()
}

/// The thread, changed last so many seconds after it was made.
fn thread(status: &str, second: u8) -> Answer {
    let at = format!("2026-08-01T09:30:{second:02}.000Z");
    json(200, format!(r#"{{"item":{{"id":"thrd_1","status":"{status}","updated_at":"{at}"}}}}"#))
}

fn said(text: &str) -> Answer {
    json(
        200,
        format!(
            r#"{{"items":[{{"id":"msg_u","role":"user","parts":[]}},
            {{"id":"msg_1","role":"assistant","parts":[{{"type":"text","text":"{text}"}}]}}]}}"#
        ),
    )
}

const BEGUN: &str = concat!(
    "data: {\"type\":\"start\",\"messageId\":\"msg_1\"}\n\n",
    "data: {\"type\":\"text-start\",\"id\":\"t\"}\n\n",
);

const WAITING: &str = concat!(
    "data: {\"type\":\"data-run-status\",\"id\":\"run-status\",",
    "\"data\":{\"stage\":\"waiting-capacity\"}}\n\n",
);

#[tokio::test(start_paused = true)]
async fn a_run_that_ends_without_a_word_is_noticed_although_the_stream_stays() {
    let reads = [thread("in_progress", 1), thread("failed", 40)];
    let server = Server::new(reads, [said("Error: lost")]).standing(BEGUN);
    let start = Instant::now();
    let mut run = server.ask().await;
    for _ in 0..2 {
        run.next().await.unwrap().unwrap();
    }
    assert!(run.next().await.is_none(), "the thread was seen at rest");
    assert_eq!(start.elapsed(), Duration::from_secs(30));
    let outcome = run.wait().await.unwrap();
    assert_eq!(outcome.thread.status, ThreadStatus::Failed);
    assert_eq!((outcome.text().as_str(), start.elapsed().as_secs()), ("Error: lost", 30));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_waits_for_its_turn_is_not_taken_for_one_at_its_end() {
    let old = || thread("completed", 0);
    let reads = [old(), old(), old(), thread("in_progress", 9), thread("completed", 10)];
    let server = Server::new(reads, [said("Done.")]).standing(WAITING);
    let start = Instant::now();
    let mut run = server.ask().await;
    assert_eq!(run.wait().await.unwrap().text(), "Done.");
    assert_eq!(start.elapsed(), Duration::from_secs(75));
}

#[tokio::test(start_paused = true)]
async fn a_thread_as_it_was_before_is_never_the_end() {
    let empty = json(200, r#"{"items":[]}"#);
    let server = Server::new([thread("completed", 0)], [empty]);
    let start = Instant::now();
    let mut run = server.ask().await.timeout(Duration::from_secs(600));
    let error = run.wait().await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed().as_secs()), (ErrorKind::Deadline, 600));
    assert_eq!(error.last_status(), Some("completed"));
}

#[tokio::test(start_paused = true)]
async fn an_ending_without_the_answer_is_read_again_but_not_for_ever() {
    let asked = || json(200, r#"{"items":[{"id":"msg_u","role":"user","parts":[]}]}"#);
    let server = Server::new([thread("completed", 5)], [asked(), asked(), said("Done.")]);
    assert_eq!(server.ask().await.wait().await.unwrap().text(), "Done.");
    let server = Server::new([thread("failed", 5)], [asked()]);
    let start = Instant::now();
    let outcome = server.ask().await.wait().await.unwrap();
    assert_eq!(outcome.thread.status, ThreadStatus::Failed);
    assert!(outcome.answer().is_none());
    assert_eq!(start.elapsed(), Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_a_run_that_is_followed_is_the_one_asked_for() {
    let server = Server::new([thread("in_progress", 1)], [said("")]).standing(BEGUN);
    let start = Instant::now();
    let mut run = server.ask().await.timeout(Duration::from_secs(600));
    let error = run.wait().await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed().as_secs()), (ErrorKind::Deadline, 600));
    assert_eq!(error.last_status(), Some("in_progress"));
    assert!(error.to_string().contains("still `in_progress` after 600s"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn where_no_further_stream_is_to_be_had_the_thread_is_read() {
    let refusal = Answer::Full(403, Vec::new(), "Not authorized".into());
    let cut =
        Answer::Full(200, vec![("content-type", "text/event-stream".into())], BEGUN.to_owned());
    let reads = [thread("in_progress", 1), thread("in_progress", 1), thread("completed", 2)];
    let server = Server::new(reads, [said("Done.")]).streams([cut, refusal]);
    assert_eq!(server.ask().await.wait().await.unwrap().text(), "Done.");
}

#[tokio::test(start_paused = true)]
async fn a_chunk_that_cannot_be_read_is_told_once_over_two_connections() {
    let events = |end: &str| {
        let text = format!("{BEGUN}data: {{\"type\":\"text-delta\",\"id\":7}}\n\n{end}");
        Answer::Full(200, vec![("content-type", "text/event-stream".into())], text)
    };
    let finish = "data: {\"type\":\"finish\"}\n\n";
    let reads = [thread("in_progress", 1), thread("completed", 2)];
    let server = Server::new(reads, [said("Done.")]).streams([events(""), events(finish)]);
    let mut run = server.ask().await;
    let mut told = Vec::new();
    while let Some(chunk) = run.next().await {
        told.push(match chunk {
            Ok(UiMessageChunk::Start(_)) => "start",
            Ok(UiMessageChunk::TextStart(_)) => "text-start",
            Ok(UiMessageChunk::Finish(_)) => "finish",
            Ok(_) => "other",
            Err(_) => "unreadable",
        });
    }
    assert_eq!(told, ["start", "text-start", "unreadable", "finish"]);
    assert_eq!(run.wait().await.unwrap().unreadable, 1);
}

#[tokio::test(start_paused = true)]
async fn a_question_just_answered_is_not_asked_again() {
    let list = |state: &str, more: &str| {
        let part = format!(
            r#"{{"type":"tool-user_ask","toolCallId":"c","state":"{state}","input":{{}}{more}}}"#
        );
        let message = format!(r#"{{"id":"msg_1","role":"assistant","parts":[{part}]}}"#);
        json(200, format!(r#"{{"items":[{message}]}}"#))
    };
    let asked = || list("input-available", "");
    let answered = list("output-available", r#","output":{"response":"Red"}"#);
    // The post has touched the thread, and its run has not begun.
    let reads = [
        thread("requires_action", 0),
        thread("requires_action", 1),
        thread("requires_action", 1),
        thread("completed", 2),
    ];
    let server = Server::new(reads, [asked(), asked(), asked(), answered]);
    let server = Server { others: Seam::new([json(202, r#"{"taskId":"thrd_1"}"#)]), ..server };
    let mut run = server.client().attach(Handle::new("thrd_1")).reply("Red").await.unwrap();
    let outcome = run.wait().await.unwrap();
    assert_eq!(outcome.thread.status, ThreadStatus::Completed);
    assert!(outcome.pending().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_message_without_a_time_keeps_its_place() {
    let asked =
        r#"{"id":"msg_u","role":"user","parts":[],"created_at":"2026-08-01T09:30:00.120Z"}"#;
    let done = r#"{"id":"msg_1","role":"assistant","parts":[{"type":"text","text":"Done."}]}"#;
    let list = json(200, format!(r#"{{"items":[{asked},{done}]}}"#));
    let server = Server::new([thread("completed", 5)], [list]);
    assert_eq!(server.ask().await.wait().await.unwrap().text(), "Done.");
}
