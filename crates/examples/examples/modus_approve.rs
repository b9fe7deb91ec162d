//! Approves what a run waits for, and follows the run that goes on from there.
//!
//! The vendor does not document the event that tells what is waited for, so a program has to look at the unknown ones. Talks
//! to a sandbox in this process unless `MODUS_API_KEY` and `MODUS_ORGANIZATION_ID` are set.

use agent_threads_examples::modus::Modus;
use agent_threads_modus::types::{ModusRunCreate, RunEvent};
use agent_threads_sandbox::modus::{Event, Script};
use serde_json::json;

const SESSION: &str = "session-1";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Modus { client, sandbox, .. } = Modus::connect().await?;
    if let Some(sandbox) = &sandbox {
        let asks = Event::of_type("approval_required", json!({ "tool": "send_mail" }));
        sandbox.modus().next_run(Script::reply("I have a draft. ").pauses(asks));
        sandbox.modus().next_run(Script::reply("It is sent."));
    }

    let mut run = client.run_modus(ModusRunCreate::new("Mail the report to the team", SESSION));
    let mut waits = false;
    while let Some(event) = run.next().await {
        match event? {
            RunEvent::Token(token) => print!("{}", token.content),
            RunEvent::Unknown(event) => {
                println!("\n{}: {}", event.kind(), event.json());
                waits |= event.kind().contains("approval");
            }
            _ => {}
        }
    }
    if waits {
        let outcome = run.approve(SESSION).wait().await?;
        println!("{} ({:?})", outcome.text, outcome.ending);
    }
    Ok(())
}
