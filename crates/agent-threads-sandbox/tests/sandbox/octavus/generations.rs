//! What each generation of the API has, and what it passes over.

use agent_threads_sandbox::octavus::{Agent, Generation, Octavus, Script};
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, answer, header, refused};

const FIRST: [&str; 4] = ["failureReason", "messages", "status", "threadId"];
const ALL: [Generation; 4] = [Generation::G1, Generation::G2, Generation::G3, Generation::G4];

fn fields(thread: &Value) -> Vec<&str> {
    let mut names: Vec<_> = thread.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn with_first(later: &[&'static str]) -> Vec<&'static str> {
    let mut names = [&FIRST[..], later].concat();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_thread_has_the_fields_of_its_generation_and_no_others() {
    let caller = Caller::start().await;
    let id = caller.dispatch("x").await;
    caller.statuses::<4>(&id).await;
    assert_eq!(fields(&caller.read(&id).await), FIRST, "without a word the first generation");
    let later = [
        "runConfig",
        "usage",
        "recording",
        "failureType",
        "startedAt",
        "completedAt",
        "provenance",
    ];
    for (generation, count) in
        [(Generation::G1, 0), (Generation::G2, 3), (Generation::G3, 4), (Generation::G4, 7)]
    {
        caller.octavus.set_generation(generation);
        let expected = with_first(&later[..count]);
        assert_eq!(fields(&caller.read(&id).await), expected, "{generation:?}");
        assert_eq!(fields(&caller.octavus.peek(&id).unwrap()), expected, "{generation:?}");
    }
}

#[tokio::test]
async fn the_paths_of_later_generations_are_unknown_to_earlier_ones() {
    let caller = Caller::start().await;
    let id = caller.dispatch("x").await;
    for generation in ALL {
        caller.octavus.set_generation(generation);
        let (cancels, shows_agents) = (generation >= Generation::G2, generation >= Generation::G4);
        let status = |exists: bool, otherwise: u16| if exists { otherwise } else { 404 };
        let cancel = caller.cancelling(&id).send().await.unwrap();
        assert_eq!(cancel.status(), status(cancels, 200), "{generation:?}");
        let agent = caller.reading_agent().send().await.unwrap();
        assert_eq!(agent.status(), status(shows_agents, 200), "{generation:?}");
        // To whom a path is unknown, a method on it is too.
        for method in [Method::DELETE, Method::HEAD] {
            let path = "/api/v1/workforce/agents/agent_1";
            let answer = caller.request(method, path).send().await.unwrap();
            assert_eq!(answer.status(), status(shows_agents, 405), "{generation:?}");
        }
    }
}

#[tokio::test]
async fn the_first_generation_passes_over_all_that_came_later() {
    let caller = Caller::start().await;
    caller.octavus.set_agent("agent_1", Agent::new().paused());
    // None of this would pass the checks of a later generation.
    let body = json!({ "message": "x", "config": { "thinking": 7 }, "ifIdle": "yes" });
    let twice = || caller.dispatching_body(&body).header("Idempotency-Key", "not valid");
    for id in ["cmthread0001", "cmthread0002"] {
        let response = twice().send().await.unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(header(&response, "idempotent-replayed"), None);
        let accepted: Value = response.json().await.unwrap();
        assert_eq!(accepted, json!({ "threadId": id, "status": "pending" }));
    }
    caller.octavus.set_generation(Generation::G4);
    assert_eq!(caller.read("cmthread0001").await["runConfig"], Value::Null);
}

#[tokio::test]
async fn a_key_means_something_from_the_fourth_generation_on() {
    for generation in ALL {
        let caller = Caller::of(generation).await;
        let keyed = || caller.dispatching("x").header("Idempotency-Key", "job-7");
        answer(keyed(), 201).await;
        let knows_keys = generation >= Generation::G4;
        answer(keyed(), if knows_keys { 200 } else { 201 }).await;
        let threads = if knows_keys { 1 } else { 2 };
        assert_eq!(caller.octavus.thread_ids().len(), threads, "{generation:?}");
    }
}

#[tokio::test]
async fn if_idle_and_paused_agents_are_refused_from_the_fourth_generation_on() {
    for generation in ALL {
        let caller = Caller::of(generation).await;
        let refuses = generation >= Generation::G4;
        let status = if refuses { 409 } else { 201 };
        caller.dispatch("x").await;
        let if_idle = json!({ "message": "x", "ifIdle": true });
        answer(caller.dispatching_body(&if_idle), status).await;
        caller.octavus.set_agent("agent_1", Agent::new().paused());
        answer(caller.dispatching("x"), status).await;
    }
}

#[tokio::test]
async fn thinking_auto_came_with_the_fourth_generation() {
    for generation in [Generation::G2, Generation::G3] {
        let caller = Caller::of(generation).await;
        let body = json!({ "message": "x", "config": { "thinking": "auto" } });
        refused(caller.dispatching_body(&body), 400, "VALIDATION_ERROR").await;
    }
    let caller = Caller::of(Generation::G4).await;
    let id = caller.dispatch_with(json!({ "thinking": "auto" })).await;
    assert_eq!(caller.read(&id).await["runConfig"], json!({ "thinking": "auto" }));
}

#[tokio::test]
async fn recordings_are_requested_first_from_the_third_generation_on() {
    for (generation, first) in [
        (Generation::G2, "recording"),
        (Generation::G3, "requested"),
        (Generation::G4, "requested"),
    ] {
        let caller = Caller::of(generation).await;
        let id = caller.dispatch_with(json!({ "record": true })).await;
        assert_eq!(caller.read(&id).await["recording"]["status"], first, "{generation:?}");
    }
}

/// The thread that the documentation shows as an example of a failure.
#[tokio::test]
async fn the_documented_failure_can_be_played() {
    let caller = Caller::of(Generation::G4).await;
    let octavus: &Octavus = &caller.octavus;
    octavus.set_reports_usage(false);
    octavus.next_run(
        Script::new()
            .statuses(["pending"])
            .fails("The computer did not answer")
            .failure_type("computer_unreachable"),
    );
    let id = caller.dispatch("x").await;
    assert_eq!(caller.statuses::<1>(&id).await, ["pending"]);
    let mut thread = caller.read(&id).await;
    assert!(thread["completedAt"].is_string(), "{thread}");
    thread["completedAt"] = json!("some time");
    thread["messages"] = json!([]);
    assert_eq!(
        thread,
        json!({
            "threadId": id, "status": "failed", "failureReason": "The computer did not answer",
            "failureType": "computer_unreachable", "messages": [], "runConfig": null, "usage": null,
            "recording": null, "startedAt": null, "completedAt": "some time", "provenance": null,
        })
    );
}
