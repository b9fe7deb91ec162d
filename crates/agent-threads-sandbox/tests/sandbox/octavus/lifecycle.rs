//! How threads move on: by reads, and one run per agent at a time.

use agent_threads_sandbox::octavus::{Display, Part, Script, ToolCall, Worker};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::caller::{Caller, answer};

fn texts(thread: &Value) -> Vec<&str> {
    let messages = thread["messages"].as_array().unwrap();
    messages.iter().map(|message| message["parts"][0]["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_run_shows_its_statuses_one_per_read_and_its_reply_grows() {
    let caller = Caller::start().await;
    caller.octavus.next_run(Script::reply("Sales rose."));
    let id = caller.dispatch("Sum up").await;

    for status in ["pending", "queued"] {
        let thread = caller.read(&id).await;
        assert_eq!(thread["status"], status);
        assert_eq!(thread["failureReason"], Value::Null);
        assert_eq!(texts(&thread), ["Sum up"]);
        let message = &thread["messages"][0];
        assert_eq!((&message["role"], &message["status"]), (&json!("user"), &json!("done")));
        assert!(message["id"].is_string() && message["createdAt"].is_string());
    }

    let running = caller.read(&id).await;
    assert_eq!(running["status"], "running");
    let reply = &running["messages"][1];
    assert_eq!((&reply["role"], &reply["status"]), (&json!("assistant"), &json!("streaming")));
    assert_eq!(reply["parts"], json!([{ "type": "text", "text": "Sales", "status": "streaming" }]));

    let completed = caller.read(&id).await;
    assert_eq!(completed["status"], "completed");
    assert_eq!(completed["failureReason"], Value::Null);
    let final_reply = &completed["messages"][1];
    assert_eq!(final_reply["status"], "done");
    assert_eq!(
        (&final_reply["id"], &final_reply["createdAt"]),
        (&reply["id"], &reply["createdAt"])
    );
    assert_eq!(
        final_reply["parts"],
        json!([{ "type": "text", "text": "Sales rose.", "status": "done" }])
    );
    assert_eq!(caller.read(&id).await, completed);
    assert_eq!(caller.octavus.peek(&id), Some(completed));
}

#[tokio::test]
async fn without_a_script_the_answer_quotes_the_message() {
    let caller = Caller::start().await;
    let id = caller.dispatch("Sum up the sales").await;
    caller.statuses::<4>(&id).await;
    let thread = caller.read(&id).await;
    assert!(texts(&thread)[1].contains("Sum up the sales"));
}

#[tokio::test]
async fn scripts_are_taken_in_order_and_only_by_accepted_messages() {
    let caller = Caller::start().await;
    for text in ["one", "two"] {
        caller.octavus.next_run(Script::reply(text).statuses::<String>([]));
    }
    answer(caller.dispatching(""), 400).await;
    for text in ["one", "two"] {
        let id = caller.dispatch("x").await;
        assert_eq!(texts(&caller.read(&id).await), ["x", text]);
    }
}

#[tokio::test]
async fn each_ending_shows_its_status_and_only_failures_have_a_reason() {
    let caller = Caller::start().await;
    let endings = [
        (
            Script::new().fails("The computer did not answer"),
            "failed",
            json!("The computer did not answer"),
        ),
        (Script::new().blocked("Spending limit"), "blocked", json!("Spending limit")),
        (Script::new().cancelled(), "cancelled", Value::Null),
        (Script::new().ends_as("exploded"), "exploded", Value::Null),
    ];
    for (script, status, reason) in endings {
        caller.octavus.next_run(script.statuses(["running", "thinking_hard"]));
        let id = caller.dispatch("x").await;
        assert_eq!(caller.statuses::<2>(&id).await, ["running", "thinking_hard"]);
        let thread = caller.read(&id).await;
        assert_eq!((&thread["status"], &thread["failureReason"]), (&json!(status), &reason));
    }
}

#[tokio::test]
async fn every_kind_of_part_reaches_the_reader() {
    let caller = Caller::start().await;
    let script = Script::new()
        .part(Part::step_start())
        .reasoning("Check totals first")
        .tool(
            ToolCall::new("ledger-lookup")
                .label("Reading the ledger")
                .args(json!({ "m": 5 }))
                .display(Display::Title),
        )
        .tool(
            ToolCall::new("sheet__sum")
                .args(json!({ "col": "B" }))
                .result(json!([1, 2]))
                .display(Display::Stream),
        )
        .tool(ToolCall::new("secret").display(Display::Hidden))
        .part(Part::operation("Save digest", "serialize-thread").field("thread", "digest"))
        .part(Part::todo([("Sum", "completed")]))
        .part(Worker::new("checker").part(Part::text("ok")).output(json!({ "ok": true })))
        .part(Part::source_url("https://example.com"))
        .part(Part::source_document("application/pdf", "Policy"))
        .part(Part::file("text/csv", "https://files.example/f2").field("toolCallId", "c2"))
        .part(Part::object("Totals", json!({ "sum": 3 })))
        .raw(json!({ "type": "hologram", "depth": 3 }))
        .raw(json!({ "type": "text", "text": 7 }))
        .text("The total is 3.");
    caller.octavus.next_run(script.statuses::<String>([]));
    let id = caller.dispatch("x").await;
    let thread = caller.read(&id).await;
    let reply = thread["messages"][1]["id"].as_str().unwrap();
    let part_id = |n: usize| format!("{reply}-{n}");
    assert_eq!(
        thread["messages"][1]["parts"],
        json!([
            { "type": "step-start" },
            { "type": "reasoning", "text": "Check totals first", "status": "done" },
            { "type": "tool-call", "toolCallId": part_id(3), "toolName": "ledger-lookup",
              "displayName": "Reading the ledger", "args": {}, "status": "done", "display": "title" },
            { "type": "tool-call", "toolCallId": part_id(4), "toolName": "sheet__sum", "args": { "col": "B" },
              "result": [1, 2], "status": "done", "display": "stream" },
            { "type": "operation", "operationId": part_id(5), "name": "Save digest",
              "operationType": "serialize-thread", "status": "done", "thread": "digest" },
            { "type": "todo", "todos": [{ "id": "todo_1", "content": "Sum", "status": "completed" }], "status": "done" },
            { "type": "worker", "workerId": part_id(7), "workerSlug": "checker",
              "parts": [{ "type": "text", "text": "ok", "status": "done" }], "output": { "ok": true }, "status": "done" },
            { "type": "source", "sourceType": "url", "id": part_id(8), "url": "https://example.com" },
            { "type": "source", "sourceType": "document", "id": part_id(9), "mediaType": "application/pdf", "title": "Policy" },
            { "type": "file", "id": part_id(10), "mediaType": "text/csv", "url": "https://files.example/f2", "toolCallId": "c2" },
            { "type": "object", "id": part_id(11), "typeName": "Totals", "object": { "sum": 3 }, "status": "done" },
            { "type": "hologram", "depth": 3 },
            { "type": "text", "text": 7 },
            { "type": "text", "text": "The total is 3.", "status": "done" },
        ])
    );
}

#[tokio::test]
async fn a_second_thread_of_the_agent_is_queued_until_the_first_has_ended() {
    let caller = Caller::start().await;
    let first = caller.dispatch("1").await;
    let second = caller.dispatch("2").await;
    let third = caller.dispatch("3").await;
    assert_eq!(caller.statuses::<3>(&second).await, ["queued"; 3]);
    assert_eq!(caller.statuses::<4>(&first).await, ["pending", "queued", "running", "completed"]);
    assert_eq!(caller.statuses::<1>(&third).await, ["queued"]);
    assert_eq!(caller.statuses::<2>(&second).await, ["running", "completed"]);
    assert_eq!(caller.statuses::<2>(&third).await, ["running", "completed"]);
}

#[tokio::test]
async fn agents_do_not_wait_for_each_other() {
    let caller = Caller::start().await;
    let key = caller.octavus.add_agent("agent_2");
    caller.octavus.next_run(Script::new().never_ends());
    caller.dispatch("1").await;
    let path = "/api/v1/workforce/agents/agent_2/threads";
    let dispatch = caller.request_without_key(reqwest::Method::POST, path).bearer_auth(&key);
    let accepted = answer(dispatch.json(&json!({ "message": "2" })), 201).await;
    let path = format!("{path}/{}", accepted["threadId"].as_str().unwrap());
    let mut last = Value::Null;
    for _ in 0..4 {
        last =
            answer(caller.request_without_key(reqwest::Method::GET, &path).bearer_auth(&key), 200)
                .await;
    }
    assert_eq!(last["status"], "completed");
}

#[tokio::test]
async fn a_run_that_never_ends_keeps_its_agent_busy() {
    let caller = Caller::start().await;
    caller.octavus.next_run(Script::reply("Still at it").statuses(["running"]).never_ends());
    let stuck = caller.dispatch("1").await;
    let waiting = caller.dispatch("2").await;
    assert_eq!(caller.statuses::<5>(&stuck).await, ["running"; 5]);
    assert_eq!(caller.statuses::<2>(&waiting).await, ["queued"; 2]);
}

#[tokio::test]
async fn a_follow_up_to_a_thread_at_rest_starts_at_once_and_clears_the_failure() {
    let caller = Caller::start().await;
    caller.octavus.next_run(Script::new().fails("no"));
    let id = caller.dispatch("1").await;
    caller.statuses::<4>(&id).await;
    assert_eq!(caller.read(&id).await["failureReason"], "no");

    caller.octavus.next_run(Script::reply("yes"));
    assert_eq!(caller.follow_up(&id, "2").await, json!({ "threadId": id, "status": "running" }));
    let running = caller.read(&id).await;
    assert_eq!((&running["status"], &running["failureReason"]), (&json!("running"), &Value::Null));
    let completed = caller.read(&id).await;
    assert_eq!(completed["status"], "completed");
    assert_eq!(texts(&completed), ["1", "2", "yes"]);
}

#[tokio::test]
async fn follow_ups_to_a_busy_thread_run_after_its_turn_in_order_and_before_other_threads() {
    let caller = Caller::start().await;
    for text in ["one", "two", "three"] {
        caller.octavus.next_run(Script::reply(text).statuses(["running"]));
    }
    let id = caller.dispatch("1").await;
    caller.statuses::<1>(&id).await;
    assert_eq!(caller.follow_up(&id, "2").await["status"], "queued");
    assert_eq!(caller.follow_up(&id, "3").await["status"], "queued");
    let other = caller.dispatch("other").await;
    assert_eq!(caller.statuses::<1>(&other).await, ["queued"]);

    assert_eq!(caller.statuses::<2>(&id).await, ["running"; 2]);
    let thread = caller.read(&id).await;
    assert_eq!(thread["status"], "completed");
    assert_eq!(texts(&thread), ["1", "one", "2", "two", "3", "three"]);
    assert_eq!(caller.statuses::<1>(&other).await, ["running"]);
}

#[tokio::test]
async fn a_follow_up_waits_while_another_thread_has_the_agent() {
    let caller = Caller::start().await;
    let first = caller.dispatch("1").await;
    caller.statuses::<4>(&first).await;
    let second = caller.dispatch("2").await;
    assert_eq!(caller.follow_up(&first, "more").await["status"], "queued");
    assert_eq!(caller.statuses::<2>(&first).await, ["queued"; 2]);
    caller.statuses::<4>(&second).await;
    assert_eq!(caller.statuses::<2>(&first).await, ["running", "completed"]);
}

#[tokio::test]
async fn a_script_may_show_what_makes_waiting_for_a_follow_up_hard() {
    let caller = Caller::start().await;
    caller.octavus.next_run(Script::reply("one").statuses(["running"]).shows_end_between_turns());
    let id = caller.dispatch("1").await;
    caller.statuses::<1>(&id).await;
    caller.follow_up(&id, "2").await;
    assert_eq!(caller.statuses::<3>(&id).await, ["completed", "running", "completed"]);

    let before = caller.read(&id).await;
    caller.octavus.next_run(Script::reply("three").stale_reads(2).accepted_as("pending"));
    assert_eq!(caller.follow_up(&id, "3").await["status"], "pending");
    assert_eq!(caller.read(&id).await, before);
    assert_eq!(caller.read(&id).await, before);
    assert_eq!(caller.statuses::<2>(&id).await, ["running", "completed"]);
}

#[tokio::test]
async fn concurrent_dispatches_get_threads_of_their_own() {
    let caller = Caller::start().await;
    let ids =
        join_all((0..50).map(|i| caller.dispatch(if i % 2 == 0 { "even" } else { "odd" }))).await;
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 50);
    assert_eq!(caller.octavus.thread_ids(), unique);
}

#[tokio::test]
async fn two_sandboxes_share_nothing() {
    let (one, other) = (Caller::start().await, Caller::start().await);
    assert_ne!(one.octavus.url(), other.octavus.url());
    assert_eq!(one.dispatch("x").await, "cmthread0001");
    assert_eq!(other.octavus.thread_ids(), [""; 0]);
    assert!(other.octavus.requests().is_empty());
}
