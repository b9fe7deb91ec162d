//! Nothing that is shown shows a credential: not `Debug`, not an error of any kind, not a panic, not a log.

use super::operations::{Call, TOKEN, clients, ready};
use crate::support::{
    all_text,
    capture::Capture,
    seam::{Answer, Seam, json, thread},
    tcp::Raw,
};
use agent_threads_core::{Body, BoxFuture, Error, ErrorKind, Phase, Transport, TransportError};
use agent_threads_deco_studio as deco;
use agent_threads_middesk as middesk;
use agent_threads_modus as modus;
use agent_threads_mosoo as mosoo;
use agent_threads_octavus as octavus;
use futures::StreamExt as _;
use std::{collections::BTreeSet, fmt::Debug, fs, path::Path, time::Duration};

#[track_caller]
fn hides(text: &str) {
    let line = text.lines().find(|line| line.contains("MARKER"));
    assert_eq!(line, None);
}

/// As [`hides`], and shows at once all that should be hidden.
#[track_caller]
fn hides_all(text: &str) {
    let lines: Vec<_> = text.lines().filter(|line| line.contains("MARKER")).collect();
    assert!(lines.is_empty(), "{lines:#?}");
}

fn both(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

#[test]
fn no_client_and_no_request_of_any_operation_shows_a_secret_or_a_body() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let seam = Seam::new([json(404, "{}")]);
    for client in clients(&seam) {
        hides(&client.shown);
        for Call { name, shown, .. } in client.calls("id-1") {
            assert!(!shown.contains("MARKER"), "{name}: {shown}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_verb_run_or_handle_of_any_vendor_shows_a_secret() {
    let seam = Seam::new([json(404, "{}")]);
    let octavus: octavus::Client = ready(&seam).build().unwrap();
    let run = octavus.attach(octavus::Handle::new("a", "t"));
    let mut shown = both(&run) + &both(&run.handle()) + &both(&run.wait());
    shown += &(both(&octavus.dispatch("a", "MARKER-sent")) + &both(&run.reply("MARKER-sent")));

    let modus: modus::Client = ready(&seam).build().unwrap();
    let body = modus::types::RunCreate::new("MARKER-sent", "s", "o");
    let run = modus.run(body).key("k");
    shown += &(both(&run) + &both(&run.handle()));
    shown += &both(&modus.attach(modus::Handle::new("r")));

    let middesk: middesk::Client = ready(&seam).build().unwrap();
    let run = middesk.attach(middesk::Handle::new("r"));
    shown += &(both(&run) + &both(&run.handle()) + &both(&run.wait()) + &both(&run.events()));
    let start = middesk.run("a", middesk::Context::business("b"));
    shown += &both(&start.extra([("prompt", "MARKER-sent")]));
    shown += &both(&middesk::webhook::Secret::new("MARKER-webhook"));

    let mosoo: mosoo::Client = ready(&seam).build().unwrap();
    let run = mosoo.attach(mosoo::Handle::new("t", "r"));
    shown += &(both(&run) + &both(&run.handle()) + &both(&run.wait()));
    shown += &both(&mosoo::FilePart::bytes("a.txt", "MARKER-sent").content_type("text/MARKER"));

    let deco: deco::Client = ready(&seam).build().unwrap();
    let part = [deco::types::TextPart::new("MARKER-sent")];
    let message = deco::types::UiMessage::new(deco::types::MessageRole::User, part);
    shown += &both(&deco.ask("a", message));
    let run = deco.attach(deco::Handle::new("t"));
    shown += &(both(&run) + &both(&run.handle()));
    hides(&shown);
}

/// An answer in which a server puts what it was sent wherever it can.
fn echo(status: u16, content_type: &str, body: &str) -> Answer {
    let headers = vec![
        ("content-type", content_type.to_owned()),
        ("set-cookie", format!("session={TOKEN}")),
        ("x-request-id", TOKEN.to_owned()),
        ("request-id", TOKEN.to_owned()),
        ("x-debug", TOKEN.to_owned()),
    ];
    Answer::Full(status, headers, body.to_owned())
}

/// An error of every kind but one, each from answers that echo the token. Not as the id of an event nor as a status: a
/// program goes on by these, and is told them as they came.
async fn errors() -> Vec<Error> {
    let seam = Seam::new([]);
    let octavus: octavus::Client = ready(&seam).build().unwrap();
    let modus: modus::Client = ready(&seam).build().unwrap();
    let deco: deco::Client = ready(&seam).build().unwrap();
    let mut errors = vec![
        ready::<octavus::Client>(&seam).base_url(format!("https://{TOKEN}@x")).build().unwrap_err(),
        octavus.get_agent("..").await.unwrap_err(),
    ];
    let long = "x".repeat(400);
    for answer in [
        Answer::Fails(Phase::Connect),
        Answer::Breaks(TOKEN.into()),
        Answer::Hangs,
        echo(401, "application/json", &format!(r#"{{"error":"{TOKEN}","code":"{TOKEN}"}}"#)),
        echo(500, "application/json", &format!(r#"{{"error":"{long} {TOKEN} {long}"}}"#)),
        echo(302, "text/html", TOKEN),
        echo(200, "application/json", &format!(r#"{{"status":["{TOKEN}"]}}"#)),
        echo(200, TOKEN, &format!(r#"{{"{TOKEN}":"#)),
        echo(200, "application/json", &"x".repeat(5000)),
    ] {
        seam.play([answer]);
        let client = octavus.with(|settings| settings.max_body_bytes(4096));
        errors.push(client.get_thread("a", "t").await.unwrap_err());
    }
    let body = format!(r#"{{"threadId":"{TOKEN}","status":"running","messages":[]}}"#);
    seam.play([echo(200, "application/json", &body)]);
    let run = octavus.attach(octavus::Handle::new("a", "t"));
    errors.push(run.wait().timeout(Duration::from_secs(1)).await.unwrap_err());
    errors.push(run.wait().cancel_on(async {}).await.unwrap_err());

    let event = format!("data: {{\"type\":\"token\",\"content\":\"{TOKEN}\"}}\n\n");
    let bad = format!("data: {{\"type\":\"done\",\"{TOKEN}\":1,\"runId\":[\"{TOKEN}\"]}}\n\n");
    for answer in [
        echo(200, TOKEN, TOKEN),
        echo(200, "text/event-stream", &event),
        echo(200, "text/event-stream", &bad),
    ] {
        seam.play([answer]);
        let events = modus.watch_run("r").events().collect::<Vec<_>>().await;
        errors.extend(events.into_iter().filter_map(Result::err));
    }
    seam.play([echo(200, "application/json", r#"{"scopes":[],"nextPageToken":"p"}"#)]);
    let pages = modus.list_scopes().items().collect::<Vec<_>>().await;
    errors.extend(pages.into_iter().filter_map(Result::err));
    seam.play([echo(204, TOKEN, "")]);
    errors.push(deco.stream_thread("t").events().next().await.unwrap().unwrap_err());
    errors
}

/// The names in `enum ErrorKind`, which outside its crate no `match` can be asked to cover.
fn all_kinds() -> BTreeSet<String> {
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/agent-threads-core/src/error.rs");
    let text = fs::read_to_string(source).unwrap();
    let body = text.split("pub enum ErrorKind {").nth(1).unwrap().split("\n}").next().unwrap();
    let names = body.lines().filter_map(|line| line.trim().strip_suffix(','));
    names.filter(|name| name.chars().all(char::is_alphanumeric)).map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn no_error_of_any_kind_shows_what_a_server_echoes() {
    let errors = errors().await;
    let texts = errors.iter().map(|error| {
        format!("{}{error:#?}\n{:?}\n{:?}\n", all_text(error), error.message(), error.code())
    });
    hides_all(&texts.collect::<String>());
    let kinds: BTreeSet<_> = errors.iter().map(|error| format!("{:?}", error.kind())).collect();
    let missing: Vec<_> = all_kinds().difference(&kinds).cloned().collect();
    assert_eq!(missing, ["Upload"], "which the next test has");
}

#[tokio::test]
async fn an_upload_that_fails_shows_neither_token_nor_content() {
    let server = Raw::start(&["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"]).await;
    let builder = mosoo::Client::builder().base_url(server.url()).token(TOKEN);
    let builder = builder.dialect(mosoo::Dialect::Current).retry(mosoo::RetryPolicy::never());
    let client = builder.build().unwrap();
    let chunks = futures::stream::iter([
        Ok(bytes::Bytes::from("MARKER-sent")),
        Err(std::io::Error::other("the disk is gone")),
    ]);
    let file = mosoo::types::UploadFile::new(mosoo::FilePart::stream("a.txt", Some(100), chunks));
    let error = client.upload_file("a", file).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Upload);
    hides(&format!("{}{error:#?}", all_text(&error)));
}

/// A transport of a careless caller.
struct Panics;

impl Transport for Panics {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move { panic!("cannot send {request:?} {request:#?} {}", request.url()) })
    }
}

#[tokio::test]
async fn a_panic_that_shows_the_whole_request_shows_no_credential_and_breaks_no_client() {
    let seam = Seam::new([thread("running")]);
    let client: octavus::Client = ready(&seam).transport(Panics).build().unwrap();
    for _ in 0..2 {
        let request = client.dispatch_thread("a", octavus::types::DispatchThread::new("x"));
        let panic = tokio::spawn(request.into_future()).await.unwrap_err().into_panic();
        let text = panic.downcast_ref::<String>().unwrap();
        assert!(text.contains("cannot send") && text.contains("authorization"), "{text}");
        hides(text);
    }
    let panic = std::panic::catch_unwind(|| {
        let builder = octavus::Client::builder().token(TOKEN).header("x-gateway", TOKEN);
        builder.http(|http| panic!("not with {http:?}")).build().map(drop)
    });
    hides(panic.unwrap_err().downcast_ref::<String>().unwrap());
}

#[tokio::test(start_paused = true)]
async fn no_operation_of_any_vendor_traces_a_secret_a_body_or_an_echo() {
    let capture = Capture::start();
    let seam = Seam::new([]);
    let mut operations = BTreeSet::new();
    for client in clients(&seam) {
        let echo_of = |status| {
            echo(status, "application/json", &format!(r#"{{"error":"{TOKEN}","id":"{TOKEN}"}}"#))
        };
        for status in [200, 400] {
            for Call { name, sent, .. } in client.calls("MARKER-id") {
                seam.play([echo_of(status)]);
                let _ = sent.await;
                operations.insert(name);
            }
        }
    }
    let traced = capture.text();
    let silent: Vec<_> = operations.iter().filter(|name| !traced.contains(**name)).collect();
    assert!(silent.is_empty(), "{silent:?}");
    hides(&traced);
}
