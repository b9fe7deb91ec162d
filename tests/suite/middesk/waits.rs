//! Waiting until a run rests, under a paused clock.

use crate::support::seam::{Answer, Seam, Sent, json};
use agent_threads_middesk::{
    Body, BoxFuture, Client, ErrorKind, Handle, Phase, RetryPolicy, Run, Transport, TransportError,
    types::RunStatus,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// Two scripts: for reads, and for streams.
#[derive(Clone)]
struct Server {
    reads: Seam,
    streams: Seam,
}

impl Server {
    fn new(
        reads: impl IntoIterator<Item = Answer>,
        streams: impl IntoIterator<Item = Answer>,
    ) -> Self {
        Self { reads: Seam::new(reads), streams: Seam::new(streams) }
    }

    fn run(&self) -> Run {
        self.client(RetryPolicy::default().jitter(false)).attach(Handle::new("r"))
    }

    fn client(&self, retry: RetryPolicy) -> Client {
        let builder = Client::builder().base_url("https://middesk.example").token("mk_test_key");
        builder.transport(self.clone()).retry(retry).build().unwrap()
    }

    /// The queries of the reads.
    fn queries(&self) -> Vec<String> {
        let query =
            |sent: &Sent| sent.url.split_once('?').map_or("", |(_, query)| query).to_owned();
        self.reads.sent().iter().map(query).collect()
    }
}

impl Transport for Server {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        match request.url().path().ends_with("/stream") {
            true => self.streams.send(request),
            false => self.reads.send(request),
        }
    }
}

/// A run with nothing but what must be there, and more.
fn with(status: &str, more: &str) -> Answer {
    let times = r#""created_at":"2026-03-04T10:00:01Z","updated_at":"2026-03-04T10:00:01Z""#;
    json(200, format!(r#"{{"id":"r","status":"{status}",{times}{more}}}"#))
}

fn run(status: &str) -> Answer {
    with(status, "")
}

fn interrupted(ids: &[&str]) -> Answer {
    let interrupts: Vec<_> =
        ids.iter().map(|id| format!(r#"{{"id":"{id}","value":{{}}}}"#)).collect();
    with("interrupted", &format!(r#","interrupts":[{}]"#, interrupts.join(",")))
}

const STARTED: &str = "event: RUN_STARTED\ndata: {\"run_id\":\"r\"}\n\n";
const FINISHED: &str = "event: RUN_FINISHED\ndata: {\"run_id\":\"r\"}\n\n";

fn stream(events: &str) -> Answer {
    Answer::Full(200, vec![("content-type", "text/event-stream".into())], events.into())
}

/// A stream that stands, and brings nothing more.
fn standing() -> Answer {
    Answer::StreamHangs(STARTED.into())
}

#[tokio::test(start_paused = true)]
async fn a_run_that_rests_is_read_once_and_not_streamed() {
    for status in ["completed", "error", "failed", "interrupted"] {
        let server = Server::new([run(status)], [standing()]);
        let done = server.run().wait().timeout(Duration::ZERO).await.unwrap();
        assert_eq!(done.status.as_str(), status);
        assert_eq!((server.reads.times(), server.streams.sent().len()), (vec![0.0], 0));
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_stream_the_reads_are_regular() {
    let reads = || [run("running"), run("pending"), run("resting"), run("completed")];
    let server = Server::new(reads(), [standing()]);
    assert_eq!(server.run().wait().without_stream().await.unwrap().status, RunStatus::Completed);
    assert_eq!(
        (server.reads.times(), server.streams.sent().len()),
        (vec![0.0, 5.0, 10.0, 15.0], 0)
    );

    let server = Server::new(reads(), [standing()]);
    server.run().wait().without_stream().interval(Duration::from_secs(60)).await.unwrap();
    assert_eq!(server.reads.times(), [0.0, 60.0, 120.0, 180.0]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_cannot_be_had_is_noticed_by_one_more_read() {
    for refusal in [json(404, "{}"), json(200, "{}"), json(401, "{}")] {
        let server = Server::new(
            [run("running"), run("running"), run("running"), run("completed")],
            [refusal],
        );
        server.run().wait().await.unwrap();
        assert_eq!(
            (server.reads.times(), server.streams.sent().len()),
            (vec![0.0, 0.0, 5.0, 10.0], 1)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_run_is_read_at_once_when_the_stream_ends_and_its_last_event_decides_nothing() {
    let ends = [
        STARTED.to_owned() + FINISHED,
        STARTED.to_owned() + "event: RUN_ERROR\ndata: {\"message\":\"no\"}\n\n",
        "event: RUN_FINISHED\ndata: no json\n\n".to_owned(),
    ];
    for events in ends {
        for status in ["completed", "error", "interrupted"] {
            let server = Server::new([run("running"), run(status)], [stream(&events)]);
            assert_eq!(server.run().wait().await.unwrap().status.as_str(), status);
            assert_eq!(server.reads.times(), [0.0, 0.0]);
        }
        // The status is behind: the reads go on.
        let server =
            Server::new([run("running"), run("running"), run("completed")], [stream(&events)]);
        server.run().wait().await.unwrap();
        assert_eq!((server.reads.times(), server.streams.sent().len()), (vec![0.0, 0.0, 5.0], 1));
    }
}

#[tokio::test(start_paused = true)]
async fn while_a_stream_stands_the_reads_are_rarer_and_see_what_it_does_not_tell() {
    let server = Server::new(
        [run("running"), run("running"), run("running"), run("interrupted")],
        [standing()],
    );
    let done = server.run().wait().await.unwrap();
    assert_eq!(done.status, RunStatus::Interrupted);
    // The first pause begins before there is a stream.
    assert_eq!(
        (server.reads.times(), server.streams.sent().len()),
        (vec![0.0, 5.0, 35.0, 65.0], 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_is_opened_again_and_then_done_without() {
    let broken = stream(STARTED);
    let server = Server::new([run("running")], [broken]);
    let error = server.run().wait().timeout(Duration::from_secs(30)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(server.streams.times(), [0.0, 0.5, 1.5, 3.5]);
    assert_eq!(server.reads.times().last(), Some(&28.5), "every 5 s since the stream was given up");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_falls_silent_is_lost_and_the_run_read_at_once() {
    let reads = [run("running"), run("running"), run("running"), run("completed")];
    let server = Server::new(reads, [standing()]);
    let client = server.client(RetryPolicy::default());
    let client = client.with(|settings| settings.stall_timeout(Duration::from_secs(50)));
    client.attach(Handle::new("r")).wait().await.unwrap();
    assert_eq!(server.reads.times(), [0.0, 5.0, 35.0, 50.0]);
}

#[tokio::test(start_paused = true)]
async fn one_deadline_covers_reads_pauses_and_the_stream() {
    let hour = Duration::from_secs(60 * 60);
    let hanging = [Answer::Hangs, standing()];
    for streams in hanging {
        let server = Server::new([run("running")], [streams]);
        let start = Instant::now();
        let error = server.run().wait().await.unwrap_err();
        assert_eq!((error.kind(), start.elapsed()), (ErrorKind::Deadline, hour));
        assert_eq!(error.last_status(), Some("running"));
        let text = error.to_string();
        assert!(
            text.contains("run r is still `running` after 3600s") && text.contains("goes on"),
            "{text}"
        );
    }
    let server = Server::new([run("running"), Answer::Hangs], [json(404, "{}")]);
    let start = Instant::now();
    let error = server.run().wait().timeout(Duration::from_secs(7)).await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed().as_secs()), (ErrorKind::Deadline, 7));
}

#[tokio::test(start_paused = true)]
async fn a_wait_can_be_cancelled_while_a_stream_stands() {
    let server = Server::new([run("running")], [standing()]);
    let start = Instant::now();
    let wait = server.run().wait().cancel_on(sleep(Duration::from_secs(8)));
    let error = wait.await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed().as_secs()), (ErrorKind::Cancelled, 8));
}

#[tokio::test(start_paused = true)]
async fn failures_that_may_pass_are_survived_and_others_are_not() {
    let mut reads = vec![run("running")];
    reads.extend(vec![json(503, "{}"); 6]);
    reads.extend([Answer::Fails(Phase::Exchange), Answer::Breaks("{".into()), run("completed")]);
    let server = Server::new(reads, [standing()]);
    assert_eq!(server.run().wait().await.unwrap().status, RunStatus::Completed);

    for status in [401, 403, 404] {
        let server = Server::new([run("running"), json(status, "{}")], [standing()]);
        let error = server.run().wait().await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(server.reads.times(), [0.0, 5.0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_that_cannot_be_read_hides_neither_the_way_nor_the_end() {
    let odd = |status| with(status, r#","steps":"odd","output":7"#);
    let server = Server::new([odd("running"), odd("pending"), odd("completed")], [json(404, "{}")]);
    let error = server.run().wait().await.unwrap_err();
    assert_eq!((error.kind(), error.last_status()), (ErrorKind::Decode, Some("completed")));
    let raw: serde_json::Value = serde_json::from_slice(error.raw_body().unwrap()).unwrap();
    assert_eq!(raw["output"], 7);
    assert_eq!(server.reads.sent().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn each_status_is_told_once_as_it_changes() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&told);
    let statuses = ["pending", "running", "running", "resting", "running", "error"];
    let server = Server::new(statuses.map(run), [json(404, "{}")]);
    let wait = server.run().wait().with_steps();
    wait.on_status(move |status| sink.lock().unwrap().push(status.to_string())).await.unwrap();
    assert_eq!(*told.lock().unwrap(), ["pending", "running", "resting", "running", "error"]);
}

#[tokio::test(start_paused = true)]
async fn steps_are_asked_for_once_the_run_rests_and_at_once() {
    let steps = with("completed", r#","steps":[]"#);
    let server = Server::new([run("running"), run("completed"), steps.clone()], [standing()]);
    let done = server.run().wait().with_steps().await.unwrap();
    assert_eq!(done.steps, Some(vec![]));
    assert_eq!(server.queries(), ["", "", "include=steps"]);
    assert_eq!(server.reads.times(), [0.0, 5.0, 5.0]);

    // It goes on in between, and rests again.
    let again = [run("interrupted"), run("running"), run("completed"), steps];
    let server = Server::new(again, [json(404, "{}")]);
    server.run().wait().with_steps().await.unwrap();
    assert_eq!(server.queries(), ["", "include=steps", "", "include=steps"]);
}

#[tokio::test(start_paused = true)]
async fn interrupts_that_were_answered_are_waited_out_and_others_are_not() {
    let reads =
        [interrupted(&["a", "b"]), interrupted(&["b"]), run("running"), interrupted(&["c", "b"])];
    let server = Server::new(reads, [json(404, "{}")]);
    let done = server.run().wait().answered(["a", "b"]).await.unwrap();
    assert_eq!(done.interrupts().len(), 2);
    assert_eq!(server.reads.sent().len(), 4);

    for silent in [run("interrupted"), interrupted(&[])] {
        let server = Server::new([silent], [standing()]);
        let done = server.run().wait().answered(["a"]).await.unwrap();
        assert!(done.interrupts().is_empty(), "what is not told cannot have been answered");
    }
}
