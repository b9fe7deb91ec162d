//! Decides about what a run asks, and waits for its end.
//!
//! A decision that names the wrong id is accepted by the vendor and answers nothing, so what counts is whether the run
//! goes on. Talks to a sandbox in this process unless `MOSOO_API_TOKEN` and `MOSOO_AGENT_ID` are set.

use agent_threads_examples::mosoo::Mosoo;
use agent_threads_sandbox::mosoo::{Permission, Script};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mosoo = Mosoo::connect().await?;
    if let Some(sandbox) = &mosoo.sandbox {
        let asks = Permission::new("Run: rm -rf build", "toolu_01");
        sandbox.mosoo().next_run(Script::new().asks(asks).text("The build is clean."));
    }

    let mut run = mosoo.client.dispatch(&mosoo.agent_id, mosoo.thread("Clean the build")).await?;
    let mut outcome = run.wait().await?;
    while outcome.is_waiting() {
        let Some(asked) = run.pending_confirmation().await? else { break };
        let Some(request_id) = asked.tool_call_id else {
            println!("asked: {}, without an id to answer", asked.content);
            run.cancel().await?;
            break;
        };
        println!("asked: {}", asked.content);
        run = run.approve(request_id).await?;
        outcome = run.wait().await?;
    }
    println!("{:?}: {}", outcome.status, outcome.text.unwrap_or_default());
    Ok(())
}
