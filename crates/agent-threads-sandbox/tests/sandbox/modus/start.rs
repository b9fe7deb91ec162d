//! The ways to start a run under `/agent/v1`, and what they answer.

use agent_threads_sandbox::Fault;
use agent_threads_sandbox::modus::{Conflict, Event, Script, Target};
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, MODUS_RUNS, answer, body, events, refused, text, turn, whole};

const JSON: &str = "application/json";
const STREAM: &str = "text/event-stream";

#[tokio::test]
async fn accept_chooses_between_json_and_a_stream_on_every_path() {
    let caller = Caller::start().await;
    for (index, path) in
        [MODUS_RUNS, "/agent/v1/scopes/7/runs", "/agent/v1/workflows/42/runs"].iter().enumerate()
    {
        let key = format!("run-{index}");
        let post = |accept: &str| {
            let post = caller.post(path, &turn("hello", "s")).header("Idempotency-Key", &key);
            post.header("Accept", accept)
        };
        let (status, accepted) = answer(post(JSON)).await;
        assert_eq!((status, accepted), (201, json!({ "runId": key, "status": "pending" })));
        let streamed = whole(post(STREAM)).await;
        assert_eq!(events(&streamed).last().unwrap()["runId"], json!(key));
        assert_eq!(whole(caller.watching_now(&key)).await, streamed);
        assert_eq!(
            whole(caller.watching(&key)).await,
            streamed,
            "the older path has the same runs"
        );
    }
    assert_eq!(caller.modus.run_ids(), ["run-0", "run-1", "run-2"]);
}

#[tokio::test]
async fn a_stream_is_answered_only_where_it_is_named_first() {
    let caller = Caller::start().await;
    let kind = async |accept: Option<&str>| {
        let post = caller.running("key", "s");
        let post = accept.into_iter().fold(post, |post, accept| post.header("Accept", accept));
        let response = post.send().await.unwrap();
        response.headers()["content-type"].to_str().unwrap().to_owned()
    };
    for accept in
        [STREAM, "text/event-stream, application/json", "text/html, text/event-stream;q=1"]
    {
        assert_eq!(kind(Some(accept)).await, STREAM, "{accept}");
    }
    for accept in [None, Some("*/*"), Some(JSON), Some("application/json, text/event-stream")] {
        assert_eq!(kind(accept).await, JSON, "{accept:?}");
    }
}

#[tokio::test]
async fn the_status_of_an_accepted_run_is_as_set() {
    let caller = Caller::start().await;
    caller.modus.set_accepted_status(200);
    assert_eq!(answer(caller.running("key", "s")).await.0, 200);
}

#[tokio::test]
async fn the_organization_is_optional_and_passed_over() {
    let caller = Caller::start().await;
    let mut other = turn("hello", "s");
    other["organizationId"] = json!("org_of_someone_else");
    let (status, accepted) = answer(caller.post(MODUS_RUNS, &other)).await;
    assert_eq!(status, 201);
    let run = caller.modus.run(accepted["runId"].as_str().unwrap()).unwrap();
    assert_eq!(run.organization_id(), caller.modus.organization_id());
}

#[tokio::test]
async fn each_kind_of_run_has_threads_of_its_own_and_a_thread_is_a_session() {
    let caller = Caller::start().await;
    let thread = async |path: &str, session: &str| {
        let post = caller.post(path, &turn("hello", session)).header("Accept", STREAM);
        events(&whole(post).await).last().unwrap()["threadId"].as_str().unwrap().to_owned()
    };
    assert_eq!(thread(MODUS_RUNS, "s").await, "agent_0_s");
    assert_eq!(thread("/agent/v1/scopes/7/runs", "s").await, "agent_7_s");
    assert_eq!(thread("/agent/v1/scopes/7/runs", "agent_7_s").await, "agent_7_s");
    assert_eq!(thread("/agent/v1/workflows/42/runs", "s").await, "api-auto-42-s");
}

#[tokio::test]
async fn a_slug_is_refused_with_400_and_an_unknown_number_with_404() {
    let caller = Caller::start().await;
    for kind in ["scopes", "workflows"] {
        let post = |id: &str| caller.post(&format!("/agent/v1/{kind}/{id}/runs"), &turn("x", "s"));
        refused(post("support"), 400, "BAD_REQUEST").await;
        refused(post("0"), 404, "NOT_FOUND").await;
        refused(post("99"), 404, "NOT_FOUND").await;
    }
    assert_eq!(caller.modus.run_ids(), [""; 0]);
}

#[tokio::test]
async fn what_a_run_can_hold_is_checked() {
    let caller = Caller::start().await;
    for (name, value) in [
        ("message", json!(1)),
        ("sessionId", json!(null)),
        ("version", json!("latest")),
        ("config", json!("fast")),
        ("attachments", json!([])),
        ("streamProtocolVersion", json!(3)),
        ("debug", json!("yes")),
        ("subordinateSkillIds", json!(["7"])),
    ] {
        let mut wrong = turn("hello", "s");
        wrong[name] = value;
        let error = refused(caller.post(MODUS_RUNS, &wrong), 422, "VALIDATION").await;
        assert!(error["message"].as_str().unwrap().starts_with(name), "{error}");
    }
    refused(caller.request(Method::POST, MODUS_RUNS).body("{"), 400, "BAD_REQUEST").await;
    let whole = json!({
        "message": "", "sessionId": "s", "version": "draft", "config": { "model": "any" },
        "streamProtocolVersion": 2, "subordinateSkillIds": [7], "source": "api", "new": null,
    });
    assert_eq!(answer(caller.post(MODUS_RUNS, &whole)).await.0, 201);
}

#[tokio::test]
async fn a_key_is_good_for_one_operation_and_one_body() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("once").hold());
    assert_eq!(caller.run("key", "s").await, "pending");
    let (status, again) = answer(caller.running("key", "s")).await;
    assert_eq!((status, again), (201, json!({ "runId": "key", "status": "running" })));
    caller.modus.run("key").unwrap().release_all();
    assert_eq!(answer(caller.running("key", "s")).await.1["status"], "done");

    refused(caller.running("key", "another"), 409, "CONFLICT").await;
    let scope = caller.post("/agent/v1/scopes/7/runs", &turn("hello", "s"));
    refused(scope.header("Idempotency-Key", "key"), 409, "CONFLICT").await;
    refused(caller.posting("key", &body("hello")), 409, "CONFLICT").await;
    // In a stream the conflict has the form that is set; JSON has but one.
    caller.modus.set_conflict(Conflict::ErrorEvent);
    refused(caller.running("key", "another"), 409, "CONFLICT").await;
    let stream = whole(caller.running("key", "another").header("Accept", STREAM)).await;
    assert_eq!(events(&stream)[0]["status"], 409);
    assert_eq!(caller.modus.run_ids(), ["key"]);
}

#[tokio::test]
async fn a_workflow_action_streams_and_has_no_thread() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("sent"));
    let action = json!({
        "sessionId": "s", "workflowAction": { "toolId": "t", "toolName": "mail" }, "automationId": "42",
    });
    let post = |body: &Value| {
        caller.post("/agent/v1/workflow-actions", body).header("Idempotency-Key", "action")
    };
    let first = whole(post(&action)).await;
    assert_eq!(text(&first), "sent");
    let done = json!({ "type": "done", "runId": "action", "threadId": "" });
    assert_eq!(events(&first).last(), Some(&done));
    assert_eq!(whole(post(&action)).await, first);
    refused(post(&json!({ "sessionId": "s" })), 422, "VALIDATION").await;
    refused(post(&json!({ "sessionId": "s", "workflowAction": {} })), 409, "CONFLICT").await;
}

#[tokio::test]
async fn every_operation_can_be_made_to_fail_by_its_name() {
    let caller = Caller::start().await;
    let run = turn("x", "s");
    for (target, method, path) in [
        (Target::CreateModusRun, Method::POST, MODUS_RUNS),
        (Target::CreateScopeRun, Method::POST, "/agent/v1/scopes/7/runs"),
        (Target::CreateWorkflowRun, Method::POST, "/agent/v1/workflows/42/runs"),
        (Target::ResumeRun, Method::POST, "/agent/v1/runs/r/resume"),
        (Target::WatchRun, Method::GET, "/agent/v1/runs/r/stream"),
        (Target::PollRunEvents, Method::GET, "/agent/v1/runs/r/events"),
        (Target::CancelRun, Method::POST, "/agent/v1/runs/r/cancel"),
        (Target::InterruptRun, Method::POST, "/agent/v1/runs/r/interrupt"),
        (Target::EditQueuedRun, Method::POST, "/agent/v1/runs/r/queue-edit"),
        (Target::ListActiveRuns, Method::GET, "/agent/v1/runs/active"),
        (Target::FindActiveRuns, Method::POST, "/agent/v1/runs/active-by-session"),
        (Target::ExecuteWorkflowAction, Method::POST, "/agent/v1/workflow-actions"),
        (Target::CancelWorkflowAction, Method::POST, "/agent/v1/workflow-actions/r/cancel"),
        (Target::ExecuteAction, Method::POST, "/agent/workflow-actions"),
    ] {
        caller.modus.fault(target, Fault::status(503));
        let request = || caller.request(method.clone(), path).json(&run);
        refused(request(), 503, "UPSTREAM_ERROR").await;
        assert_eq!(caller.modus.faults_left(), 0, "{target:?}");
        let without_key = caller.request_without_key(method.clone(), path).json(&run);
        refused(without_key, 401, "UNAUTHORIZED").await;
    }
    assert_eq!(caller.modus.run_ids(), [""; 0]);
}

#[tokio::test]
async fn a_decision_starts_a_new_turn_in_the_thread_of_the_run_that_waits() {
    let caller = Caller::start().await;
    let asks = Event::of_type("approval_required", json!({ "toolName": "crm-write" }));
    caller.modus.next_run(Script::reply("I need to write. ").pauses(asks));
    caller.modus.next_run(Script::reply("Written."));
    let first = whole(caller.running("first", "s").header("Accept", STREAM)).await;
    assert!(events(&first).iter().any(|event| event["type"] == "approval_required"));
    assert!(caller.modus.run("first").unwrap().awaits_decision());

    let mut decision = turn("", "whatever");
    decision["decision"] = json!("approve");
    decision["approvalTarget"] = json!({ "toolName": "crm-write", "args": {} });
    let resume = |key: &str| {
        let post = caller.steering("first", "resume", &decision).header("Idempotency-Key", key);
        post.header("Accept", STREAM)
    };
    let second = whole(resume("second")).await;
    assert_eq!(text(&second), "Written.");
    let done = json!({ "type": "done", "runId": "second", "threadId": "agent_0_s" });
    assert_eq!(events(&second).last(), Some(&done));
    assert_eq!(caller.modus.run("second").unwrap().request()["decision"], "approve");
    assert!(!caller.modus.run("first").unwrap().awaits_decision());
    assert_eq!(whole(caller.watching_now("first")).await, first, "its own stream stays as it was");

    // Sent again, the decision is the same; another one comes too late.
    assert_eq!(whole(resume("second")).await, second);
    refused(resume("third"), 409, "CONFLICT").await;
    assert_eq!(caller.modus.run_ids(), ["first", "second"]);
}

#[tokio::test]
async fn a_run_that_has_not_asked_cannot_be_resumed() {
    let caller = Caller::start().await;
    let mut decision = turn("", "s");
    decision["decision"] = json!("deny");
    refused(caller.steering("nothing", "resume", &decision), 404, "NOT_FOUND").await;

    caller
        .modus
        .next_run(Script::new().hold().pauses(Event::of_type("connect", json!({}))).breaks_off());
    caller.run("run", "s").await;
    refused(caller.steering("run", "resume", &decision), 409, "CONFLICT").await;
    caller.modus.run("run").unwrap().release(1);
    refused(caller.steering("run", "resume", &turn("", "s")), 422, "VALIDATION").await;
    for wrong in [json!("maybe"), json!(null)] {
        let mut body = decision.clone();
        body["decision"] = wrong;
        refused(caller.steering("run", "resume", &body), 422, "VALIDATION").await;
    }
    let mut target = decision.clone();
    target["approvalTarget"] = json!({ "toolName": "x" });
    refused(caller.steering("run", "resume", &target), 422, "VALIDATION").await;
    assert_eq!(answer(caller.steering("run", "resume", &decision)).await.0, 201);
}
