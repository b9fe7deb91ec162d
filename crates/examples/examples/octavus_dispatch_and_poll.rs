//! Dispatches, stores the handle as a job queue would, and reads the thread until it is done.
//!
//! Talks to a sandbox in this process unless `OCTAVUS_AGENT_KEY` and `OCTAVUS_AGENT_ID` are set.

use agent_threads_examples::octavus::Octavus;
use agent_threads_octavus::Handle;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Octavus { client, agent_id, sandbox: _sandbox } = Octavus::connect().await?;

    let run = client.dispatch(agent_id, "Research our top 3 competitors").await?;
    let stored = serde_json::to_string(&run.handle())?;
    println!("stored {stored}");

    // Elsewhere, later: any process with the key can go on from the handle.
    let handle: Handle = serde_json::from_str(&stored)?;
    let run = client.attach(handle);
    let now = run.read().await?;
    println!("{} with {} messages so far", now.status, now.messages.len());

    let done = run.wait().await?;
    println!("{}: {}", done.status, done.text());
    Ok(())
}
