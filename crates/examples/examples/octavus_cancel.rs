//! Stops a run that takes longer than it may.
//!
//! Talks to a sandbox in this process unless `OCTAVUS_AGENT_KEY` and `OCTAVUS_AGENT_ID` are set.

use agent_threads_examples::octavus::Octavus;
use agent_threads_octavus::ErrorKind;
use agent_threads_sandbox::octavus::{Generation, Script};
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Octavus { client, agent_id, sandbox } = Octavus::connect().await?;
    if let Some(sandbox) = &sandbox {
        sandbox.octavus().set_generation(Generation::G4);
        sandbox.octavus().next_run(Script::new().never_ends());
    }

    // Under a key, the same job dispatched again finds the same run.
    let dispatch = client.dispatch(agent_id, "Research our top 3 competitors");
    let run = dispatch.idempotency_key("job-42").await?;

    let budget = Duration::from_secs(2);
    match run.wait().interval(Duration::from_secs(1)).timeout(budget).await {
        Ok(thread) => println!("in time: {}", thread.text()),
        Err(late) if late.kind() == ErrorKind::Deadline => {
            println!("{late}");
            println!("asked to stop: {}", run.cancel().await?);
            let stopped = run.wait().await?;
            println!("{}, {} messages", stopped.status, stopped.messages.len());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
