//! Answers of JSON, as the main calls of each vendor read them.

use crate::{
    json,
    seam::{Answer, World},
    vendors::written_and_read,
};
use agent_threads_core::{Error, ErrorKind};
use agent_threads_octavus::types::{Thread, UiMessagePart};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::fmt::Debug;

/// The first byte says what was asked; the rest is the answer.
///
/// It is read, or it is an error that says so; and written in another way it is read in the same way.
pub fn check(input: &[u8]) {
    let (which, body) = input.split_first().unwrap_or((&0, &[]));
    match which {
        b'A' => check_call(body, async |world| world.modus.poll_run_events("r").await),
        b'B' => check_call(body, async |world| world.modus.list_active_runs().await),
        b'C' => check_call(body, async |world| world.modus.get_workflow(7).await),
        b'D' => check_call(body, async |world| world.mosoo.get_thread("t").await),
        b'E' => check_call(body, async |world| world.mosoo.list_events("t").await),
        b'F' => check_call(body, async |world| world.mosoo.get_file("f").await),
        b'G' => check_call(body, async |world| world.middesk.get_run("r").await),
        b'H' => check_call(body, async |world| world.middesk.list_runs().await),
        b'I' => check_call(body, async |world| world.middesk.get_thread("t").await),
        b'J' => check_call(body, async |world| world.deco_studio.get_thread("t").await),
        b'K' => check_call(body, async |world| world.deco_studio.list_queue("t").await),
        b'L' => check_call(body, async |world| world.deco_studio.get_agent("a").await),
        _ => check_call(body, async |world| world.octavus.get_agent("a").await),
    }
}

/// Octavus: a thread with its messages. Each part whose type is known is read as that, each other is kept.
pub fn octavus(input: &[u8]) {
    let call = async |world: &World| world.octavus.get_thread("a", "t").await;
    check_call(input, call);
    if let (Ok(thread), Some(json)) = (read(input, call), unambiguous(input)) {
        check_parts(&thread, &json);
        // What a thread says of itself.
        let _ = (thread.text(), thread.answer(), thread.started(), thread.completed());
    }
}

const PARTS: [&str; 10] = [
    "text",
    "reasoning",
    "tool-call",
    "operation",
    "source",
    "file",
    "object",
    "todo",
    "worker",
    "step-start",
];

fn check_parts(thread: &Thread, json: &Value) {
    for (message, json) in thread.messages.iter().zip(list(&json["messages"])) {
        for (part, json) in message.parts.iter().zip(list(&json["parts"])) {
            let kind = json["type"].as_str().unwrap_or_default();
            assert_eq!(part.kind(), kind);
            match part {
                UiMessagePart::Unknown(unknown) => {
                    assert!(!PARTS.contains(&kind), "{kind}");
                    assert_eq!(unknown.json(), json);
                }
                _ => assert!(PARTS.contains(&kind), "{kind}"),
            }
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn check_call<T>(body: &[u8], call: impl AsyncFn(&World) -> Result<T, Error> + Copy)
where
    T: Debug + PartialEq + Serialize + DeserializeOwned,
{
    let one = read(body, call);
    match &one {
        Ok(value) => written_and_read(value),
        Err(error) => assert!(
            matches!(error.kind(), ErrorKind::Decode | ErrorKind::Status | ErrorKind::Transport),
            "{error:?}"
        ),
    }
    let Some(value) = unambiguous(body) else { return };
    let two = read(json::rewritten(&value).as_bytes(), call);
    match (&one, &two) {
        (Ok(one), Ok(two)) => assert_eq!(one, two),
        (Err(one), Err(two)) => assert_eq!(one.kind(), two.kind()),
        _ => panic!("{one:?}\n{two:?}"),
    }
}

fn read<T>(body: &[u8], call: impl AsyncFn(&World) -> Result<T, Error>) -> Result<T, Error> {
    World::run([Answer::json(body)], call).0
}

fn unambiguous(body: &[u8]) -> Option<Value> {
    json::unambiguous(std::str::from_utf8(body).ok()?)
}
