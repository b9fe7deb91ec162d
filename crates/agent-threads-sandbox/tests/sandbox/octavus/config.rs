//! The settings that a dispatch gives its thread.

use agent_threads_sandbox::octavus::{Agent, Generation};
use serde_json::{Value, json};

use super::caller::{Caller, refused};

#[tokio::test]
async fn what_was_given_shows_on_the_thread_for_its_whole_life() {
    let caller = Caller::of(Generation::G4).await;
    let config = json!({ "model": "anthropic/some-model", "backupModel": "openai/other", "thinking": "low",
                         "capabilities": { "memory": false }, "record": true, "recordVisibility": "public", "later": 1 });
    let shown = json!({ "model": "anthropic/some-model", "backupModel": "openai/other", "thinking": "low",
                        "capabilities": { "memory": false } });
    let id = caller.dispatch_with(config).await;
    assert_eq!(caller.read(&id).await["runConfig"], shown);
    caller.statuses::<3>(&id).await;
    caller.follow_up(&id, "more").await;
    assert_eq!(caller.read(&id).await["runConfig"], shown);

    let without = caller.dispatch("x").await;
    assert_eq!(caller.read(&without).await["runConfig"], Value::Null);
    let empty = caller.dispatch_with(json!({})).await;
    assert_eq!(caller.read(&empty).await["runConfig"], json!({}));
}

#[tokio::test]
async fn a_config_that_breaks_a_rule_is_refused_before_anything_runs() {
    let caller = Caller::of(Generation::G4).await;
    for config in [
        json!(null),
        json!("low"),
        json!([]),
        json!({ "model": "some-model" }),
        json!({ "model": "/some-model" }),
        json!({ "model": "anthropic/" }),
        json!({ "backupModel": 1 }),
        json!({ "thinking": "enormous" }),
        json!({ "thinking": null }),
        json!({ "capabilities": ["memory"] }),
        json!({ "capabilities": { "memory": "on" } }),
        json!({ "capabilities": { "telepathy": true } }),
        json!({ "record": "yes" }),
        json!({ "record": true, "recordVisibility": "friends" }),
        json!({ "record": true, "recordVisibility": null }),
    ] {
        let body = json!({ "message": "x", "config": config });
        refused(caller.dispatching_body(&body), 400, "VALIDATION_ERROR").await;
    }
    for level in ["off", "low", "medium", "high", "max", "auto"] {
        caller.dispatch_with(json!({ "thinking": level })).await;
    }
    // Without a recording its visibility has no meaning.
    caller.dispatch_with(json!({ "recordVisibility": "friends" })).await;
    assert_eq!(caller.octavus.thread_ids().len(), 7);
}

#[tokio::test]
async fn models_and_capabilities_are_those_that_are_set() {
    let caller = Caller::of(Generation::G2).await;
    caller.octavus.set_models(["anthropic/a", "openai/b"]);
    caller.octavus.set_agent("agent_1", Agent::new().capabilities([("telepathy", false)]));
    let fine = json!({ "model": "anthropic/a", "backupModel": "openai/b", "capabilities": { "telepathy": true } });
    caller.dispatch_with(fine).await;
    for config in [
        json!({ "model": "anthropic/c" }),
        json!({ "backupModel": "anthropic/c" }),
        json!({ "capabilities": { "memory": true } }),
    ] {
        let body = json!({ "message": "x", "config": config });
        refused(caller.dispatching_body(&body), 400, "VALIDATION_ERROR").await;
    }
}

#[tokio::test]
async fn if_idle_is_a_boolean() {
    let caller = Caller::of(Generation::G4).await;
    for wrong in [json!(null), json!("true"), json!(1)] {
        let body = json!({ "message": "x", "ifIdle": wrong });
        refused(caller.dispatching_body(&body), 400, "VALIDATION_ERROR").await;
    }
}
