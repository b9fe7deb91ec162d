//! Prints the steps of a run as they come, then how it has ended.
//!
//! Talks to a sandbox in this process unless `MIDDESK_API_KEY` and `MIDDESK_BUSINESS_ID` are set.

use agent_threads_examples::middesk::Middesk;
use agent_threads_middesk::{Context, types::RunStreamEvent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Middesk { client, agent_type, business_id, sandbox: _sandbox } = Middesk::connect().await?;
    let run = client.run(agent_type, Context::business(business_id)).await?;

    let mut events = run.events();
    while let Some(event) = events.next().await {
        match event {
            // Each takes the place of the one before.
            Ok(RunStreamEvent::StateSnapshot(snapshot)) => {
                if let Some(step) = snapshot.steps().last() {
                    println!("{}: {}", step.label, step.status);
                }
            }
            Ok(other) => println!("({})", other.kind()),
            Err(error) => eprintln!("{error}"),
        }
    }

    // The end of the stream tells neither whether the run has ended nor how: the wait reads it.
    let run = run.wait().with_steps().await?;
    println!("{} after {} steps", run.status, run.all_steps().len());
    Ok(())
}
