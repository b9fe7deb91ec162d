//! Octavus: a dispatch that is sent once, a reply behind a read, and waits.

use super::{
    drops::call,
    scenarios,
    stage::{Reply, Routes, Stage, script},
};
use agent_threads_octavus::{Client, Handle, Run};
use serde_json::{Value, json};
use std::time::Duration;

scenarios! {
    "octavus::Dispatch::into_future" => dispatch,
    "octavus::Reply::into_future" => reply,
    "octavus::Run::cancel" => cancel,
    "octavus::Run::read" => read,
    "octavus::Wait::into_future" => wait,
}

fn client(stage: &Stage) -> Client {
    let builder = Client::builder().base_url("https://octavus.example").token("t");
    builder.transport(stage.clone()).build().unwrap()
}

fn run(client: &Client) -> Run {
    client.attach(Handle::new("agent_1", "t1"))
}

fn thread(status: &str, more: &Value) -> Reply {
    let mut thread =
        json!({ "threadId": "t1", "status": status, "failureReason": null, "messages": [] });
    thread.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Reply::json(200, thread)
}

fn plays() -> Routes {
    let usage = |tokens: u32| json!({ "usage": { "totalTokens": tokens } });
    let reads = [
        thread("pending", &json!({})),
        thread("running", &json!({})),
        thread("completed", &usage(1)),
        thread("completed", &usage(2)),
    ];
    let started = || vec![Reply::json(202, json!({ "threadId": "t1", "status": "pending" }))];
    let stopped = vec![Reply::json(200, json!({ "threadId": "t1", "status": "cancelled" }))];
    script([
        ("POST /threads", started()),
        ("POST /threads/t1/messages", started()),
        ("POST /threads/t1/cancel", stopped),
        ("GET /threads/t1", reads.into()),
    ])
}

async fn dispatch(name: &str, stage: &Stage, client: &Client) {
    let dispatch = async || client.dispatch("agent_1", "task").await;
    call(name, stage, dispatch).await;
}

async fn reply(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || run(client).reply("And now?").await).await;
}

async fn cancel(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || run(client).cancel().await).await;
}

async fn read(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || run(client).read().await).await;
}

async fn wait(name: &str, stage: &Stage, client: &Client) {
    call(name, stage, async || client.run("agent_1", "task").settle(Duration::from_secs(60)).await)
        .await;
}
