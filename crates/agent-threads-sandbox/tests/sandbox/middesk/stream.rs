//! The streams of runs.

use agent_threads_sandbox::Fault;
use agent_threads_sandbox::middesk::{Artifact, Interrupt, Script, Step, StreamEnd, Target};
use agent_threads_sandbox::sse::StreamFault;
use futures_util::FutureExt;
use serde_json::{Value, json};

use super::caller::{Caller, events, names, opened, refused};

#[tokio::test]
async fn a_stream_takes_its_run_to_the_end_and_each_snapshot_is_whole() {
    let caller = Caller::start().await;
    let script = Script::completes([Artifact::new("A", "a")]).step(Step::activity("search"));
    caller.middesk.next_run(script);
    let run_id = caller.start_run().await;
    let stream = caller.stream(&run_id).await;
    assert_eq!(
        names(&stream),
        ["RUN_STARTED", "STATE_SNAPSHOT", "STATE_SNAPSHOT", "STATE_SNAPSHOT", "RUN_FINISHED"]
    );
    assert!(stream.iter().all(|(_, data)| data["run_id"] == json!(run_id)));
    let steps = |place: usize| stream[place].1["snapshot"]["steps"].as_array().unwrap().len();
    assert_eq!((steps(1), steps(2), steps(3)), (1, 2, 2));
    let last = &stream[3].1["snapshot"];
    assert_eq!(
        (&last["status"], &last["artifacts"][0]["title"]),
        (&json!("completed"), &json!("A"))
    );
    assert_eq!(caller.middesk.peek(&run_id).unwrap()["status"], "completed");
}

#[tokio::test]
async fn a_run_that_is_over_is_replayed_from_the_start_as_often_as_it_is_retained() {
    let caller = Caller::start().await;
    caller.middesk.set_replays(2);
    let run_id = caller.start_run().await;
    let first = caller.stream(&run_id).await;
    for _ in 0..2 {
        assert_eq!(caller.stream(&run_id).await, first);
    }
    refused(caller.streaming(&run_id), 404).await;
    let wire = caller.middesk.wire(&run_id).unwrap();
    assert_eq!(events(std::str::from_utf8(&wire).unwrap()), first);
}

#[tokio::test]
async fn each_end_closes_the_stream_in_its_own_way() {
    let caller = Caller::start().await;
    for (end, last) in [
        (StreamEnd::Finished, "RUN_FINISHED"),
        (StreamEnd::Error, "RUN_ERROR"),
        (StreamEnd::Nothing, "STATE_SNAPSHOT"),
    ] {
        caller.middesk.next_run(Script::fails().stream_end(end));
        let run_id = caller.start_run().await;
        assert_eq!(caller.stream(&run_id).await.last().unwrap().0, last);
        assert_eq!(caller.middesk.peek(&run_id).unwrap()["status"], "error");
    }
}

#[tokio::test]
async fn a_stream_that_stays_open_goes_on_when_its_run_does() {
    let caller = Caller::start().await;
    let asking = Script::interrupted([Interrupt::new("Yes?")]).stream_end(StreamEnd::StaysOpen);
    caller.middesk.next_run(asking.then(Script::completes([])));
    let run_id = caller.start_run().await;
    let mut stream = opened(caller.streaming(&run_id)).await;
    let mut seen = String::new();
    while !seen.contains("interrupted") {
        let chunk = stream.chunk().await.unwrap().unwrap();
        seen.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(stream.chunk().now_or_never().is_none());
    let interrupt = caller.middesk.peek(&run_id).unwrap()["interrupts"][0]["id"].clone();
    let path = format!("/v1/runs/{run_id}/resume");
    super::caller::answer(caller.post(&path, &json!({ "id": interrupt })), 200).await;
    while let Some(chunk) = stream.chunk().await.unwrap() {
        seen.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    let names: Vec<_> = events(&seen).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.last().unwrap(), "RUN_FINISHED");
    assert_eq!(names.iter().filter(|name| *name == "RUN_FINISHED").count(), 1);
    // Opened again, it is the same from the start.
    assert_eq!(caller.stream(&run_id).await, events(&seen));
}

#[tokio::test]
async fn a_held_run_holds_its_stream_and_a_client_that_leaves_is_noticed() {
    let caller = Caller::start().await;
    caller.middesk.next_run(Script::completes([]).step(Step::activity("a")).hold());
    let run_id = caller.start_run().await;
    let mut stream = opened(caller.streaming(&run_id)).await;
    let mut seen = String::new();
    while events(&seen).len() < 2 {
        seen.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(stream.chunk().now_or_never().is_none());
    assert_eq!(caller.middesk.open_streams(), 1);
    drop(stream);
    caller.middesk.wait_for_open_streams(0).await;
    caller.middesk.release(&run_id, 9);
    assert_eq!(caller.rest(&run_id).await["status"], "completed");
}

#[tokio::test]
async fn events_can_be_laid_out_as_ag_ui_has_them() {
    let caller = Caller::start().await;
    caller.middesk.set_ag_ui(true);
    let run_id = caller.start_run().await;
    let text = opened(caller.streaming(&run_id)).await.text().await.unwrap();
    assert!(!text.contains("event:"), "{text}");
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let data: Vec<Value> = data.map(|data| serde_json::from_str(data).unwrap()).collect();
    assert_eq!((&data[0]["type"], &data[0]["runId"]), (&json!("RUN_STARTED"), &json!(run_id)));
    assert_eq!(data[0].get("run_id"), None);
    assert_eq!(data.last().unwrap()["type"], "RUN_FINISHED");
}

#[tokio::test]
async fn a_stream_breaks_as_it_is_told() {
    let caller = Caller::start().await;
    let run_id = caller.start_run().await;
    caller.middesk.fault(Target::StreamRun, StreamFault::new().cut_after_events(1));
    assert!(opened(caller.streaming(&run_id)).await.text().await.is_err());
    caller.middesk.fault(Target::StreamRun, StreamFault::new().end_after_events(2));
    assert_eq!(caller.stream(&run_id).await.len(), 2);
    caller.middesk.fault(Target::StreamRun, Fault::status(503));
    refused(caller.streaming(&run_id), 503).await;
    refused(caller.streaming("nothing"), 404).await;
}
