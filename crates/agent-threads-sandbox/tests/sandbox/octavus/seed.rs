//! The vendor's three curl calls, byte for byte as curl sends them, with only host, key and ids changed.

use serde_json::{Value, json};

use super::caller::Caller;

fn curl_post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\
         Authorization: Bearer oct_agt_sandbox\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn curl_get(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\
         Authorization: Bearer oct_agt_sandbox\r\nConnection: close\r\n\r\n"
    )
}

fn split(answer: &str) -> (&str, Value) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn the_three_calls_of_the_quickstart_get_the_documented_answers() {
    let caller = Caller::start().await;

    let dispatch = curl_post(
        "/api/v1/workforce/agents/agent_1/threads",
        r#"{ "message": "Summarize the latest sales report" }"#,
    );
    let answer = caller.exchange(&dispatch).await;
    assert_eq!(
        split(&answer),
        ("HTTP/1.1 201 Created", json!({ "threadId": "cmthread0001", "status": "pending" }))
    );

    let path = "/api/v1/workforce/agents/agent_1/threads/cmthread0001";
    let mut thread = Value::Null;
    for _ in 0..4 {
        let answer = caller.exchange(&curl_get(path)).await;
        let (status, body) = split(&answer);
        assert_eq!(status, "HTTP/1.1 200 OK");
        thread = body;
    }
    assert_eq!(thread["threadId"], "cmthread0001");
    assert_eq!(thread["status"], "completed");
    assert_eq!(thread["failureReason"], Value::Null);
    assert_eq!(thread.as_object().unwrap().len(), 4);

    let follow_up = curl_post(
        &format!("{path}/messages"),
        r#"{ "message": "Now turn that into a slide deck" }"#,
    );
    let answer = caller.exchange(&follow_up).await;
    assert_eq!(
        split(&answer),
        ("HTTP/1.1 202 Accepted", json!({ "threadId": "cmthread0001", "status": "running" }))
    );

    let requests = caller.octavus.requests();
    let seen: Vec<_> = requests.iter().map(|request| request.method.as_str()).collect();
    assert_eq!(seen, ["POST", "GET", "GET", "GET", "GET", "POST"]);
    assert_eq!(requests[5].json(), Some(json!({ "message": "Now turn that into a slide deck" })));
}
