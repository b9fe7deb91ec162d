//! Mosoo: text as it streams over a connection that is lost on the way, a reply, and what the runs came to.

use crate::{Failure, say};
use agent_threads_examples::mosoo::Mosoo;
use agent_threads_mosoo::{Outcome, Run, RunEvent};
use agent_threads_sandbox::{Sandbox, mosoo::Target, sse::StreamFault};
use std::io::Write as _;

pub(crate) async fn drive(message: &str, live: bool) -> Result<(), Failure> {
    let found = if live { Mosoo::live() } else { Mosoo::sandbox().await };
    let mosoo = found.map_err(Failure::Setup)?;
    if let Some(sandbox) = &mosoo.sandbox {
        prepare(sandbox);
    }

    say("you", message);
    let run = mosoo.client.dispatch(&mosoo.agent_id, mosoo.thread(message)).await?;
    say("thread", run.thread_id());
    follow(&run).await?;

    let follow_up = "And by region?";
    say("you", follow_up);
    let outcome = follow(&run.reply(follow_up).await?).await?;

    if let Some(sandbox) = &mosoo.sandbox {
        let streams =
            sandbox.mosoo().requests().iter().filter(|r| r.path.ends_with("/stream")).count();
        let ended = outcome.status.map(|status| status.to_string()).unwrap_or_default();
        println!(
            "\nThe last run is {ended}; {streams} connections brought the text of two runs, each piece once."
        );
    }
    Ok(())
}

/// Prints the text as it comes, then compares it with what the vendor says the run came to.
async fn follow(run: &Run) -> Result<Outcome, Failure> {
    print!("{:>10}  ", "agent");
    let mut events = run.events();
    while let Some(event) = events.next().await {
        if let RunEvent::Text(text) = event? {
            print!("{text}");
            std::io::stdout().flush()?;
        }
    }
    println!();
    let outcome = run.wait().await?;
    let status = outcome.status.as_ref().map(ToString::to_string);
    say("status", status.as_deref().unwrap_or("over"));
    let fits = outcome.text.as_deref().is_none_or(|text| events.text().ends_with(text));
    say("text", if fits { "nothing twice, nothing missing" } else { "the parts do not fit" });
    Ok(outcome)
}

/// Cuts the first stream within the agent's text.
fn prepare(sandbox: &Sandbox) {
    let mosoo = sandbox.mosoo();
    say("sandbox", mosoo.url());
    mosoo.fault(Target::StreamEvents, StreamFault::new().cut_after_events(4));
}
