use client::types::{DispatchResult, DispatchThread, Thread};
use std::time::Duration;

mod client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = std::env::var("OCTAVUS_AGENT_KEY")?;
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {key}").parse()?);
    let http = reqwest::Client::builder().default_headers(headers).timeout(Duration::from_secs(60)).build()?;
    let client = client::Client::new_with_client("https://octavus.ai", http);
    let message = "Summarize the latest sales report".to_owned();
    let task = DispatchThread { config: None, files: Vec::new(), if_idle: None, message };
    // The document had to lose its answers, so the program reads them itself.
    let dispatched: DispatchResult = read(client.dispatch_thread("agent_1", None, &task).await?).await?;
    let thread = loop {
        let thread: Thread = read(client.get_thread("agent_1", &dispatched.thread_id).await?).await?;
        if !matches!(thread.status.as_str(), Some("pending" | "queued" | "running")) {
            break thread;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    };
    let last = thread.messages.iter().rfind(|message| message.role.as_str() == Some("assistant"));
    let parts = last.map_or(&[][..], |message| &message.parts);
    let text: String = parts.iter().filter_map(|part| part.get("text")?.as_str()).collect();
    println!("{}: {text}", thread.status.as_str().unwrap_or_default());
    Ok(())
}

async fn read<T: serde::de::DeserializeOwned>(
    answer: progenitor_client::ResponseValue<progenitor_client::ByteStream>,
) -> Result<T, Box<dyn std::error::Error>> {
    use futures_util::TryStreamExt as _;
    let body = answer.into_inner().into_inner();
    let body: Vec<u8> =
        body.try_fold(Vec::new(), |all, chunk| async move { Ok([&all[..], &chunk].concat()) }).await?;
    Ok(serde_json::from_slice(&body)?)
}
