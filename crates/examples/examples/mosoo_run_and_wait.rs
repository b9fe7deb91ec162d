//! Hands a task to an agent, shows its text as it comes, and then what the run came to.
//!
//! Talks to a sandbox in this process unless `MOSOO_API_TOKEN` and `MOSOO_AGENT_ID` are set.

use agent_threads_examples::mosoo::Mosoo;
use agent_threads_mosoo::RunEvent;
use std::io::Write as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mosoo = Mosoo::connect().await?;
    let task = mosoo.thread("Plan my week");
    let run = mosoo.client.dispatch(&mosoo.agent_id, task).idempotency_key("job-42").await?;
    println!("handle: {}", serde_json::to_string(&run.handle())?);

    let mut events = run.events();
    while let Some(event) = events.next().await {
        match event? {
            RunEvent::Text(text) => print!("{text}"),
            RunEvent::TextReset(text) => print!("\n(told anew) {text}"),
            RunEvent::Event(event) => println!("\n[{}] {}", event.type_, event.content),
            _ => {}
        }
        std::io::stdout().flush()?;
    }
    // The last event says that the run is over, and not how.
    let outcome = run.wait().await?;
    println!("{:?}: {}", outcome.status, outcome.text.unwrap_or_default());
    Ok(())
}
