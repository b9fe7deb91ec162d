//! Values are made as the vendor's documents show them.

use super::*;
use serde_json::json;

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_str(&value.to_string()).unwrap()
}

fn run(more: Value) -> Run {
    let mut run = json!({ "object": "run", "id": "r", "created_at": "2026-03-04T10:00:01Z",
                          "updated_at": "2026-03-04T10:04:12.500Z", "status": "completed" });
    merge(&mut run, more);
    read(&run)
}

fn step(id: &str, more: Value) -> Value {
    let mut step = json!({ "id": id, "run_id": "r", "type": "activity", "name": "n", "label": "L",
                           "status": "completed", "started_at": "2026-03-04T10:00:02Z" });
    merge(&mut step, more);
    step
}

fn merge(value: &mut Value, more: Value) {
    let Value::Object(more) = more else { panic!("{more}") };
    for (name, field) in more {
        value[name] = field;
    }
}

#[test]
fn a_run_rests_in_the_documented_statuses_of_each_revision() {
    let rests = |status: &str| {
        let status = RunStatus::from(status);
        (status.is_terminal(), status.is_at_rest())
    };
    assert!(["completed", "error", "failed"].iter().all(|status| rests(status) == (true, true)));
    assert_eq!(rests("interrupted"), (false, true));
    let at_work = ["running", "pending", "paused", ""];
    assert!(at_work.iter().all(|status| rests(status) == (false, false)));
    let threads = ["completed", "error", "failed", "interrupted"];
    assert!(threads.iter().all(|status| ThreadStatus::from(*status).is_at_rest()));
    assert!(at_work.iter().all(|status| !ThreadStatus::from(*status).is_at_rest()));
}

#[test]
fn lists_may_be_absent_null_or_there() {
    for absent in [json!({}), json!({ "output": null, "interrupts": null, "steps": null })] {
        let run = run(absent);
        assert!(run.artifacts().is_empty() && run.interrupts().is_empty());
        assert!(run.steps().is_empty() && run.all_steps().is_empty());
    }
    assert!(run(json!({ "output": {} })).artifacts().is_empty());
    assert!(run(json!({ "output": { "artifacts": null } })).artifacts().is_empty());
    let artifact = json!({ "title": "T", "type": "cip_summary" });
    let interrupt = json!({ "id": "int_01", "value": {} });
    let run = run(json!({ "output": { "artifacts": [artifact] }, "interrupts": [interrupt],
                          "steps": [step("s", json!({}))] }));
    assert_eq!((run.artifacts().len(), run.interrupts().len(), run.steps().len()), (1, 1, 1));
    assert!(run.artifacts()[0].sources().is_empty());
    assert!(run.steps()[0].artifacts().is_empty() && run.steps()[0].steps().is_empty());
}

#[test]
fn all_steps_come_in_the_order_of_an_outline() {
    let inner = step("b", json!({ "steps": [step("c", json!({}))] }));
    let first = step("a", json!({ "steps": [inner, step("d", json!({}))] }));
    let run = run(json!({ "steps": [first, step("e", json!({}))] }));
    let ids: Vec<_> = run.all_steps().iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c", "d", "e"]);
}

#[test]
fn the_agent_of_a_step_is_told_by_each_revision() {
    let agent = |more| read::<Step>(&step("s", more)).agent().map(str::to_owned);
    assert_eq!(agent(json!({ "agent": "a" })).as_deref(), Some("a"));
    assert_eq!(agent(json!({ "graph": "g" })).as_deref(), Some("g"));
    assert_eq!(agent(json!({ "agent": "a", "graph": "g" })).as_deref(), Some("a"));
    assert_eq!(agent(json!({ "agent": null })), None);
}

#[test]
fn a_resolution_is_read_in_both_places() {
    let resolution = |more| read::<Step>(&step("s", more)).resolution();
    let in_result = json!({ "result": { "resolution": "skip", "note": "x" } });
    assert_eq!(resolution(in_result), Some(StepResolution::Skip));
    assert_eq!(
        resolution(json!({ "resolution": "auto_approve" })),
        Some(StepResolution::AutoApprove)
    );
    for none in [
        json!({}),
        json!({ "result": null }),
        json!({ "result": "done" }),
        json!({ "result": { "resolution": 1 } }),
    ] {
        assert_eq!(resolution(none), None);
    }
    let later = resolution(json!({ "result": { "resolution": "escalate" } }));
    assert_eq!(later.unwrap().as_str(), "escalate");
}

#[test]
fn an_interrupt_is_read_as_far_as_it_has_the_usual_keys() {
    let interrupt = |value| read::<RunInterrupt>(&json!({ "id": "int_01", "value": value }));
    let asks = interrupt(json!({ "agent": "watchlist_resolution", "label": "Dismiss this hit?",
        "artifacts": [{ "title": "Hit", "type": "watchlist_hit" }, { "later": 1 }] }));
    assert_eq!(asks.label(), Some("Dismiss this hit?"));
    assert_eq!(asks.artifacts().len(), 1);
    assert!(asks.proposals().is_empty());
    let wraps =
        interrupt(json!({ "type": "combined_proposal", "proposals": [{ "label": "A" }, 2] }));
    assert_eq!((wraps.label(), wraps.proposals().len()), (None, 2));
    let odd = interrupt(json!("Go on?"));
    assert!(odd.label().is_none() && odd.artifacts().is_empty() && odd.proposals().is_empty());
}

#[test]
fn an_event_names_its_run_in_either_way() {
    let started = |data| RunStreamEvent::RunStarted(read(&data)).run_id().map(str::to_owned);
    assert_eq!(started(json!({ "run_id": "r" })).as_deref(), Some("r"));
    assert_eq!(started(json!({ "runId": "r", "threadId": "t" })).as_deref(), Some("r"));
    assert_eq!(started(json!({ "runId": 7 })), None);
}

#[test]
fn a_snapshot_is_read_as_far_as_it_has_the_usual_keys() {
    let snapshot =
        |snapshot| read::<StateSnapshot>(&json!({ "run_id": "r", "snapshot": snapshot }));
    let artifact = json!({ "title": "T", "type": "cip_summary" });
    let flat = snapshot(json!({ "steps": [step("s", json!({})), 7], "artifacts": [artifact] }));
    assert_eq!((flat.steps().len(), flat.artifacts().len(), flat.status()), (1, 1, None));
    let run = snapshot(json!({ "status": "running", "output": { "artifacts": [artifact] } }));
    assert_eq!((run.steps().len(), run.artifacts().len()), (0, 1));
    assert_eq!(run.status(), Some(RunStatus::Running));
    for odd in [json!(null), json!([]), json!("x"), json!({ "steps": {} })] {
        let odd = snapshot(odd);
        assert!(odd.steps().is_empty() && odd.artifacts().is_empty() && odd.status().is_none());
    }
}

#[test]
fn the_reason_of_a_failure_is_a_text_or_nothing() {
    let failed = |data| read::<RunFailed>(&data).text().to_owned();
    assert_eq!(failed(json!({ "message": "No answer", "code": 7 })), "No answer");
    assert_eq!(failed(json!({})), "");
    assert_eq!(failed(json!({ "message": { "text": "No answer" } })), "");
}
