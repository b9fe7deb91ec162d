//! Files, a longer deadline, status changes, Ctrl-C.
//!
//! Talks to a sandbox in this process unless `OCTAVUS_AGENT_KEY` and `OCTAVUS_AGENT_ID` are set.

use agent_threads_examples::octavus::Octavus;
use agent_threads_octavus::{
    ErrorKind,
    types::{DispatchThread, FileReference},
};
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Octavus { client, agent_id, sandbox: _sandbox } = Octavus::connect().await?;

    let spec = FileReference::new("file_1", "application/pdf", "https://files.example/spec.pdf");
    let message = DispatchThread::new("Review this spec").files([spec.filename("spec.pdf")]);

    let outcome = client
        .run(agent_id, message)
        .timeout(Duration::from_secs(30 * 60))
        .interval(Duration::from_secs(5))
        .on_dispatched(|handle| println!("thread {}", handle.thread_id))
        .on_status(|status| println!("{status}"))
        .cancel_on(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await;

    match outcome {
        Ok(thread) => println!("{}", thread.text()),
        Err(error) if error.kind() == ErrorKind::Deadline => println!("not done yet: {error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
