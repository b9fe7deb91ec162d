//! Runs an agent on a business, answers what it asks, and prints what it has found.
//!
//! What is to be done about a question is for a person to decide: against the real service this only prints it. Talks to a
//! sandbox in this process, where the question is a hit on a watchlist, unless `MIDDESK_API_KEY` and `MIDDESK_BUSINESS_ID` are
//! set.

use agent_threads_examples::middesk::Middesk;
use agent_threads_middesk::{
    Context, Run,
    types::{ActionObjectType, ActionType, Artifact, CreateAction, Run as Found, RunStatus},
};
use agent_threads_sandbox::{Sandbox, middesk};
use serde_json::json;
use std::error::Error as StdError;

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let Middesk { client, agent_type, business_id, sandbox } = Middesk::connect().await?;
    sandbox.iter().for_each(prepare);

    let run = client.run(agent_type, Context::business(business_id)).await?;
    println!("handle: {}", serde_json::to_string(&run.handle())?); // to be stored with the job
    let mut found = run.wait().await?; // completed, error or interrupted

    if found.status == RunStatus::Interrupted {
        for interrupt in found.interrupts() {
            println!("asks: {}", interrupt.label().unwrap_or(&interrupt.id));
            interrupt.artifacts().iter().for_each(print);
        }
        if let Some(sandbox) = &sandbox {
            found = dismiss(&run, &found, sandbox).await?;
        }
    }

    println!("{}", found.status);
    found.artifacts().iter().for_each(print);
    Ok(())
}

/// Dismisses the hit, and waits for what the run makes of that.
async fn dismiss(run: &Run, asked: &Found, sandbox: &Sandbox) -> Result<Found, Box<dyn StdError>> {
    let (hit, nothing) = (sandbox.middesk().watchlist_result_id(), json!({}));
    let action =
        CreateAction::new(ActionObjectType::WatchlistResult, hit, ActionType::Dismissal, nothing);
    run.act(action.note("Another person of the same name")).await?;
    let answered = asked.interrupts().iter().map(|interrupt| &interrupt.id);
    Ok(run.wait().answered(answered).await?)
}

fn print(artifact: &Artifact) {
    let confidence = artifact.confidence.as_deref().unwrap_or("not said");
    println!("- {} (confidence: {confidence})", artifact.title);
    if let Some(summary) = &artifact.summary {
        println!("  {summary}");
    }
    for source in artifact.sources() {
        println!("  from {}", source.url);
    }
}

/// A run that asks once, and goes on when an action has answered it.
fn prepare(sandbox: &Sandbox) {
    let hit = middesk::Artifact::new("Possible hit", "watchlist_hit").confidence("low");
    let asks = middesk::Interrupt::new("Dismiss this hit?").artifact(hit);
    let filing = middesk::Source::new("https://sos.example/filings/1");
    let summary = middesk::Artifact::new("Watchlists", "watchlist_summary").confidence("high");
    let summary = summary.summary("No hits are left.").source(filing);
    let then = middesk::Script::completes([summary]);
    sandbox.middesk().next_run(middesk::Script::interrupted([asks]).then(then));
    sandbox.middesk().set_actions_resume(true);
}
