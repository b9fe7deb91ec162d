//! What a client sees of each way in which a stream breaks.

use agent_threads_sandbox::Fault;
use agent_threads_sandbox::modus::{Event, Script, Target};
use agent_threads_sandbox::sse::{Delivery, Frame, StreamFault};
use futures_util::FutureExt;

use super::caller::{Caller, header, opened, read_exactly, types, whole};

/// A run of five events: four tokens and `done`.
async fn with_run() -> Caller {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("a b c d"));
    caller.create("run").await;
    caller
}

fn frames(wire: &[u8]) -> Vec<&str> {
    std::str::from_utf8(wire).unwrap().split_inclusive("\n\n").collect()
}

#[tokio::test]
async fn a_stream_can_be_cut_at_every_byte() {
    let caller = with_run().await;
    let wire = caller.wire("run");
    for bytes in 0..=wire.len() {
        caller.modus.fault(Target::StreamRun, StreamFault::new().cut_after_bytes(bytes));
        let answer = caller.exchange_watch("run").await;
        assert!(answer.head.starts_with("HTTP/1.1 200 OK\r\n"), "{}", answer.head);
        assert_eq!(answer.body(), wire[..bytes]);
        assert!(!answer.complete, "cut after {bytes}");
    }
    assert!(caller.exchange_watch("run").await.complete);
}

#[tokio::test]
async fn the_cuts_of_any_answer_cut_a_stream_too() {
    let caller = with_run().await;
    let wire = caller.wire("run");
    for bytes in [0, 1, 100, wire.len()] {
        caller.modus.fault(Target::StreamRun, Fault::cut_after(bytes));
        let answer = caller.exchange_watch("run").await;
        assert_eq!((answer.body(), answer.complete), (wire[..bytes].to_vec(), false));
    }
    caller.modus.fault(Target::StreamRun, Fault::stall_after(30));
    let mut stream = opened(caller.watching("run")).await;
    read_exactly(&mut stream, &wire[..30]).await;
    assert!(stream.chunk().now_or_never().is_none());
    assert_eq!(caller.modus.open_streams(), 1);
}

#[tokio::test]
async fn a_stream_can_be_cut_or_ended_after_every_event() {
    let caller = with_run().await;
    let wire = caller.wire("run");
    let frames = frames(&wire);
    for events in 0..=frames.len() {
        for (fault, complete) in [
            (StreamFault::new().cut_after_events(events), false),
            (StreamFault::new().end_after_events(events), true),
        ] {
            caller.modus.fault(Target::StreamRun, fault);
            let answer = caller.exchange_watch("run").await;
            assert_eq!(answer.body(), frames[..events].concat().as_bytes());
            assert_eq!(answer.complete, complete, "after {events}");
        }
    }
    caller.modus.fault(Target::StreamRun, StreamFault::new().end_after_bytes(10));
    let answer = caller.exchange_watch("run").await;
    assert_eq!((answer.body(), answer.complete), (wire[..10].to_vec(), true));
}

#[tokio::test]
async fn a_cut_of_a_new_run_leaves_the_run_to_be_resumed() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("a b"));
    caller.modus.fault(Target::CreateRun, StreamFault::new().cut_after_events(1));
    let mut stream = opened(caller.creating("run")).await;
    let first = frames(&caller.wire("run"))[0].to_owned();
    read_exactly(&mut stream, first.as_bytes()).await;
    assert!(stream.chunk().await.is_err());
    let rest = whole(caller.watching("run").header("Last-Event-ID", "1717000000000-0")).await;
    assert_eq!(types(&rest), ["token", "done"]);
    assert_eq!(caller.modus.faults_left(), 0);
}

#[tokio::test]
async fn a_large_stream_comes_up_to_the_cut() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::new().tokens(["x".repeat(100_000)]));
    caller.create("run").await;
    caller.modus.fault(Target::StreamRun, StreamFault::new().cut_after_bytes(90_000));
    let answer = caller.exchange_watch("run").await;
    assert_eq!((answer.body().len(), answer.complete), (90_000, false));
}

#[tokio::test]
async fn a_stalled_stream_stays_open_until_the_client_leaves() {
    let caller = with_run().await;
    let wire = caller.wire("run");
    let two_frames = frames(&wire)[..2].concat();
    for (fault, expected) in [
        (StreamFault::new().stall_after_bytes(40), &wire[..40]),
        (StreamFault::new().stall_after_events(2), two_frames.as_bytes()),
        (StreamFault::new().stall_after_events(0), b""),
    ] {
        caller.modus.fault(Target::StreamRun, fault);
        let mut stream = opened(caller.watching("run")).await;
        read_exactly(&mut stream, expected).await;
        assert!(stream.chunk().now_or_never().is_none());
        assert_eq!(caller.modus.open_streams(), 1);
        drop(stream);
        caller.modus.wait_for_open_streams(0).await;
    }
}

#[tokio::test]
async fn events_can_be_repeated_inserted_and_made_unreadable() {
    let caller = with_run().await;
    let wire = caller.wire("run");
    let own = frames(&wire);
    let fault = StreamFault::new()
        .repeat(1)
        .insert(0, Event::of_type("ws_chunk", serde_json::json!({})))
        .insert(2, Event::malformed().with_id("1717000000001-5"))
        .insert(5, Frame::data("[DONE]"));
    caller.modus.fault(Target::StreamRun, fault);
    let expected = [
        "data: {\"type\":\"ws_chunk\"}\n\n",
        own[0],
        own[1],
        own[1],
        "id: 1717000000001-5\ndata: {\"type\":\"token\",\"content\":7}\n\n",
        own[2],
        own[3],
        own[4],
        "data: [DONE]\n\n",
    ];
    assert_eq!(whole(caller.watching("run")).await, expected.concat());

    caller.modus.fault(Target::StreamRun, StreamFault::new().repeat_all());
    assert_eq!(types(&whole(caller.watching("run")).await).len(), 10);

    caller.modus.fault(Target::StreamRun, StreamFault::new().bad_utf8(0).end_after_events(1));
    let expected =
        &b"id: 1717000000000-0\ndata: {\"type\":\"token\",\"content\":\"a \xff\"}\n\n"[..];
    assert_eq!(whole(caller.watching("run")).await, expected);
}

#[tokio::test]
async fn endless_streams_go_on_for_as_long_as_the_client_reads() {
    const ENOUGH: usize = 4 * 1024 * 1024;
    let caller = with_run().await;
    let first = frames(&caller.wire("run"))[0].to_owned();
    for (fault, then, enough) in [
        (StreamFault::new().endless_line_after(1), "data: xxx", ENOUGH),
        (StreamFault::new().endless_event_after(1), "data: xxx", ENOUGH),
        (StreamFault::new().endless_comments_after(1), ": keep-alive\n\n: ", ENOUGH / 20),
    ] {
        caller.modus.fault(Target::StreamRun, fault);
        let mut stream = opened(caller.watching("run")).await;
        let mut seen = Vec::new();
        while seen.len() < enough {
            seen.extend_from_slice(&stream.chunk().await.unwrap().unwrap());
        }
        let begin = format!("{first}{then}");
        assert!(seen.starts_with(begin.as_bytes()));
        drop(stream);
        caller.modus.wait_for_open_streams(0).await;
    }
}

#[tokio::test]
async fn a_stream_can_come_under_another_content_type() {
    let caller = with_run().await;
    for content_type in ["text/html", "application/json", "Text/Event-Stream; charset=utf-8"] {
        caller.modus.fault(Target::StreamRun, StreamFault::new().content_type(content_type));
        let answer = caller.watching("run").send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "content-type")),
            (200, Some(content_type))
        );
        assert_eq!(answer.bytes().await.unwrap(), caller.wire("run"));
    }
}

#[tokio::test]
async fn faults_of_streams_can_be_skipped_repeated_and_combined() {
    let caller = with_run().await;
    let wire = caller.wire("run");
    let cut = StreamFault::new().delivered(Delivery::new().bom().chunks_of(3)).cut_after_bytes(10);
    caller.modus.fault(Target::Any, Fault::from(cut).skip(1).times(2).header("x-extra", "1"));
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(caller.exchange_watch("run").await);
    }
    let complete: Vec<_> = seen.iter().map(|answer| answer.complete).collect();
    assert_eq!(complete, [true, false, false, true]);
    assert_eq!(seen[1].body(), [b"\xef\xbb\xbf", &wire[..7]].concat());
    assert_eq!(seen[1].chunks[0].len(), 3);
    assert!(seen[1].head.contains("x-extra: 1\r\n"));
}

#[tokio::test]
async fn an_answer_that_is_no_stream_is_not_touched_by_a_streams_fault() {
    let caller = Caller::start().await;
    caller.modus.fault(Target::StreamRun, StreamFault::new().cut_after_bytes(0));
    super::caller::refused(caller.watching("nothing"), 404, "NOT_FOUND").await;
    assert_eq!(caller.modus.faults_left(), 0);
}
