//! Cancelling a run.

use agent_threads_sandbox::octavus::{Generation, Script, Usage};
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused, thread};

async fn cancel(caller: &Caller, id: &str) -> Value {
    answer(caller.cancelling(id), 200).await
}

fn cancelled(id: &str) -> Value {
    json!({ "threadId": id, "status": "cancelled" })
}

#[tokio::test]
async fn a_run_in_flight_is_stopped_a_read_later() {
    let caller = Caller::of(Generation::G2).await;
    caller.octavus.next_run(Script::reply("Working on it").statuses(["running"]).never_ends());
    let id = caller.dispatch("x").await;
    let before = caller.read(&id).await;
    assert_eq!(cancel(&caller, &id).await, cancelled(&id));
    assert_eq!(caller.read(&id).await, before);
    let after = caller.read(&id).await;
    assert_eq!((&after["status"], &after["failureReason"]), (&json!("cancelled"), &Value::Null));
    // The reply stays as it was when the run was stopped.
    assert_eq!(after["messages"], before["messages"]);
    assert_eq!(after["messages"][1]["status"], "streaming");
    assert_eq!(caller.statuses::<2>(&id).await, ["cancelled"; 2]);
}

#[tokio::test]
async fn a_script_says_how_long_the_stop_takes() {
    let caller = Caller::of(Generation::G2).await;
    for (reads, statuses) in [
        (0, ["cancelled", "cancelled", "cancelled", "cancelled"]),
        (3, ["running", "running", "running", "cancelled"]),
    ] {
        caller.octavus.next_run(Script::new().statuses(["running"; 9]).cancel_takes(reads));
        let id = caller.dispatch("x").await;
        caller.read(&id).await;
        cancel(&caller, &id).await;
        assert_eq!(caller.statuses::<4>(&id).await, statuses);
    }
}

#[tokio::test]
async fn a_repeat_changes_nothing() {
    let caller = Caller::of(Generation::G2).await;
    let id = caller.dispatch("x").await;
    for _ in 0..3 {
        assert_eq!(cancel(&caller, &id).await, cancelled(&id));
    }
    assert_eq!(caller.statuses::<2>(&id).await, ["pending", "cancelled"]);
    let settled = caller.octavus.peek(&id);
    assert_eq!(cancel(&caller, &id).await, cancelled(&id));
    assert_eq!(caller.octavus.peek(&id), settled);
}

#[tokio::test]
async fn a_finished_thread_is_left_alone() {
    let caller = Caller::of(Generation::G4).await;
    for script in [Script::reply("done"), Script::new().fails("no"), Script::new().blocked("no")] {
        caller.octavus.next_run(script.settles_after(0));
        let id = caller.dispatch("x").await;
        caller.statuses::<4>(&id).await;
        let before = caller.octavus.peek(&id).unwrap();
        let expected = json!({ "threadId": id, "status": before["status"] });
        assert_eq!(cancel(&caller, &id).await, expected);
        assert_eq!(caller.read(&id).await, before);
    }
}

#[tokio::test]
async fn a_waiting_thread_leaves_the_line() {
    let caller = Caller::of(Generation::G4).await;
    let first = caller.dispatch("1").await;
    let second = caller.dispatch("2").await;
    let third = caller.dispatch("3").await;
    assert_eq!(caller.statuses::<1>(&second).await, ["queued"]);
    assert_eq!(cancel(&caller, &second).await, cancelled(&second));
    assert_eq!(caller.statuses::<2>(&second).await, ["queued", "cancelled"]);
    assert_eq!(caller.agent().await["queuedThreads"], 1);

    let ended = caller.read(&second).await;
    assert_eq!((&ended["startedAt"], &ended["provenance"]), (&Value::Null, &Value::Null));
    assert!(ended["completedAt"].is_string());
    assert_eq!(caller.statuses::<4>(&first).await, ["pending", "queued", "running", "completed"]);
    assert_eq!(caller.statuses::<2>(&third).await, ["running", "completed"]);
}

#[tokio::test]
async fn a_stopped_run_makes_way_for_the_next_thread() {
    let caller = Caller::of(Generation::G2).await;
    caller.octavus.next_run(Script::new().never_ends());
    let first = caller.dispatch("1").await;
    let second = caller.dispatch("2").await;
    cancel(&caller, &first).await;
    assert_eq!(caller.statuses::<1>(&second).await, ["queued"]);
    caller.statuses::<2>(&first).await;
    assert_eq!(caller.statuses::<2>(&second).await, ["running", "completed"]);
}

#[tokio::test]
async fn follow_ups_that_wait_are_forgotten_and_later_ones_run() {
    let caller = Caller::of(Generation::G2).await;
    caller.octavus.next_run(Script::reply("one").statuses(["running"]).never_ends());
    let id = caller.dispatch("1").await;
    caller.read(&id).await;
    caller.follow_up(&id, "forgotten").await;
    cancel(&caller, &id).await;
    assert_eq!(caller.follow_up(&id, "later").await["status"], "queued");
    // The later one is not taken with the run that is being stopped.
    assert_eq!(cancel(&caller, &id).await, cancelled(&id));
    assert_eq!(caller.statuses::<3>(&id).await, ["running", "running", "completed"]);
    let thread = caller.read(&id).await;
    let said = thread["messages"].as_array().unwrap().iter().map(|m| &m["parts"][0]["text"]);
    let said: Vec<_> = said.map(|text| text.as_str().unwrap()).collect();
    assert_eq!((said[0], said[2]), ("1", "later"), "{said:?}");
    assert_eq!(said.len(), 4, "{said:?}");
}

#[tokio::test]
async fn a_follow_up_that_waits_behind_an_end_that_shows_is_stopped_itself() {
    let caller = Caller::of(Generation::G2).await;
    caller.octavus.next_run(Script::reply("one").statuses(["running"]).shows_end_between_turns());
    let id = caller.dispatch("1").await;
    caller.read(&id).await;
    caller.follow_up(&id, "2").await;
    assert_eq!(caller.statuses::<1>(&id).await, ["completed"]);
    assert_eq!(cancel(&caller, &id).await, cancelled(&id));
    assert_eq!(caller.statuses::<3>(&id).await, ["completed", "cancelled", "cancelled"]);
}

#[tokio::test]
async fn a_cancelled_thread_takes_follow_ups() {
    let caller = Caller::of(Generation::G4).await;
    let id = caller.dispatch("1").await;
    cancel(&caller, &id).await;
    caller.statuses::<2>(&id).await;
    assert_eq!(caller.follow_up(&id, "2").await["status"], "running");
    assert_eq!(caller.octavus.peek(&id).unwrap()["completedAt"], Value::Null);
    assert_eq!(caller.statuses::<2>(&id).await, ["running", "completed"]);
}

#[tokio::test]
async fn a_stopped_run_is_paid_for_and_its_recording_settles() {
    let caller = Caller::of(Generation::G3).await;
    let spent = Usage::new().cost_usd(0.5);
    caller.octavus.next_run(Script::new().statuses(["running"]).never_ends().usage(spent));
    let id = caller.dispatch_with(json!({ "record": true })).await;
    caller.read(&id).await;
    cancel(&caller, &id).await;
    for (cost, recording) in [(0.0, "recording"), (0.0, "processing"), (0.5, "ready")] {
        let thread = caller.read(&id).await;
        assert_eq!(thread["usage"]["costUsd"], cost);
        assert_eq!(thread["recording"]["status"], recording);
        assert_eq!(thread["failureType"], Value::Null);
    }
    // A run that never began costs nothing and leaves nothing to see.
    caller.octavus.next_run(Script::new().usage(spent));
    let id = caller.dispatch_with(json!({ "record": true })).await;
    cancel(&caller, &id).await;
    caller.statuses::<3>(&id).await;
    let thread = caller.read(&id).await;
    assert_eq!(thread["usage"]["costUsd"], 0.0);
    assert_eq!(thread["recording"]["status"], "unavailable");
    assert!(thread["recording"]["error"].is_string());
}

#[tokio::test]
async fn a_body_is_not_needed_and_who_may_cancel_is_checked() {
    let caller = Caller::of(Generation::G2).await;
    let id = caller.dispatch("x").await;
    answer(caller.cancelling(&id).json(&json!({})), 200).await;
    let path = format!("{}/cancel", thread(&id));
    let without = caller.request_without_key(Method::POST, &path);
    refused(without, 401, "UNAUTHORIZED").await;
    let key = caller.octavus.add_agent("agent_2");
    let foreign = caller.request_without_key(Method::POST, &path).bearer_auth(&key);
    refused(foreign, 403, "FORBIDDEN").await;
    refused(caller.cancelling("cmthread0009"), 404, "NOT_FOUND").await;
    refused(caller.request(Method::GET, &path), 405, "METHOD_NOT_ALLOWED").await;
}
