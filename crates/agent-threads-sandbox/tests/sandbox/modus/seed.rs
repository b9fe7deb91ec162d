//! The vendor's curl call, byte for byte as curl sends it, with only host, key and ids changed.

use agent_threads_sandbox::modus::Script;

use super::caller::Caller;
use crate::wire::exchange_chunked;

const BODY: &str = r#"
{
  "message": "<string>",
  "sessionId": "<string>",
  "organizationId": "org_sandbox",
  "fileThreadId": "<string>",
  "runId": "abc-123"
}
"#;

fn curl() -> String {
    format!(
        "POST /agent/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\
         Authorization: Bearer modus_sandbox_key\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{BODY}",
        BODY.len()
    )
}

#[tokio::test]
async fn the_call_of_the_page_gets_the_documented_stream() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("Hello").without_thread_id());
    let answer = exchange_chunked(caller.modus.url(), &curl()).await;
    assert!(answer.head.starts_with("HTTP/1.1 200 OK\r\n"), "{}", answer.head);
    assert!(answer.head.contains("content-type: text/event-stream\r\n"), "{}", answer.head);
    assert!(answer.complete);
    assert_eq!(
        String::from_utf8(answer.body()).unwrap(),
        "id: 1717000000000-0\ndata: {\"type\":\"token\",\"content\":\"Hello\"}\n\n\
         id: 1717000000001-0\ndata: {\"type\":\"done\",\"runId\":\"abc-123\"}\n\n"
    );
    assert_eq!(caller.modus.run_ids(), ["abc-123"]);
}

#[tokio::test]
async fn the_same_call_again_resumes_the_same_stream() {
    let caller = Caller::start().await;
    let first = exchange_chunked(caller.modus.url(), &curl()).await;
    let second = exchange_chunked(caller.modus.url(), &curl()).await;
    assert_eq!(first.body(), second.body());
    assert_eq!(caller.modus.run_ids(), ["abc-123"]);
}
