//! How a run moves: with each read, past holds and questions, to its end.

use std::time::Duration;

use agent_threads_sandbox::mosoo::{Dialect, Permission, Script, ThreadStatus};
use serde_json::{Value, json};

use super::caller::{Caller, answer, id, of_type, types};

async fn run(caller: &Caller, thread: &str) -> Value {
    answer(caller.get(thread), 200).await["run"].clone()
}

fn decision(id: &str, decision: &str) -> Value {
    json!([{ "type": "permission_decision", "requestId": id, "decision": decision }])
}

#[tokio::test]
async fn each_read_of_a_thread_or_its_log_takes_its_run_one_step_further() {
    let caller = Caller::current().await;
    caller.mosoo.next_run(Script::new().fragments(["Hel", "lo"]));
    let thread = caller.create("x").await;
    // Lists of threads and of files do not.
    answer(caller.get(&caller.threads()), 200).await;
    answer(caller.get(&format!("{thread}/files")), 200).await;
    assert_eq!(caller.mosoo.peek(id(&thread)).unwrap()["run"]["status"], "queued");
    assert_eq!(run(&caller, &thread).await["status"], "running");
    for text in ["Hel", "Hello"] {
        let events = caller.events(&thread).await;
        assert_eq!(events.last().unwrap()["content"], text);
    }
    let run = run(&caller, &thread).await;
    assert_eq!(
        (&run["status"], &run["finalOutput"]["text"]),
        (&json!("completed"), &json!("Hello"))
    );
}

#[tokio::test]
async fn what_is_held_waits_for_its_release() {
    let caller = Caller::seed().await;
    caller.mosoo.next_run(Script::new().hold().text("Hello").hold());
    let thread = caller.create("x").await;
    for _ in 0..3 {
        assert_eq!(run(&caller, &thread).await["status"], "queued");
    }
    for status in ["running", "completed"] {
        caller.mosoo.release(id(&thread));
        caller.mosoo.play(id(&thread));
        assert_eq!(run(&caller, &thread).await["status"], status);
    }
}

#[tokio::test]
async fn a_run_without_an_end_keeps_its_thread_busy() {
    let caller = Caller::current().await;
    caller.mosoo.next_run(Script::reply("Hel").never_ends());
    let thread = caller.create("x").await;
    caller.mosoo.play(id(&thread));
    let read = answer(caller.get(&thread), 200).await;
    assert_eq!(
        (&read["run"]["status"], &read["thread"]["status"]),
        (&json!("running"), &json!("RUNNING"))
    );
    assert_eq!(caller.message(&thread, "y").send().await.unwrap().status(), 500);
}

#[tokio::test]
async fn an_expired_run_is_completed_in_the_log_and_not_in_its_status() {
    let caller = Caller::current().await;
    caller.mosoo.next_run(Script::reply("Hel").expires());
    let thread = caller.create("x").await;
    let events = caller.played(&thread).await;
    assert_eq!(types(&events).last(), Some(&"run.completed"));
    let run = run(&caller, &thread).await;
    assert_eq!((&run["status"], &run["finalOutput"]), (&json!("expired"), &Value::Null));
}

#[tokio::test]
async fn a_failed_run_says_why_and_has_no_output() {
    let caller = Caller::current().await;
    caller.mosoo.next_run(Script::reply("Hel").fails("provider_unavailable", "No answer."));
    let thread = caller.create("x").await;
    let events = caller.played(&thread).await;
    let last = events.last().unwrap();
    assert_eq!((&last["type"], &last["status"]), (&json!("run.failed"), &json!("error")));
    let run = run(&caller, &thread).await;
    let error =
        json!({ "code": "provider_unavailable", "message": "No answer.", "retryable": false });
    assert_eq!((&run["error"], &run["finalOutput"]), (&error, &Value::Null));
}

#[tokio::test]
async fn the_output_is_the_last_message_with_its_warnings_and_only_reads_have_it() {
    let caller = Caller::current().await;
    caller.mosoo.next_run(Script::reply("First.").text("  Last. ").unresolved_citations(2));
    let thread = caller.create("x").await;
    caller.mosoo.play(id(&thread));
    let warning = json!({ "code": "unresolved_provider_citation", "count": 2 });
    let output = json!({ "text": "  Last. ", "warnings": [warning] });
    let run = run(&caller, &thread).await;
    assert_eq!(run["finalOutput"], output);
    let interrupt = json!([{ "type": "user_interrupt", "runId": run["id"] }]);
    let sent = answer(caller.sending(&thread, &interrupt), 200).await;
    assert_eq!(sent["events"][0]["run"]["status"], "completed");
    assert_eq!(sent["events"][0]["run"]["finalOutput"], Value::Null);
}

#[tokio::test]
async fn a_question_waits_for_its_own_decision() {
    let caller = Caller::current().await;
    let asks = Permission::new("Run: rm -rf build", "call_9").request_id("perm-7");
    caller.mosoo.next_run(Script::new().asks(asks).text("Done."));
    let thread = caller.create("x").await;
    caller.mosoo.play(id(&thread));
    assert_eq!(run(&caller, &thread).await["status"], "waiting_input");

    // Another request's decision is taken, and changes nothing.
    let events = caller.events(&thread).await.len();
    answer(caller.sending(&thread, &decision("call_9", "allow_once")), 200).await;
    assert_eq!(run(&caller, &thread).await["status"], "waiting_input");
    assert_eq!(caller.events(&thread).await.len(), events);

    answer(caller.sending(&thread, &decision("perm-7", "allow_once")), 200).await;
    for status in ["waiting_input", "running"] {
        assert_eq!(run(&caller, &thread).await["status"], status);
    }
    let events = caller.played(&thread).await;
    let resolved = events.iter().find(|event| event["content"] == "permission.resolved").unwrap();
    assert_eq!((&resolved["type"], &resolved["runId"]), (&json!("session.status"), &Value::Null));
    assert_eq!(run(&caller, &thread).await["finalOutput"]["text"], "Done.");
    answer(caller.sending(&thread, &decision("perm-7", "allow_once")), 200).await;
}

#[tokio::test]
async fn a_rejection_leads_elsewhere_as_does_the_end_of_patience() {
    let caller = Caller::current().await;
    let script = || {
        let script = Script::new().asks(Permission::new("Run: make", "call_9")).text("Made.");
        script.if_rejected(Script::reply("Then not."))
    };
    caller.mosoo.next_run(script());
    let thread = caller.create("x").await;
    caller.mosoo.play(id(&thread));
    answer(caller.sending(&thread, &decision("call_9", "reject_once")), 200).await;
    caller.mosoo.play(id(&thread));
    assert_eq!(run(&caller, &thread).await["finalOutput"]["text"], "Then not.");

    caller.mosoo.next_run(script());
    let unanswered = caller.create("x").await;
    caller.mosoo.play(id(&unanswered));
    caller.mosoo.advance(Duration::from_secs(299));
    assert_eq!(run(&caller, &unanswered).await["status"], "waiting_input");
    caller.mosoo.advance(Duration::from_secs(1));
    caller.mosoo.play(id(&unanswered));
    assert_eq!(run(&caller, &unanswered).await["finalOutput"]["text"], "Then not.");
}

#[tokio::test]
async fn an_interrupt_reaches_the_runs_of_other_threads_in_the_seed_only() {
    for (dialect, status, reached) in
        [(Dialect::Seed, 200, "cancelled"), (Dialect::Current, 500, "queued")]
    {
        let caller = Caller::of(dialect).await;
        let (one, other) = (caller.create("x").await, caller.create("y").await);
        let run_id = caller.mosoo.peek(id(&other)).unwrap()["run"]["id"].clone();
        let interrupt = json!([{ "type": "user_interrupt", "runId": run_id }]);
        let sent = answer(caller.sending(&one, &interrupt), status).await;
        assert_eq!(caller.mosoo.peek(id(&other)).unwrap()["run"]["status"], reached);
        if dialect == Dialect::Seed {
            assert_eq!(sent["thread"]["id"], id(&one));
        }
    }
}

#[tokio::test]
async fn archiving_a_busy_thread_cancels_its_run_and_says_so() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    answer(caller.post(&format!("{thread}/archive"), &json!({})), 200).await;
    let run = run(&caller, &thread).await;
    assert_eq!(
        (&run["status"], &run["error"]["code"]),
        (&json!("cancelled"), &json!("session.archived"))
    );
    assert_eq!(run["startedAt"], run["completedAt"]);
    let events = caller.events(&thread).await;
    assert_eq!(of_type(&events, "run.completed").len(), 1);
}

#[tokio::test]
async fn a_thread_that_is_moved_or_over_takes_no_messages() {
    let caller = Caller::current().await;
    let thread = caller.create("x").await;
    caller.mosoo.play(id(&thread));
    for status in [ThreadStatus::Rescheduling, ThreadStatus::Terminated] {
        caller.mosoo.set_thread_status(id(&thread), status);
        assert_eq!(caller.message(&thread, "y").send().await.unwrap().status(), 500);
    }
    answer(caller.delete(&thread), 200).await;
}
