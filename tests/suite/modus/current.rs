//! Runs at the vendor's present address, and what can be done with them on the way.

use super::{all, client, start};
use agent_threads_modus::{
    Ending, Handle, Run,
    types::{
        FollowUpRun, ModusRunCreate, ResumeDecision, ResumeRun, RunEvent, ScopeRunCreate,
        WorkflowRunCreate,
    },
};
use agent_threads_sandbox::{
    Fault,
    modus::{Event, Script, Target},
    sse::StreamFault,
};
use serde_json::json;

const SESSION: &str = "session-1";

/// Method, path and cursor of each request.
fn asked(modus: &agent_threads_sandbox::modus::Modus) -> Vec<String> {
    let requests = modus.requests();
    let line = |request: &agent_threads_sandbox::RecordedRequest| {
        let cursor = request.header("last-event-id").unwrap_or_default();
        format!("{} {} {cursor}", request.method, request.path)
    };
    requests.iter().map(|request| line(request).trim_end().to_owned()).collect()
}

#[tokio::test]
async fn each_kind_of_run_streams_and_goes_on_after_a_cut() {
    let (_sandbox, modus, client) = start().await;
    let (scope, workflow) = (modus.scope_id(), modus.workflow_id());
    let kinds: [(Run, Target, String); 3] = [
        (
            client.run_modus(ModusRunCreate::new("hi", SESSION)),
            Target::CreateModusRun,
            "/agent/v1/modus/runs".to_owned(),
        ),
        (
            client.run_scope(scope, ScopeRunCreate::new("hi", SESSION)),
            Target::CreateScopeRun,
            format!("/agent/v1/scopes/{scope}/runs"),
        ),
        (
            client.run_workflow(workflow, WorkflowRunCreate::new("hi", SESSION)),
            Target::CreateWorkflowRun,
            format!("/agent/v1/workflows/{workflow}/runs"),
        ),
    ];
    for (run, target, path) in kinds {
        let before = modus.requests().len();
        modus.next_run(Script::new().tokens(["a", "b", "c"]));
        modus.fault(target, Fault::stream(StreamFault::new().cut_after_events(2)));
        let mut run = run.key(path.replace('/', "-"));
        assert_eq!(all(&mut run).await, ["a", "b", "c", "done"], "{path}");
        let watch = format!("GET /agent/v1/runs/{}/stream 1717000000001-0", run.run_id());
        assert_eq!(asked(&modus)[before..], [format!("POST {path}"), watch]);
        assert_eq!(modus.requests()[before].header("idempotency-key"), Some(run.run_id()));
    }
}

#[tokio::test]
async fn a_handle_of_the_present_address_is_attached_there() {
    let (_sandbox, modus, mine) = start().await;
    modus.next_run(Script::new().tokens(["a", "b", "c"]));
    let mut run = mine.run_modus(ModusRunCreate::new("hi", SESSION));
    run.next().await.unwrap().unwrap();
    let stored = serde_json::to_string(&run.handle()).unwrap();
    drop(run);
    let mut run = client(&modus).attach(serde_json::from_str(&stored).unwrap());
    assert_eq!(all(&mut run).await, ["b", "c", "done"]);
    assert!(asked(&modus)[1].starts_with("GET /agent/v1/runs/"));
}

#[tokio::test]
async fn a_run_that_waits_for_approval_goes_on_as_decided() {
    let decisions = [
        (ResumeDecision::Approve, "approve"),
        (ResumeDecision::Deny, "deny"),
        (ResumeDecision::Connected, "connected"),
    ];
    for (decision, sent) in decisions {
        let (_sandbox, modus, client) = start().await;
        let asks = Event::of_type("approval_required", json!({ "tool": "send_mail" }));
        modus.next_run(Script::new().tokens(["May I?"]).pauses(asks));
        modus.next_run(Script::reply("Sent."));
        let mut run = client.run_modus(ModusRunCreate::new("Send it", SESSION));
        let seen = all(&mut run).await;
        assert!(seen.contains(&"approval_required".to_owned()), "{seen:?}");
        let mut next = match sent {
            "approve" => run.approve(SESSION),
            "deny" => run.deny(SESSION),
            _ => run.resume(ResumeRun::new("", SESSION, decision)),
        };
        let outcome = next.wait().await.unwrap();
        assert_eq!(outcome.text, "Sent.");
        let request = modus.requests().pop().unwrap();
        assert_eq!(request.path, format!("/agent/v1/runs/{}/resume", run.run_id()));
        assert_eq!(request.header("idempotency-key"), Some(next.run_id()));
        assert_eq!(request.json().unwrap()["decision"], sent);
    }
}

#[tokio::test]
async fn a_cancelled_run_ends_so_and_keeps_what_was_seen() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::new().tokens(["a", "b"]).hold().tokens(["c"]));
    let mut run = client.run_modus(ModusRunCreate::new("hi", SESSION));
    run.next().await.unwrap().unwrap();
    run.cancel().await.unwrap();
    let outcome = run.wait().await.unwrap();
    assert_eq!(outcome.ending, Ending::Cancelled);
    let body = modus.requests().pop().unwrap().json().unwrap();
    assert_eq!(body, json!({ "lastSeenEventId": "1717000000000-0" }));
    run.cancel().await.unwrap();
}

#[tokio::test]
async fn another_run_takes_the_place_of_one_that_is_interrupted() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::new().tokens(["a"]).hold().tokens(["b"]));
    modus.next_run(Script::reply("Only EMEA."));
    let mut run = client.run_modus(ModusRunCreate::new("hi", SESSION));
    run.next().await.unwrap().unwrap();
    let mut next = run.interrupt(FollowUpRun::new("Only look at EMEA.", SESSION)).await.unwrap();
    let body = modus.requests().pop().unwrap().json().unwrap();
    assert_eq!(body["nextRun"]["runId"], next.run_id());
    assert_eq!(body["lastSeenEventId"], "1717000000000-0");
    assert_eq!(next.wait().await.unwrap().text, "Only EMEA.");
}

#[tokio::test]
async fn a_run_whose_handle_was_lost_is_found_by_its_session() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(Script::new().tokens(["a"]).hold().tokens(["b"]));
    let mut lost = client.run_modus(ModusRunCreate::new("hi", SESSION));
    lost.next().await.unwrap().unwrap();
    let id = lost.run_id().to_owned();
    drop(lost);

    let mut found = client.unfinished_run(SESSION).await.unwrap().unwrap();
    assert_eq!(found.handle(), Handle::v1(&id));
    modus.run(&id).unwrap().release_all();
    assert_eq!(found.wait().await.unwrap().text, "ab");
    assert!(client.unfinished_run(SESSION).await.unwrap().is_none());
    assert!(client.unfinished_run("another").await.unwrap().is_none());
}

#[tokio::test]
async fn the_same_key_at_the_present_address_is_the_same_run() {
    let (_sandbox, modus, client) = start().await;
    let start = || client.run_modus(ModusRunCreate::new("hi", SESSION)).key("job-1");
    let first = start().wait().await.unwrap();
    assert_eq!(start().wait().await.unwrap(), first);
    let other = client.run_modus(ModusRunCreate::new("another", SESSION)).key("job-1").wait().await;
    assert!(other.unwrap_err().is_conflict());
    assert_eq!(modus.run_ids(), ["job-1"]);
}

#[tokio::test]
async fn an_unknown_event_of_a_pause_is_seen_whole() {
    let (_sandbox, modus, client) = start().await;
    modus.next_run(
        Script::new().pauses(Event::of_type("approval_required", json!({ "tool": "x" }))),
    );
    let mut run = client.run_modus(ModusRunCreate::new("hi", SESSION));
    let Some(Ok(RunEvent::Unknown(pause))) = run.next().await else { panic!("the pause") };
    assert_eq!((pause.kind(), &pause.json()["tool"]), ("approval_required", &json!("x")));
}
