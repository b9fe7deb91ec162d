//! Runs: made, read step by step, listed.

use agent_threads_sandbox::middesk::{Artifact, Script, Source, Step};
use serde_json::{Value, json};

use super::caller::{Caller, answer, id, refused};

#[tokio::test]
async fn a_run_goes_one_step_further_with_each_read_until_it_completes() {
    let caller = Caller::start().await;
    let artifact = Artifact::new("Name", "cip_summary").confidence("high").summary("It matches.");
    let source = Source::new("https://sos.example/1").name("SOS").tier("primary").category("sos");
    let script = Script::completes([artifact.source(source)]).step(Step::activity("search"));
    caller.middesk.next_run(script);
    let made = answer(caller.starting(), 201).await;
    assert_eq!((&made["object"], &made["status"]), (&json!("run"), &json!("running")));
    assert_eq!((&made["output"], &made["ended_at"]), (&Value::Null, &Value::Null));
    assert_eq!((&made["interrupts"], made.get("steps")), (&json!([]), None));
    assert_eq!(made["agent"], "cip_orchestrator");
    assert_eq!(made["thread_id"], caller.middesk.thread_ids()[0]);
    assert_eq!(made["requester"]["email"], Value::Null);

    let seen = |run: &Value| {
        let steps = run["steps"].as_array().unwrap().iter();
        steps.map(|step| step["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = caller.read_with_steps(&id(&made)).await;
    assert_eq!((seen(&first), &first["status"]), (vec!["running".to_owned()], &json!("running")));
    let second = caller.read_with_steps(&id(&made)).await;
    assert_eq!(seen(&second), ["completed", "running"]);
    let last = caller.read_with_steps(&id(&made)).await;
    assert_eq!(
        (seen(&last), &last["status"]),
        (vec!["completed".to_owned(); 2], &json!("completed"))
    );
    assert!(last["ended_at"].is_string());

    let output = &last["output"]["artifacts"][0];
    assert_eq!(*output, last["steps"][1]["artifacts"][0]);
    assert_eq!((&output["title"], &output["confidence"]), (&json!("Name"), &json!("high")));
    let source = json!({ "url": "https://sos.example/1", "source_name": "SOS", "source_tier": "primary", "source_type": "sos" });
    assert_eq!(output["sources"], json!([source]));
    assert!(output["id"].is_string());
}

#[tokio::test]
async fn steps_contain_steps() {
    let caller = Caller::start().await;
    let inner = Step::activity("look_up").agent("address_verification").fails();
    let outer = Step::activity("verify").label("Verifying").child(inner.child(Step::activity("x")));
    caller.middesk.next_run(Script::completes([]).step(outer));
    let run = caller.rest(&caller.start_run().await).await;
    let outer = &run["steps"][0];
    assert_eq!((&outer["label"], &outer["parent_step_id"]), (&json!("Verifying"), &Value::Null));
    let inner = &outer["steps"][0];
    assert_eq!((&inner["parent_step_id"], &inner["status"]), (&outer["id"], &json!("error")));
    assert_eq!(inner["agent"], "address_verification");
    assert_eq!(inner["steps"][0]["parent_step_id"], inner["id"]);
}

#[tokio::test]
async fn a_run_that_fails_has_no_output() {
    let caller = Caller::start().await;
    caller.middesk.next_run(Script::fails());
    let run = caller.rest(&caller.start_run().await).await;
    assert_eq!((&run["status"], &run["output"]), (&json!("error"), &Value::Null));
    assert_eq!(
        (&run["steps"][0]["type"], &run["steps"][0]["status"]),
        (&json!("error"), &json!("error"))
    );
}

#[tokio::test]
async fn what_is_held_stays_until_it_is_released() {
    let caller = Caller::start().await;
    caller.middesk.next_run(Script::completes([]).hold());
    let run_id = caller.start_run().await;
    for _ in 0..5 {
        assert_eq!(caller.read(&run_id).await["status"], "running");
    }
    caller.middesk.release(&run_id, 1);
    assert_eq!(caller.middesk.peek(&run_id).unwrap()["status"], "running");
    assert_eq!(caller.read(&run_id).await["status"], "running");
    caller.middesk.release(&run_id, 1);
    assert_eq!(caller.read(&run_id).await["status"], "completed");
}

#[tokio::test]
async fn a_run_needs_something_to_be_about() {
    let caller = Caller::start().await;
    let post = |body: Value| caller.post("/v1/runs", &body);
    let kind = "cip_orchestrator";
    refused(post(json!({ "type": kind })), 400).await;
    refused(post(json!({ "type": kind, "context_type": "business" })), 400).await;
    refused(post(json!({ "type": kind, "thread_id": "nothing" })), 404).await;
    refused(post(json!({ "type": "nobody", "business_id": "b" })), 404).await;
    refused(post(json!({ "business_id": "b" })), 400).await;
    caller.middesk.set_business_status("b", "in_audit");
    refused(post(json!({ "type": kind, "business_id": "b" })), 422).await;
    assert_eq!(caller.middesk.run_ids(), [""; 0]);
    answer(post(json!({ "type": kind, "context_type": "business", "context_id": "c" })), 201).await;

    let thread_id = caller.middesk.thread_ids()[0].clone();
    let again = answer(post(json!({ "type": kind, "thread_id": thread_id })), 201).await;
    assert_eq!(again["thread_id"], json!(thread_id));
    assert_eq!(caller.middesk.thread_ids().len(), 1);
}

#[tokio::test]
async fn the_list_shows_runs_newest_first_and_leaves_them_where_they_are() {
    let caller = Caller::start().await;
    let ids = [caller.start_run().await, caller.start_run().await];
    for _ in 0..5 {
        let list = answer(caller.get("/v1/runs"), 200).await;
        let listed: Vec<_> = list["data"].as_array().unwrap().iter().map(id).collect();
        assert_eq!(listed, [ids[1].clone(), ids[0].clone()]);
        assert_eq!(list["data"][0]["status"], "running");
        assert_eq!(list["data"][0].get("steps"), None);
    }
}

#[tokio::test]
async fn an_earlier_revision_has_its_own_names() {
    let caller = Caller::start().await;
    caller.middesk.set_old_revision(true);
    caller.middesk.set_artifact_ids(false);
    let made = answer(caller.starting(), 201).await;
    assert_eq!((&made["status"], &made["steps"]), (&json!("pending"), &Value::Null));
    assert!(made.as_object().unwrap().contains_key("steps"));
    let mut run = made;
    while run["status"] == "pending" {
        run = caller.read_with_steps(&id(&run)).await;
    }
    assert_eq!(
        (&run["status"], &run["steps"][0]["graph"]),
        (&json!("completed"), &json!("cip_orchestrator"))
    );
    assert_eq!((run["steps"][0].get("agent"), &run["agent"]), (None, &json!("cip_orchestrator")));
    assert_eq!(run["output"]["artifacts"][0].get("id"), None);

    caller.middesk.next_run(Script::fails().step(Step::activity("x").child(Step::activity("y"))));
    let run_id = caller.start_run().await;
    for status in ["pending", "pending", "failed"] {
        assert_eq!(caller.read(&run_id).await["status"], status);
    }
    let run = caller.middesk.peek(&run_id).unwrap();
    assert_eq!(run["steps"][0]["steps"][0]["graph"], "cip_orchestrator");
}
