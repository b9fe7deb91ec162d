//! deco Studio: an ask of several steps, and a run that is told from its start on each connection.

use super::{
    drops::{Away, call, resumed, stream, told},
    scenarios,
    stage::{Reply, Routes, Stage, script},
};
use agent_threads_deco_studio::{Client, Handle, Run};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

scenarios! {
    "deco_studio::Ask::into_future" => ask,
    "deco_studio::Run::cancel" => cancel,
    "deco_studio::Run::next" => chunks,
    "deco_studio::Run::poll_next" => chunks_as_stream,
    "deco_studio::Run::read" => read,
    "deco_studio::Run::wait" => wait,
}

fn client(stage: &Stage) -> Client {
    let builder = Client::builder().base_url("https://studio.example").token("k");
    builder.parameter("org", "acme").transport(stage.clone()).build().unwrap()
}

fn attached(client: &Client) -> Run {
    client.attach(Handle::new("thrd_1"))
}

/// The thread, changed last so many seconds after it was made.
fn thread(status: &str, second: u8) -> Reply {
    let at = format!("2026-08-01T09:30:{second:02}.000Z");
    Reply::json(200, json!({ "item": { "id": "thrd_1", "status": status, "updated_at": at } }))
}

/// A connection that brings so many of the chunks, from the first one on.
fn connection(count: usize) -> Reply {
    let chunks = [
        json!({ "type": "start", "messageId": "msg_1" }),
        json!({ "type": "text-start", "id": "t" }),
        json!({ "type": "text-delta", "id": "t", "delta": "It is " }),
        json!({ "type": "text-delta", "id": 7 }),
        json!({ "type": "text-delta", "id": "t", "delta": "solved." }),
        json!({ "type": "text-end", "id": "t" }),
        json!({ "type": "finish" }),
    ];
    Reply::events(
        chunks[..count].iter().map(|chunk| format!("data: {chunk}\n\n")).collect::<String>(),
    )
}

fn messages(answers: &[&str]) -> Reply {
    let answer = |id: &&str| json!({ "id": id, "role": "assistant", "parts": [{ "type": "text", "text": "It is solved." }] });
    let items = answers.iter().map(answer);
    let items: Vec<_> =
        [json!({ "id": "msg_u", "role": "user", "parts": [] })].into_iter().chain(items).collect();
    Reply::json(200, json!({ "items": items }))
}

/// The thread is read as often as a connection is lost, and then until it is at its end.
fn read_as(reads: impl IntoIterator<Item = Reply>) -> Routes {
    script([
        ("POST /COLLECTION_THREADS_CREATE", vec![thread("completed", 0)]),
        ("POST /COLLECTION_THREADS_GET", reads.into_iter().collect()),
        ("POST /COLLECTION_THREAD_MESSAGES_LIST", vec![messages(&[]), messages(&["msg_1"])]),
        ("POST /threads/thrd_1/messages", vec![Reply::json(202, json!({ "taskId": "thrd_1" }))]),
        ("POST /cancel/thrd_1", vec![Reply::json(202, json!({ "cancelled": true }))]),
        ("GET /threads/thrd_1/stream", vec![connection(2), connection(4), connection(7)]),
    ])
}

fn plays() -> Routes {
    let at_work = || thread("in_progress", 1);
    read_as([at_work(), at_work(), at_work(), thread("completed", 2)])
}

/// A server without a stream, whose thread has no message of the agent.
fn silent(reads: impl IntoIterator<Item = Reply>) -> Routes {
    script([
        ("GET /stream", vec![Reply::none()]),
        ("POST /COLLECTION_THREADS_CREATE", vec![thread("completed", 0)]),
        ("POST /COLLECTION_THREADS_GET", reads.into_iter().collect()),
        ("POST /COLLECTION_THREAD_MESSAGES_LIST", vec![messages(&[])]),
        ("POST /messages", vec![Reply::json(202, json!({ "taskId": "thrd_1" }))]),
    ])
}

async fn ask(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || client.ask("vir_1", "Hello!").await).await;
    stage.play(read_as([thread("completed", 0)]));
    call(name, stage, async || attached(client).follow_up("And now?").await).await;
}

async fn cancel(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || attached(client).cancel().await).await;
}

async fn next(run: &mut Run) -> Option<String> {
    told(run.next().await)
}

async fn chunks(name: &str, stage: &Stage, client: &Client) {
    // A run that ended while nobody looked is not told any more.
    stage.play(read_as([thread("in_progress", 1)]));
    let asked = async || client.ask("vir_1", "Hello!").await.unwrap();
    let found = async || attached(client);
    for away in [Away::Never, Away::Long] {
        stream(name, away, stage, asked, next).await;
        stream(name, away, stage, found, next).await;
    }
}

async fn chunks_as_stream(name: &str, stage: &Stage, client: &Client) {
    let open = async || attached(client);
    let next = async |run: &mut Run| told(futures::StreamExt::next(run).await);
    stream(name, Away::Never, stage, open, next).await;
}

async fn read(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || attached(client).read().await).await;
}

async fn wait(name: &str, stage: &Stage, client: &Client) {
    let start = || attached(client);
    resumed(name, stage, start, async |run: &mut Run| run.wait().await.unwrap()).await;
}

/// A run on a server without a stream.
async fn run_of(reads: impl IntoIterator<Item = Reply>) -> Run {
    let stage = Stage::default();
    stage.play(silent(reads));
    client(&stage).ask("vir_1", "Hello!").await.unwrap()
}

/// A thread at rest that lacks the agent's message is believed after 30 reads, in one wait or in many short ones.
#[tokio::test(start_paused = true)]
async fn a_wait_in_slices_comes_to_its_end_as_one_does() {
    let mut run = run_of([thread("failed", 5)]).await;
    for slice in 0.. {
        assert!(slice < 20, "the wait never ends");
        if let Ok(outcome) = timeout(Duration::from_millis(4500), run.wait()).await {
            assert_eq!(outcome.unwrap().thread.status.as_str(), "failed");
            break;
        }
    }
}

/// That a run has been seen at work tells its end from that of the run before it, where nothing else does.
#[tokio::test(start_paused = true)]
async fn a_wait_that_goes_on_knows_that_the_run_had_begun() {
    let mut run = run_of([thread("in_progress", 0), thread("failed", 0)]).await;
    assert!(timeout(Duration::from_millis(500), run.wait()).await.is_err(), "it is at work");
    let outcome = run.wait().await.unwrap();
    assert_eq!(outcome.thread.status.as_str(), "failed");
}
