//! The status of a thread before its run begins and after its stream has ended.

use std::time::Duration;

use agent_threads_sandbox::deco_studio::Script;
use serde_json::json;

use super::caller::{Caller, text};

#[tokio::test]
async fn reads_alone_take_a_run_to_its_end() {
    let caller = Caller::start().await;
    let id = caller.thread().await;
    let before = caller.read(&id).await;
    caller.say(&id, "Hello!").await;
    assert_eq!(caller.statuses(&id).await, ["in_progress", "completed", "completed"]);
    assert_ne!(caller.read(&id).await["updated_at"], before["updated_at"]);
    assert!(caller.messages(&id).await[1]["parts"][0]["text"].as_str().unwrap().contains("Hello!"));
    caller.deco.next_run(Script::reply("a").reads(3));
    caller.say(&id, "again").await;
    assert_eq!(
        caller.statuses(&id).await,
        ["in_progress", "in_progress", "in_progress", "completed"]
    );
}

#[tokio::test]
async fn before_the_run_begins_the_thread_reads_as_it_was() {
    let caller = Caller::start().await;
    caller.deco.set_start_lag(2);
    let id = caller.thread().await;
    let before = caller.read(&id).await;
    caller.say(&id, "Hello!").await;
    for _ in 0..2 {
        assert_eq!(caller.read(&id).await, before);
    }
    assert_eq!(caller.deco.messages(&id).len(), 0);
    assert_eq!(caller.statuses(&id).await, ["in_progress", "completed"]);
}

#[tokio::test]
async fn after_finish_the_thread_is_still_in_progress_and_the_message_missing() {
    let caller = Caller::start().await;
    caller.deco.set_store_lag(2);
    let id = caller.thread().await;
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    stream.until("finish").await;
    assert_eq!(caller.statuses(&id).await, ["in_progress"]);
    assert_eq!(caller.messages(&id).await.len(), 1);
    assert_eq!(caller.statuses(&id).await, ["completed"]);
    assert_eq!(caller.messages(&id).await.len(), 2);

    drop(stream);
    caller.deco.wait_for_open_streams(0).await;
    // Without a stream the reads come on top of the one that shows the run at work.
    caller.say(&id, "again").await;
    assert_eq!(
        caller.statuses(&id).await,
        ["in_progress", "in_progress", "in_progress", "completed"]
    );
}

#[tokio::test]
async fn an_unfinished_message_may_be_listed() {
    let caller = Caller::start().await;
    caller.deco.set_lists_unfinished(true);
    caller.deco.next_run(Script::reply("one").text("two").hold().text("three"));
    let id = caller.thread().await;
    let mut stream = caller.stream(&id).await;
    caller.say(&id, "Hello!").await;
    while text(&stream.until("text-end").await) != "two" {}
    let listed = caller.messages(&id).await;
    assert_eq!(listed[1]["parts"].as_array().unwrap().len(), 2);
    caller.deco.set_lists_unfinished(false);
    assert_eq!(caller.messages(&id).await.len(), 1);
    caller.deco.release(&id, usize::MAX);
    stream.until("finish").await;
    assert_eq!(caller.messages(&id).await[1]["parts"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_run_without_progress_for_half_an_hour_reads_expired() {
    let caller = Caller::start().await;
    caller.deco.next_run(Script::new().hold());
    let id = caller.thread().await;
    caller.say(&id, "Hello!").await;
    assert_eq!(caller.statuses(&id).await, ["in_progress", "in_progress"]);
    caller.deco.advance_clock(Duration::from_secs(30 * 60 - 1));
    assert_eq!(caller.statuses(&id).await, ["in_progress"]);
    caller.deco.advance_clock(Duration::from_secs(1));
    assert_eq!(caller.statuses(&id).await, ["expired"]);
    let listed = caller.call("COLLECTION_THREADS_LIST", json!({ "status": "expired" })).await;
    assert_eq!(listed["totalCount"], 1);
    caller.deco.release(&id, usize::MAX);
    assert_eq!(caller.statuses(&id).await, ["completed"]);
}
