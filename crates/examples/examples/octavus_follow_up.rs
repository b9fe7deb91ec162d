//! Goes on in the same thread.
//!
//! Talks to a sandbox in this process unless `OCTAVUS_AGENT_KEY` and `OCTAVUS_AGENT_ID` are set.

use agent_threads_examples::octavus::Octavus;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Octavus { client, agent_id, sandbox: _sandbox } = Octavus::connect().await?;

    let run = client.dispatch(agent_id, "Draft the Q3 board update").await?;
    println!("{}", run.wait().await?.text());

    let slides = run.reply("Now turn that into a slide deck").await?.wait().await?;
    println!("{}", slides.text());
    Ok(())
}
