//! Connections that are lost, at every place where they can be.

use super::{all, client, start, task};
use agent_threads_modus::{Client, Error, ErrorKind, types::RunEvent};
use agent_threads_sandbox::{
    Fault,
    modus::{Event, Modus, Script, Target},
    sse::{Delivery, LineEnd, StreamFault},
};
use std::{collections::HashSet, time::Duration};

/// A run of so many events, the last of which is `done`. Some characters are of more than one byte.
fn numbered(events: usize) -> Script {
    Script::new().tokens((1..events).map(|n| format!("{n}ü ")))
}

fn numbered_text(events: usize) -> Vec<String> {
    (1..events).map(|n| format!("{n}ü ")).chain(["done".to_owned()]).collect()
}

fn long() -> Script {
    numbered(200)
}

fn long_text() -> Vec<String> {
    numbered_text(200)
}

/// What is delivered of a numbered run whose first connection has this fault.
async fn delivered_through(
    (modus, client): (&Modus, &Client),
    events: usize,
    fault: StreamFault,
) -> Vec<String> {
    modus.next_run(numbered(events));
    modus.fault(Target::CreateRun, Fault::stream(fault));
    all(&mut client.run(task(modus))).await
}

/// Cuts the first connection after each byte of the stream in turn.
async fn cut_at_every_byte(events: usize) {
    let (_sandbox, modus, mine) = start().await;
    modus.next_run(numbered(events));
    let mut whole = mine.run(task(&modus)).key("whole");
    assert_eq!(all(&mut whole).await, numbered_text(events));
    let bytes = modus.wire("whole").unwrap().len();
    let (mut lost, mut repeated) = (0, 0);
    for cut in 0..bytes {
        let fault = StreamFault::new().cut_after_bytes(cut);
        let delivered = delivered_through((&modus, &mine), events, fault).await;
        let unique: HashSet<_> = delivered.iter().collect();
        repeated += delivered.len() - unique.len();
        lost += numbered_text(events).iter().filter(|event| !unique.contains(event)).count();
        assert_eq!(delivered, numbered_text(events), "cut after {cut} of {bytes} bytes");
    }
    println!("{bytes} cuts of {events} events: {lost} events lost, {repeated} repeated");
    assert_eq!((lost, repeated), (0, 0));
}

#[tokio::test]
async fn a_cut_at_every_byte_loses_nothing_and_repeats_nothing() {
    cut_at_every_byte(20).await;
}

#[tokio::test]
#[ignore = "takes a while: cargo test --release -p agent-threads-tests -- --ignored every_byte_of_a_long --nocapture"]
async fn a_cut_at_every_byte_of_a_long_stream_loses_nothing_and_repeats_nothing() {
    cut_at_every_byte(200).await;
}

#[tokio::test]
async fn a_clean_end_at_every_event_is_a_lost_connection() {
    let (_sandbox, modus, mine) = start().await;
    for events in 0..30 {
        let delivered =
            delivered_through((&modus, &mine), 30, StreamFault::new().end_after_events(events))
                .await;
        assert_eq!(delivered, numbered_text(30), "ended after {events} events");
    }
}

#[tokio::test]
async fn the_run_goes_on_by_get_after_the_last_event_delivered() {
    let (_sandbox, modus, mine) = start().await;
    modus.fault(Target::CreateRun, Fault::stream(StreamFault::new().cut_after_events(2)));
    modus.fault(Target::StreamRun, Fault::stream(StreamFault::new().cut_after_events(1)));
    modus.next_run(Script::new().tokens(["a", "b", "c", "d"]));
    let mut run = mine.run(task(&modus)).key("job-1");
    assert_eq!(all(&mut run).await, ["a", "b", "c", "d", "done"]);
    let asked: Vec<_> = modus
        .requests()
        .iter()
        .map(|request| {
            let cursor = request.header("last-event-id").map(str::to_owned);
            (request.method.to_string(), request.path.clone(), cursor)
        })
        .collect();
    let read = "/agent/runs/job-1/stream".to_owned();
    let expected = [
        ("POST".to_owned(), "/agent/runs".to_owned(), None),
        ("GET".to_owned(), read.clone(), Some("1717000000001-0".to_owned())),
        ("GET".to_owned(), read, Some("1717000000002-0".to_owned())),
    ];
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn a_handle_stored_at_every_event_goes_on_with_the_next() {
    let (_sandbox, modus, mine) = start().await;
    modus.next_run(numbered(30));
    let mut run = mine.run(task(&modus));
    let mut handles = vec![run.handle()];
    while run.next().await.is_some() {
        handles.push(run.handle());
    }
    for (taken, handle) in handles.into_iter().enumerate() {
        let rest = all(&mut mine.attach(handle)).await;
        // The handle of the end brings the last event again: without it the outcome could not be had.
        assert_eq!(rest, numbered_text(30)[taken.min(29)..]);
    }
}

#[tokio::test]
async fn repeated_events_are_delivered_once() {
    let (_sandbox, modus, mine) = start().await;
    for fault in [
        StreamFault::new().repeat_all(),
        StreamFault::new().repeat(0),
        StreamFault::new().repeat(150),
    ] {
        assert_eq!(delivered_through((&modus, &mine), 200, fault).await, long_text());
    }
}

#[tokio::test]
async fn the_form_of_the_stream_makes_no_difference() {
    let forms = [
        Delivery::new().line_end(LineEnd::Cr),
        Delivery::new().line_end(LineEnd::CrLf),
        Delivery::new().bom(),
        Delivery::new().without_spaces(),
        Delivery::new().chunks_of(1).bom().line_end(LineEnd::CrLf),
        Delivery::new().chunks_of(1).line_end(LineEnd::Cr),
        Delivery::new().chunks_of(7),
    ];
    for form in forms {
        let (_sandbox, modus, mine) = start().await;
        modus.set_delivery(form.clone());
        modus.next_run(long());
        assert_eq!(all(&mut mine.run(task(&modus))).await, long_text(), "{form:?}");
    }
}

#[tokio::test]
async fn a_stalled_stream_is_taken_up_elsewhere() {
    let (_sandbox, modus, mine) = start().await;
    let mine = mine.with(|settings| settings.stall_timeout(Duration::from_millis(20)));
    for fault in
        [StreamFault::new().stall_after_events(3), StreamFault::new().stall_after_bytes(77)]
    {
        modus.next_run(long());
        modus.fault(Target::CreateRun, Fault::stream(fault));
        assert_eq!(all(&mut mine.run(task(&modus))).await, long_text());
    }
}

/// The first error of a run, after its first event.
async fn first_error(modus: &Modus) -> Error {
    modus.next_run(Script::new().tokens(["a", "b"]));
    let mut run = client(modus).run(task(modus));
    assert!(matches!(run.next().await, Some(Ok(RunEvent::Token(_)))));
    let error = run.next().await.unwrap().unwrap_err();
    assert!(run.next().await.is_none(), "a run whose events have ended stays so");
    error
}

#[tokio::test]
async fn a_server_that_accepts_and_drops_for_ever_is_given_up_with_attempts_and_cursor() {
    for fault in [StreamFault::new().cut_after_bytes(0), StreamFault::new().end_after_events(0)] {
        let (_sandbox, modus, _) = start().await;
        modus.fault(Target::CreateRun, Fault::stream(StreamFault::new().cut_after_events(1)));
        modus.fault(Target::StreamRun, Fault::stream(fault).always());
        let error = first_error(&modus).await;
        assert!(matches!(error.kind(), ErrorKind::Transport | ErrorKind::Interrupted), "{error}");
        assert_eq!((error.attempts(), error.last_event_id()), (4, Some("1717000000000-0")));
        assert_eq!(modus.requests().len(), 4);
    }
}

#[tokio::test]
async fn a_cursor_that_has_expired_is_an_error_with_the_cursor() {
    let (_sandbox, modus, _) = start().await;
    modus.fault(Target::CreateRun, Fault::stream(StreamFault::new().cut_after_events(1)));
    modus.fault(Target::StreamRun, Fault::status(404));
    let error = first_error(&modus).await;
    assert!(error.is_not_found());
    assert_eq!(error.last_event_id(), Some("1717000000000-0"));
}

#[tokio::test]
async fn heartbeats_before_a_cut_do_not_stand_in_the_way() {
    let (_sandbox, modus, mine) = start().await;
    modus.next_run(Script::new().heartbeat().heartbeat().tokens(["a"]));
    modus.fault(Target::CreateRun, Fault::stream(StreamFault::new().cut_after_events(2)));
    assert_eq!(all(&mut mine.run(task(&modus))).await, ["a", "done"]);
}

#[tokio::test]
async fn events_of_no_id_do_not_move_the_cursor() {
    let (_sandbox, modus, mine) = start().await;
    modus
        .next_run(Script::new().tokens(["a"]).event(Event::heartbeat().without_id()).tokens(["b"]));
    modus.fault(Target::CreateRun, Fault::stream(StreamFault::new().cut_after_events(2)));
    assert_eq!(all(&mut mine.run(task(&modus))).await, ["a", "b", "done"]);
}
