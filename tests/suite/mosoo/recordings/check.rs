//! What must hold of an exchange.

use super::{
    compare::loss,
    exchange::{Body, Exchange},
    form::Form,
    play::{Outcome, Sent},
};
use agent_threads_mosoo::{Error, ErrorKind};
use serde_json::Value;
use std::time::Duration;

/// The operations whose calls carry a key even where the caller gives none.
const KEYED: [&str; 2] = ["/threads", "/events"];

/// The request that left the client is the recorded one. A key that was not recorded is the client's own.
pub(super) fn request(exchange: &Exchange, sent: &Sent) {
    let id = &exchange.id;
    assert_eq!(sent.method, exchange.method, "{id}");
    let target = sent.url.as_str().strip_prefix("https://mosoo.example").unwrap();
    assert_eq!(target, exchange.target, "{id}");
    let header = |name: &str| sent.headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!(header("authorization"), exchange.header("authorization"), "{id}");
    let keyed = exchange.method == "POST" && KEYED.iter().any(|end| target.ends_with(end));
    match exchange.header("idempotency-key") {
        None if keyed => assert!(header("idempotency-key").is_some(), "{id}"),
        recorded => assert_eq!(header("idempotency-key"), recorded, "{id}"),
    }
    body(exchange, sent);
    let expected = ["accept", "authorization", "content-length", "content-type", "idempotency-key"];
    for name in sent.headers.keys().map(|name| name.as_str()).filter(|name| *name != "user-agent") {
        assert!(expected.contains(&name), "{id}: the header {name} was not recorded");
    }
}

fn body(exchange: &Exchange, sent: &Sent) {
    let id = &exchange.id;
    let content_type = sent.headers.get("content-type").map(|value| value.to_str().unwrap());
    match &exchange.body {
        Body::None => assert_eq!((content_type, sent.body.as_str()), (None, ""), "{id}"),
        Body::Json(json) => {
            assert_eq!(content_type, exchange.header("content-type"), "{id}");
            assert_eq!(&serde_json::from_str::<Value>(&sent.body).unwrap(), json, "{id}");
        }
        Body::Raw(raw) => {
            let boundary =
                content_type.and_then(|t| t.strip_prefix("multipart/form-data; boundary="));
            let boundary = format!("--{}\r\n", boundary.expect("a form").trim_matches('"'));
            assert!(sent.body.starts_with(&boundary), "{id}: {}", sent.body);
            assert_eq!(Form::parse(&sent.body), Form::parse(raw), "{id}: {}", sent.body);
        }
    }
}

/// The recorded answer was read without loss, or as the error that it is. Tells which.
pub(super) fn answer(exchange: &Exchange, outcome: &Outcome) -> &'static str {
    let (id, answer) = (&exchange.id, &exchange.answer);
    match outcome {
        Outcome::Json(status, read) => {
            assert_eq!(*status, answer.status, "{id}");
            assert_eq!(loss(&answer.json, read), None, "{id}");
            "answers"
        }
        Outcome::File { bytes, name, content_type } => {
            assert_eq!(bytes, &answer.bytes, "{id}");
            let header = |name: &str| answer.headers.iter().find(|(known, _)| known == name);
            let (_, disposition) = header("content-disposition").unwrap();
            let expected = disposition.split('"').nth(1);
            assert_eq!(name.as_deref(), expected, "{id}");
            assert_eq!(
                content_type.as_ref(),
                header("content-type").map(|(_, value)| value),
                "{id}"
            );
            "files"
        }
        Outcome::Events(events, end) => {
            stream(exchange, events);
            // It was the recording client that closed the connection.
            assert_eq!(end.kind(), ErrorKind::Interrupted, "{id}");
            "streams"
        }
        Outcome::Failed(error) => {
            failure(exchange, error);
            "errors"
        }
    }
}

fn stream(exchange: &Exchange, events: &[(String, Value)]) {
    let raw = std::str::from_utf8(&exchange.answer.bytes).unwrap();
    let blocks = raw.split("\n\n").filter(|block| block.starts_with("event: thread.event"));
    let recorded: Vec<_> = blocks.collect();
    assert_eq!(events.len(), recorded.len(), "{}", exchange.id);
    for (block, (event_id, read)) in recorded.iter().zip(events) {
        let line = |start: &str| block.lines().find_map(|line| line.strip_prefix(start)).unwrap();
        let data: Value = serde_json::from_str(line("data: ")).unwrap();
        assert_eq!(loss(&data, read), None, "{}", exchange.id);
        assert_eq!(line("id: "), event_id, "{}", exchange.id);
    }
}

/// Status, code, message and the pause that the server asks for.
fn failure(exchange: &Exchange, error: &Error) {
    let (id, answer) = (&exchange.id, &exchange.answer);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(answer.status), "{id}: {error}");
    assert!(!(200..300).contains(&answer.status), "{id}: {error}");
    let body = &answer.json["error"];
    assert_eq!(error.code(), body["code"].as_str(), "{id}");
    assert_eq!(error.message(), body["message"].as_str().or(body.as_str()), "{id}");
    let pause = answer.headers.iter().find(|(name, _)| name == "retry-after");
    let pause = pause.map(|(_, seconds)| Duration::from_secs(seconds.parse().unwrap()));
    assert_eq!(error.retry_after(), pause, "{id}");
}
