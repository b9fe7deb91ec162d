use agent_threads_octavus::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let run = client.dispatch("agent_1", "Summarize the latest sales report").await?;
    let done = run.wait().await?;
    println!("{}: {}", done.status, done.text());
    Ok(())
}
