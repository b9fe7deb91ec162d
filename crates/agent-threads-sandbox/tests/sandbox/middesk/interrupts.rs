//! Runs that ask something, and what answers them.

use agent_threads_sandbox::middesk::{Artifact, Interrupt, InterruptPolicy, Script, Step};
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused};

fn asking() -> Script {
    let hit = Artifact::new("Hit", "watchlist_hit").confidence("low");
    let interrupt = Interrupt::new("Dismiss this hit?").agent("watchlist_resolution").artifact(hit);
    let then = Script::completes([Artifact::new("Done", "watchlist_summary")]);
    Script::interrupted([interrupt]).then(then.step(Step::activity("dismiss")))
}

fn resume(caller: &Caller, run_id: &str, body: &Value) -> reqwest::RequestBuilder {
    caller.post(&format!("/v1/runs/{run_id}/resume?include=steps"), body)
}

#[tokio::test]
async fn a_run_waits_for_an_answer_and_then_goes_on() {
    let caller = Caller::start().await;
    caller.middesk.next_run(asking());
    let run_id = caller.start_run().await;
    let run = caller.rest(&run_id).await;
    assert_eq!((&run["status"], &run["output"]), (&json!("interrupted"), &Value::Null));
    assert_eq!(run["ended_at"], Value::Null);
    let step = &run["steps"][0];
    assert_eq!((&step["type"], &step["status"]), (&json!("interrupt"), &json!("running")));
    let interrupt = &run["interrupts"][0];
    assert_eq!(
        (run["interrupts"].as_array().unwrap().len(), &interrupt["agent"]),
        (1, &json!("watchlist_resolution"))
    );
    let value = json!({ "agent": "watchlist_resolution", "label": "Dismiss this hit?", "artifacts": step["artifacts"] });
    assert_eq!(interrupt["value"], value);
    assert_eq!(caller.read(&run_id).await["status"], "interrupted");

    refused(resume(&caller, &run_id, &json!({ "id": "int_9999" })), 422).await;
    refused(resume(&caller, &run_id, &json!({ "input": {} })), 400).await;
    refused(resume(&caller, "nothing", &json!({ "id": interrupt["id"] })), 404).await;
    let body = json!({ "id": interrupt["id"], "input": { "approved": true } });
    let run = answer(resume(&caller, &run_id, &body), 200).await;
    assert_eq!((&run["status"], &run["interrupts"]), (&json!("running"), &json!([])));
    assert_eq!(run["steps"][0]["status"], "completed");
    assert_eq!(run["steps"][0].get("result"), None);
    refused(resume(&caller, &run_id, &body), 422).await;

    let run = caller.rest(&run_id).await;
    let types: Vec<_> = run["steps"].as_array().unwrap().iter().map(|step| &step["type"]).collect();
    assert_eq!(types, ["interrupt", "activity", "output"]);
    assert_eq!(run["output"]["artifacts"][0]["title"], "Done");
}

#[tokio::test]
async fn every_question_must_be_answered() {
    let caller = Caller::start().await;
    let combined = Interrupt::combined([json!({ "agent": "address_verification" })]);
    caller.middesk.next_run(Script::interrupted([Interrupt::new("One?"), combined]));
    let run_id = caller.start_run().await;
    let run = caller.rest(&run_id).await;
    let [one, other] = run["interrupts"].as_array().unwrap().as_slice() else {
        panic!("two interrupts: {run}");
    };
    assert_eq!((one.get("agent"), &one["value"]["label"]), (None, &json!("One?")));
    assert_eq!(
        other["value"],
        json!({ "type": "combined_proposal", "proposals": [{ "agent": "address_verification" }] })
    );
    let run = answer(resume(&caller, &run_id, &json!({ "interrupt_id": one["id"] })), 200).await;
    assert_eq!(run["status"], "interrupted");
    let run = answer(resume(&caller, &run_id, &json!({ "id": other["id"] })), 200).await;
    assert_eq!(run["status"], "running");
    assert_eq!(caller.rest(&run_id).await["output"], json!({ "artifacts": [] }));
}

#[tokio::test]
async fn a_run_can_ask_again() {
    let caller = Caller::start().await;
    caller.middesk.next_run(asking().then(asking()));
    let run_id = caller.start_run().await;
    for _ in 0..2 {
        let run = caller.rest(&run_id).await;
        assert_eq!(run["status"], "interrupted");
        answer(resume(&caller, &run_id, &json!({ "id": run["interrupts"][0]["id"] })), 200).await;
    }
    let run = caller.rest(&run_id).await;
    assert_eq!(run["status"], "completed");
    let statuses: Vec<_> =
        run["steps"].as_array().unwrap().iter().map(|step| &step["status"]).collect();
    assert!(statuses.iter().all(|status| **status == "completed"), "{run}");
}

#[tokio::test]
async fn under_a_policy_nobody_is_asked_and_the_step_says_why() {
    let caller = Caller::start().await;
    for (policy, resolution) in
        [(InterruptPolicy::AutoApprove, "auto_approve"), (InterruptPolicy::Skip, "skip")]
    {
        caller.middesk.set_agent_interrupt_policy("watchlist_resolution", policy);
        caller.middesk.next_run(asking());
        let run = caller.rest(&caller.start_run().await).await;
        assert_eq!((&run["status"], &run["interrupts"]), (&json!("completed"), &json!([])));
        let step = &run["steps"][0];
        assert_eq!(
            (&step["status"], &step["result"]),
            (&json!("completed"), &json!({ "resolution": resolution }))
        );
        assert_eq!(run["output"]["artifacts"][0]["title"], "Done");
    }
    // The policy of an agent goes before that of the account.
    caller.middesk.set_interrupt_policy(InterruptPolicy::AutoApprove);
    caller.middesk.set_agent_interrupt_policy("watchlist_resolution", InterruptPolicy::Manual);
    caller.middesk.next_run(asking());
    assert_eq!(caller.rest(&caller.start_run().await).await["status"], "interrupted");
}

#[tokio::test]
async fn where_there_is_no_way_to_resume_an_action_may_be_the_answer() {
    let caller = Caller::start().await;
    caller.middesk.set_resume(false);
    caller.middesk.next_run(asking());
    let run_id = caller.start_run().await;
    let interrupt = caller.rest(&run_id).await["interrupts"][0].clone();
    refused(resume(&caller, &run_id, &json!({ "id": interrupt["id"] })), 404).await;
    let action = json!({
        "object_type": "watchlist_result",
        "object_id": caller.middesk.watchlist_result_id(),
        "type": "dismissal",
        "payload": {},
        "note": "Another person",
        "run_id": run_id,
    });
    answer(caller.post("/v1/actions", &action), 201).await;
    assert_eq!(caller.read(&run_id).await["status"], "interrupted");
    caller.middesk.set_actions_resume(true);
    answer(caller.post("/v1/actions", &action), 201).await;
    assert_eq!(caller.rest(&run_id).await["status"], "completed");
}
