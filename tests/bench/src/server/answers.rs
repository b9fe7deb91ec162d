//! Answers in JSON.

use serde_json::{Value, json};
use std::{collections::HashMap, sync::LazyLock};

/// How many items a list has that is read page by page.
pub(crate) const ITEMS: usize = 100_000;

/// How many of them are on a page.
pub(crate) const PAGE: usize = 100;

/// An answer to a request for this target.
pub(super) fn to(target: &str) -> Vec<u8> {
    static THREAD: LazyLock<Vec<u8>> = LazyLock::new(|| json(&thread().to_string()));
    static STARTED: LazyLock<Vec<u8>> =
        LazyLock::new(|| json(&json!({ "threadId": "t1", "status": "pending" }).to_string()));
    static PAGES: LazyLock<HashMap<usize, Vec<u8>>> = LazyLock::new(|| {
        (0..ITEMS).step_by(PAGE).map(|first| (first, json(&page(first).to_string()))).collect()
    });
    if target.contains("/threads/") {
        return THREAD.clone();
    }
    if target.ends_with("/threads") {
        return STARTED.clone();
    }
    let token = target.split_once("pageToken=").map_or("0", |(_, token)| token);
    let first = token.parse().unwrap_or_default();
    PAGES.get(&first).cloned().unwrap_or_else(|| json("{}"))
}

/// An answer with this body.
pub(super) fn json(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A conversation as an agent has it: tasks, calls of tools, texts.
fn thread() -> Value {
    let sentence = "The refund for order 1042 was issued on Tuesday, and the customer was told. ";
    let text = |text: String| json!({ "type": "text", "text": text, "status": "done" });
    let messages = (0..20).map(|n| {
        let parts = match n % 2 {
            0 => json!([text(format!("Task {n}: {sentence}"))]),
            _ => json!([
                {
                    "type": "tool-call", "toolCallId": format!("c{n}"), "toolName": "search",
                    "args": { "query": "refund", "limit": 10 }, "status": "done",
                    "result": { "hits": [n, n + 1, n + 2], "took": 12.5 },
                },
                text(sentence.repeat(4)),
            ]),
        };
        json!({
            "id": format!("m{n}"), "role": if n % 2 == 0 { "user" } else { "assistant" },
            "parts": parts, "status": "done", "createdAt": "2026-03-01T10:00:00.000Z",
        })
    });
    let messages: Vec<_> = messages.collect();
    json!({ "threadId": "t1", "status": "completed", "messages": messages })
}

fn page(first: usize) -> Value {
    let run = |n: usize| {
        json!({
            "runId": format!("5f3c8f1e-0000-4000-8000-{n:012}"), "sessionId": format!("s{n}"),
            "status": "running", "message": "Which tickets are open, and since when?",
            "source": "api", "createdAt": "2026-03-01T10:00:00Z", "updatedAt": "2026-03-01T10:00:05Z",
        })
    };
    let runs: Vec<_> = (first..first + PAGE).map(run).collect();
    let next = first + PAGE;
    let next = (next < ITEMS).then(|| next.to_string());
    json!({ "runs": runs, "nextPageToken": next })
}
