//! Runs that go on while clients watch, leave and come back.

use agent_threads_sandbox::modus::{Event, Script, Severity};
use futures_util::FutureExt;
use serde_json::json;

use super::caller::{Caller, events, opened, read_exactly, types, whole};

#[tokio::test]
async fn every_kind_of_event_comes_as_scripted() {
    let caller = Caller::start().await;
    let script = Script::reply("Hi")
        .notice("Slow", Severity::Info)
        .heartbeat()
        .tool_start(json!({ "name": "crm" }))
        .tool_end(json!({ "name": "crm" }))
        .reset("H")
        .unknown("agent_thinking")
        .raw(json!({ "type": "token", "content": null }))
        .event(Event::malformed());
    caller.modus.next_run(script);
    let stream = caller.create("run").await;
    assert_eq!(
        types(&stream),
        [
            "token",
            "notice",
            "heartbeat",
            "tool_start",
            "tool_end",
            "assistant_content_reset",
            "agent_thinking",
            "token",
            "token",
            "done"
        ]
    );
    assert_eq!(
        events(&stream)[9],
        json!({ "type": "done", "runId": "run", "threadId": "agent_0_session-1" })
    );
}

#[tokio::test]
async fn data_that_is_not_json_and_data_of_several_lines_come_as_scripted() {
    let caller = Caller::start().await;
    let script = Script::new()
        .event(Event::data("[DONE]").without_id())
        .event(Event::data("{\"type\":\n\"heartbeat\"}").without_id())
        .event(Event::data(&b"\xff"[..]).without_id());
    caller.modus.next_run(script.breaks_off());
    let expected = &b"data: [DONE]\n\ndata: {\"type\":\ndata: \"heartbeat\"}\n\ndata: \xff\n\n"[..];
    assert_eq!(caller.create("run").await, expected);
}

#[tokio::test]
async fn each_ending_closes_the_stream_in_its_own_way() {
    let caller = Caller::start().await;
    for (script, last) in [
        (Script::reply("a"), r#"{"type":"done","runId":"0","threadId":"agent_0_session-1"}"#),
        (Script::reply("a").fails("no"), r#"{"type":"error","error":"no"}"#),
        (
            Script::reply("a").cancelled(),
            r#"{"type":"cancelled","runIds":["2"],"timestamp":1717000000001}"#,
        ),
        (Script::reply("a").times_out(), r#"{"type":"stream_timeout"}"#),
        (Script::reply("a").breaks_off(), r#"{"type":"token","content":"a"}"#),
    ] {
        caller.modus.next_run(script);
        let id = caller.modus.run_ids().len().to_string();
        let stream = caller.create(&id).await;
        assert_eq!(
            std::str::from_utf8(&stream).unwrap().lines().rev().nth(1).unwrap(),
            format!("data: {last}")
        );
    }
}

#[tokio::test]
async fn a_held_run_delivers_what_is_released_to_every_watcher() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("a ").hold().text("b c"));
    let mut one = opened(caller.creating("run")).await;
    let mut other = opened(caller.watching("run")).await;
    let wire = caller.wire("run");
    let frames: Vec<_> = std::str::from_utf8(&wire).unwrap().split_inclusive("\n\n").collect();
    let run = caller.modus.run("run").unwrap();

    for stream in [&mut one, &mut other] {
        read_exactly(stream, frames[0].as_bytes()).await;
    }
    assert!(one.chunk().now_or_never().is_none());
    run.release(2);
    for stream in [&mut one, &mut other] {
        read_exactly(stream, frames[1..3].concat().as_bytes()).await;
    }
    assert!(other.chunk().now_or_never().is_none());
    run.release_all();
    for stream in [&mut one, &mut other] {
        read_exactly(stream, frames[3].as_bytes()).await;
        assert_eq!(stream.chunk().await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_client_that_leaves_is_noticed_and_the_run_goes_on() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("a ").hold().text("b"));
    assert_eq!(caller.modus.open_streams(), 0);
    let mut first = opened(caller.creating("run")).await;
    let second = opened(caller.watching("run")).await;
    assert_eq!(caller.modus.open_streams(), 2);
    assert!(first.chunk().await.unwrap().is_some());

    drop(first);
    caller.modus.wait_for_open_streams(1).await;
    drop(second);
    caller.modus.wait_for_open_streams(0).await;

    caller.modus.run("run").unwrap().release_all();
    let rest = whole(caller.watching("run").header("Last-Event-ID", "1717000000000-0")).await;
    assert_eq!(types(&rest), ["token", "done"]);
    assert_eq!(whole(caller.watching("run")).await, caller.wire("run"));
    caller.modus.wait_for_open_streams(0).await;
}

#[tokio::test]
async fn a_run_that_never_ends_stays_open_after_its_last_event() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::new().event(Event::done("run")).never_ends());
    let mut stream = opened(caller.creating("run")).await;
    read_exactly(&mut stream, &caller.wire("run")).await;
    assert!(stream.chunk().now_or_never().is_none());
    assert_eq!(caller.modus.open_streams(), 1);
    drop(stream);
    caller.modus.wait_for_open_streams(0).await;
}

#[tokio::test]
async fn a_long_run_comes_whole_and_in_order() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::new().tokens((0..20_000).map(|token| format!("{token} "))));
    let stream = caller.create("run").await;
    assert_eq!(stream, caller.wire("run"));
    assert!(
        events(&stream)[..20_000]
            .iter()
            .enumerate()
            .all(|(i, event)| event["content"] == format!("{i} "))
    );
}
