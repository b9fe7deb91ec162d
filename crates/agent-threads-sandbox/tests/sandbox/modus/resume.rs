//! Watching a run from any event on.

use agent_threads_sandbox::modus::{Event, Script};
use agent_threads_sandbox::sse::Frame;
use bytes::Bytes;

use super::caller::{Caller, refused, whole};

async fn watch_after(caller: &Caller, cursor: &str) -> Bytes {
    whole(caller.watching("run").header("Last-Event-ID", cursor)).await
}

#[tokio::test]
async fn a_stream_goes_on_after_each_event_of_a_run() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("a b c d"));
    let all = caller.create("run").await;
    let frames: Vec<_> =
        std::str::from_utf8(&all).unwrap().split_inclusive("\n\n").map(str::to_owned).collect();
    let ids = caller.modus.run("run").unwrap().event_ids();
    assert_eq!(ids.len(), 5);
    assert_eq!((ids[0].as_str(), ids[4].as_str()), ("1717000000000-0", "1717000000004-0"));
    for (index, id) in ids.iter().enumerate() {
        assert_eq!(watch_after(&caller, id).await, frames[index + 1..].concat());
    }
}

#[tokio::test]
async fn without_a_cursor_and_at_zero_a_run_is_replayed_whole() {
    let caller = Caller::start().await;
    let all = caller.create("run").await;
    assert_eq!(caller.wire("run"), all);
    assert_eq!(whole(caller.watching("run")).await, all);
    for cursor in ["0", "0-0", "", "1716999999999-7"] {
        assert_eq!(watch_after(&caller, cursor).await, all, "{cursor:?}");
    }
    assert_eq!(watch_after(&caller, "9999999999999-0").await, "");
    refused(caller.watching("run").header("Last-Event-ID", "last"), 400, "BAD_REQUEST").await;
}

#[tokio::test]
async fn what_has_no_id_is_replayed_in_its_place() {
    let caller = Caller::start().await;
    let script = Script::reply("a")
        .heartbeat()
        .comment("keep-alive")
        .ends_with(Event::error("no").without_id());
    caller.modus.next_run(script);
    let rest = "data: {\"type\":\"heartbeat\"}\n\n: keep-alive\n\ndata: {\"type\":\"error\",\"error\":\"no\"}\n\n";
    let all = caller.create("run").await;
    assert!(all.ends_with(rest.as_bytes()));
    assert_eq!(watch_after(&caller, "1717000000000-0").await, rest);
}

#[tokio::test]
async fn ids_of_a_scripts_own_are_cursors_as_well() {
    let caller = Caller::start().await;
    let script = Script::new()
        .event(Event::token("a").with_id("one"))
        .frame(Frame::only_id("two"))
        .event(Event::token("b").with_id("three"));
    caller.modus.next_run(script.breaks_off());
    caller.create("run").await;
    let rest = "id: three\ndata: {\"type\":\"token\",\"content\":\"b\"}\n\n";
    assert_eq!(watch_after(&caller, "two").await, rest);
    assert_eq!(watch_after(&caller, "one").await, format!("id: two\n\n{rest}"));
}

#[tokio::test]
async fn a_cursor_older_than_what_is_retained_is_refused_as_set() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("a b c"));
    caller.create("run").await;
    let run = caller.modus.run("run").unwrap();
    let ids = run.event_ids();
    let rest = watch_after(&caller, &ids[1]).await;
    run.forget(2);

    let expired = || caller.watching("run").header("Last-Event-ID", &ids[0]);
    refused(expired(), 404, "NOT_FOUND").await;
    caller.modus.set_expired_status(410);
    refused(expired(), 410, "GONE").await;
    assert_eq!(watch_after(&caller, &ids[1]).await, rest);
    assert_eq!(whole(caller.watching("run")).await, rest);
}
