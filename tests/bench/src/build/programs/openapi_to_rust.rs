use generated::{DispatchThread, HttpClient, MessageRole, ThreadStatus, UiMessagePart};
use std::time::Duration;

#[allow(dead_code)]
mod generated;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = std::env::var("OCTAVUS_AGENT_KEY")?;
    let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
    let client = HttpClient::with_client(http).with_api_key(key);
    let task = DispatchThread::new("Summarize the latest sales report".to_owned());
    let dispatched = client.dispatch_thread("agent_1", None::<&str>, task).await?;
    let thread = loop {
        let thread = client.get_thread("agent_1", &dispatched.thread_id).await?;
        if !matches!(thread.status, ThreadStatus::Pending | ThreadStatus::Queued | ThreadStatus::Running) {
            break thread;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    };
    let last = thread.messages.iter().rfind(|message| message.role == MessageRole::Assistant);
    let parts = last.map_or(&[][..], |message| &message.parts);
    let text: String = parts.iter().filter_map(|part| text(part)).collect();
    println!("{}: {text}", thread.status.as_str());
    Ok(())
}

fn text(part: &UiMessagePart) -> Option<&str> {
    match part {
        UiMessagePart::UiTextPart(part) => Some(&part.text),
        _ => None,
    }
}
