//! What a thread says of its runs beside the conversation, and when it is settled.

use agent_threads_sandbox::octavus::{Agent, Generation, Script, Usage};
use serde_json::{Value, json};

use super::caller::Caller;

fn time(value: &Value) -> i64 {
    let text = value.as_str().unwrap_or_else(|| panic!("a time, not {value}"));
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

fn usage(cost: f64, fee: f64, byok: bool, [input, output, total]: [u64; 3]) -> Value {
    json!({ "currency": "USD", "costUsd": cost, "totalFeeUsd": fee, "byok": byok,
            "inputTokens": input, "outputTokens": output, "totalTokens": total })
}

fn nothing() -> Value {
    usage(0.0, 0.0, false, [0, 0, 0])
}

#[tokio::test]
async fn usage_is_zero_until_there_is_spend_and_settles_after_the_end() {
    let caller = Caller::of(Generation::G2).await;
    let spent = Usage::new().cost_usd(0.5).total_fee_usd(0.75).tokens(900, 100).byok();
    let so_far = Usage::new().cost_usd(0.25).tokens(400, 10);
    caller.octavus.next_run(Script::reply("y").usage(spent).usage_so_far(so_far).settles_after(2));
    let id = caller.dispatch("x").await;
    let at_work = usage(0.25, 0.0, false, [400, 10, 410]);
    let settled = usage(0.5, 0.75, true, [900, 100, 1000]);
    for (status, expected) in [
        ("pending", nothing()),
        ("queued", nothing()),
        ("running", at_work.clone()),
        ("completed", at_work.clone()),
        ("completed", at_work),
        ("completed", settled.clone()),
        ("completed", settled),
    ] {
        let thread = caller.read(&id).await;
        assert_eq!((&thread["status"], &thread["usage"]), (&json!(status), &expected));
    }
}

#[tokio::test]
async fn usage_adds_up_over_the_runs_of_a_thread_and_a_follow_up_settles_it() {
    let caller = Caller::of(Generation::G2).await;
    let of_run = |cost| Script::new().usage(Usage::new().cost_usd(cost)).statuses(["running"]);
    caller.octavus.next_run(of_run(1.0).settles_after(99));
    caller.octavus.next_run(of_run(2.0).settles_after(0));
    let id = caller.dispatch("1").await;
    caller.statuses::<2>(&id).await;
    assert_eq!(caller.read(&id).await["usage"]["costUsd"], 0.0);
    caller.follow_up(&id, "2").await;
    assert_eq!(caller.read(&id).await["usage"]["costUsd"], 1.0);
    let ended = caller.read(&id).await;
    assert_eq!((&ended["status"], &ended["usage"]["costUsd"]), (&json!("completed"), &json!(3.0)));
}

#[tokio::test]
async fn a_platform_that_does_not_report_usage_says_null() {
    let caller = Caller::of(Generation::G4).await;
    caller.octavus.set_reports_usage(false);
    let id = caller.dispatch("x").await;
    caller.statuses::<4>(&id).await;
    assert_eq!(caller.read(&id).await["usage"], Value::Null);
}

#[tokio::test]
async fn a_recording_settles_after_the_run() {
    let caller = Caller::of(Generation::G3).await;
    caller.octavus.next_run(Script::reply("y").settles_after(2));
    let id = caller.dispatch_with(json!({ "record": true })).await;
    let expected = ["requested", "requested", "recording", "processing", "processing", "ready"];
    let mut last = Value::Null;
    for status in expected {
        last = caller.read(&id).await["recording"].clone();
        assert_eq!((&last["status"], &last["visibility"]), (&json!(status), &json!("private")));
        assert_eq!((last["url"].is_string(), &last["error"]), (status == "ready", &Value::Null));
    }
    assert!(last["url"].as_str().unwrap().contains("signature="), "{last}");
    // Another run in the thread is recorded again.
    caller.follow_up(&id, "more").await;
    assert_eq!(caller.read(&id).await["recording"]["status"], "recording");
}

#[tokio::test]
async fn a_public_recording_has_an_address_that_stays() {
    let caller = Caller::of(Generation::G3).await;
    caller.octavus.next_run(Script::new().settles_after(0));
    let config = json!({ "record": true, "recordVisibility": "public" });
    let id = caller.dispatch_with(config).await;
    caller.statuses::<3>(&id).await;
    let recording = caller.read(&id).await["recording"].clone();
    assert_eq!(
        (&recording["status"], &recording["visibility"]),
        (&json!("ready"), &json!("public"))
    );
    assert!(!recording["url"].as_str().unwrap().contains('?'), "{recording}");
}

#[tokio::test]
async fn a_recording_may_come_to_nothing() {
    let caller = Caller::of(Generation::G3).await;
    for (script, status) in [
        (Script::new().recording_fails("No disk"), "failed"),
        (Script::new().recording_unavailable("No disk"), "unavailable"),
    ] {
        caller.octavus.next_run(script.settles_after(0));
        let id = caller.dispatch_with(json!({ "record": true })).await;
        caller.statuses::<3>(&id).await;
        assert_eq!(
            caller.read(&id).await["recording"],
            json!({ "status": status, "visibility": "private", "url": null, "error": "No disk" })
        );
    }
}

#[tokio::test]
async fn without_record_there_is_no_recording() {
    let caller = Caller::of(Generation::G3).await;
    for config in [json!({}), json!({ "record": false, "recordVisibility": "public" })] {
        let id = caller.dispatch_with(config).await;
        assert_eq!(caller.read(&id).await["recording"], Value::Null);
    }
}

#[tokio::test]
async fn a_failure_has_a_type() {
    let caller = Caller::of(Generation::G3).await;
    for (script, failure_type) in [
        (Script::new(), Value::Null),
        (Script::new().cancelled().failure_type("network"), Value::Null),
        (Script::new().fails("no"), json!("unknown")),
        (Script::new().fails("no").failure_type("provider"), json!("provider")),
        (Script::new().blocked("no"), json!("limit")),
        (Script::new().blocked("no").failure_type("billing"), json!("billing")),
    ] {
        caller.octavus.next_run(script.statuses(["running"]));
        let id = caller.dispatch("x").await;
        assert_eq!(caller.read(&id).await["failureType"], Value::Null, "nothing has failed yet");
        assert_eq!(caller.read(&id).await["failureType"], failure_type);
        caller.follow_up(&id, "more").await;
        assert_eq!(caller.read(&id).await["failureType"], Value::Null);
        caller.read(&id).await;
    }
}

#[tokio::test]
async fn a_thread_starts_once_and_ends_with_each_run() {
    let caller = Caller::of(Generation::G4).await;
    let id = caller.dispatch("1").await;
    for _ in 0..2 {
        let waiting = caller.read(&id).await;
        assert_eq!((&waiting["startedAt"], &waiting["completedAt"]), (&Value::Null, &Value::Null));
        assert_eq!(waiting["provenance"], Value::Null);
    }
    let running = caller.read(&id).await;
    assert_eq!(running["completedAt"], Value::Null);
    let ended = caller.read(&id).await;
    assert_eq!(ended["startedAt"], running["startedAt"]);
    assert!(time(&ended["completedAt"]) >= time(&ended["startedAt"]));

    caller.follow_up(&id, "2").await;
    let peeked = caller.octavus.peek(&id).unwrap();
    assert_eq!(peeked["completedAt"], Value::Null, "a follow up clears it at once");
    let running = caller.read(&id).await;
    assert_eq!(
        (&running["startedAt"], &running["completedAt"]),
        (&ended["startedAt"], &Value::Null)
    );
    let again = caller.read(&id).await;
    assert!(time(&again["completedAt"]) >= time(&ended["completedAt"]));
}

#[tokio::test]
async fn an_end_between_turns_has_no_time_as_a_follow_up_has_cleared_it() {
    let caller = Caller::of(Generation::G4).await;
    caller.octavus.next_run(Script::reply("1").statuses(["running"]).shows_end_between_turns());
    let id = caller.dispatch("1").await;
    caller.read(&id).await;
    caller.follow_up(&id, "2").await;
    let between = caller.read(&id).await;
    assert_eq!((&between["status"], &between["completedAt"]), (&json!("completed"), &Value::Null));
    assert_eq!(caller.statuses::<2>(&id).await, ["running", "completed"]);
    assert!(caller.read(&id).await["completedAt"].is_string());
}

#[tokio::test]
async fn a_run_that_ends_at_once_has_started_if_it_says_something() {
    let caller = Caller::of(Generation::G4).await;
    for (script, started) in [
        (Script::reply("done"), true),
        (Script::new(), true),
        (Script::new().text("Half").fails("no"), true),
        (Script::new().fails("no"), false),
        (Script::new().blocked("no"), false),
        (Script::new().cancelled(), false),
    ] {
        caller.octavus.next_run(script.statuses::<String>([]));
        let id = caller.dispatch("x").await;
        let thread = caller.read(&id).await;
        assert_eq!(thread["startedAt"].is_string(), started, "{thread}");
        assert_eq!(thread["provenance"].is_object(), started, "{thread}");
        assert!(thread["completedAt"].is_string(), "{thread}");
    }
}

#[tokio::test]
async fn provenance_names_platform_definition_and_computer() {
    let caller = Caller::of(Generation::G4).await;
    let agent = Agent::new().hired_from("bookkeeper", 7).computer("mac", "macos", "running");
    caller.octavus.set_agent("agent_1", agent);
    let id = caller.dispatch("x").await;
    caller.octavus.set_agent("agent_1", Agent::new());
    caller.statuses::<2>(&id).await;
    let thread = caller.read(&id).await;
    let provenance = &thread["provenance"];
    assert_eq!(provenance["definition"], json!({ "slug": "bookkeeper", "version": 7 }));
    let computer = &provenance["computer"];
    assert_eq!((&computer["kind"], &computer["os"]), (&json!("mac"), &json!("macos")));
    for version in ["runtimeVersion", "imageVersion", "region"] {
        assert!(computer[version].is_string(), "{version}");
    }
    let deployments = provenance["platform"]["deployments"].as_array().unwrap();
    assert_eq!(deployments.len(), 1);
    assert!(deployments[0]["deploymentId"].is_string() && deployments[0]["commitSha"].is_string());
    assert_eq!(deployments[0]["firstSeenAt"], thread["startedAt"]);
}
