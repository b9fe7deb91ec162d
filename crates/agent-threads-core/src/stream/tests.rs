//! Streams over a scripted transport, with the clock paused.

mod budget;
mod ends;
mod replays;
mod standing;

use super::*;
use crate::{
    BoxFuture, ClientBuilder, ErrorKind, Phase, RetryPolicy, Settings, Transport, TransportError,
    open::Unknown,
    tagged::{ReadMember, Tagged},
    testing::{Acme, GET, KEYED},
};
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Deserializer};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, advance};

#[derive(Debug, PartialEq)]
enum Said {
    Word(Word),
    Ping,
    Done,
    Unknown(Unknown),
}

#[derive(Debug, Deserialize, PartialEq)]
struct Word {
    text: String,
}

impl Tagged for Said {
    const TAG: &'static str = "type";

    fn reader<'de, D: Deserializer<'de>>(kind: &str) -> Option<ReadMember<'de, Self, D>> {
        #[derive(Deserialize)]
        struct Done {
            #[serde(default, rename = "code")]
            _code: Option<u8>,
        }
        Some(match kind {
            "word" => |_, object| Word::deserialize(object).map(Self::Word),
            "ping" => |_, object| serde::de::IgnoredAny::deserialize(object).map(|_| Self::Ping),
            "done" => |_, object| Done::deserialize(object).map(|_| Self::Done),
            _ => return None,
        })
    }

    fn unknown(value: Unknown) -> Self {
        Self::Unknown(value)
    }
}

impl StreamEvent for Said {
    const TERMINAL: &'static [&'static str] = &["done"];
    const KEEPALIVE: &'static [&'static str] = &["ping"];

    fn read(event: &crate::sse::Event<'_>) -> Reading<Self> {
        read_tagged(event)
    }

    fn tag(&self) -> &str {
        match self {
            Self::Word(_) => "word",
            Self::Ping => "ping",
            Self::Done => "done",
            Self::Unknown(unknown) => unknown.kind(),
        }
    }
}

/// A part of an answer's body, which ends cleanly after the last one.
#[derive(Clone)]
enum Part {
    Text(String),
    After(u64, String),
    Breaks,
    /// Breaks after so many milliseconds.
    CutAfter(u64),
    Hangs,
}

#[derive(Clone)]
enum Answer {
    Stream(Vec<Part>),
    /// The head comes after so many seconds.
    Late(u64),
    /// 503 with this `Retry-After`.
    Asks(&'static str),
    /// A redirect to this place.
    Moved(&'static str),
    Other(u16, &'static str, &'static str),
    Fails(Phase),
}

/// Numbered words, each an event with an id.
fn words(range: std::ops::RangeInclusive<u32>) -> String {
    range.map(|n| format!("id: {n}\ndata: {{\"type\":\"word\",\"text\":\"w{n}\"}}\n\n")).collect()
}

const DONE: &str = "id: 99\ndata: {\"type\":\"done\"}\n\n";
const PING: &str = "data: {\"type\":\"ping\"}\n\n";

fn text(text: impl Into<String>) -> Part {
    Part::Text(text.into())
}

/// Milliseconds since the start, method, cursor.
type Sent = (u64, String, Option<String>);

/// Plays answers in order, the last one for ever.
#[derive(Clone)]
struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    polled: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    start: Instant,
}

impl Script {
    fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self {
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            sent: Arc::default(),
            polled: Arc::default(),
            open: Arc::default(),
            start: Instant::now(),
        }
    }

    fn core(&self, change: impl FnOnce(Settings) -> Settings) -> Core {
        let retry = RetryPolicy::default().jitter(false);
        let builder = ClientBuilder::<Acme>::new().token("t").transport(self.clone()).retry(retry);
        builder.settings(change).build().unwrap().0
    }

    /// A stream that begins with GET and goes on with `Last-Event-ID`.
    fn get(&self) -> EventStream<Said> {
        self.core(|settings| settings).events(&GET, Ok(request("GET"))).resumable()
    }

    /// A stream that begins with POST.
    fn post(&self, keyed: bool) -> EventStream<Said> {
        let mut request = request("POST");
        if keyed {
            request.headers_mut().insert("idempotency-key", "k".parse().unwrap());
        }
        self.core(|settings| settings).events(&KEYED, Ok(request))
    }

    /// Method and cursor of each request.
    fn sent(&self) -> Vec<(String, Option<String>)> {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|(_, method, cursor)| (method.clone(), cursor.clone())).collect()
    }

    fn cursors(&self) -> Vec<Option<String>> {
        self.sent().into_iter().map(|(_, cursor)| cursor).collect()
    }

    /// Milliseconds since the start at which each request was sent.
    fn times(&self) -> Vec<u64> {
        self.sent.lock().unwrap().iter().map(|(at, ..)| *at).collect()
    }
}

fn request(method: &str) -> Request {
    Request::new(method.parse().unwrap(), "https://acme.example/runs".parse().unwrap())
}

impl Transport for Script {
    fn send(
        &self,
        request: Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let cursor = request.headers().get("last-event-id");
        let cursor = cursor.map(|id| id.to_str().unwrap().to_owned());
        let at = u64::try_from(self.start.elapsed().as_millis()).unwrap();
        self.sent.lock().unwrap().push((at, request.method().to_string(), cursor));
        assert_eq!(request.headers()["accept"], "text/event-stream");
        let mut answers = self.answers.lock().unwrap();
        let answer = match answers.len() {
            1 => answers[0].clone(),
            _ => answers.pop_front().unwrap(),
        };
        let late = match &answer {
            Answer::Late(seconds) => Some(*seconds),
            _ => None,
        };
        let answer = match answer {
            Answer::Late(_) => Ok(respond(200, "text/event-stream", self.body(vec![text(DONE)]))),
            Answer::Asks(pause) => Ok(with_header(503, "retry-after", pause)),
            Answer::Moved(to) => Ok(with_header(307, "location", to)),
            Answer::Stream(parts) => {
                Ok(respond(200, "text/event-stream; charset=utf-8", self.body(parts)))
            }
            Answer::Other(status, content_type, body) => {
                Ok(respond(status, content_type, body.into()))
            }
            Answer::Fails(phase) => Err(TransportError::new(phase, "scripted")),
        };
        Box::pin(async move {
            if let Some(seconds) = late {
                sleep(Duration::from_secs(seconds)).await;
            }
            answer
        })
    }
}

/// Counts down when a body is dropped.
struct Guard(Arc<AtomicUsize>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Script {
    fn body(&self, parts: Vec<Part>) -> Body {
        self.open.fetch_add(1, Ordering::SeqCst);
        let (guard, polled) = (Guard(Arc::clone(&self.open)), Arc::clone(&self.polled));
        Body::from_stream(stream::iter(parts).then(move |part| {
            let _held = &guard;
            polled.fetch_add(1, Ordering::SeqCst);
            async move {
                match part {
                    Part::Text(text) => Ok(text.into()),
                    Part::After(seconds, text) => {
                        sleep(Duration::from_secs(seconds)).await;
                        Ok(text.into())
                    }
                    Part::Breaks => Err(TransportError::new(Phase::Body, "scripted")),
                    Part::CutAfter(milliseconds) => {
                        sleep(Duration::from_millis(milliseconds)).await;
                        Err(TransportError::new(Phase::Body, "scripted"))
                    }
                    Part::Hangs => std::future::pending().await,
                }
            }
        }))
    }
}

fn respond(status: u16, content_type: &str, body: Body) -> http::Response<Body> {
    let response = http::Response::builder().status(status).header("content-type", content_type);
    response.body(body).unwrap()
}

fn with_header(status: u16, name: &str, value: &str) -> http::Response<Body> {
    http::Response::builder().status(status).header(name, value).body("".into()).unwrap()
}

/// All that a stream delivers, as short text.
async fn all(mut stream: EventStream<Said>) -> Vec<String> {
    let mut said = Vec::new();
    while let Some(item) = stream.next().await {
        said.push(match item {
            Ok(Said::Word(word)) => word.text,
            Ok(event) => event.tag().to_owned(),
            Err(error) => format!("{:?}", error.kind()),
        });
    }
    assert!(stream.next().await.is_none(), "a stream that has ended stays so");
    said
}

fn numbered(range: std::ops::RangeInclusive<u32>) -> Vec<String> {
    range.map(|n| format!("w{n}")).chain(["done".to_owned()]).collect()
}

#[tokio::test(start_paused = true)]
async fn events_come_in_order_and_end_with_the_terminal_one() {
    let script =
        Script::new([Answer::Stream(vec![text(words(1..=3)), text(DONE), text(words(4..=5))])]);
    assert_eq!(all(script.get()).await, numbered(1..=3));
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_is_taken_up_after_the_last_event_delivered() {
    for end in [vec![Part::Breaks], vec![], vec![text("id: 3\ndata: {\"type\":\"wo"), Part::Breaks]]
    {
        let mut first = vec![text(words(1..=2))];
        first.extend(end);
        let script = Script::new([
            Answer::Stream(first),
            Answer::Stream(vec![text(words(3..=4)), text(DONE)]),
        ]);
        assert_eq!(all(script.get()).await, numbered(1..=4));
        assert_eq!(script.cursors(), [None, Some("2".into())]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_cursor_is_that_of_the_last_event_the_consumer_has() {
    let script = Script::new([Answer::Stream(vec![text(words(1..=3)), Part::Hangs])]);
    let mut stream = script.get();
    assert_eq!(stream.last_event_id(), "");
    stream.next().await.unwrap().unwrap();
    assert_eq!(stream.last_event_id(), "1");
    let mut stream = stream.with_ids();
    let next = stream.next().await.unwrap().unwrap();
    assert_eq!((next.id.as_str(), next.event.tag()), ("2", "word"));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_drops_is_given_up_by_policy() {
    let script = Script::new([
        Answer::Stream(vec![text(words(1..=1)), Part::Breaks]),
        Answer::Stream(vec![text(": hi\n\n"), text(PING)]),
    ]);
    let mut stream = script.get();
    stream.next().await.unwrap().unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Interrupted, 4));
    assert_eq!(error.last_event_id(), Some("1"));
    assert_eq!(script.times(), [0, 500, 1500, 3500]);
    let shown = error.to_string();
    assert!(shown.contains("(last event 1) (after 4 attempts)"), "{shown}");
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn attempts_are_counted_anew_from_each_event_delivered() {
    let mut answers: Vec<_> =
        (1..=20).map(|n| Answer::Stream(vec![text(words(n..=n)), Part::Breaks])).collect();
    answers.push(Answer::Stream(vec![text(DONE)]));
    let script = Script::new(answers);
    assert_eq!(all(script.get()).await, numbered(1..=20));
    assert_eq!(script.sent().len(), 21);
}

#[tokio::test(start_paused = true)]
async fn a_post_is_sent_again_before_the_first_event_and_only_with_its_key() {
    let answers = [
        Answer::Fails(Phase::Exchange),
        Answer::Stream(vec![Part::Breaks]),
        Answer::Stream(vec![text(words(1..=1)), text(DONE)]),
    ];
    let script = Script::new(answers.clone());
    assert_eq!(all(script.post(true)).await, numbered(1..=1));
    assert_eq!(script.sent().len(), 3);

    let script = Script::new(answers);
    assert_eq!(all(script.post(false)).await, ["Transport"]);
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_post_is_never_sent_again_after_an_event() {
    let script = Script::new([Answer::Stream(vec![text(words(1..=2)), Part::Breaks])]);
    assert_eq!(all(script.post(true)).await, ["w1", "w2", "Transport"]);
    assert_eq!(script.sent().len(), 1);
}

struct ByGet;

impl Reconnect for ByGet {
    fn request(&self, last_event_id: &str) -> Result<(&'static Operation, Request), Error> {
        let mut request = request("GET");
        request.headers_mut().insert("last-event-id", last_event_id.parse().unwrap());
        Ok((&GET, request))
    }

    fn is_repeat(&self, id: &str, last: &str) -> bool {
        id.parse::<u32>().unwrap() <= last.parse().unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn a_post_goes_on_by_get_and_repeats_are_dropped() {
    let script = Script::new([
        Answer::Stream(vec![text(words(1..=2)), text(words(2..=2)), Part::Breaks]),
        Answer::Stream(vec![text(words(1..=4)), text(DONE)]),
    ]);
    assert_eq!(all(script.post(true).reconnect_by(ByGet)).await, numbered(1..=4));
    assert_eq!(script.sent(), [("POST".into(), None), ("GET".into(), Some("2".into()))]);
}

#[tokio::test(start_paused = true)]
async fn without_ids_a_stream_cannot_go_on_once_an_event_has_come() {
    let word = "data: {\"type\":\"word\",\"text\":\"a\"}\n\n";
    let script = Script::new([Answer::Stream(vec![text(word), Part::Breaks])]);
    assert_eq!(all(script.get()).await, ["a", "Transport"]);
}

#[tokio::test(start_paused = true)]
async fn one_event_that_cannot_be_read_is_one_error_and_moves_the_cursor() {
    let bad = [
        "id: 2\ndata: not json\n\n",
        "id: 2\ndata: {\"type\":\"word\",\"text\":5}\n\n",
        "id: 2\ndata: {\"type\":\"word\"\ndata: \n\n",
    ];
    for bad in bad {
        let script = Script::new([
            Answer::Stream(vec![text(words(1..=1)), text(bad), Part::Breaks]),
            Answer::Stream(vec![text(words(3..=3)), text(DONE)]),
        ]);
        assert_eq!(all(script.get()).await, ["w1", "Decode", "w3", "done"]);
        assert_eq!(script.cursors(), [None, Some("2".into())]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_terminal_event_that_cannot_be_read_is_the_end_all_the_same() {
    let bad = "id: 2\ndata: {\"type\":\"done\",\"code\":\"x\"}\n\n";
    let script = Script::new([Answer::Stream(vec![text(words(1..=1)), text(bad)])]);
    assert_eq!(all(script.get()).await, ["w1", "Decode"]);
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn unknown_events_and_events_without_a_type_are_delivered_whole() {
    let odd =
        "id: 1\ndata: {\"type\":\"dance\",\"steps\":[1]}\n\nid: 2\ndata: {\"text\":\"a\"}\n\n";
    let script = Script::new([Answer::Stream(vec![text(odd), text(DONE)])]);
    let mut stream = script.get();
    for expected in
        [serde_json::json!({"type":"dance","steps":[1]}), serde_json::json!({"text":"a"})]
    {
        let Said::Unknown(unknown) = stream.next().await.unwrap().unwrap() else { panic!() };
        assert_eq!(*unknown.json(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn keepalives_are_shown_on_request_and_the_end_mark_never() {
    let parts =
        vec![text(PING), text(words(1..=1)), text("data: [DONE]\n\n"), text(PING), text(DONE)];
    let script = Script::new([Answer::Stream(parts)]);
    assert_eq!(all(script.get()).await, numbered(1..=1));
    assert_eq!(all(script.get().with_keepalives()).await, ["ping", "w1", "ping", "done"]);
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_lost_connection_and_any_byte_ends_it() {
    let slow = |part: &str| Part::After(299, part.to_owned());
    let script = Script::new([
        Answer::Stream(vec![
            slow(": still here\n"),
            slow("\n"),
            slow(PING),
            slow(&words(1..=1)),
            Part::Hangs,
        ]),
        Answer::Stream(vec![text(DONE)]),
    ]);
    assert_eq!(all(script.get()).await, numbered(1..=1));
    assert_eq!(script.times(), [0, 4 * 299_000 + 300_000 + 500]);
}

#[tokio::test(start_paused = true)]
async fn silence_for_ever_ends_the_stream_by_policy() {
    let script = Script::new([Answer::Stream(vec![Part::Hangs])]);
    let stream = script.core(|settings| settings.stall_timeout(Duration::from_secs(10)));
    let mut stream = stream.events::<Said>(&GET, Ok(request("GET"))).resumable();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 4));
    assert_eq!(script.times(), [0, 10_500, 21_500, 33_500]);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_is_late_is_waited_for_as_long_as_silence_is() {
    let script = Script::new([Answer::Late(299)]);
    assert_eq!(all(script.get()).await, ["done"]);
    assert_eq!(script.sent().len(), 1);
    let script = Script::new([Answer::Late(301), Answer::Late(0)]);
    assert_eq!(all(script.get()).await, ["done"]);
    assert_eq!(script.times(), [0, 300_500]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_consumer_is_no_silence() {
    let script =
        Script::new([Answer::Stream(vec![text(words(1..=1)), text(words(2..=2)), text(DONE)])]);
    let mut stream = script.get();
    stream.next().await.unwrap().unwrap();
    advance(Duration::from_secs(100_000)).await;
    stream.next().await.unwrap().unwrap();
    advance(Duration::from_secs(100_000)).await;
    assert_eq!(stream.next().await.unwrap().unwrap(), Said::Done);
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_read_ahead_of_the_consumer() {
    let parts = (1..=100).map(|n| text(words(n..=n))).chain([text(DONE)]).collect();
    let script = Script::new([Answer::Stream(parts)]);
    let mut stream = script.get();
    assert_eq!(script.sent().len(), 0, "nothing is sent before the first poll");
    for taken in 1..=10 {
        stream.next().await.unwrap().unwrap();
        assert_eq!(script.polled.load(Ordering::SeqCst), taken);
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_a_stream_or_its_end_drops_the_connection() {
    let script = Script::new([Answer::Stream(vec![text(words(1..=1)), text(DONE), Part::Hangs])]);
    let mut stream = script.get();
    stream.opened().await.unwrap();
    assert_eq!(script.open.load(Ordering::SeqCst), 1);
    drop(stream);
    assert_eq!(script.open.load(Ordering::SeqCst), 0);
    let mut stream = script.get();
    while stream.next().await.is_some() {}
    assert_eq!(
        script.open.load(Ordering::SeqCst),
        0,
        "at the end, though the stream is still there"
    );
}

#[tokio::test(start_paused = true)]
async fn a_next_that_is_dropped_loses_nothing() {
    let parts = vec![
        text("id: 1\ndata: {\"type\":\"word\","),
        Part::After(5, "\"text\":\"w1\"}\n\n".into()),
        text(DONE),
    ];
    let script = Script::new([Answer::Stream(parts)]);
    let mut stream = script.get();
    for _ in 0..4 {
        assert!(tokio::time::timeout(Duration::from_secs(1), stream.next()).await.is_err());
    }
    assert_eq!(all(stream).await, numbered(1..=1));
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn opened_resolves_with_the_head_and_fails_with_the_cause() {
    let script =
        Script::new([Answer::Other(503, "text/plain", ""), Answer::Stream(vec![Part::Hangs])]);
    let mut stream = script.get();
    stream.opened().await.unwrap();
    stream.opened().await.unwrap();
    assert_eq!(script.times(), [0, 500]);

    let script = Script::new([Answer::Other(401, "application/json", r#"{"error":"no"}"#)]);
    let error = script.get().opened().await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Status, Some("no")));
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_stream_is_an_error_that_says_what_came() {
    let answers = [
        Answer::Other(200, "application/json", r#"{"runId":"r1"}"#),
        Answer::Other(200, "text/html", "<html>"),
        Answer::Other(204, "text/event-stream", ""),
        Answer::Other(201, "text/event-stream", ""),
    ];
    for answer in answers {
        let script = Script::new([answer]);
        let error = script.get().next().await.unwrap().unwrap_err();
        assert_eq!((error.kind(), script.sent().len()), (ErrorKind::NotAStream, 1));
    }
    let script = Script::new([Answer::Other(200, "application/json", r#"{"runId":"r1"}"#)]);
    let error = script.get().next().await.unwrap().unwrap_err();
    assert!(error.to_string().contains("`application/json`"), "{error}");
    assert_eq!(error.raw_body().unwrap(), r#"{"runId":"r1"}"#);
}

#[tokio::test(start_paused = true)]
async fn an_event_over_the_limit_ends_the_stream() {
    let endless = (0..100_000).map(|_| text("x".repeat(64))).collect();
    let script = Script::new([Answer::Stream(endless)]);
    let limits = sse_limits(1 << 10);
    let core = script.core(|settings| settings.sse_limits(limits));
    let mut stream = core.events::<Said>(&GET, Ok(request("GET"))).resumable();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    assert!(script.polled.load(Ordering::SeqCst) < 20);
    assert!(stream.next().await.is_none());
    assert_eq!(script.sent().len(), 1);
}

fn sse_limits(bytes: usize) -> crate::sse::Limits {
    crate::sse::Limits { line: bytes, event: bytes }
}

#[tokio::test(start_paused = true)]
async fn the_servers_reconnection_time_lengthens_the_pause() {
    let asks = format!("retry: 7000\n\n{}", words(1..=1));
    let script = Script::new([Answer::Stream(vec![text(asks)]), Answer::Stream(vec![text(DONE)])]);
    assert_eq!(all(script.get()).await, numbered(1..=1));
    assert_eq!(script.times(), [0, 7000]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_on_the_way_ends_the_stream_with_the_cursor() {
    let gone = Answer::Other(404, "application/json", r#"{"error":"expired"}"#);
    let script = Script::new([Answer::Stream(vec![text(words(1..=2)), Part::Breaks]), gone]);
    let mut stream = script.get();
    stream.next().await.unwrap().unwrap();
    stream.next().await.unwrap().unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(error.is_not_found());
    assert_eq!((error.last_event_id(), error.attempts()), (Some("2"), 2));
}

#[tokio::test(start_paused = true)]
async fn a_stream_can_begin_behind_an_event_and_ends_at_once_when_there_is_no_more() {
    let script = Script::new([Answer::Stream(vec![text(DONE)])]);
    assert_eq!(all(script.get().after("41")).await, ["done"]);
    assert_eq!(script.cursors(), [Some("41".into())]);
}

/// A word without an id.
const GREETING: &str = "data: {\"type\":\"word\",\"text\":\"hello\"}\n\n";

#[tokio::test(start_paused = true)]
async fn what_has_no_id_is_not_delivered_again_with_what_is_replayed_around_it() {
    for inside in [GREETING, PING] {
        let replay =
            vec![text(words(1..=2)), text(inside), text(words(3..=6)), text(PING), text(DONE)];
        let script = Script::new([
            Answer::Stream(vec![
                text(words(1..=2)),
                text(inside),
                text(words(3..=5)),
                Part::Breaks,
            ]),
            Answer::Stream(replay),
        ]);
        let said = all(script.post(true).reconnect_by(ByGet).with_keepalives()).await;
        let once = if inside == PING { "ping" } else { "hello" };
        assert_eq!(said, ["w1", "w2", once, "w3", "w4", "w5", "w6", "ping", "done"]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_moves_nothing_is_no_reason_to_reconnect_for_ever() {
    let script = Script::new([
        Answer::Stream(vec![text(words(1..=1)), Part::Breaks]),
        Answer::Stream(vec![text(GREETING), Part::Breaks]),
    ]);
    assert_eq!(all(script.get()).await, ["w1", "hello", "hello", "hello", "Transport"]);
    assert_eq!(script.sent().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_last_event_does_not_move_the_cursor_so_that_it_can_be_had_again() {
    let script = Script::new([Answer::Stream(vec![text(words(1..=2)), text(DONE)])]);
    let mut stream = script.get();
    while stream.next().await.is_some() {}
    assert_eq!(stream.last_event_id(), "2");
}

#[tokio::test(start_paused = true)]
async fn an_id_that_no_header_can_carry_ends_a_lost_stream_instead_of_repeating_it() {
    for id in ["a\u{1}b".to_owned(), "9".repeat(9000)] {
        let odd = format!("id: {id}\ndata: {{\"type\":\"word\",\"text\":\"w2\"}}\n\n");
        let script =
            Script::new([Answer::Stream(vec![text(words(1..=1)), text(odd), Part::Breaks])]);
        assert_eq!(all(script.get()).await, ["w1", "w2", "Transport"]);
        assert_eq!(script.sent().len(), 1);
    }
    let script = Script::new([Answer::Stream(vec![text(DONE)])]);
    assert_eq!(all(script.get().after("stored\nwrongly")).await, ["InvalidRequest"]);
    assert!(script.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_pause_without_end_is_waited_for_and_not_added_up_to_a_panic() {
    let never = "99999999999999999999";
    let answers = [Answer::Other(503, "text/plain", ""), Answer::Asks(never)];
    let script = Script::new(answers);
    let retry = RetryPolicy::default().jitter(false).max_retry_after(Duration::MAX);
    let core = script.core(|settings| settings.retry(retry));
    let mut stream = core.events::<Said>(&GET, Ok(request("GET"))).resumable();
    let patience = Duration::from_secs(1_000_000);
    assert!(tokio::time::timeout(patience, stream.next()).await.is_err());
    assert_eq!(script.times(), [0, 500]);
}

#[tokio::test(start_paused = true)]
async fn the_cursor_goes_along_to_another_origin() {
    let moved = || Answer::Moved("https://eu.acme.example/runs?signature=1");
    let script = Script::new([
        moved(),
        Answer::Stream(vec![text(words(1..=2)), Part::Breaks]),
        moved(),
        Answer::Stream(vec![text(words(3..=3)), text(DONE)]),
    ]);
    assert_eq!(all(script.get()).await, numbered(1..=3));
    let two = || Some("2".to_owned());
    assert_eq!(script.cursors(), [None, None, two(), two()]);
}

#[tokio::test(start_paused = true)]
async fn an_error_tells_the_cursor_as_it_is_and_prints_it_on_one_line() {
    let id = "k".repeat(600);
    let word = format!("id: {id}\ndata: {{\"type\":\"word\",\"text\":\"a\"}}\n\n");
    let gone = Answer::Other(404, "text/plain", "");
    let script = Script::new([Answer::Stream(vec![text(word), Part::Breaks]), gone]);
    let mut stream = script.get();
    stream.next().await.unwrap().unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.last_event_id(), Some(id.as_str()));
    assert!(error.to_string().len() < 600, "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_reconnection_time_outlasts_its_connection() {
    let asks = format!("retry: 7000\n\n{}", words(1..=1));
    let script = Script::new([
        Answer::Stream(vec![text(asks)]),
        Answer::Stream(vec![text(words(2..=2))]),
        Answer::Stream(vec![text(DONE)]),
    ]);
    assert_eq!(all(script.get()).await, numbered(1..=2));
    assert_eq!(script.times(), [0, 7000, 14_000]);
}

#[tokio::test(start_paused = true)]
async fn an_event_without_data_is_a_sign_of_life_and_no_error() {
    let script = Script::new([
        Answer::Stream(vec![text("event: ping\ndata:\n\n"), Part::Breaks]),
        Answer::Stream(vec![text(words(1..=1)), text(DONE)]),
    ]);
    assert_eq!(all(script.post(true)).await, numbered(1..=1));
}
