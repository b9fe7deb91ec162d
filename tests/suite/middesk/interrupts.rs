//! What runs wait for, and how they go on.

use super::{
    review,
    runs::{asks, first_seen},
    start,
};
use agent_threads_middesk::{
    ErrorKind,
    types::{ActionObjectType, ActionType, CreateAction, ResumeRun, RunStatus, StepResolution},
};
use agent_threads_sandbox::middesk::{InterruptPolicy, StreamEnd};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn an_interrupt_is_answered_by_an_action_and_waited_behind() {
    let (_sandbox, middesk, client) = start().await;
    middesk.set_actions_resume(true);
    middesk.next_run(asks());
    let run = review(&middesk, &client).await;
    let paused = run.wait().await.unwrap();
    let [interrupt] = paused.interrupts() else { panic!("{paused:?}") };
    assert_eq!(interrupt.label(), Some("Dismiss this hit?"));
    assert_eq!(interrupt.artifacts()[0].title, "Possible hit");
    let hit = middesk.watchlist_result_id();
    let action =
        CreateAction::new(ActionObjectType::WatchlistResult, hit, ActionType::Dismissal, json!({}));
    let taken = run.act(action.note("Another person.")).await.unwrap();
    assert_eq!(taken.actors[0].actor_type.as_str(), "run");
    let sent = middesk.requests().pop().unwrap().json().unwrap();
    assert_eq!(
        (&sent["run_id"], &sent["thread_id"]),
        (&json!(run.run_id()), &json!(run.thread_id()))
    );
    let done = run.wait().answered([&interrupt.id]).await.unwrap();
    assert_eq!(
        (done.status.as_str(), done.artifacts()[0].title.as_str()),
        ("completed", "Watchlists")
    );
}

#[tokio::test]
async fn an_action_that_names_its_run_keeps_it() {
    let (_sandbox, middesk, client) = start().await;
    let run = review(&middesk, &client).await;
    middesk.set_business_status(middesk.business_id(), "approved");
    let payload = json!({ "addresses": [{ "full_address": "1 Main St" }] });
    let business = middesk.business_id();
    let action = CreateAction::new(
        ActionObjectType::Businesses,
        business,
        ActionType::AddAttributes,
        payload,
    );
    run.act(action.run_id("other").thread_id("another")).await.unwrap();
    let sent = middesk.requests().pop().unwrap().json().unwrap();
    assert_eq!((&sent["run_id"], &sent["thread_id"]), (&json!("other"), &json!("another")));
}

#[tokio::test]
async fn an_interrupt_that_is_answered_but_not_gone_is_waited_out() {
    let (_sandbox, middesk, client) = start().await;
    middesk.next_run(asks().stream_end(StreamEnd::StaysOpen));
    let run = review(&middesk, &client).await;
    let paused = run.wait().interval(Duration::from_millis(1)).await.unwrap();
    let ids: Vec<_> = paused.interrupts().iter().map(|interrupt| interrupt.id.clone()).collect();
    assert_eq!(run.wait().answered(["another"]).await.unwrap().status, RunStatus::Interrupted);
    let error = first_seen(run.wait().answered(ids)).await.unwrap_err();
    assert_eq!((error.kind(), error.last_status()), (ErrorKind::Cancelled, Some("interrupted")));
}

#[tokio::test]
async fn an_interrupt_is_answered_by_resuming_where_the_vendor_has_that() {
    let (_sandbox, middesk, client) = start().await;
    middesk.next_run(asks());
    let run = review(&middesk, &client).await;
    let paused = run.wait().await.unwrap();
    let answer =
        || ResumeRun::new().extra([("id", paused.interrupts()[0].id.as_str()), ("input", "yes")]);
    run.resume(answer()).await.unwrap();
    assert_eq!(run.wait().await.unwrap().status.as_str(), "completed");
    middesk.set_resume(false);
    assert!(run.resume(answer()).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_policy_answers_for_people_and_leaves_a_trace() {
    let (_sandbox, middesk, client) = start().await;
    middesk.set_agent_interrupt_policy("watchlist_resolution", InterruptPolicy::Skip);
    middesk.next_run(asks());
    let done = review(&middesk, &client).await.wait().with_steps().await.unwrap();
    assert_eq!(done.status.as_str(), "completed");
    let resolutions: Vec<_> =
        done.all_steps().into_iter().filter_map(|step| step.resolution()).collect();
    assert_eq!(resolutions, [StepResolution::Skip]);
}
