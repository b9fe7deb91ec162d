//! A server of raw bytes, for answers that no HTTP library would write.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Writes one scripted answer per connection and then closes it; the last answer for all further ones.
pub(crate) struct Raw {
    url: String,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Raw {
    pub(crate) async fn start(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let answers: Vec<String> = answers.iter().map(ToString::to_string).collect();
        let task = tokio::spawn(serve(listener, answers, Arc::clone(&requests)));
        Self { url, requests, task }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How many requests have come in.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, answers: Vec<String>, requests: Arc<AtomicUsize>) {
    while let Ok((mut connection, _)) = listener.accept().await {
        if !read_request(&mut connection).await {
            continue;
        }
        let number = requests.fetch_add(1, Ordering::SeqCst);
        let answer = &answers[number.min(answers.len() - 1)];
        let _ = connection.write_all(answer.as_bytes()).await;
    }
}

/// Reads a head and the body it announces; false where the connection closes before.
pub(crate) async fn read_request(connection: &mut TcpStream) -> bool {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&read);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let announced = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
                })
                .unwrap_or(0);
            if body.len() >= announced {
                return true;
            }
        }
        match connection.read(&mut buffer).await {
            Ok(count) if count > 0 => read.extend_from_slice(&buffer[..count]),
            _ => return false,
        }
    }
}
