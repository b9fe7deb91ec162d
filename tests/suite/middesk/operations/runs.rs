//! Runs, their streams and their ratings.

use super::{Sent, call, get, post, start};
use agent_threads_middesk::types::{
    CreateFeedback, CreateRun, FeedbackRating, ResumeRun, ReviewerType, RunStatus, RunStreamEvent,
    StepResolution, StepType,
};
use futures::StreamExt as _;
use serde_json::{Value, json};

const RUN: &str = "e2a4c7d0-55f1-4d0e-9f7a-6c1b2d3e4f50";
const THREAD: &str = "7b6d1d0a-2f61-4c0f-8b55-9b4f6a1d2c33";

/// The vendor's example of a run that waits.
fn interrupted() -> Value {
    json!({
        "object": "run", "id": RUN, "created_at": "2026-03-04T10:00:01Z", "updated_at": "2026-03-04T10:04:12Z",
        "status": "interrupted", "thread_id": THREAD, "agent": "cip_orchestrator",
        "requester": { "id": "0f4f3a52-1f7c-4c8e-a6b0-6f3f7f0f9a11", "name": "Acme Lending", "email": null },
        "started_at": "2026-03-04T10:00:02Z", "ended_at": null, "output": null,
        "interrupts": [{ "id": "int_01", "agent": "watchlist_resolution",
            "value": { "agent": "watchlist_resolution", "label": "Dismiss this hit?", "artifacts": [] } }]
    })
}

fn completed() -> Value {
    let source = json!({ "url": "https://sos.example/filing/1", "source_name": "Secretary of State",
                         "source_tier": "primary", "source_type": "sos" });
    let artifact = json!({ "id": "2c9d4f66-0f5b-4a63-8c1e-4b2f4b1a9d10", "title": "Name", "type": "cip_summary",
                           "confidence": "high", "summary": "The name matches.", "sources": [source], "score": 0.9 });
    let step = |id: &str, more: Value| {
        let mut step = json!({ "id": id, "run_id": RUN, "type": "interrupt", "name": "ask", "label": "Asking",
            "status": "completed", "started_at": "2026-03-04T10:00:02Z", "agent": "watchlist_resolution",
            "parent_step_id": null, "completed_at": "2026-03-04T10:00:03.250Z", "steps": [], "artifacts": [] });
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        step
    };
    let inner = step(
        "s2",
        json!({ "parent_step_id": "s1", "result": { "resolution": "skip", "more": 1 } }),
    );
    let mut run = interrupted();
    let more = json!({ "status": "completed", "ended_at": "2026-03-04T10:05:00Z", "interrupts": [],
        "output": { "artifacts": [artifact] }, "steps": [step("s1", json!({ "steps": [inner] }))] });
    run.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    run
}

#[tokio::test]
async fn a_run_is_created_in_each_place() {
    let (server, client) = start().await;
    let run = || CreateRun::new("cip_orchestrator");
    let cases = [
        (run().thread_id(THREAD), json!({ "type": "cip_orchestrator", "thread_id": THREAD })),
        (run().business_id("b"), json!({ "type": "cip_orchestrator", "business_id": "b" })),
        (
            run().context_type("business").context_id("b"),
            json!({ "type": "cip_orchestrator", "context_type": "business", "context_id": "b" }),
        ),
        (
            run().thread_id("t").business_id("b").extra([("prompt", "Look at the address")]),
            json!({ "type": "cip_orchestrator", "thread_id": "t", "business_id": "b", "prompt": "Look at the address" }),
        ),
    ];
    for (body, wire) in cases {
        let create = client.create_run(body).send();
        let run = call(&server, post("/v1/runs", wire), (201, interrupted()), create).await;
        assert_eq!((run.id.as_str(), run.thread_id.as_deref()), (RUN, Some(THREAD)));
    }
}

#[tokio::test]
async fn a_run_that_waits_is_read() {
    let (server, client) = start().await;
    let sent = get("/v1/runs/e2a4c7d0-55f1-4d0e-9f7a-6c1b2d3e4f50");
    let run = call(&server, sent, (200, interrupted()), client.get_run(RUN).send()).await;
    assert_eq!(
        (&run.status, run.agent.as_deref()),
        (&RunStatus::Interrupted, Some("cip_orchestrator"))
    );
    assert_eq!(
        (run.created_at.timestamp(), run.started_at.unwrap().timestamp()),
        (1_772_618_401, 1_772_618_402)
    );
    assert_eq!((run.ended_at, &run.output, &run.steps), (None, &None, &None));
    let requester = run.requester.as_ref().unwrap();
    assert_eq!((requester.name.as_str(), &requester.email), ("Acme Lending", &None));
    let [interrupt] = run.interrupts() else { panic!("{run:?}") };
    assert_eq!((interrupt.id.as_str(), interrupt.label()), ("int_01", Some("Dismiss this hit?")));
    assert_eq!(interrupt.agent.as_deref(), Some("watchlist_resolution"));
}

#[tokio::test]
async fn a_run_is_read_with_its_steps() {
    let (server, client) = start().await;
    let sent = get("/v1/runs/e2a4c7d0-55f1-4d0e-9f7a-6c1b2d3e4f50?include=steps");
    let read = client.get_run(RUN).include("steps").send();
    let run = call(&server, sent, (200, completed()), read).await;
    assert_eq!(
        (&run.status, run.ended_at.unwrap().timestamp()),
        (&RunStatus::Completed, 1_772_618_700)
    );
    let [artifact] = run.artifacts() else { panic!("{run:?}") };
    assert_eq!(artifact.id.as_deref(), Some("2c9d4f66-0f5b-4a63-8c1e-4b2f4b1a9d10"));
    assert_eq!(
        (artifact.confidence.as_deref(), &artifact.extra["score"]),
        (Some("high"), &json!(0.9))
    );
    let [source] = artifact.sources() else { panic!("{artifact:?}") };
    assert_eq!(
        (source.url.as_str(), source.source_tier.as_deref()),
        ("https://sos.example/filing/1", Some("primary"))
    );
    let steps = run.all_steps();
    let ids: Vec<_> = steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["s1", "s2"]);
    assert_eq!(
        (&steps[1].type_, steps[1].resolution()),
        (&StepType::Interrupt, Some(StepResolution::Skip))
    );
    assert_eq!(steps[1].result.as_ref().unwrap()["more"], 1);
    assert_eq!(steps[0].completed_at.unwrap().timestamp_subsec_millis(), 250);
}

#[tokio::test]
async fn runs_are_listed() {
    let (server, client) = start().await;
    let wire = json!({ "object": "list", "has_more": true, "total_count": 7, "data": [interrupted(), completed()] });
    let list = client.list_runs().page(1).per_page(2).send();
    let page = call(&server, get("/v1/runs?page=1&per_page=2"), (200, wire), list).await;
    assert_eq!((page.has_more, page.total_count), (true, Some(7)));
    let statuses: Vec<_> = page.data.unwrap().into_iter().map(|run| run.status).collect();
    assert_eq!(statuses, [RunStatus::Interrupted, RunStatus::Completed]);
}

#[tokio::test]
async fn an_artifact_is_rated() {
    let (server, client) = start().await;
    let target = "/v1/runs/e2a4c7d0-55f1-4d0e-9f7a-6c1b2d3e4f50/feedback";
    let wire = json!({ "object": "feedback", "id": "f", "run_id": RUN, "rating": "NEGATIVE", "artifact_id": "a",
                       "comment": "Wrong registered address.", "reviewer": { "type": "Account", "id": "acc" },
                       "superseded_prior": true, "created_at": "2026-03-04T11:00:00Z" });
    let body =
        json!({ "rating": "NEGATIVE", "artifact_id": "a", "comment": "Wrong registered address." });
    let feedback =
        CreateFeedback::new(FeedbackRating::Negative, "a").comment("Wrong registered address.");
    let rate = client.create_run_feedback(RUN, feedback).send();
    let rated = call(&server, post(target, body), (201, wire.clone()), rate).await;
    assert_eq!((&rated.rating, rated.superseded_prior), (&FeedbackRating::Negative, true));
    assert_eq!(
        (&rated.reviewer.type_, rated.reviewer.id.as_str()),
        (&ReviewerType::Account, "acc")
    );
    assert_eq!(rated.comment.as_deref(), Some("Wrong registered address."));
    let mut silent = wire;
    silent["comment"] = Value::Null;
    silent.as_object_mut().unwrap().remove("object");
    let body = json!({ "rating": "POSITIVE", "artifact_id": "a" });
    let rate =
        client.create_run_feedback(RUN, CreateFeedback::new(FeedbackRating::Positive, "a")).send();
    assert_eq!(call(&server, post(target, body), (201, silent), rate).await.comment, None);
}

#[tokio::test]
async fn the_events_of_a_run_are_streamed() {
    let (server, client) = start().await;
    let sent = get("/v1/runs/e2a4c7d0-55f1-4d0e-9f7a-6c1b2d3e4f50/stream");
    let sent = Sent { accept: "text/event-stream", ..sent };
    let body = format!(
        "event: RUN_STARTED\ndata: {{\"run_id\":\"{RUN}\",\"input\":null}}\n\n\
         event: STATE_SNAPSHOT\ndata: {{\"run_id\":\"{RUN}\",\"snapshot\":{{\"steps\":[]}}}}\n\n\
         event: RUN_FINISHED\ndata: {{\"run_id\":\"{RUN}\"}}\n\n"
    );
    let mock = sent.answered(&server, 200, "text/event-stream", &body).await;
    let events: Vec<_> = client.stream_run(RUN).events().collect().await;
    mock.assert_async().await;
    let events: Vec<_> = events.into_iter().map(Result::unwrap).collect();
    let [
        RunStreamEvent::RunStarted(started),
        RunStreamEvent::StateSnapshot(snapshot),
        RunStreamEvent::RunFinished(_),
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(started.extra["input"], Value::Null);
    assert_eq!(snapshot.snapshot, Some(json!({ "steps": [] })));
    assert!(events.iter().all(|event| event.run_id() == Some(RUN)));
}

#[tokio::test]
async fn an_interrupt_is_answered_with_whatever_fields() {
    let (server, client) = start().await;
    let target = "/v1/runs/e2a4c7d0-55f1-4d0e-9f7a-6c1b2d3e4f50/resume?include=steps";
    let body = json!({ "id": "int_01", "input": { "approve": true } });
    let answer = [("id", json!("int_01")), ("input", json!({ "approve": true }))];
    let resume = client.resume_run(RUN, ResumeRun::new().extra(answer)).include("steps").send();
    let answered = call(&server, post(target, body), (200, completed()), resume).await;
    assert_eq!(answered["status"], "completed");
}
