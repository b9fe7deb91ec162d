//! deco Studio: text as it streams over a connection that is lost on the way, a question answered, and what is stored.

use crate::{Failure, say};
use agent_threads_deco_studio::{Outcome, Run, types::UiMessageChunk};
use agent_threads_examples::deco_studio::DecoStudio;
use agent_threads_sandbox::{
    Sandbox,
    deco_studio::{Script, Target},
    sse::StreamFault,
};
use std::io::Write as _;

const REPLY: &str = "Europe";

pub(crate) async fn drive(message: &str, live: bool) -> Result<(), Failure> {
    let found = if live { DecoStudio::live() } else { DecoStudio::sandbox().await };
    let DecoStudio { client, agent_id, sandbox } = found.map_err(Failure::Setup)?;
    if let Some(sandbox) = &sandbox {
        prepare(sandbox, message);
    }

    say("you", message);
    let mut run = client.ask(agent_id, message).await?;
    say("thread", run.thread_id());
    let mut outcome = follow(&mut run).await?;
    while let Some(question) = outcome.pending().iter().find_map(|pending| pending.prompt()) {
        say("asks", question);
        say("you", REPLY);
        run = run.reply(REPLY).await?;
        outcome = follow(&mut run).await?;
    }

    println!();
    for message in &outcome.messages {
        say(message.role.as_str(), &message.text().replace("\n\n", " "));
    }
    if let Some(sandbox) = &sandbox {
        let requests = sandbox.deco_studio().requests();
        let streams = requests.iter().filter(|request| request.path.ends_with("/stream")).count();
        println!("\n{streams} connections brought two runs, each chunk once.");
    }
    Ok(())
}

/// Prints the text as it comes, then compares it with what is stored.
async fn follow(run: &mut Run) -> Result<Outcome, Failure> {
    print!("{:>10}  ", "agent");
    let mut streamed = String::new();
    while let Some(chunk) = run.next().await {
        if let UiMessageChunk::TextDelta(text) = chunk? {
            print!("{}", text.delta);
            std::io::stdout().flush()?;
            streamed.push_str(&text.delta);
        }
    }
    println!();
    let outcome = run.wait().await?;
    say("status", outcome.thread.status.as_str());
    let fits = outcome.text().ends_with(&streamed);
    say("text", if fits { "nothing twice, nothing missing" } else { "the parts do not fit" });
    Ok(outcome)
}

/// A question, and a first stream that is cut within the agent's text.
fn prepare(sandbox: &Sandbox, message: &str) {
    let studio = sandbox.deco_studio();
    say("sandbox", studio.url());
    studio.next_run(Script::asks("Which region?", "text", &[]));
    studio.next_run(Script::reply(format!("This is the sandbox's answer to \"{message}\".")));
    studio.fault(Target::StreamThread, StreamFault::new().cut_after_events(3));
}
