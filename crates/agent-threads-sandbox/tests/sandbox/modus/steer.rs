//! What can be done to a run that has started: cancel, interrupt, change while it waits.

use agent_threads_sandbox::modus::Script;
use serde_json::{Value, json};

use super::caller::{
    Caller, answer, events, opened, read_exactly, refused, text, turn, types, whole,
};

const EMPTY: Value = Value::Null;

#[tokio::test]
async fn a_cancelled_run_ends_for_its_watchers_after_what_has_happened() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("one two ").hold().text("three"));
    caller.run("run", "s").await;
    let mut watcher = opened(caller.watching_now("run")).await;
    let begun = "id: 1717000000000-0\ndata: {\"type\":\"token\",\"content\":\"one \"}\n\n\
                 id: 1717000000001-0\ndata: {\"type\":\"token\",\"content\":\"two \"}\n\n";
    read_exactly(&mut watcher, begun.as_bytes()).await;

    let seen = json!({ "lastSeenEventId": "1717000000000-0", "reason": "enough" });
    assert_eq!(answer(caller.steering("run", "cancel", &seen)).await, (204, EMPTY));
    let end = "id: 1717000000002-0\ndata: {\"type\":\"cancelled\",\"runIds\":[\"run\"],\"timestamp\":1717000000002}\n\n";
    assert_eq!(watcher.bytes().await.unwrap(), end);
    assert_eq!(whole(caller.watching("run")).await, format!("{begun}{end}"));
    assert_eq!(caller.modus.run("run").unwrap().status(), "cancelled");

    // Once more changes nothing, and what was held is gone.
    assert_eq!(answer(caller.steering("run", "cancel", &json!({}))).await, (204, EMPTY));
    caller.modus.run("run").unwrap().release_all();
    assert_eq!(caller.wire("run"), format!("{begun}{end}"));
}

#[tokio::test]
async fn a_run_that_never_ends_can_be_cancelled_and_one_that_is_over_stays_as_it_is() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("a").never_ends());
    caller.run("open", "s").await;
    let done = caller.create("done").await;
    for id in ["open", "done"] {
        assert_eq!(answer(caller.steering(id, "cancel", &json!({}))).await, (204, EMPTY));
    }
    assert_eq!(types(&whole(caller.watching_now("open")).await), ["token", "cancelled"]);
    assert_eq!(whole(caller.watching_now("done")).await, done);
}

#[tokio::test]
async fn runs_and_actions_are_cancelled_each_by_its_own_operation() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("a").never_ends());
    caller.modus.next_run(Script::reply("a").never_ends());
    caller.run("run", "s").await;
    let action = json!({ "sessionId": "s", "workflowAction": {} });
    let post =
        caller.post("/agent/v1/workflow-actions", &action).header("Idempotency-Key", "action");
    let stream = opened(post).await;
    let cancel_action =
        |id: &str| caller.post(&format!("/agent/v1/workflow-actions/{id}/cancel"), &json!({}));
    refused(cancel_action("run"), 404, "NOT_FOUND").await;
    refused(caller.steering("action", "cancel", &json!({})), 404, "NOT_FOUND").await;
    refused(caller.steering("nothing", "cancel", &json!({})), 404, "NOT_FOUND").await;
    assert_eq!(answer(cancel_action("action")).await, (204, EMPTY));
    assert_eq!(types(&stream.bytes().await.unwrap()), ["token", "cancelled"]);
    assert_eq!(caller.modus.run("run").unwrap().status(), "running");
}

#[tokio::test]
async fn an_interrupt_ends_the_turn_and_starts_the_next_in_its_thread() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("All regions: ").never_ends());
    caller.modus.next_run(Script::reply("EMEA: 4 %."));
    caller.run("first", "s").await;
    let mut next = turn("Only look at EMEA.", "agent_0_s");
    next["runId"] = json!("second");
    let interrupt = json!({ "lastSeenEventId": "1717000000000-0", "nextRun": next });
    assert_eq!(answer(caller.steering("first", "interrupt", &interrupt)).await, (202, EMPTY));
    assert_eq!(types(&whole(caller.watching_now("first")).await).last().unwrap(), "cancelled");
    let second = whole(caller.watching_now("second")).await;
    assert_eq!(text(&second), "EMEA: 4 %.");
    assert_eq!(events(&second).last().unwrap()["threadId"], "agent_0_s");
    // Sent again it is the same turn, and under a used id another turn is a conflict that ends nothing.
    assert_eq!(answer(caller.steering("first", "interrupt", &interrupt)).await.0, 202);
    caller.modus.next_run(Script::new().never_ends());
    caller.run("third", "s").await;
    let mut other = interrupt.clone();
    other["nextRun"]["message"] = json!("Only APAC.");
    refused(caller.steering("third", "interrupt", &other), 409, "CONFLICT").await;
    assert_eq!(caller.modus.run("third").unwrap().status(), "running");
    assert_eq!(caller.modus.run_ids(), ["first", "second", "third"]);
}

#[tokio::test]
async fn without_a_next_run_there_is_no_interrupt_and_no_edit() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::new().never_ends());
    caller.run("run", "s").await;
    for verb in ["interrupt", "queue-edit"] {
        for body in [json!({}), json!({ "nextRun": "go on" }), json!({ "nextRun": {} })] {
            refused(caller.steering("run", verb, &body), 422, "VALIDATION").await;
        }
        let next = json!({ "nextRun": turn("x", "s") });
        refused(caller.steering("nothing", verb, &next), 404, "NOT_FOUND").await;
    }
    assert_eq!(caller.modus.run("run").unwrap().status(), "running");
}

#[tokio::test]
async fn a_run_waits_for_its_busy_thread_when_the_server_is_set_to() {
    let caller = Caller::start().await;
    caller.modus.set_queues(true);
    caller.modus.next_run(Script::reply("first").hold());
    assert_eq!(caller.run("first", "s").await, "pending");
    // The thread's id names the same thread; another session is another thread.
    assert_eq!(caller.run("second", "agent_0_s").await, "queued");
    assert_eq!(caller.run("third", "s").await, "queued");
    assert_eq!(caller.run("elsewhere", "t").await, "pending");
    let (_, none) =
        answer(caller.request(reqwest::Method::GET, "/agent/v1/runs/second/events")).await;
    assert_eq!(none, json!([]));

    let second = caller.watching_now("second").send().await.unwrap();
    caller.modus.run("first").unwrap().release_all();
    assert_eq!(types(&second.bytes().await.unwrap()).last().unwrap(), "done");
    whole(caller.watching_now("third")).await;
    assert_eq!(caller.run("fourth", "s").await, "pending");
}

#[tokio::test]
async fn a_queued_run_can_be_cancelled_and_does_not_let_the_next_one_pass() {
    let caller = Caller::start().await;
    caller.modus.set_queues(true);
    caller.modus.next_run(Script::reply("first").hold());
    for id in ["first", "second", "third"] {
        caller.run(id, "s").await;
    }
    let second = caller.watching_now("second").send().await.unwrap();
    assert_eq!(answer(caller.steering("second", "cancel", &json!({}))).await.0, 204);
    assert_eq!(types(&second.bytes().await.unwrap()), ["cancelled"]);
    assert_eq!(caller.modus.run("third").unwrap().status(), "queued");
    caller.modus.run("first").unwrap().release_all();
    assert_eq!(caller.modus.run("third").unwrap().status(), "done");
}

#[tokio::test]
async fn a_queued_run_can_be_changed_until_it_begins() {
    let caller = Caller::start().await;
    caller.modus.set_queues(true);
    caller.modus.next_run(Script::reply("first").hold());
    caller.run("first", "s").await;
    caller.run("second", "s").await;
    let edit = json!({ "nextRun": turn("Only look at EMEA.", "s") });
    let changed = answer(caller.steering("second", "queue-edit", &edit)).await;
    assert_eq!(changed, (200, json!({ "runId": "second", "status": "queued" })));
    let run = caller.modus.run("second").unwrap();
    assert_eq!(run.edited(), Some(turn("Only look at EMEA.", "s")));
    caller.modus.run("first").unwrap().release_all();
    let second = whole(caller.watching_now("second")).await;
    assert!(text(&second).contains("Only look at EMEA."));
    refused(caller.steering("second", "queue-edit", &edit), 409, "CONFLICT").await;
}
