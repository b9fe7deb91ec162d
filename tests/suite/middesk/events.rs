//! The events of a run, which begin anew with each connection.

use super::{quick, review, start};
use crate::support::{
    seam::{Answer, Seam, json},
    tcp::Raw,
};
use agent_threads_middesk::{
    Client, Events, Handle,
    types::{RunStatus, RunStreamEvent},
};
use agent_threads_sandbox::{
    Fault,
    middesk::{Artifact, Middesk, Script, Step, StreamEnd, Target},
    sse::{Delivery, Frame, LineEnd, StreamFault},
};
use std::time::Duration;

/// What is delivered: an event as its name, a snapshot with how many steps it has, an error as its kind.
async fn all(mut events: Events) -> Vec<String> {
    let mut delivered = Vec::new();
    while let Some(event) = events.next().await {
        delivered.push(match event {
            Ok(RunStreamEvent::StateSnapshot(snapshot)) => {
                format!("{} steps", snapshot.steps().len())
            }
            Ok(event) => event.kind().to_owned(),
            Err(error) => format!("{:?}", error.kind()),
        });
    }
    delivered
}

fn two_steps() -> Script {
    let steps = Step::activity("search").artifact(Artifact::new("A", "a"));
    Script::completes([]).step(steps).step(Step::activity("verify"))
}

/// What an unbroken stream of the script delivers.
async fn unbroken(middesk: &Middesk, client: &Client) -> Vec<String> {
    middesk.next_run(two_steps());
    all(review(middesk, client).await.events()).await
}

#[tokio::test]
async fn the_documented_events_are_delivered() {
    let (_sandbox, middesk, client) = start().await;
    let told = unbroken(&middesk, &client).await;
    assert_eq!(
        (told.first().unwrap().as_str(), told.last().unwrap().as_str()),
        ("RUN_STARTED", "RUN_FINISHED")
    );
    assert!(
        told.contains(&"1 steps".to_owned()) && told.contains(&"2 steps".to_owned()),
        "{told:?}"
    );

    middesk.next_run(two_steps());
    let run = review(&middesk, &client).await;
    let mut events = run.events();
    let mut last = None;
    while let Some(event) = events.next().await {
        let event = event.unwrap();
        assert_eq!(event.run_id(), Some(run.run_id()));
        if let RunStreamEvent::StateSnapshot(snapshot) = event {
            last = Some(snapshot);
        }
    }
    let last = last.unwrap();
    assert_eq!(last.status(), Some(RunStatus::Completed));
    assert_eq!(last.steps()[0].artifacts()[0].title, "A");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn the_layout_of_ag_ui_itself_is_read() {
    let (_sandbox, middesk, client) = start().await;
    let told = unbroken(&middesk, &client).await;
    middesk.set_ag_ui(true);
    assert_eq!(unbroken(&middesk, &client).await, told);
    let run = review(&middesk, &client).await;
    let first = run.events().next().await.unwrap().unwrap();
    assert_eq!(first.run_id(), Some(run.run_id()));
}

#[tokio::test]
async fn a_stream_is_read_in_whatever_form_it_comes() {
    let (_sandbox, middesk, client) = start().await;
    let told = unbroken(&middesk, &client).await;
    for delivery in [Delivery::new().line_end(LineEnd::CrLf), Delivery::new().chunks_of(1)] {
        middesk.set_delivery(delivery);
        assert_eq!(unbroken(&middesk, &client).await, told);
    }
}

#[tokio::test]
async fn what_was_delivered_is_not_delivered_again_after_a_cut_at_any_event() {
    let (_sandbox, middesk, client) = start().await;
    let told = unbroken(&middesk, &client).await;
    for events in 0..told.len() {
        for fault in [
            StreamFault::new().cut_after_events(events),
            StreamFault::new().end_after_events(events),
        ] {
            middesk.fault(Target::StreamRun, fault);
            assert_eq!(unbroken(&middesk, &client).await, told, "cut after {events}");
        }
    }
    // As many cuts as there are events, each further on.
    for events in 1..told.len() {
        middesk.fault(Target::StreamRun, StreamFault::new().cut_after_events(events));
    }
    assert_eq!(unbroken(&middesk, &client).await, told);
    assert_eq!(middesk.faults_left(), 0);
}

#[tokio::test]
async fn a_run_that_is_over_is_replayed_from_its_first_event_while_the_vendor_keeps_it() {
    let (_sandbox, middesk, client) = start().await;
    middesk.next_run(two_steps());
    let run = review(&middesk, &client).await;
    let told = all(run.events()).await;
    middesk.set_replays(1);
    assert_eq!(all(run.events()).await, told);
    let error = run.events().next().await.unwrap().unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn events_that_are_not_known_or_cannot_be_read_do_not_end_a_stream() {
    let (_sandbox, middesk, client) = start().await;
    let mut told = unbroken(&middesk, &client).await;
    let odd = StreamFault::new()
        .insert(1, Frame::data(r#"{"delta":"x"}"#).with_event("TEXT_MESSAGE_CONTENT"))
        .insert(1, Frame::data("no json").with_event("STATE_SNAPSHOT"));
    middesk.fault(Target::StreamRun, odd);
    told.splice(1..1, ["TEXT_MESSAGE_CONTENT".to_owned(), "Decode".to_owned()]);
    assert_eq!(unbroken(&middesk, &client).await, told);
}

#[tokio::test]
async fn a_failure_that_is_told_ends_the_stream() {
    let (_sandbox, middesk, client) = start().await;
    middesk.next_run(Script::fails().stream_end(StreamEnd::Error));
    let mut events = review(&middesk, &client).await.events();
    let mut last = None;
    while let Some(event) = events.next().await {
        last = Some(event.unwrap());
    }
    let Some(RunStreamEvent::RunError(failed)) = last else { panic!("{last:?}") };
    assert_eq!(failed.text(), "The run has failed");
}

#[tokio::test]
async fn a_stream_without_a_last_event_is_given_up_by_policy() {
    let (_sandbox, middesk, client) = start().await;
    middesk.next_run(Script::completes([]).stream_end(StreamEnd::Nothing));
    let run = review(&middesk, &client).await;
    let told = all(run.events()).await;
    assert_eq!(told.iter().filter(|told| *told == "RUN_STARTED").count(), 1);
    assert_eq!(told.last().unwrap(), "Interrupted");
    let streams = middesk.requests().into_iter().filter(|sent| sent.path.ends_with("/stream"));
    assert_eq!(streams.count(), 4);
    assert!(run.read().await.unwrap().status.is_terminal());
}

#[tokio::test]
async fn a_refusal_is_told_at_once_and_ends_the_stream() {
    let (_sandbox, middesk, client) = start().await;
    let run = review(&middesk, &client).await;
    middesk.fault(Target::StreamRun, Fault::status(403));
    assert_eq!(all(run.events()).await, ["Status"]);
    let unknown = client.attach(Handle::new("nothing"));
    assert!(unknown.events().next().await.unwrap().unwrap_err().is_not_found());
}

/// A server of raw bytes whose connections bring something else each time.
#[tokio::test]
async fn a_replay_that_differs_is_delivered_from_there_on() {
    let answer = |events: &[&str]| {
        let body: String = events
            .iter()
            .map(|event| {
                format!("event: STATE_SNAPSHOT\ndata: {{\"snapshot\":{{\"at\":\"{event}\"}}}}\n\n")
            })
            .collect();
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{body}"
        )
    };
    let last = answer(&["a", "c", "d"]) + "event: RUN_FINISHED\ndata: {}\n\n";
    let raw = Raw::start(&[
        &answer(&["a", "b", "a"]),
        &answer(&["a", "b"]),
        &answer(&["a", "c", "d", "e"]),
        &last,
    ])
    .await;
    let client = quick(Client::builder().base_url(raw.url()).token("mk_test_key"));
    let mut events = client.attach(Handle::new("r")).events();
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        told.push(match event.unwrap() {
            RunStreamEvent::StateSnapshot(snapshot) => {
                snapshot.snapshot.unwrap()["at"].as_str().unwrap().to_owned()
            }
            event => event.kind().to_owned(),
        });
    }
    assert_eq!(told, ["a", "b", "a", "c", "d", "e", "RUN_FINISHED"]);
    assert_eq!(raw.requests(), 4);
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_lost_connection() {
    let events = "event: RUN_STARTED\ndata: {}\n\n";
    let seam = Seam::new([Answer::StreamHangs(events.into()), json(404, "{}")]);
    let builder = Client::builder().base_url("https://middesk.example").token("mk_test_key");
    let client = builder.transport(seam.clone()).build().unwrap();
    let client = client.with(|settings| settings.stall_timeout(Duration::from_secs(60)));
    assert_eq!(all(client.attach(Handle::new("r")).events()).await, ["RUN_STARTED", "Status"]);
    assert_eq!(seam.sent().len(), 2);
    assert!(seam.times()[1] >= 60.0);
}
