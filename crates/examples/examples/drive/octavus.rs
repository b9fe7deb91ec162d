//! Octavus: dispatch, poll, follow up, read the conversation.

use crate::{Failure, say};
use agent_threads_examples::octavus::Octavus;
use agent_threads_octavus::{Error, Run, types::Thread};
use agent_threads_sandbox::{Fault, RetryAfter, Sandbox, octavus::Target};
use std::time::Duration;

pub(crate) async fn drive(message: &str, live: bool) -> Result<(), Failure> {
    let found = if live { Octavus::live() } else { Octavus::sandbox().await };
    let Octavus { client, agent_id, sandbox } = found.map_err(Failure::Setup)?;
    let interval = sandbox.as_ref().map_or(Duration::from_secs(3), prepare);

    say("you", message);
    let run = client.dispatch(agent_id, message).await?;
    say("thread", run.thread_id());
    watch(&run, interval).await?;

    let follow_up = "And by region?";
    say("you", follow_up);
    let thread = watch(&run.reply(follow_up).await?, interval).await?;

    println!();
    for message in &thread.messages {
        say(message.role.as_str(), &message.text());
    }
    if let Some(sandbox) = &sandbox {
        let requests = sandbox.octavus().requests().len();
        println!("\n{requests} requests; a 503 and a 429 among the answers were asked again.");
    }
    Ok(())
}

/// Prints each change of status as it is seen, then the answer.
async fn watch(run: &Run, interval: Duration) -> Result<Thread, Error> {
    let wait = run.wait().interval(interval).on_status(|status| say("status", status.as_str()));
    let thread = wait.await?;
    match &thread.failure_reason {
        Some(reason) => say("failure", reason),
        None => say("agent", &thread.text()),
    }
    Ok(thread)
}

/// Two failures on the way, and no 3 s between reads, as the sandbox's agents do not take their time.
fn prepare(sandbox: &Sandbox) -> Duration {
    let octavus = sandbox.octavus();
    say("sandbox", octavus.url());
    octavus.fault(Target::GetThread, Fault::status(503).skip(1));
    octavus.fault(Target::GetThread, Fault::rate_limited(RetryAfter::Seconds(1)).skip(2));
    Duration::from_millis(300)
}
