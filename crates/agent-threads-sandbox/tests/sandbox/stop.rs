//! How the sandbox stops, whatever its clients do.

use agent_threads_sandbox::modus::{Script, Target as OfModus};
use agent_threads_sandbox::octavus::Target;
use agent_threads_sandbox::sse::StreamFault;
use agent_threads_sandbox::{Fault, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::wire::connect;

use crate::modus::caller::{Caller as ModusCaller, opened, raw_watch, read_exactly};
use crate::octavus::caller::{Caller, raw_read, read_until};

fn address(caller: &Caller) -> String {
    caller.octavus.url().strip_prefix("http://").unwrap().to_owned()
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_on_the_port_asked_for() {
    let caller = Caller::start().await;
    let address = address(&caller);
    let port = address.strip_prefix("127.0.0.1:").unwrap().parse().unwrap();
    assert!(Sandbox::builder().octavus_port(port).start().await.is_err());
    caller.sandbox.shutdown().await;
    let again = Sandbox::builder().octavus_port(port).start().await.unwrap();
    assert_eq!(again.octavus().url(), format!("http://{address}"));
}

#[tokio::test]
async fn a_shutdown_closes_idle_connections_and_frees_the_port() {
    let caller = Caller::start().await;
    let address = address(&caller);
    let mut idle = caller.connect().await;
    idle.write_all(raw_read().as_bytes()).await.unwrap();
    let answer = read_until(&mut idle, "}").await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    caller.sandbox.shutdown().await;
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap(), 0);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_client_that_never_sends_the_rest() {
    let caller = Caller::start().await;
    let mut half = caller.connect().await;
    let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{";
    half.write_all(head.as_bytes()).await.unwrap();
    // An answer to another client shows that the server has had its turn.
    caller.dispatch("x").await;
    caller.sandbox.shutdown().await;
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_client_that_never_reads() {
    let caller = Caller::start().await;
    caller.octavus.fault(Target::Any, Fault::endless(500));
    let mut deaf = caller.connect().await;
    deaf.write_all(raw_read().as_bytes()).await.unwrap();
    while caller.octavus.faults_left() > 0 {
        tokio::task::yield_now().await;
    }
    caller.dispatch("x").await;
    caller.sandbox.shutdown().await;
}

#[tokio::test]
async fn dropping_the_sandbox_ends_stalled_connections_and_frees_the_port() {
    let caller = Caller::start().await;
    let address = address(&caller);
    caller.octavus.fault(Target::Any, Fault::stall());
    let mut stalled = caller.connect().await;
    stalled.write_all(raw_read().as_bytes()).await.unwrap();
    while caller.octavus.faults_left() > 0 {
        tokio::task::yield_now().await;
    }
    drop(caller.sandbox);
    assert_eq!(stalled.read(&mut [0; 1]).await.unwrap(), 0);
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_handle_outlives_its_sandbox() {
    let caller = Caller::start().await;
    caller.dispatch("x").await;
    let octavus = caller.octavus.clone();
    caller.sandbox.shutdown().await;
    assert_eq!(octavus.thread_ids(), ["cmthread0001"]);
    assert_eq!(octavus.requests().len(), 1);
}

#[tokio::test]
async fn each_vendor_has_a_port_of_its_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = sandbox.modus().url().to_owned();
    assert_ne!(sandbox.octavus().url(), url);
    sandbox.shutdown().await;
    let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
    let again = Sandbox::builder().modus_port(port).start().await.unwrap();
    assert_eq!(again.modus().url(), url);
}

#[tokio::test]
async fn a_shutdown_cuts_open_streams() {
    let caller = ModusCaller::start().await;
    caller.modus.next_run(Script::reply("a").never_ends());
    let mut held = opened(caller.creating("run")).await;
    read_exactly(&mut held, &caller.wire("run")).await;
    caller.modus.fault(OfModus::StreamRun, StreamFault::new().stall_after_events(0));
    let mut stalled = opened(caller.watching("run")).await;

    caller.sandbox.shutdown().await;
    assert!(held.chunk().await.is_err());
    assert!(stalled.chunk().await.is_err());
    assert_eq!(caller.modus.open_streams(), 0);
}

#[tokio::test]
async fn dropping_the_sandbox_ends_its_streams() {
    let caller = ModusCaller::start().await;
    caller.modus.next_run(Script::reply("a").never_ends());
    let mut held = opened(caller.creating("run")).await;
    read_exactly(&mut held, &caller.wire("run")).await;
    drop(caller.sandbox);
    assert!(held.chunk().await.is_err());
    caller.modus.wait_for_open_streams(0).await;
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_watcher_that_never_reads() {
    let caller = ModusCaller::start().await;
    caller.create("run").await;
    caller.modus.fault(OfModus::StreamRun, StreamFault::new().endless_line_after(0));
    let mut deaf = connect(caller.modus.url()).await;
    deaf.write_all(raw_watch("run").as_bytes()).await.unwrap();
    caller.modus.wait_for_open_streams(1).await;
    caller.sandbox.shutdown().await;
    caller.modus.wait_for_open_streams(0).await;
}
