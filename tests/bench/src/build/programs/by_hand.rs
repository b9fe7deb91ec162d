use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dispatched {
    thread_id: String,
}

#[derive(Deserialize)]
struct Thread {
    status: String,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = std::env::var("OCTAVUS_AGENT_KEY")?;
    let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
    let threads = "https://octavus.ai/api/v1/workforce/agents/agent_1/threads";
    let dispatched: Dispatched = http
        .post(threads)
        .bearer_auth(&key)
        .json(&json!({ "message": "Summarize the latest sales report" }))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let thread = loop {
        let url = format!("{threads}/{}", dispatched.thread_id);
        let answer = http.get(url).bearer_auth(&key).send().await?.error_for_status()?;
        let thread: Thread = answer.json().await?;
        if !matches!(thread.status.as_str(), "pending" | "queued" | "running") {
            break thread;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    };
    let last = thread.messages.iter().rfind(|message| message.role == "assistant");
    let parts = last.map_or(&[][..], |message| &message.parts);
    let text: String = parts.iter().filter_map(|part| part.text.as_deref()).collect();
    println!("{}: {text}", thread.status);
    Ok(())
}
