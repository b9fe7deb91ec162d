//! Middesk: events that begin anew with each connection, and a wait that follows them beside its reads.

use super::{
    drops::{Away, call, stream, told},
    scenarios,
    stage::{Reply, Routes, Stage, script},
};
use agent_threads_middesk::{
    Client, Context, Events, Handle, Run,
    types::{
        ActionObjectType, ActionType, CreateAction, CreateFeedback, FeedbackRating, ResumeRun,
    },
};
use serde_json::{Value, json};

scenarios! {
    "middesk::Events::next" => events,
    "middesk::Events::poll_next" => events_as_stream,
    "middesk::Run::act" => act,
    "middesk::Run::feedback" => feedback,
    "middesk::Run::read" => read,
    "middesk::Run::read_with_steps" => read_with_steps,
    "middesk::Run::resume" => resume,
    "middesk::Start::into_future" => start,
    "middesk::Wait::into_future" => wait,
}

const TIME: &str = "2026-03-04T10:00:01Z";

fn client(stage: &Stage) -> Client {
    let builder = Client::builder().base_url("https://middesk.example").token("mk_test_key");
    builder.transport(stage.clone()).build().unwrap()
}

fn run(client: &Client) -> Run {
    client.attach(Handle::new("r"))
}

fn shown(status: &str) -> Reply {
    Reply::json(
        200,
        json!({ "id": "r", "thread_id": "t", "status": status, "created_at": TIME, "updated_at": TIME }),
    )
}

fn frame(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

/// A connection that brings so many of the events.
fn connection(count: usize) -> Reply {
    let snapshot = |steps: &[&str]| json!({ "run_id": "r", "snapshot": { "steps": steps } });
    let events = [
        frame("RUN_STARTED", &json!({ "run_id": "r" })),
        frame("STATE_SNAPSHOT", &snapshot(&[])),
        frame("STATE_SNAPSHOT", &snapshot(&["search"])),
        frame("RUN_FINISHED", &json!({ "run_id": "r" })),
    ];
    Reply::events(events[..count].concat())
}

fn plays() -> Routes {
    let action = json!({ "id": "act", "type": "dismissal", "object_type": "Watchlist::Result", "object_id": "w",
                         "created_at": TIME, "effects": [], "actors": [] });
    let rated = json!({ "object": "feedback", "id": "f", "run_id": "r", "rating": "POSITIVE", "artifact_id": "a",
                        "reviewer": { "type": "Account", "id": "acc" }, "superseded_prior": false, "created_at": TIME });
    script([
        ("POST /v1/runs", vec![shown("running")]),
        ("POST /v1/runs/r/resume", vec![shown("running")]),
        ("POST /v1/runs/r/feedback", vec![Reply::json(201, rated)]),
        ("POST /v1/actions", vec![Reply::json(201, action)]),
        ("GET /v1/runs/r", vec![shown("running"), shown("running"), shown("completed")]),
        ("GET /v1/runs/r/stream", vec![connection(2), connection(3), connection(4)]),
    ])
}

async fn events(name: &str, stage: &Stage, client: &Client) {
    let open = async || run(client).events();
    let next = async |events: &mut Events| told(events.next().await);
    stream(name, Away::Never, stage, open, next).await;
    stream(name, Away::Long, stage, open, next).await;
}

async fn events_as_stream(name: &str, stage: &Stage, client: &Client) {
    let open = async || run(client).events();
    let next = async |events: &mut Events| told(futures::StreamExt::next(events).await);
    stream(name, Away::Never, stage, open, next).await;
}

async fn act(name: &str, stage: &Stage, client: &Client) {
    let action = || {
        CreateAction::new(ActionObjectType::WatchlistResult, "w", ActionType::Dismissal, json!({}))
    };
    call(name, stage, async || run(client).act(action()).await).await;
}

async fn feedback(name: &str, stage: &Stage, client: &Client) {
    let feedback = || CreateFeedback::new(FeedbackRating::Positive, "a");
    call(name, stage, async || run(client).feedback(feedback()).await).await;
}

async fn read(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || run(client).read().await).await;
}

async fn read_with_steps(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || run(client).read_with_steps().await).await;
}

async fn resume(name: &str, stage: &Stage, client: &Client) {
    let answer = || ResumeRun::new().extra([("input", "yes")]);
    call(name, stage, async || run(client).resume(answer()).await).await;
}

/// In the thread of a run whose thread is to be found first.
async fn start(name: &str, stage: &Stage, client: &Client) {
    let start = async || client.run("cip_orchestrator", Context::business("b")).await;
    call(name, stage, start).await;
    call(name, stage, async || run(client).reply("cip_orchestrator").await).await;
}

async fn wait(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || run(client).wait().with_steps().await).await;
}
