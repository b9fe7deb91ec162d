//! JSON that is made to hurt: too deep, too large, said twice, cut in its characters. It ends in an error that says where,
//! or is kept as it came, and in nothing else.

use super::operations::ready;
use crate::support::{
    all_text,
    seam::{Answer, Seam, json as answer},
};
use agent_threads_core::{Error, ErrorKind};
use agent_threads_deco_studio as deco;
use agent_threads_modus as modus;
use agent_threads_octavus::{
    Client,
    types::{Thread, UiMessagePart},
};
use futures::StreamExt as _;
use serde_json::{Value, json};

/// serde_json's own limit, which its documentation gives.
const DEPTH: usize = 128;

async fn thread(body: impl Into<String>) -> Result<Thread, Error> {
    let seam = Seam::new([answer(200, body.into())]);
    ready::<Client>(&seam).build().unwrap().get_thread("a", "t").await
}

/// A thread with one more field, and with a part in its only message.
fn body(more: &str, part: &str) -> String {
    format!(
        r#"{{"threadId":"t","status":"running","messages":[{{"id":"m","role":"assistant","status":"done","parts":[{part}],
            "createdAt":"2026-03-04T10:00:01Z"}}]{more}}}"#
    )
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

fn nested_objects(depth: usize) -> String {
    format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth))
}

/// That it is an error of decoding, in one short line that repeats nothing of the body.
#[track_caller]
fn is_undecodable<T: std::fmt::Debug>(result: Result<T, Error>, what: &str) -> Error {
    let error = result.expect_err(what);
    assert_eq!(error.kind(), ErrorKind::Decode, "{what}: {error}");
    let text = all_text(&error);
    assert!(text.len() < 3000 && !error.to_string().contains('\n'), "{what}: {text}");
    error
}

#[tokio::test]
async fn an_answer_nested_too_deep_is_an_error_and_no_overflow() {
    for depth in [DEPTH, 200_000] {
        for deep in
            [nested(depth), nested_objects(depth), "[".repeat(depth), r#"{"a":"#.repeat(depth)]
        {
            is_undecodable(thread(deep.as_str()).await, "the whole answer");
            let part = format!(r#"{{"type":"later","a":{deep}}}"#);
            is_undecodable(thread(body("", &part)).await, "a part that is kept");
        }
    }
}

#[tokio::test]
async fn what_is_passed_over_may_be_as_deep_as_it_likes() {
    for deep in [nested(200_000), nested_objects(100_000)] {
        thread(body(&format!(r#","later":{deep}"#), "")).await.unwrap();
    }
}

#[tokio::test]
async fn the_deepest_value_that_is_read_can_be_copied_compared_written_shown_and_dropped() {
    let part = |depth| format!(r#"{{"type":"later","a":{}}}"#, nested(depth));
    let mut deepest = None;
    for depth in (0..DEPTH).rev() {
        if let Ok(thread) = thread(body("", &part(depth))).await {
            deepest = Some((depth, thread));
            break;
        }
    }
    let (depth, thread) = deepest.unwrap();
    assert!(depth > 100, "{depth}");
    let UiMessagePart::Unknown(unknown) = &thread.messages[0].parts[0] else {
        panic!("{thread:?}")
    };
    let copy = unknown.clone();
    assert_eq!(copy, *unknown);
    assert_eq!(serde_json::to_string(&copy).unwrap().matches('[').count(), depth);
    assert!(format!("{copy:?}").len() > depth);
}

#[tokio::test]
async fn an_error_body_nested_too_deep_keeps_its_status() {
    for deep in [nested(100_000), nested_objects(40_000), "[".repeat(1_000_000)] {
        let seam = Seam::new([answer(402, format!(r#"{{"error":{deep}}}"#))]);
        let error = ready::<Client>(&seam).build().unwrap().get_agent("a").await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), 402);
        assert_eq!((error.message(), error.code()), (None, None));
        // 256 KiB is what the documentation of `raw_body` promises at most.
        assert!(error.raw_body().unwrap().len() <= 256 << 10);
        assert!(error.decode::<Value>().is_err());
    }
}

/// A stream of Modus with these data, each an event, and its end.
async fn events(data: &[String]) -> Vec<Result<modus::types::RunEvent, Error>> {
    let events = data.iter().map(|data| format!("data: {data}\n\n")).collect::<String>();
    let done = "data: {\"type\":\"done\",\"runId\":\"r\"}\n\n";
    let headers = vec![("content-type", "text/event-stream".to_owned())];
    let seam = Seam::new([Answer::Full(200, headers, events + done)]);
    let client: modus::Client = ready(&seam).build().unwrap();
    let mut events: Vec<_> = client.watch_run("r").events().collect().await;
    assert!(matches!(events.pop(), Some(Ok(modus::types::RunEvent::Done(_)))), "it goes on");
    events
}

#[tokio::test]
async fn an_event_nested_too_deep_is_one_error_and_the_stream_goes_on() {
    let kept = |deep: String| format!(r#"{{"type":"later","a":{deep}}}"#);
    let read = events(&[nested(DEPTH), kept(nested(100_000)), nested_objects(100_000)]).await;
    assert_eq!(read.len(), 3);
    for event in read {
        is_undecodable(event, "an event");
    }
}

/// The input of a tool call comes in pieces of JSON text; a model may write anything there.
#[test]
fn the_input_of_a_tool_nested_too_deep_is_put_together_without_overflow() {
    use deco::types::UiMessageChunk;
    let chunk = |chunk: Value| serde_json::from_value::<UiMessageChunk>(chunk).unwrap();
    for piece in ["[", r#"{"a":"#, r#"{"a":["#] {
        let mut assembler = deco::Assembler::new();
        assembler
            .push(&chunk(json!({ "type": "tool-input-start", "toolCallId": "c", "toolName": "t" })))
            .unwrap();
        for _ in 0..50 {
            let delta = piece.repeat(200);
            let delta =
                json!({ "type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": delta });
            assembler.push(&chunk(delta)).unwrap();
        }
        let message = assembler.message();
        serde_json::to_string(&message.clone()).unwrap();
    }
}

fn file(size: &str) -> String {
    body("", &format!(r#"{{"type":"file","id":"f","mediaType":"a/b","url":"u","size":{size}}}"#))
}

#[tokio::test]
async fn a_number_that_is_no_integer_of_its_field_is_an_error_that_does_not_repeat_it() {
    let digits = "9".repeat(1 << 20);
    for size in [
        "1e400",
        "-1e400",
        "1e309",
        "18446744073709551616",
        "9223372036854775808",
        "-9223372036854775809",
        "1.5",
        &digits,
        &format!("0.5{digits}"),
        &format!("1e{digits}"),
        "01",
        "+1",
        "0x10",
        "NaN",
        "Infinity",
        "-",
        "1.",
        ".5",
        "1e",
        "\"1\"",
    ] {
        let error = is_undecodable(thread(file(size)).await, &size[..size.len().min(20)]);
        assert!(!error.to_string().contains("99999"), "{error}");
    }
}

#[tokio::test]
async fn integers_are_read_however_they_are_written() {
    for (size, expected) in [
        ("-0", 0),
        ("0", 0),
        ("42.0", 42),
        ("4.2e1", 42),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
    ] {
        let thread = thread(file(size)).await.unwrap();
        let UiMessagePart::File(part) = &thread.messages[0].parts[0] else { panic!("{thread:?}") };
        assert_eq!(part.size, Some(expected), "{size}");
    }
}

#[tokio::test]
async fn a_number_beyond_a_double_is_passed_over_but_cannot_be_kept() {
    let digits = "9".repeat(1 << 20);
    for number in ["1e400", digits.as_str(), "-1e999999999999"] {
        thread(body(&format!(r#","later":{number}"#), "")).await.unwrap();
        let part = format!(r#"{{"type":"later","a":{number}}}"#);
        is_undecodable(thread(body("", &part)).await, "a part that is kept");
    }
}

#[tokio::test]
async fn a_name_that_comes_twice_is_an_error_in_a_struct() {
    let twice = r#"{"threadId":"a","status":"running","messages":[],"threadId":"b"}"#;
    let error = is_undecodable(thread(twice).await, "twice");
    assert!(error.to_string().contains("duplicate field `threadId`"), "{error}");
}

/// Of a name that comes twice in what is kept, the last counts, as with `JSON.parse` and every map.
#[tokio::test]
async fn of_a_name_that_comes_twice_in_what_is_kept_the_last_counts() {
    let kept = r#"{"type":"later","a":1,"a":2}"#;
    let thread = thread(body("", kept)).await.unwrap();
    let UiMessagePart::Unknown(unknown) = &thread.messages[0].parts[0] else {
        panic!("{thread:?}")
    };
    assert_eq!(*unknown.json(), json!({ "type": "later", "a": 2 }));
    let part: deco::types::UiPart =
        serde_json::from_str(r#"{"type":"text","text":"a","x":1,"text":"b","x":2}"#).unwrap();
    assert_eq!(serde_json::to_value(part).unwrap(), json!({ "type": "text", "text": "b", "x": 2 }));
}

/// Of a tag that comes twice the first chooses the member, and what is kept says no other kind than what chose it.
#[tokio::test]
async fn a_tag_that_comes_twice_chooses_one_kind_and_that_is_what_it_is() {
    for (part, kind) in [
        (r#"{"type":"first","a":1,"type":"second"}"#, "first"),
        (r#"{"a":1,"type":"first","type":"second"}"#, "first"),
    ] {
        let thread = thread(body("", part)).await.unwrap();
        let UiMessagePart::Unknown(unknown) = &thread.messages[0].parts[0] else {
            panic!("{thread:?}")
        };
        assert_eq!((unknown.kind(), &unknown.json()["type"]), (kind, &json!(kind)), "{part}");
    }
}

#[tokio::test]
async fn text_that_is_no_json_is_an_error_with_its_bytes() {
    let good = r#"{"threadId":"t","status":"running","messages":[]}"#;
    thread(good).await.unwrap();
    for bad in [
        String::new(),
        " \n".into(),
        "null".into(),
        "<html>".into(),
        format!("\u{feff}{good}"),
        format!("{good} more"),
        format!("{good}{good}"),
        format!("{good}\0"),
        good.replace("\"t\"", "\"\0\""),
        good.replace("\"t\"", "\"a\nb\""),
        good.replace("\"t\"", r#""\ud800""#),
        good.replace("\"t\"", r#""\udc00\ud800""#),
        good.replace("\"t\"", r#""\ud800\u0041""#),
        good.replace("\"t\"", r#""\x41""#),
        good.replace('"', "'"),
    ] {
        let shown = format!("{bad:?}");
        let error = is_undecodable(thread(bad.as_str()).await, &shown);
        assert_eq!(error.raw_body().unwrap(), bad.as_bytes());
    }
}

#[tokio::test]
async fn a_string_may_hold_any_character_and_be_long() {
    let long = "x".repeat(8 << 20);
    for (wire, read) in [("\\u0000", "\0"), ("\\ud83d\\ude00", "\u{1f600}"), (&*long, &*long)] {
        let body = format!(r#"{{"threadId":"{wire}","status":"running","messages":[]}}"#);
        assert!(thread(body).await.unwrap().thread_id == read);
    }
    let message = "\\u0000\\n\\u001b[2J\\u202e".to_owned() + &long;
    let seam = Seam::new([answer(402, format!(r#"{{"error":"{}"}}"#, &message[..4000]))]);
    let error = ready::<Client>(&seam).build().unwrap().get_agent("a").await.unwrap_err();
    assert!(error.to_string().len() < 600 && !error.to_string().contains(char::is_control));
}
