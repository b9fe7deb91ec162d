//! Prints a run's text as it streams, and how the run ended.
//!
//! Talks to a sandbox in this process unless `MODUS_API_KEY` and `MODUS_ORGANIZATION_ID` are set.

use agent_threads_examples::modus::Modus;
use agent_threads_modus::types::{RunCreate, RunEvent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Modus { client, organization, sandbox: _sandbox } = Modus::connect().await?;

    let mut run = client.run(RunCreate::new("Which tickets are open?", "session-1", organization));
    while let Some(event) = run.next().await {
        match event? {
            RunEvent::Token(token) => print!("{}", token.content),
            RunEvent::Notice(notice) => eprintln!("notice: {}", notice.message),
            other => eprintln!("({})", other.kind()),
        }
    }
    println!("\n{:?}", run.outcome()?.ending);
    Ok(())
}
