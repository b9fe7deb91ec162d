//! Whole runs.

use super::{client, review, start};
use agent_threads_middesk::{
    Context, Error, ErrorKind, Handle, Wait,
    types::{self, CreateFeedback, FeedbackRating, RunStatus},
};
use agent_threads_sandbox::{
    Fault,
    middesk::{Artifact, Interrupt, Script, Step, StreamEnd, Target},
};
use serde_json::json;
use std::time::Duration;

pub(super) fn asks() -> Script {
    let hit = Artifact::new("Possible hit", "watchlist_hit");
    let interrupt = Interrupt::new("Dismiss this hit?").agent("watchlist_resolution").artifact(hit);
    Script::interrupted([interrupt])
        .then(Script::completes([Artifact::new("Watchlists", "watchlist_summary")]))
}

/// The wait, cancelled as soon as it has told a status.
pub(super) async fn first_seen(wait: Wait) -> Result<types::Run, Error> {
    let (seen, is_seen) = tokio::sync::oneshot::channel::<()>();
    let mut seen = Some(seen);
    let wait = wait.on_status(move |_| drop(seen.take()));
    wait.cancel_on(async { drop(is_seen.await) }).await
}

#[tokio::test]
async fn a_run_is_started_followed_and_read_at_its_end() {
    let (_sandbox, middesk, client) = start().await;
    let run = review(&middesk, &client).await;
    assert_eq!(run.started_as().unwrap().status, RunStatus::Running);
    let done = run.wait().await.unwrap();
    assert_eq!((done.status.as_str(), done.id.as_str()), ("completed", run.run_id()));
    let [artifact] = done.artifacts() else { panic!("{done:?}") };
    assert_eq!(
        (artifact.title.as_str(), artifact.confidence.as_deref()),
        ("Summary", Some("high"))
    );
    assert_eq!(artifact.sources()[0].source_name.as_deref(), Some("Secretary of State"));
    assert!(done.ended_at.is_some() && done.interrupts().is_empty() && done.steps().is_empty());

    let requests = middesk.requests();
    let read = format!("/v1/runs/{}", run.run_id());
    let lines: Vec<_> =
        requests.iter().map(|sent| format!("{} {}", sent.method, sent.path)).collect();
    let expected = [
        "POST /v1/runs".to_owned(),
        format!("GET {read}"),
        format!("GET {read}/stream"),
        format!("GET {read}"),
    ];
    assert_eq!(lines, expected);
    let body = json!({ "type": "cip_orchestrator", "business_id": middesk.business_id() });
    assert_eq!(requests[0].json().unwrap(), body);
    assert_eq!(requests[2].header("accept"), Some("text/event-stream"));
}

#[tokio::test]
async fn each_way_to_rest_is_a_run_and_no_error() {
    let (_sandbox, middesk, client) = start().await;
    let endings = [
        (Script::completes([]), "completed"),
        (Script::fails(), "error"),
        (Script::fails().stream_end(StreamEnd::Error), "error"),
        (asks(), "interrupted"),
    ];
    for (script, status) in endings {
        for streams in [true, false] {
            middesk.next_run(script.clone());
            let wait = review(&middesk, &client).await.wait().interval(Duration::ZERO);
            let wait = if streams { wait } else { wait.without_stream() };
            assert_eq!(wait.await.unwrap().status.as_str(), status);
        }
    }
    let streams = middesk.requests().into_iter().filter(|sent| sent.path.ends_with("/stream"));
    assert_eq!(streams.count(), 4);
}

#[tokio::test]
async fn a_stream_that_tells_nothing_keeps_no_one_waiting() {
    let (_sandbox, middesk, client) = start().await;
    let end = |end| Script::completes([]).step(Step::activity("search")).stream_end(end);
    let stays = asks().stream_end(StreamEnd::StaysOpen);
    for script in [end(StreamEnd::Nothing), stays.clone(), stays.step(Step::activity("search"))] {
        middesk.next_run(script);
        let run = review(&middesk, &client).await;
        assert!(run.wait().interval(Duration::from_millis(1)).await.unwrap().status.is_at_rest());
    }
}

#[tokio::test]
async fn a_stream_that_cannot_be_had_is_done_without() {
    let (_sandbox, middesk, client) = start().await;
    let html = Fault::html(200);
    for fault in [Fault::status(404), Fault::status(500), Fault::empty(403), html, Fault::close()] {
        middesk.fault(Target::StreamRun, fault.always());
        middesk.next_run(Script::completes([]).step(Step::activity("search")));
        let run = review(&middesk, &client).await;
        let done = run.wait().interval(Duration::ZERO).await.unwrap();
        assert_eq!(done.status.as_str(), "completed");
        middesk.clear_faults();
    }
}

#[tokio::test]
async fn a_wait_gives_the_steps_where_they_are_asked_for() {
    let (_sandbox, middesk, client) = start().await;
    let inner = Step::activity("search").agent("address_verification");
    middesk.next_run(Script::completes([]).step(Step::activity("verify").child(inner)));
    let done = review(&middesk, &client).await.wait().with_steps().await.unwrap();
    let steps: Vec<_> =
        done.all_steps().into_iter().map(|step| (step.name.as_str(), step.agent())).collect();
    assert_eq!(
        steps[..2],
        [("verify", Some("cip_orchestrator")), ("search", Some("address_verification"))]
    );
    let queries: Vec<_> = middesk.requests().into_iter().filter_map(|sent| sent.query).collect();
    assert_eq!(queries, ["include=steps"]);
}

#[tokio::test]
async fn a_run_is_started_in_a_thread_and_another_one_after_it() {
    let (_sandbox, middesk, client) = start().await;
    let first = review(&middesk, &client).await;
    let thread = first.thread_id().unwrap().to_owned();
    let second = client.run("address_verification", Context::thread(&thread)).await.unwrap();
    let third =
        second.reply("watchlist_resolution").extra([("prompt", "Look again")]).await.unwrap();
    assert_eq!((second.thread_id(), third.thread_id()), (Some(&*thread), Some(&*thread)));
    assert_eq!(middesk.thread_ids(), [&*thread]);
    let bodies: Vec<_> = middesk.requests().iter().map(|sent| sent.json().unwrap()).collect();
    assert_eq!(bodies[1], json!({ "type": "address_verification", "thread_id": thread }));
    assert_eq!(
        bodies[2],
        json!({ "type": "watchlist_resolution", "thread_id": thread, "prompt": "Look again" })
    );
    let other = Context::other("business", middesk.business_id());
    client.run("address_verification", other).await.unwrap();
    let body = middesk.requests().pop().unwrap().json().unwrap();
    let pair = json!({ "type": "address_verification", "context_type": "business", "context_id": middesk.business_id() });
    assert_eq!(body, pair);
}

#[tokio::test]
async fn a_handle_is_attached_elsewhere() {
    let (_sandbox, middesk, mine) = start().await;
    let run = review(&middesk, &mine).await;
    let stored = serde_json::to_string(&run.handle()).unwrap();
    assert!(!stored.contains(middesk.key()));
    let elsewhere = client(&middesk).attach(serde_json::from_str(&stored).unwrap());
    assert_eq!((elsewhere.run_id(), elsewhere.thread_id()), (run.run_id(), run.thread_id()));
    assert!(elsewhere.started_as().is_none());
    assert_eq!(elsewhere.wait().await.unwrap().status.as_str(), "completed");

    let by_id = mine.attach(Handle::new(run.run_id()));
    let more = by_id.reply("cip_orchestrator").await.unwrap();
    assert_eq!(more.thread_id(), run.thread_id());
    let unknown = mine.attach(Handle::new("nothing"));
    assert!(unknown.wait().await.unwrap_err().is_not_found());
    assert!(unknown.reply("cip_orchestrator").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_earlier_revision_is_understood() {
    let (_sandbox, middesk, client) = start().await;
    middesk.set_old_revision(true);
    middesk.next_run(Script::fails().step(Step::activity("search")));
    let run = review(&middesk, &client).await;
    assert_eq!(run.started_as().unwrap().status, RunStatus::Pending);
    let done = run.wait().with_steps().await.unwrap();
    assert_eq!(done.status, RunStatus::Failed);
    let step = done.all_steps()[0];
    assert_eq!((&step.agent, step.agent()), (&None, Some("cip_orchestrator")));
}

#[tokio::test]
async fn an_artifact_is_rated_and_rated_again() {
    let (_sandbox, middesk, client) = start().await;
    let run = review(&middesk, &client).await;
    let done = run.wait().await.unwrap();
    let id = done.artifacts()[0].id.as_deref().unwrap();
    let first = run.feedback(CreateFeedback::new(FeedbackRating::Positive, id)).await.unwrap();
    let again = CreateFeedback::new(FeedbackRating::Negative, id).comment("  Wrong address. ");
    let second = run.feedback(again).await.unwrap();
    assert_eq!((first.superseded_prior, second.superseded_prior), (false, true));
    assert_eq!(
        (second.comment.as_deref(), second.reviewer.type_.as_str()),
        (Some("Wrong address."), "Account")
    );
    middesk.set_operator_feedback(false);
    let error = run.feedback(CreateFeedback::new(FeedbackRating::Positive, id)).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 403);
}

#[tokio::test]
async fn artifacts_without_ids_are_read() {
    let (_sandbox, middesk, client) = start().await;
    middesk.set_artifact_ids(false);
    middesk.next_run(Script::completes([Artifact::new("T", "t").field("score", json!(0.9))]));
    let done = review(&middesk, &client).await.wait().await.unwrap();
    let [artifact] = done.artifacts() else { panic!("{done:?}") };
    assert_eq!((&artifact.id, &artifact.extra["score"]), (&None, &json!(0.9)));
}

#[tokio::test]
async fn a_run_that_does_not_end_is_left_and_waited_for_again() {
    let (_sandbox, middesk, client) = start().await;
    middesk.next_run(Script::completes([]).hold());
    let run = review(&middesk, &client).await;
    let error = first_seen(run.wait()).await.unwrap_err();
    assert_eq!((error.kind(), error.last_status()), (ErrorKind::Cancelled, Some("running")));
    middesk.wait_for_open_streams(0).await;
    middesk.release(run.run_id(), usize::MAX);
    assert_eq!(run.wait().await.unwrap().status.as_str(), "completed");
}
