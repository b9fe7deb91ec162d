//! What all vendors have in common, by operations of each kind that generated code has.

use super::{
    drops::{Away, call, resumed, stream, told, within},
    scenarios,
    stage::{Reply, Routes, Stage, script},
};
use crate::mosoo::recorded;
use agent_threads_core::{
    Body, Download, Error, EventStream, FilePart, Items, Pages, Transport, WithIds,
    codegen::{Observation, Operation, Poll},
};
use agent_threads_middesk as middesk;
use agent_threads_modus as modus;
use agent_threads_mosoo as mosoo;
use futures::StreamExt;
use modus::types::{ModusChatRequest, RunEvent, ScopesPage};
use serde_json::{Value, json};
use std::{future::pending, time::Duration};
use tokio::time::Instant;

scenarios! {
    "core::Body::poll_next" => body,
    "core::Core::call" => calls,
    "core::Core::download" => download_begins,
    "core::Download::bytes" => download_bytes,
    "core::Download::chunk" => download,
    "core::Download::poll_next" => download_as_stream,
    "core::EventStream::next" => events,
    "core::EventStream::opened" => opened,
    "core::EventStream::poll_next" => events_as_stream,
    "core::FilePart::open" => file,
    "core::Items::next" => items,
    "core::Items::poll_next" => items_as_stream,
    "core::Pages::next" => pages,
    "core::Pages::poll_next" => pages_as_stream,
    "core::Poll::until" => poll,
    "core::Poll::until_from" => poll_from,
    "core::WithIds::next" => with_ids,
    "core::WithIds::poll_next" => with_ids_as_stream,
}

const TEXT: &str = "Customer asks for an implementation plan.";

/// Clients of those vendors that have an operation of the kind.
struct Clients {
    middesk: middesk::Client,
    modus: modus::Client,
    mosoo: mosoo::Client,
}

fn client(stage: &Stage) -> Clients {
    let middesk = middesk::Client::builder().base_url("https://middesk.example").token("mk_test");
    let modus = modus::Client::builder().server("agent", "https://agent.example");
    let modus = modus.server("api", "https://api.example").token("modus_test");
    let mosoo = mosoo::Client::builder().base_url("https://mosoo.example").token("mst_test");
    let mosoo = mosoo.dialect(mosoo::Dialect::Current);
    Clients {
        middesk: middesk.transport(stage.clone()).build().unwrap(),
        modus: modus.transport(stage.clone()).build().unwrap(),
        mosoo: mosoo.transport(stage.clone()).build().unwrap(),
    }
}

fn plays() -> Routes {
    let (status, draft) = recorded("current/076-upload-file");
    let time = "2026-03-04T10:00:00Z";
    let run =
        |id: &str| json!({ "id": id, "status": "running", "created_at": time, "updated_at": time });
    let runs =
        |runs: &[Value], more: bool| Reply::json(200, json!({ "has_more": more, "data": runs }));
    let said = json!({ "content": "Twelve.", "runId": "r-1", "threadId": "t-1" });
    let busy = || Reply::json(503, "{}");
    script([
        ("GET /stream", vec![connection(2), connection(3), connection(6)]),
        (
            "GET /scopes",
            vec![scopes(&["a", "b"], Some("p")), scopes(&[], Some("q")), scopes(&["c"], None)],
        ),
        ("GET /scopes/42", vec![busy(), Reply::json(200, json!({ "id": 42, "name": "a" }))]),
        ("GET /v1/runs", vec![runs(&[run("a"), run("b")], true), runs(&[run("c")], false)]),
        ("GET /content", vec![Reply::file(TEXT)]),
        ("POST /files", vec![Reply::json(status, draft)]),
        ("POST /chat", vec![Reply::json(200, said)]),
        ("POST /agent/runs", vec![busy(), connection(6)]),
    ])
}

fn connection(count: usize) -> Reply {
    let token = |number: usize| {
        format!(
            "id: 1717000000000-{number}\ndata: {{\"type\":\"token\",\"content\":\"{number} \"}}\n\n"
        )
    };
    let done = "id: 1717000000000-9\ndata: {\"type\":\"done\"}\n\n".to_owned();
    let events: Vec<_> = (1..6).map(token).chain([done]).collect();
    Reply::events(events[..count].concat())
}

async fn events(name: &str, stage: &Stage, clients: &Clients) {
    let open = async || clients.modus.stream_run("r").events();
    for away in [Away::Never, Away::Long] {
        let next = async |events: &mut EventStream<RunEvent>| told(events.next().await);
        stream(name, away, stage, open, next).await;
    }
}

async fn events_as_stream(name: &str, stage: &Stage, clients: &Clients) {
    let open = async || clients.modus.stream_run("r").events();
    let next = async |events: &mut EventStream<RunEvent>| told(StreamExt::next(events).await);
    stream(name, Away::Long, stage, open, next).await;
}

async fn opened(name: &str, stage: &Stage, clients: &Clients) {
    stage.play(script([("GET /stream", [Reply::json(503, "{}"), connection(6)])]));
    let start = || clients.modus.stream_run("r").events();
    let opened = async |events: &mut EventStream<RunEvent>| events.opened().await.unwrap();
    resumed(name, stage, start, opened).await;
}

async fn with_ids(name: &str, stage: &Stage, clients: &Clients) {
    let open = async || clients.modus.stream_run("r").events().with_ids();
    let next = async |events: &mut WithIds<RunEvent>| told(events.next().await);
    stream(name, Away::Long, stage, open, next).await;
}

async fn with_ids_as_stream(name: &str, stage: &Stage, clients: &Clients) {
    let open = async || clients.modus.stream_run("r").events().with_ids();
    let next = async |events: &mut WithIds<RunEvent>| told(StreamExt::next(events).await);
    stream(name, Away::Long, stage, open, next).await;
}

async fn items(name: &str, stage: &Stage, clients: &Clients) {
    let by_token = async || clients.modus.list_scopes().items();
    let next = async |items: &mut Items<_>| told(items.next().await);
    stream(name, Away::Never, stage, by_token, next).await;
    let by_number = async || clients.middesk.list_runs().items();
    let next = async |items: &mut Items<_>| told(items.next().await);
    stream(name, Away::Never, stage, by_number, next).await;
}

async fn items_as_stream(name: &str, stage: &Stage, clients: &Clients) {
    let open = async || clients.middesk.list_runs().items().limit(3);
    let next = async |items: &mut Items<_>| told(StreamExt::next(items).await);
    stream(name, Away::Never, stage, open, next).await;
}

async fn pages(name: &str, stage: &Stage, clients: &Clients) {
    let by_token = async || clients.modus.list_scopes().pages();
    let next = async |pages: &mut Pages<_>| told(pages.next().await);
    stream(name, Away::Never, stage, by_token, next).await;
    let by_number = async || clients.middesk.list_runs().pages();
    let next = async |pages: &mut Pages<_>| told(pages.next().await);
    stream(name, Away::Never, stage, by_number, next).await;
}

async fn pages_as_stream(name: &str, stage: &Stage, clients: &Clients) {
    let open = async || clients.modus.list_scopes().pages();
    let next = async |pages: &mut Pages<_>| told(StreamExt::next(pages).await);
    stream(name, Away::Never, stage, open, next).await;
}

async fn download(name: &str, stage: &Stage, clients: &Clients) {
    let open = async || clients.mosoo.download_file("f").await.unwrap();
    for away in [Away::Never, Away::Long] {
        let next = async |file: &mut Download| told(file.chunk().await.transpose());
        stream(name, away, stage, open, next).await;
    }
}

async fn download_as_stream(name: &str, stage: &Stage, clients: &Clients) {
    let open = async || clients.mosoo.download_file("f").await.unwrap();
    let next = async |file: &mut Download| told(StreamExt::next(file).await);
    stream(name, Away::Long, stage, open, next).await;
}

async fn download_bytes(name: &str, stage: &Stage, clients: &Clients) {
    let bytes = async || clients.mosoo.download_file("f").await?.bytes(100).await;
    call(name, stage, bytes).await;
}

async fn download_begins(name: &str, stage: &Stage, clients: &Clients) {
    call(name, stage, async || clients.mosoo.download_file("f").await).await;
}

/// One of each kind that generated code has: one that reads, and has a pause to be dropped in; one that is sent once; one
/// with a key; one with a form.
async fn calls(name: &str, stage: &Stage, Clients { modus, mosoo, .. }: &Clients) {
    call(name, stage, async || modus.get_scope(42).await).await;
    let ask = || ModusChatRequest::new("m").message("How many?");
    call(name, stage, async || modus.chat_with_modus(ask()).await).await;
    let thread = || mosoo::types::CreateThread::message("Hello").user_id("cust-77");
    let (_, created) = recorded("current/002-create-thread");
    let create = async || mosoo.create_thread("a", thread()).idempotency_key("job-1").await;
    stage.play(script([("POST /threads", [Reply::json(503, "{}"), Reply::json(201, created)])]));
    call(name, stage, create).await;
    stage.play(plays());
    let file = || FilePart::bytes("brief.txt", TEXT).content_type("text/plain");
    call(name, stage, async || mosoo.upload_file("a", file()).await).await;
}

/// The body of an answer, as a transport of the caller's may read it.
async fn body(name: &str, stage: &Stage, _: &Clients) {
    let open = async || {
        let url = "https://mosoo.example/content".parse().unwrap();
        let answer = stage.send(reqwest::Request::new(http::Method::GET, url)).await;
        answer.unwrap().into_body()
    };
    let next = async |body: &mut Body| body.next().await.map(|piece| format!("{piece:?}"));
    stream(name, Away::Long, stage, open, next).await;
}

/// Files are opened by threads of the runtime, which no poll counts.
async fn file(_: &str, _: &Stage, _: &Clients) {
    let path = std::env::temp_dir().join(format!("cancel-{}.txt", std::process::id()));
    std::fs::write(&path, TEXT).unwrap();
    for k in 0..4 {
        let _ = within(&mut { k }, FilePart::open(&path)).await;
        let length = u64::try_from(TEXT.len()).ok();
        assert_eq!(FilePart::open(&path).await.unwrap().length(), length);
    }
    std::fs::remove_file(&path).unwrap();
}

static OPERATION: Operation = Operation { id: "get_thing", vendor: "Acme", ..Operation::PLAIN };

/// Reads a list until there is something on it.
async fn listed(client: &modus::Client, start: Option<Instant>) -> Result<usize, Error> {
    let wait = Poll {
        operation: &OPERATION,
        subject: "thing".into(),
        interval: Duration::from_secs(3),
        timeout: Duration::from_secs(900),
        pauses_first: true,
        cancel: pending(),
    };
    let read = || client.list_scopes().into_future();
    let judge = |page: ScopesPage| match page.scopes.unwrap_or_default().len() {
        0 => Ok(Observation::Pending("empty".into())),
        found => Ok(Observation::Done(found)),
    };
    match start {
        Some(start) => wait.until_from(start, read, judge).await,
        None => wait.until(read, judge).await,
    }
}

fn filling() -> Routes {
    script([("GET /scopes", [scopes(&[], None), scopes(&[], None), scopes(&["a"], None)])])
}

async fn poll(name: &str, stage: &Stage, clients: &Clients) {
    stage.play(filling());
    call(name, stage, async || listed(&clients.modus, None).await).await;
}

async fn poll_from(name: &str, stage: &Stage, clients: &Clients) {
    stage.play(filling());
    call(name, stage, async || listed(&clients.modus, Some(Instant::now())).await).await;
}

fn scopes(names: &[&str], next: Option<&str>) -> Reply {
    let scopes: Vec<_> = names.iter().map(|name| json!({ "id": 42, "name": name })).collect();
    Reply::json(200, json!({ "scopes": scopes, "nextPageToken": next }))
}
