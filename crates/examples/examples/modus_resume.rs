//! Stores a run's handle before anything is sent, loses the process, and goes on elsewhere.
//!
//! Talks to a sandbox in this process unless `MODUS_API_KEY` and `MODUS_ORGANIZATION_ID` are set.

use agent_threads_examples::modus::Modus;
use agent_threads_modus::types::RunCreate;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Modus { client, organization, sandbox: _sandbox } = Modus::connect().await?;
    let task = RunCreate::new("Which tickets are open?", "session-1", organization);

    // The key is the job's id: started again with it, the same job never becomes a second run.
    let mut run = client.run(task.clone()).key("job-42");
    let stored = serde_json::to_string(&run.handle())?;
    run.next().await.transpose()?;
    drop(run);

    // Elsewhere, from the first event on. A run that is not there was never started, and now is.
    let mut run = client.attach(serde_json::from_str(&stored)?);
    let outcome = match run.wait().await {
        Err(error) if error.is_not_found() => client.run(task).key("job-42").wait().await?,
        outcome => outcome?,
    };
    println!("{}", outcome.text);
    Ok(())
}
