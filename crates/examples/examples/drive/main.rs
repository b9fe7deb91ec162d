//! Drives an agent from a task to its result, and once further in the same thread.
//!
//! By default the agent's server is a sandbox in this process, and two of its answers are failures that the client has to
//! get over. With `--live` it is the real service.

use agent_threads_examples::octavus::Octavus;
use agent_threads_octavus::{Error, Run, types::Thread};
use agent_threads_sandbox::{
    Fault, RetryAfter,
    octavus::{Script, Target},
};
use clap::Parser;
use std::{error::Error as StdError, process::ExitCode, time::Duration};

/// Drive an agent: dispatch a task, watch it, follow up, read the conversation.
#[derive(Parser)]
struct Arguments {
    /// The task.
    message: String,
    /// What to say once the task is done.
    #[arg(long, default_value = "And by region?")]
    then: String,
    /// Talk to the real service, with OCTAVUS_AGENT_KEY and OCTAVUS_AGENT_ID.
    #[arg(long)]
    live: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let found = match arguments.live {
        true => Octavus::live(),
        false => Octavus::sandbox().await,
    };
    let octavus = match found {
        Ok(octavus) => octavus,
        Err(error) => {
            eprintln!("drive: {error}");
            return ExitCode::from(2);
        }
    };
    match drive(&octavus, &arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("drive: {}", chain(&error));
            ExitCode::FAILURE
        }
    }
}

async fn drive(octavus: &Octavus, arguments: &Arguments) -> Result<(), Error> {
    let interval = prepare(octavus, &arguments.message);
    say("you", &arguments.message);
    let run = octavus.client.dispatch(&octavus.agent_id, arguments.message.as_str()).await?;
    say("thread", run.thread_id());
    watch(&run, interval).await?;

    say("you", &arguments.then);
    let reply = run.reply(arguments.then.as_str()).await?;
    let thread = watch(&reply, interval).await?;

    println!();
    for message in &thread.messages {
        say(message.role.as_str(), &message.text());
    }
    if let Some(sandbox) = &octavus.sandbox {
        let asked = sandbox.octavus().requests().len();
        println!("\n{asked} requests; a 503 and a 429 among the answers were asked again.");
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

/// In the sandbox: two failures on the way, an agent that knows what to say, and no 3 s between reads.
fn prepare(octavus: &Octavus, message: &str) -> Duration {
    let Some(sandbox) = &octavus.sandbox else {
        return Duration::from_secs(3);
    };
    let octavus = sandbox.octavus();
    say("sandbox", octavus.url());
    octavus.fault(Target::GetThread, Fault::status(503));
    octavus.fault(Target::GetThread, Fault::rate_limited(RetryAfter::Seconds(1)));
    octavus.next_run(Script::reply(format!("Done: {message}")));
    Duration::from_millis(300)
}

fn say(who: &str, what: &str) {
    println!("{who:>10}  {what}");
}

/// An error and its causes on one line.
fn chain(error: &dyn StdError) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", chain(cause)),
        None => error.to_string(),
    }
}
