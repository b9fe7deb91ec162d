use std::time::Duration;

mod client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = std::env::var("OCTAVUS_AGENT_KEY")?;
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {key}").parse()?);
    let http = reqwest::Client::builder().default_headers(headers).build()?;
    let client = client::Client::new_with_client("https://octavus.ai", http);
    // The document had to lose its answers, so the program reads them itself.
    let message = serde_json::from_value(serde_json::json!({ "message": "Summarize the latest sales report" }))?;
    let dispatched = client.dispatch_thread("agent_1", None, &message).await?;
    let dispatched: serde_json::Value = read(dispatched).await?;
    let id = dispatched["threadId"].as_str().ok_or("no thread")?;
    loop {
        let answer = client.get_thread("agent_1", id).await?;
        let thread: client::types::Thread = read(answer).await?;
        if !matches!(thread.status.as_str(), Some("pending" | "queued" | "running")) {
            println!("{:?}: {:?}", thread.status, thread.messages.last());
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
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
