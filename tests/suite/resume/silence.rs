//! How long a silent server is waited for, on the paused clock.

use crate::support::in_process::Direct;
use agent_threads_modus::{Client, RetryPolicy, types::RunCreate};
use agent_threads_mosoo as mosoo;
use agent_threads_sandbox::{
    Fault, Sandbox,
    modus::{Script, Target},
    mosoo::{Dialect, Mosoo, Script as MosooScript, Target as MosooTarget},
    sse::StreamFault,
};
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn a_stream_that_falls_silent_is_taken_up_after_the_stall_timeout() {
    let sandbox = Sandbox::without_sockets();
    let modus = sandbox.modus();
    let client = Client::builder()
        .server("agent", modus.url())
        .token(modus.key())
        .transport(Direct(modus.in_process()))
        .retry(RetryPolicy::default().base_delay(Duration::ZERO))
        .build()
        .unwrap()
        .with(|settings| settings.stall_timeout(Duration::from_secs(90)));
    modus.next_run(Script::new().tokens(["a", "b"]));
    modus.fault(Target::CreateRun, StreamFault::new().stall_after_events(1));
    let begun = Instant::now();
    let body = RunCreate::new("Which?", "session-1", modus.organization_id());
    let outcome = client.run(body).wait().await.unwrap();
    assert_eq!(outcome.text, "ab");
    assert_eq!(begun.elapsed().as_secs(), 90);
}

fn mosoo_client(server: &Mosoo, dialect: mosoo::Dialect) -> mosoo::Client {
    mosoo::Client::builder()
        .dialect(dialect)
        .base_url(format!("{}/api/v1", server.url()))
        .token(server.token())
        .transport(Direct(server.in_process()))
        .build()
        .unwrap()
}

/// All that events bring, and whether the run's end is among it.
async fn told(events: &mut mosoo::Events) -> (String, bool) {
    let (mut text, mut is_over) = (String::new(), false);
    while let Some(event) = events.next().await {
        match event.unwrap() {
            mosoo::RunEvent::Text(more) => text.push_str(&more),
            mosoo::RunEvent::Event(event) => is_over |= event.ends_run(),
            other => panic!("{other:?}"),
        }
    }
    (text, is_over)
}

#[tokio::test(start_paused = true)]
async fn a_run_that_ends_while_its_connection_is_dead_is_told_to_its_end() {
    let sandbox = Sandbox::without_sockets();
    let server = sandbox.mosoo();
    server.set_dialect(Dialect::Current);
    server.next_run(MosooScript::new().fragments(["One ", "two."]));
    for events in [0, 4] {
        server.fault(MosooTarget::StreamEvents, StreamFault::new().stall_after_events(events));
    }
    let client = mosoo_client(&server, mosoo::Dialect::Current);
    let task = mosoo::types::CreateThread::message("Count").user_id("cust-77");
    let run = client.dispatch(server.agent_id(), task).await.unwrap();
    server.play(run.thread_id());
    assert_eq!(told(&mut run.events()).await, ("One two.".to_owned(), true));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_ends_while_its_log_does_not_come_is_told_to_its_end() {
    let sandbox = Sandbox::without_sockets();
    let server = sandbox.mosoo();
    server.next_run(MosooScript::new().fragments(["One ", "two."]));
    server.fault(MosooTarget::ListEvents, Fault::stall());
    let client = mosoo_client(&server, mosoo::Dialect::Seed);
    let task = mosoo::types::CreateThread::message("Count").client_external_ref("job-7");
    let run = client.dispatch(server.agent_id(), task).await.unwrap();
    server.play(run.thread_id());
    assert_eq!(told(&mut run.events()).await, ("One two.".to_owned(), true));
}
