//! How long a silent server is waited for, on the paused clock.

use crate::support::in_process::Direct;
use agent_threads_modus::{Client, RetryPolicy, types::RunCreate};
use agent_threads_sandbox::{
    Sandbox,
    modus::{Script, Target},
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
