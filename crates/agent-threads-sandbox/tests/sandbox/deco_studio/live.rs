//! Streams that outlive runs.

use agent_threads_sandbox::Fault;
use agent_threads_sandbox::deco_studio::{Script, Target};
use agent_threads_sandbox::sse::StreamFault;
use serde_json::json;

use super::caller::{Caller, Chunks, text, types};

#[tokio::test]
async fn a_stream_carries_one_run_after_the_other_and_does_not_end() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let mut stream = caller.stream(&id).await;
    for (name, value) in [
        ("x-vercel-ai-ui-message-stream", "v1"),
        ("x-accel-buffering", "no"),
        ("cache-control", "no-cache"),
    ] {
        assert_eq!(stream.response.headers()[name], value);
    }
    assert!(stream.has_nothing());
    for said in ["one", "two"] {
        caller.deco.next_run(Script::reply(said));
        caller.say(&id, said).await;
        let chunks = stream.until("finish").await;
        assert_eq!(
            types(&chunks),
            [
                "start",
                "start-step",
                "text-start",
                "text-delta",
                "text-end",
                "finish-step",
                "finish"
            ]
        );
        assert_eq!(text(&chunks), said);
        assert_eq!(
            chunks[0]["messageMetadata"],
            json!({ "agent": { "id": "vir_sandbox" }, "thread_id": id })
        );
    }
    assert!(stream.has_nothing());
    assert_eq!(caller.deco.open_streams(), 1);
    drop(stream);
    caller.deco.wait_for_open_streams(0).await;
}

#[tokio::test]
async fn a_run_in_progress_is_replayed_from_its_start_and_one_that_is_over_never() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    caller.deco.next_run(Script::reply("first"));
    caller.say(&id, "1").await;
    caller.rest(&id).await;
    caller.deco.next_run(Script::reply("second ").hold().text("half"));
    let mut one = caller.stream(&id).await;
    caller.say(&id, "2").await;
    let begun = one.until("text-end").await;
    let mut other = caller.stream(&id).await;
    assert_eq!(other.until("text-end").await, begun);
    assert!(one.has_nothing() && other.has_nothing());
    caller.deco.release(&id, 1);
    assert_eq!(one.next().await.unwrap()["type"], "text-start");
    assert!(one.has_nothing());
    caller.deco.release(&id, usize::MAX);
    one.until("finish").await;
    assert_eq!(text(&other.until("finish").await), "half");
    assert!(caller.stream(&id).await.has_nothing());
}

#[tokio::test]
async fn a_run_that_has_ended_and_is_not_stored_is_replayed_whole() {
    let caller = Caller::start().await;
    caller.deco.set_store_lag(1);
    let id = caller.thread().await;
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    let whole = stream.until("finish").await;
    assert_eq!(caller.stream(&id).await.until("finish").await, whole);
    assert_eq!(caller.statuses(&id).await, ["in_progress", "completed"]);
    assert!(caller.stream(&id).await.has_nothing());
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_finds_the_run_again() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    caller.deco.next_run(Script::reply("a ").hold().text("b"));
    caller.deco.fault(Target::StreamThread, StreamFault::new().cut_after_events(3));
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    for _ in 0..3 {
        stream.next().await.unwrap();
    }
    assert!(stream.response.chunk().await.is_err());
    assert_eq!(caller.statuses(&id).await, ["in_progress"]);
    let mut again = caller.stream(&id).await;
    caller.deco.release(&id, usize::MAX);
    assert_eq!(text(&again.until("finish").await), "a b");
}

#[tokio::test]
async fn without_a_live_buffer_there_is_nothing_to_stream() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    caller.deco.set_live_buffer(false);
    let answer = caller.streaming(&id).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert!(answer.bytes().await.unwrap().is_empty());
    caller.deco.set_live_buffer(true);
    caller.deco.fault(Target::StreamThread, Fault::status(503));
    assert_eq!(caller.streaming(&id).send().await.unwrap().status(), 503);
}

#[tokio::test]
async fn a_stream_ends_when_its_thread_is_deleted() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let mut stream = caller.stream(&id).await;
    caller.call("COLLECTION_THREADS_DELETE", json!({ "id": id })).await;
    assert_eq!(stream.frame().await, None);
}

#[tokio::test]
async fn a_background_job_has_a_stream_of_its_own() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let path = |job: &str| format!("/decopilot/threads/{id}/jobs/{job}/stream");
    let job = format!("bgtool:{id}:call_1");
    let refused =
        |job: String| super::caller::refused_plainly(caller.get(&path(&job)), 404, "Job not found");
    refused(job.clone()).await;
    caller.deco.set_job(&id, "call_1", Script::reply("Done in the background."));
    for _ in 0..2 {
        let mut stream = Chunks::open(caller.get(&path(&job))).await;
        assert_eq!(text(&stream.until("finish").await), "Done in the background.");
        assert_eq!(stream.frame().await, None);
    }
    refused("bgtool:other:call_1".to_owned()).await;
    let flip = |body| caller.post(&format!("/decopilot/flip/{id}"), &body);
    let flipped = super::caller::answer(flip(json!({ "toolCallId": "call_2" })), 202).await;
    assert_eq!(flipped, json!({ "flipped": true, "async": true }));
    Chunks::open(caller.get(&path(&format!("bgtool:{id}:call_2")))).await;
    assert_eq!(super::caller::refused(flip(json!({})), 400).await, "toolCallId is required");
}
