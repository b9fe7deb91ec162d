//! Middesk: an agent's steps as they stream, over a connection that is lost on the way, and what the run has found. It takes
//! no message: what it works on is a business.

use crate::{Failure, say};
use agent_threads_examples::middesk::Middesk;
use agent_threads_middesk::{Context, Run, types::RunStreamEvent};
use agent_threads_sandbox::{Fault, Sandbox, middesk::Target, sse::StreamFault};

pub(crate) async fn drive(live: bool) -> Result<(), Failure> {
    let found = if live { Middesk::live() } else { Middesk::sandbox().await };
    let Middesk { client, agent_type, business_id, sandbox } = found.map_err(Failure::Setup)?;
    if let Some(sandbox) = &sandbox {
        prepare(sandbox);
    }

    say("agent", &agent_type);
    say("business", &business_id);
    let run = client.run(agent_type, Context::business(business_id)).await?;
    say("handle", &serde_json::to_string(&run.handle())?);
    follow(&run).await;
    let found = run.wait().await?;
    say("status", found.status.as_str());
    for artifact in found.artifacts() {
        say(
            "found",
            &format!("{}: {}", artifact.title, artifact.summary.as_deref().unwrap_or("-")),
        );
    }
    for interrupt in found.interrupts() {
        say("asks", interrupt.label().unwrap_or(&interrupt.id));
    }

    if let Some(sandbox) = &sandbox {
        let requests = sandbox.middesk().requests();
        let streams = requests.iter().filter(|sent| sent.path.ends_with("/stream")).count();
        println!(
            "\n{streams} connections brought the events of one run, each once; a 503 among the reads was asked again."
        );
    }
    Ok(())
}

/// Prints what is new in each snapshot. That the stream fails is no failure of the run, which is read behind it.
async fn follow(run: &Run) {
    let mut events = run.events();
    while let Some(event) = events.next().await {
        match event {
            Ok(RunStreamEvent::StateSnapshot(snapshot)) => {
                if let Some(step) = snapshot.steps().last() {
                    say("step", &format!("{}: {}", step.label, step.status));
                }
            }
            Ok(event) => say("event", event.kind()),
            Err(error) => say("stream", &error.to_string()),
        }
    }
}

/// Loses the first stream after two events, and a read.
fn prepare(sandbox: &Sandbox) {
    let middesk = sandbox.middesk();
    say("sandbox", middesk.url());
    middesk.fault(Target::StreamRun, StreamFault::new().cut_after_events(2));
    middesk.fault(Target::GetRun, Fault::status(503));
}
