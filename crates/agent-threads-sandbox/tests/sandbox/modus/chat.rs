//! Chats that are answered when the agent has finished, and context without an agent.

use agent_threads_sandbox::Fault;
use agent_threads_sandbox::modus::{Event, Script, Target};
use futures_util::future::join;
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused, turn};

const MODUS: &str = "/api/v1/modus/chat";
const SCOPE: &str = "/api/v1/scopes/7/chat";

fn message(text: &str) -> Value {
    json!({ "message": text, "model": "claude-sonnet-5" })
}

/// The answer of a chat, which MUST succeed.
async fn asked(caller: &Caller, path: &str, body: &Value) -> Value {
    let (status, result) = answer(caller.post(path, body)).await;
    assert_eq!(status, 200, "{path}: {result}");
    assert_eq!(result.as_object().unwrap().len(), 3, "{result}");
    result
}

fn continuing(thread_id: &Value) -> String {
    format!("/api/v1/modus/conversations/{}/chat", thread_id.as_str().unwrap())
}

#[tokio::test]
async fn a_chat_is_answered_whole_and_goes_on_in_its_thread() {
    let caller = Caller::start().await;
    for (start, prefix, path) in [(MODUS, "agent_0_", "modus"), (SCOPE, "agent_7_", "scopes/7")] {
        caller
            .modus
            .next_run(Script::reply("12 tickets are ").reset("13 tickets are ").text("open."));
        let first = asked(&caller, start, &message("Which?")).await;
        assert_eq!(first["content"], "13 tickets are open.");
        let thread = first["threadId"].as_str().unwrap();
        assert!(thread.starts_with(prefix), "{thread}");
        let run = caller.modus.run(first["runId"].as_str().unwrap()).unwrap();
        assert_eq!(run.request()["config"]["model"], "claude-sonnet-5");

        let again = format!("/api/v1/{path}/conversations/{thread}/chat");
        let second = asked(&caller, &again, &message("And in EMEA?")).await;
        assert!(second["content"].as_str().unwrap().contains("And in EMEA?"));
        assert_eq!(second["threadId"], first["threadId"]);
        assert_ne!(second["runId"], first["runId"]);
        let anew = asked(&caller, start, &message("Which?")).await;
        assert_ne!(anew["threadId"], first["threadId"]);
    }
}

#[tokio::test]
async fn a_thread_can_be_gone_on_with_only_where_it_is_known() {
    let caller = Caller::start().await;
    caller.modus.set_conversations([
        json!({ "threadId": "agent_0_set" }),
        json!({ "threadId": "agent_7_set", "scopeId": 7 }),
    ]);
    caller.run("run", "s").await;
    for path in [
        "modus/conversations/agent_0_s",
        "modus/conversations/agent_0_set",
        "scopes/7/conversations/agent_7_set",
    ] {
        asked(&caller, &format!("/api/v1/{path}/chat"), &message("x")).await;
    }
    for path in [
        "modus/conversations/nothing",
        "modus/conversations/agent_7_set",
        "scopes/7/conversations/agent_0_set",
        "scopes/7/conversations/agent_0_s",
        "scopes/99/conversations/agent_7_set",
    ] {
        refused(caller.post(&format!("/api/v1/{path}/chat"), &message("x")), 404, "NOT_FOUND")
            .await;
    }
    refused(caller.post("/api/v1/scopes/99/chat", &message("x")), 404, "NOT_FOUND").await;
    refused(caller.post("/api/v1/scopes/support/chat", &message("x")), 400, "BAD_REQUEST").await;
}

#[tokio::test]
async fn a_chat_needs_a_message_and_a_model() {
    let caller = Caller::start().await;
    for path in [MODUS, SCOPE] {
        for body in [
            json!({ "message": "x" }),
            json!({ "model": "m" }),
            json!({ "message": "", "model": "m" }),
            json!({ "message": null, "model": "m" }),
        ] {
            refused(caller.post(path, &body), 422, "VALIDATION").await;
        }
        refused(caller.request(Method::POST, path).body("{"), 400, "BAD_REQUEST").await;
    }
    for (name, value) in
        [("approvalContinuation", json!("yes")), ("approvalDecision", json!("maybe"))]
    {
        let mut body = message("x");
        body[name] = value;
        refused(caller.post(MODUS, &body), 422, "VALIDATION").await;
    }
    assert_eq!(caller.modus.run_ids(), [""; 0]);
}

#[tokio::test]
async fn a_decision_goes_on_with_the_chat_that_waits_for_it() {
    let caller = Caller::start().await;
    let asks = || Event::of_type("approval_required", json!({ "toolName": "crm-write" }));
    caller.modus.next_run(Script::reply("May I write?").pauses(asks()).breaks_off());
    caller.modus.next_run(Script::reply("Written."));
    let first = asked(&caller, MODUS, &message("Write it down")).await;
    assert_eq!(first["content"], "May I write?");

    let path = continuing(&first["threadId"]);
    let decision =
        json!({ "model": "m", "approvalContinuation": true, "approvalDecision": "approve" });
    let mut undecided = decision.clone();
    undecided.as_object_mut().unwrap().remove("approvalDecision");
    refused(caller.post(&path, &undecided), 422, "VALIDATION").await;
    let second = asked(&caller, &path, &decision).await;
    assert_eq!((&second["content"], &second["threadId"]), (&json!("Written."), &first["threadId"]));
    let run = caller.modus.run(second["runId"].as_str().unwrap()).unwrap();
    assert_eq!(run.request()["decision"], "approve");

    refused(caller.post(&path, &decision), 409, "CONFLICT").await;
    refused(caller.post(MODUS, &decision), 409, "CONFLICT").await;
}

#[tokio::test]
async fn a_chat_waits_for_its_run_and_fails_as_it_does() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("one ").hold().text("two"));
    let release = async {
        // The run is there as soon as the request has been taken in, which only this task can let happen.
        loop {
            if let Some(id) = caller.modus.run_ids().first() {
                return caller.modus.run(id).unwrap().release_all();
            }
            tokio::task::yield_now().await;
        }
    };
    let (result, ()) = join(asked(&caller, MODUS, &message("x")), release).await;
    assert_eq!(result["content"], "one two");

    for (script, says) in [
        (Script::reply("a").fails("The model did not answer"), "The model did not answer"),
        (Script::reply("a").cancelled(), "cancelled"),
        (Script::reply("a").breaks_off(), "broken off"),
    ] {
        caller.modus.next_run(script);
        let error = refused(caller.post(MODUS, &message("x")), 500, "INTERNAL_ERROR").await;
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_chat_that_never_ends_lets_the_sandbox_stop() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("a").never_ends());
    let (modus, asking) = (caller.modus.clone(), caller.post(MODUS, &message("x")).send());
    let stop = async {
        while modus.run_ids().is_empty() {
            tokio::task::yield_now().await;
        }
        caller.sandbox.shutdown().await;
    };
    let (answer, ()) = join(asking, stop).await;
    assert!(answer.is_err());
}

#[tokio::test]
async fn context_is_what_the_test_has_set_up_to_the_limit() {
    let caller = Caller::start().await;
    caller.modus.set_context(["one", "two", "three"]);
    for path in ["/api/v1/modus/context", "/api/v1/scopes/7/context"] {
        let (status, all) = answer(caller.post(path, &json!({ "message": "x" }))).await;
        assert_eq!((status, &all["context"]), (200, &json!("one\n\ntwo\n\nthree")));
        assert_eq!(all["contextItems"], json!([]));
        assert_eq!(all["contextItemUids"].as_array().map(Vec::len), Some(3));
        assert!(all["sessionId"].as_str().is_some_and(|id| !id.is_empty()));
        // The vendor's SDK for Python writes the number so.
        let (_, some) = answer(caller.post(path, &json!({ "message": "x", "limit": 2.0 }))).await;
        assert_eq!(some["context"], "one\n\ntwo");
        assert_eq!((&some["originalCount"], &some["selectedCount"]), (&json!(3), &json!(2)));
        for body in [
            json!({}),
            json!({ "message": "" }),
            json!({ "message": "x", "limit": 201 }),
            json!({ "message": "x", "limit": 0 }),
        ] {
            refused(caller.post(path, &body), 422, "VALIDATION").await;
        }
    }
    refused(caller.post("/api/v1/scopes/99/context", &json!({ "message": "x" })), 404, "NOT_FOUND")
        .await;
    assert_eq!(caller.modus.run_ids(), [""; 0]);
}

#[tokio::test]
async fn every_operation_of_the_other_host_needs_a_key_and_can_be_made_to_fail() {
    let caller = Caller::start().await;
    for (target, method, path) in [
        (Target::ChatWithModus, Method::POST, "modus/chat"),
        (Target::ContinueModusChat, Method::POST, "modus/conversations/t/chat"),
        (Target::ChatWithScope, Method::POST, "scopes/7/chat"),
        (Target::ContinueScopeChat, Method::POST, "scopes/7/conversations/t/chat"),
        (Target::ListWorkflowRuns, Method::GET, "workflows/42/runs"),
        (Target::GetWorkflowRun, Method::GET, "workflows/42/runs/r"),
        (Target::ListModusConversations, Method::GET, "modus/conversations"),
        (Target::GetModusConversation, Method::GET, "modus/conversations/t"),
        (Target::ListScopeConversations, Method::GET, "scopes/7/conversations"),
        (Target::GetScopeConversation, Method::GET, "scopes/7/conversations/t"),
        (Target::ComposeModusContext, Method::POST, "modus/context"),
        (Target::ComposeScopeContext, Method::POST, "scopes/7/context"),
        (Target::ListWorkflows, Method::GET, "workflows"),
        (Target::GetWorkflow, Method::GET, "workflows/42"),
        (Target::ListScopes, Method::GET, "scopes"),
        (Target::GetScope, Method::GET, "scopes/7"),
    ] {
        let path = format!("/api/v1/{path}");
        caller.modus.fault(target, Fault::status(503));
        let request = || caller.request(method.clone(), &path).json(&turn("x", "s"));
        refused(request(), 503, "UPSTREAM_ERROR").await;
        assert_eq!(caller.modus.faults_left(), 0, "{target:?}");
        let without_key = caller.request_without_key(method.clone(), &path).json(&turn("x", "s"));
        refused(without_key, 401, "UNAUTHORIZED").await;
        let head = caller.request(Method::HEAD, &path).send().await.unwrap();
        assert_eq!(head.status(), 405, "{path}");
    }
}
