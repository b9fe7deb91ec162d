//! Modus: text as it streams, over a connection that is cut in the middle of an event, and again from a stored handle.

use crate::{Failure, say};
use agent_threads_examples::modus::Modus;
use agent_threads_modus::{
    Handle, Run,
    types::{RunCreate, RunEvent},
};
use agent_threads_sandbox::{Fault, Sandbox, modus::Target, sse::StreamFault};
use std::io::Write as _;

pub(crate) async fn drive(message: &str, live: bool) -> Result<(), Failure> {
    let found = if live { Modus::live() } else { Modus::sandbox().await };
    let Modus { client, organization, sandbox } = found.map_err(Failure::Setup)?;
    if let Some(sandbox) = &sandbox {
        prepare(sandbox);
    }

    say("you", message);
    let mut run = client.run(RunCreate::new(message, "drive", organization));
    say("run", run.run_id());
    let (halfway, first_half) = follow(&mut run).await?;
    let outcome = run.outcome()?;
    say("ending", &format!("{:?}", outcome.ending));

    let stored = serde_json::to_string(&halfway)?;
    say("handle", &stored);
    let elsewhere = Modus::again(&client, sandbox.as_ref()).map_err(Failure::Setup)?;
    let rest = elsewhere.attach(serde_json::from_str(&stored)?).wait().await?;
    say("rest", rest.text.trim());
    let whole = first_half + &rest.text == outcome.text;
    say("whole", if whole { "nothing twice, nothing missing" } else { "the parts do not fit" });

    if let Some(sandbox) = &sandbox {
        println!();
        for request in sandbox.modus().requests() {
            let cursor = request.header("last-event-id").map(|id| format!("  after {id}"));
            say(
                "request",
                &format!("{} {}{}", request.method, request.path, cursor.unwrap_or_default()),
            );
        }
    }
    Ok(())
}

/// Prints the text as it comes. Returns the handle, and the text, as they were after the third piece.
async fn follow(run: &mut Run) -> Result<(Handle, String), Failure> {
    let (mut halfway, mut text, mut pieces) = (run.handle(), String::new(), 0);
    print!("{:>10}  ", "agent");
    while let Some(event) = run.next().await {
        let RunEvent::Token(token) = event? else {
            continue;
        };
        print!("{}", token.content);
        std::io::stdout().flush()?;
        pieces += 1;
        if pieces == 3 {
            (halfway, text) = (run.handle(), run.text().to_owned());
        }
    }
    println!();
    Ok((halfway, text))
}

/// Cuts the first connection in the middle of an event.
fn prepare(sandbox: &Sandbox) {
    let modus = sandbox.modus();
    say("sandbox", modus.url());
    modus.fault(Target::CreateRun, Fault::stream(StreamFault::new().cut_after_bytes(280)));
}
