//! Mosoo: recorded answers of its real server, in both dialects.

use super::{
    drops::{Away, call, stream, told},
    scenarios,
    stage::{Reply, Routes, Stage, script},
};
use crate::mosoo::{recorded, recorded_exchange};
use agent_threads_mosoo::{Client, Dialect, Events, Handle, Run, types::CreateThread};

scenarios! {
    "mosoo::Dispatch::into_future" => dispatch,
    "mosoo::Events::next" => events,
    "mosoo::Events::poll_next" => events_as_stream,
    "mosoo::Reply::into_future" => reply,
    "mosoo::Run::approve" => approve,
    "mosoo::Run::cancel" => cancel,
    "mosoo::Run::deny" => deny,
    "mosoo::Run::pending_confirmation" => pending_confirmation,
    "mosoo::Run::read" => read,
    "mosoo::Wait::into_future" => wait,
}

const THREAD: &str = "01M80BDSFW5G4P50V45GP4PRWX";
const RUN: &str = "01M80BDSG4CYFNQ2YKKG9FF2RC";
/// The run of the recordings of the dialect `seed`.
const SEED_RUN: &str = "01M80BDSNP23WFHY1F7YHHBHYF";

fn client_in(dialect: Dialect, stage: &Stage) -> Client {
    let builder = Client::builder().base_url("https://mosoo.example/api/v1").token("mst_test");
    builder.dialect(dialect).transport(stage.clone()).build().unwrap()
}

fn client(stage: &Stage) -> Client {
    client_in(Dialect::Current, stage)
}

fn run(client: &Client) -> Run {
    client.attach(Handle::new(THREAD, RUN))
}

fn answer(name: &str) -> Reply {
    let (status, body) = recorded(name);
    Reply::json(status, body)
}

/// The recorded stream, as far as its first so many events.
fn live(events: usize) -> Reply {
    let recorded = recorded_exchange("current/032-stream-live-run");
    let raw = recorded["response"]["raw"].as_str().unwrap();
    Reply::events(raw.split_inclusive("\n\n").take(events).collect::<String>())
}

/// What is posted to a thread's events is answered so.
fn posted(name: &str) -> Routes {
    let thread =
        [answer("current/002-create-thread"), answer("current/033-retrieve-thread-completed")];
    script([
        ("POST /threads", vec![answer("current/002-create-thread")]),
        ("POST /events", vec![answer(name)]),
        ("GET /events", vec![answer("current/034-list-events-completed")]),
        ("GET /events/stream", vec![live(5), live(9), live(usize::MAX)]),
        ("GET /01M80BDSFW5G4P50V45GP4PRWX", thread.into()),
    ])
}

fn plays() -> Routes {
    posted("current/043-send-message-quickstart")
}

/// The log of the dialect `seed`, which grows from read to read.
fn growing_log() -> Routes {
    let (_, log) = recorded("seed/034-list-events-completed");
    let part = |count: usize| {
        let mut log = log.clone();
        log["events"].as_array_mut().unwrap().truncate(count);
        Reply::json(200, log)
    };
    script([("GET /events", vec![part(4), part(6), part(100)])])
}

async fn dispatch(name: &str, stage: &Stage, client: &Client) {
    let thread = || CreateThread::message("Hello").user_id("cust-77");
    let dispatch = async || client.dispatch("a", thread()).await;
    call(name, stage, dispatch).await;
}

async fn events(name: &str, stage: &Stage, client: &Client) {
    let open = async || run(client).events();
    let next = async |events: &mut Events| told(events.next().await);
    stream(name, Away::Never, stage, open, next).await;
    stream(name, Away::Long, stage, open, next).await;
    let client = client_in(Dialect::Seed, stage);
    let open = async || client.attach(Handle::new("t", SEED_RUN)).events();
    stage.play(growing_log());
    stream(name, Away::Never, stage, open, next).await;
}

async fn events_as_stream(name: &str, stage: &Stage, client: &Client) {
    let open = async || run(client).events();
    let next = async |events: &mut Events| told(futures::StreamExt::next(events).await);
    stream(name, Away::Never, stage, open, next).await;
}

async fn reply(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || run(client).reply("Next?").await).await;
}

async fn approve(name: &str, stage: &Stage, client: &Client) {
    stage.play(posted("current/069-permission-allow"));
    call(name, stage, async || run(client).approve("perm-7").await).await;
}

async fn deny(name: &str, stage: &Stage, client: &Client) {
    stage.play(posted("current/069-permission-allow"));
    call(name, stage, async || run(client).deny("perm-7").await).await;
}

async fn cancel(name: &str, stage: &Stage, client: &Client) {
    stage.play(posted("current/046-interrupt-active-run"));
    call(name, stage, async || run(client).cancel().await).await;
}

async fn pending_confirmation(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || run(client).pending_confirmation().await).await;
}

async fn read(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || run(client).read().await).await;
}

async fn wait(name: &str, stage: &Stage, client: &Client) {
    let thread = || CreateThread::message("Hello").user_id("cust-77");
    call(name, stage, async || client.run("a", thread()).await).await;
}
