//! The vendors' servers called without a socket.

use agent_threads_sandbox::modus::{Modus, Script, Target};
use agent_threads_sandbox::sse::StreamFault;
use agent_threads_sandbox::{AnswerBody, Fault, HangUp, Sandbox};
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::modus::caller::{Caller, stream};

fn creating(modus: &Modus, key: &str) -> Request<Bytes> {
    let body =
        json!({ "message": "hello", "sessionId": "s", "organizationId": modus.organization_id() });
    Request::post(format!("{}/agent/runs?trace=1", modus.url()))
        .header("authorization", format!("Bearer {}", modus.key()))
        .header("idempotency-key", key)
        .body(body.to_string().into())
        .unwrap()
}

/// What comes before the body's end, and whether that was a proper end.
async fn read(response: Response<AnswerBody>) -> (Vec<u8>, bool) {
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        match chunk {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(_) => return (bytes, false),
        }
    }
    (bytes, true)
}

#[test]
fn a_run_is_made_and_streamed_without_a_runtime() {
    let sandbox = Sandbox::without_sockets();
    let modus = sandbox.modus();
    modus.next_run(Script::reply("a"));
    let answer = modus.in_process().call(creating(&modus, "run")).now_or_never().unwrap().unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"text/event-stream".parse().unwrap())
    );
    let (bytes, whole) = read(answer).now_or_never().unwrap();
    assert!(whole && bytes.starts_with(b"id: 1717000000000-0\n"), "{bytes:?}");
}

#[test]
fn a_request_is_recorded_as_one_over_a_socket() {
    let sandbox = Sandbox::without_sockets();
    let modus = sandbox.modus();
    modus.in_process().call(creating(&modus, "run")).now_or_never().unwrap().unwrap();
    let recorded = &modus.requests()[0];
    assert_eq!(
        (recorded.path.as_str(), recorded.query.as_deref()),
        ("/agent/runs", Some("trace=1"))
    );
    assert_eq!(recorded.json().unwrap()["message"], "hello");
}

#[tokio::test]
async fn what_is_made_over_a_socket_is_there_without_it() {
    let caller = Caller::start().await;
    caller.create("run").await;
    let over_socket = caller.watching("run").send().await.unwrap().bytes().await.unwrap();
    let request = Request::get(stream("run"))
        .header("authorization", format!("Bearer {}", caller.modus.key()))
        .body(Bytes::new())
        .unwrap();
    let answer = caller.modus.in_process().call(request).await.unwrap();
    assert_eq!(read(answer).await, (over_socket.to_vec(), true));
}

#[tokio::test]
async fn each_vendor_answers_under_a_url_of_its_own() {
    let sandbox = Sandbox::without_sockets();
    let services = [
        (sandbox.deco_studio().url().to_owned(), sandbox.deco_studio().in_process()),
        (sandbox.middesk().url().to_owned(), sandbox.middesk().in_process()),
        (sandbox.modus().url().to_owned(), sandbox.modus().in_process()),
        (sandbox.mosoo().url().to_owned(), sandbox.mosoo().in_process()),
        (sandbox.octavus().url().to_owned(), sandbox.octavus().in_process()),
    ];
    for (url, service) in services {
        let request = Request::get(format!("{url}/no/such/path")).body(Bytes::new()).unwrap();
        assert_eq!(service.call(request).await.unwrap().status(), 404, "{url}");
    }
}

#[tokio::test]
async fn a_connection_that_would_close_first_hangs_up() {
    let sandbox = Sandbox::without_sockets();
    let modus = sandbox.modus();
    modus.fault(Target::Any, Fault::close());
    let answer = modus.in_process().call(creating(&modus, "run")).await;
    assert!(matches!(answer, Err(HangUp { .. })), "{answer:?}");
    assert!(modus.run("run").is_none());
}

#[tokio::test]
async fn a_body_that_is_cut_ends_with_an_error() {
    let sandbox = Sandbox::without_sockets();
    let modus = sandbox.modus();
    modus.fault(Target::Any, StreamFault::new().cut_after_bytes(9));
    let answer = modus.in_process().call(creating(&modus, "run")).await.unwrap();
    assert_eq!(read(answer).await, (b"id: 17170".to_vec(), false));

    modus.fault(Target::Any, Fault::cut_after(4));
    let mut request = creating(&modus, "other");
    request.headers_mut().insert("authorization", "Bearer wrong".parse().unwrap());
    let (bytes, whole) = read(modus.in_process().call(request).await.unwrap()).await;
    assert!(bytes.len() == 4 && !whole, "{bytes:?}");
}

#[tokio::test(start_paused = true)]
async fn what_stalls_waits_however_long_until_the_sandbox_is_gone() {
    let sandbox = Sandbox::without_sockets();
    let modus = sandbox.modus();
    modus.fault(Target::Any, StreamFault::new().stall_after_events(0));
    let answer = modus.in_process().call(creating(&modus, "run")).await.unwrap();
    assert_eq!(modus.open_streams(), 1);
    let reading = read(answer);
    tokio::pin!(reading);
    let year = std::time::Duration::from_secs(365 * 24 * 3600);
    assert!(tokio::time::timeout(year, &mut reading).await.is_err());
    drop(sandbox);
    assert_eq!(reading.await, (Vec::new(), false));
    assert!(modus.in_process().call(creating(&modus, "late")).await.is_err());
}

#[tokio::test]
async fn a_body_that_is_dropped_is_a_client_that_left() {
    let sandbox = Sandbox::without_sockets();
    let modus = sandbox.modus();
    modus.next_run(Script::reply("a").never_ends());
    let answer = modus.in_process().call(creating(&modus, "run")).await.unwrap();
    assert_eq!(modus.open_streams(), 1);
    drop(answer);
    assert_eq!(modus.open_streams(), 0);
    let run: Value = json!(modus.run("run").unwrap().status());
    assert_eq!(run, "running");
}
