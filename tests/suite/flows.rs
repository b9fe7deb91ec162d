//! Whole runs, against the sandbox over HTTP.

use crate::support::sandbox_client;
use agent_threads_octavus::{
    Client, Run, Wait,
    types::{MessageRole, ThreadStatus, UiMessagePart},
};
use agent_threads_sandbox::{
    Fault, RetryAfter, Sandbox,
    octavus::{Display, Octavus, Part, Script, Target, ToolCall, Worker},
};
use serde_json::json;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

async fn start() -> (Sandbox, Octavus, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let octavus = sandbox.octavus();
    let client = sandbox_client(&octavus);
    (sandbox, octavus, client)
}

/// The sandbox takes a run further with each read, so nothing is gained by pausing.
fn eager(wait: Wait) -> Wait {
    wait.interval(Duration::from_millis(1))
}

async fn dispatch(client: &Client, message: &str) -> Run {
    client.dispatch("agent_1", message).await.unwrap()
}

#[tokio::test]
async fn a_task_is_dispatched_watched_and_followed_up_through_failures() {
    let (_sandbox, octavus, client) = start().await;
    octavus.next_run(Script::reply("Sales rose."));
    octavus.next_run(Script::reply("North: up. South: down."));
    octavus.fault(Target::GetThread, Fault::status(503).skip(1));
    octavus.fault(Target::GetThread, Fault::rate_limited(RetryAfter::Millis(1)).skip(1));
    let told = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&told);

    let run = dispatch(&client, "Summarize the latest sales report").await;
    let wait = run.wait().on_status(move |status| sink.lock().unwrap().push(status.to_string()));
    let done = eager(wait).await.unwrap();
    assert_eq!(*told.lock().unwrap(), ["pending", "queued", "running", "completed"]);
    assert_eq!(octavus.faults_left(), 0);
    assert_eq!((done.status.as_str(), done.text().as_str()), ("completed", "Sales rose."));

    let more = eager(run.reply("And by region?").await.unwrap().wait()).await.unwrap();
    assert_eq!(more.thread_id, done.thread_id);
    assert_eq!(more.text(), "North: up. South: down.");
    let spoken: Vec<_> =
        more.messages.iter().map(|message| (message.role.as_str(), message.text())).collect();
    assert_eq!(
        spoken,
        [
            ("user", "Summarize the latest sales report".to_owned()),
            ("assistant", "Sales rose.".to_owned()),
            ("user", "And by region?".to_owned()),
            ("assistant", "North: up. South: down.".to_owned()),
        ]
    );
}

#[tokio::test]
async fn a_handle_is_picked_up_by_another_client() {
    let (_sandbox, octavus, client) = start().await;
    let run = dispatch(&client, "task").await;
    let stored = serde_json::to_vec(&run.handle()).unwrap();
    drop((run, client));

    let elsewhere = sandbox_client(&octavus).attach(serde_json::from_slice(&stored).unwrap());
    let done = eager(elsewhere.wait()).await.unwrap();
    assert_eq!(done.status, ThreadStatus::Completed);
}

#[tokio::test]
async fn an_ending_other_than_completed_is_a_thread_and_not_an_error() {
    let (_sandbox, octavus, client) = start().await;
    let endings = [
        (
            Script::new().fails("The computer did not answer"),
            "failed",
            Some("The computer did not answer"),
        ),
        (Script::new().cancelled(), "cancelled", None),
        (Script::new().blocked("Out of budget"), "blocked", Some("Out of budget")),
    ];
    for (script, status, reason) in endings {
        octavus.next_run(script);
        let done = eager(client.run("agent_1", "task")).await.unwrap();
        assert_eq!((done.status.as_str(), done.failure_reason.as_deref()), (status, reason));
    }
}

#[tokio::test]
async fn one_agent_does_one_thing_at_a_time() {
    let (_sandbox, _octavus, client) = start().await;
    let (first, second) = (dispatch(&client, "one").await, dispatch(&client, "two").await);
    assert_eq!(second.read().await.unwrap().status, ThreadStatus::Queued);
    assert_eq!(second.read().await.unwrap().status, ThreadStatus::Queued);
    eager(first.wait()).await.unwrap();
    assert_eq!(eager(second.wait()).await.unwrap().status, ThreadStatus::Completed);
}

#[tokio::test]
async fn waits_for_one_run_do_not_disturb_each_other() {
    let (_sandbox, _octavus, client) = start().await;
    let run = dispatch(&client, "task").await;
    let (one, two) = tokio::join!(eager(run.wait()), eager(run.wait()));
    assert_eq!(one.unwrap().status, ThreadStatus::Completed);
    assert_eq!(two.unwrap().status, ThreadStatus::Completed);
}

#[tokio::test]
async fn a_reply_is_not_answered_with_the_run_before() {
    let (_sandbox, octavus, client) = start().await;
    octavus.next_run(Script::reply("first"));
    octavus.next_run(Script::reply("second").stale_reads(3));
    let run = dispatch(&client, "task").await;
    eager(run.wait()).await.unwrap();
    let second = eager(run.reply("more").await.unwrap().wait()).await.unwrap();
    assert_eq!(second.text(), "second");
}

#[tokio::test]
async fn what_an_agent_did_can_be_read_part_by_part() {
    let (_sandbox, octavus, client) = start().await;
    let ledger = ToolCall::new("ledger-lookup").label("Reading the ledger").display(Display::Title);
    octavus.next_run(
        Script::new()
            .reasoning("Check totals first")
            .tool(ledger.args(json!({ "secret": 1 })).result(json!([1, 2])))
            .part(Worker::new("checker").part(Part::text("nested")).display(Display::Stream))
            .part(Part::todo([("Sum", "completed")]))
            .raw(json!({ "type": "hologram", "frames": [1] }))
            .text("The total is 3."),
    );
    let done = eager(client.run("agent_1", "Add up")).await.unwrap();
    let answer = done.answer().unwrap();
    assert_eq!(answer.role, MessageRole::Assistant);
    assert!(answer.created().is_some());
    assert_eq!(answer.text(), "The total is 3.");
    let kinds: Vec<_> = answer.parts.iter().map(UiMessagePart::kind).collect();
    assert_eq!(kinds, ["reasoning", "tool-call", "worker", "todo", "hologram", "text"]);
    let UiMessagePart::ToolCall(call) = &answer.parts[1] else { panic!("{:?}", answer.parts[1]) };
    assert_eq!(call.display_name.as_deref(), Some("Reading the ledger"));
    assert!(call.args.is_empty() && call.result.is_none());
}
