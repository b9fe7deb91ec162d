//! Hands a task to an agent and waits for the result.
//!
//! Talks to a sandbox in this process unless `OCTAVUS_AGENT_KEY` and `OCTAVUS_AGENT_ID` are set.

use agent_threads_examples::octavus::Octavus;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Octavus { client, agent_id, sandbox: _sandbox } = Octavus::connect().await?;

    let thread = client.run(agent_id, "Summarize the latest sales report").await?;

    println!("{}", thread.status); // completed, failed, cancelled or blocked
    println!("{}", thread.text()); // the agent's latest turn
    Ok(())
}
