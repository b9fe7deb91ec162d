//! Asks an agent, prints its text as it streams, and then what is stored.
//!
//! Talks to a sandbox in this process unless `MESH_API_KEY`, `MESH_ORG` and `MESH_AGENT_ID` are set.

use agent_threads_deco_studio::types::UiMessageChunk;
use agent_threads_examples::deco_studio::DecoStudio;
use std::io::Write as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let DecoStudio { client, agent_id, sandbox: _sandbox } = DecoStudio::connect().await?;
    let mut run = client.ask(agent_id, "Sum up ticket 812").title("Support chat").await?;
    println!("handle: {}", serde_json::to_string(&run.handle())?);
    while let Some(chunk) = run.next().await {
        if let UiMessageChunk::TextDelta(text) = chunk? {
            print!("{}", text.delta);
            std::io::stdout().flush()?;
        }
    }
    println!();
    for message in run.wait().await?.messages {
        println!("{}: {}", message.role, message.text());
    }
    Ok(())
}
