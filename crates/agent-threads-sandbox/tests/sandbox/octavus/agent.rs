//! Whether an agent can take a task.

use agent_threads_sandbox::Fault;
use agent_threads_sandbox::octavus::{Agent, Generation, Script, Target};
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused, thread};

#[tokio::test]
async fn an_agent_at_rest_is_idle() {
    let caller = Caller::of(Generation::G4).await;
    assert_eq!(
        caller.agent().await,
        json!({
            "agentId": "agent_1", "name": "Sandbox agent", "status": "idle", "unavailableReason": null,
            "currentThreadId": null, "queuedThreads": 0,
            "computer": { "kind": "dedicated", "os": "linux", "state": "running" },
            "definition": null, "capabilities": { "browser": true, "memory": true },
        })
    );
}

#[tokio::test]
async fn it_is_computed_on_each_read() {
    let caller = Caller::of(Generation::G4).await;
    let first = caller.dispatch("1").await;
    let at = |agent: Value| {
        let fields = ["status", "currentThreadId", "queuedThreads"];
        fields.map(|name| agent[name].clone())
    };
    assert_eq!(at(caller.agent().await), [json!("busy"), json!(first), json!(0)]);
    let second = caller.dispatch("2").await;
    caller.dispatch("3").await;
    assert_eq!(at(caller.agent().await), [json!("busy"), json!(first), json!(2)]);
    // A follow up is no thread of its own.
    caller.follow_up(&first, "more").await;
    assert_eq!(at(caller.agent().await), [json!("busy"), json!(first), json!(2)]);
    caller.statuses::<5>(&first).await;
    assert_eq!(at(caller.agent().await), [json!("busy"), json!(second), json!(1)]);
    // Reading the agent moves no run on.
    assert_eq!(caller.statuses::<1>(&second).await, ["running"]);
}

#[tokio::test]
async fn an_agent_is_as_it_is_set_up() {
    let caller = Caller::of(Generation::G4).await;
    let setup = Agent::new().name("Ledger").hired_from("bookkeeper", 7);
    let setup = setup.computer("e2b", "windows", "paused").capabilities([("memory", false)]);
    caller.octavus.set_agent("agent_1", setup);
    let agent = caller.agent().await;
    assert_eq!((&agent["name"], &agent["status"]), (&json!("Ledger"), &json!("idle")));
    assert_eq!(agent["computer"], json!({ "kind": "e2b", "os": "windows", "state": "paused" }));
    assert_eq!(agent["definition"], json!({ "slug": "bookkeeper", "version": 7 }));
    assert_eq!(agent["capabilities"], json!({ "memory": false }));
}

#[tokio::test]
async fn an_unavailable_agent_says_why() {
    let caller = Caller::of(Generation::G4).await;
    caller.octavus.next_run(Script::new().never_ends());
    let id = caller.dispatch("x").await;
    for (agent, reason) in [
        (Agent::new().paused(), "paused"),
        (Agent::new().computer("daytona", "linux", "down"), "computer_down"),
        (Agent::new().computer("cli", "macos", "none"), "cli_only"),
    ] {
        caller.octavus.set_agent("agent_1", agent);
        let agent = caller.agent().await;
        assert_eq!(
            (&agent["status"], &agent["unavailableReason"]),
            (&json!("unavailable"), &json!(reason))
        );
        assert_eq!(agent["currentThreadId"], json!(id));
    }
}

#[tokio::test]
async fn a_paused_agent_refuses_messages_and_goes_on_with_what_it_has() {
    let caller = Caller::of(Generation::G4).await;
    let id = caller.dispatch("x").await;
    caller.octavus.set_agent("agent_1", Agent::new().paused());
    refused(caller.dispatching("y"), 409, "AGENT_PAUSED").await;
    let path = format!("{}/messages", thread(&id));
    let follow_up = caller.request(Method::POST, &path).json(&json!({ "message": "y" }));
    refused(follow_up, 409, "AGENT_PAUSED").await;
    assert_eq!(caller.statuses::<4>(&id).await, ["pending", "queued", "running", "completed"]);
    assert_eq!(caller.octavus.thread_ids(), [id]);
}

#[tokio::test]
async fn if_idle_refuses_to_wait_and_names_the_thread_in_the_way() {
    let caller = Caller::of(Generation::G4).await;
    let if_idle = json!({ "message": "x", "ifIdle": true });
    let first = answer(caller.dispatching_body(&if_idle), 201).await["threadId"].clone();
    let error = refused(caller.dispatching_body(&if_idle), 409, "AGENT_BUSY").await;
    assert_eq!((&error["currentThreadId"], error.as_object().unwrap().len()), (&first, 3));
    let waits = json!({ "message": "x", "ifIdle": false });
    let second = answer(caller.dispatching_body(&waits), 201).await;
    for id in [&first, &second["threadId"]] {
        caller.statuses::<4>(id.as_str().unwrap()).await;
    }
    answer(caller.dispatching_body(&if_idle), 201).await;
    assert_eq!(caller.octavus.thread_ids().len(), 3);
}

#[tokio::test]
async fn if_idle_looks_at_the_agents_own_threads_only() {
    let caller = Caller::of(Generation::G4).await;
    let key = caller.octavus.add_agent("agent_2");
    caller.dispatch("x").await;
    let path = "/api/v1/workforce/agents/agent_2/threads";
    let other = caller.request_without_key(Method::POST, path).bearer_auth(key);
    answer(other.json(&json!({ "message": "x", "ifIdle": true })), 201).await;
}

#[tokio::test]
async fn who_may_read_an_agent_is_checked() {
    let caller = Caller::of(Generation::G4).await;
    let path = "/api/v1/workforce/agents/agent_1";
    refused(caller.request_without_key(Method::GET, path), 401, "UNAUTHORIZED").await;
    let key = caller.octavus.add_agent("agent_2");
    let foreign = caller.request_without_key(Method::GET, path).bearer_auth(&key);
    refused(foreign, 403, "FORBIDDEN").await;
}

#[tokio::test]
async fn faults_reach_the_later_operations_and_may_bring_details() {
    let caller = Caller::of(Generation::G4).await;
    let id = caller.dispatch("x").await;
    let details = json!({ "currentThreadId": null, "requestId": "req-1" });
    let busy = Fault::status(409).code("AGENT_BUSY").message("Busy").info(details);
    caller.octavus.fault(Target::Cancel, busy);
    caller.octavus.fault(Target::GetAgent, Fault::status(503));
    caller.read(&id).await;
    answer(caller.reading_agent(), 503).await;
    assert_eq!(
        answer(caller.cancelling(&id), 409).await,
        json!({ "error": "Busy", "code": "AGENT_BUSY", "currentThreadId": null, "requestId": "req-1" })
    );
    assert_eq!(caller.octavus.faults_left(), 0);
}
