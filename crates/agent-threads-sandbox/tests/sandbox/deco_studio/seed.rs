//! The calls of the vendor's page, made with the real curl, with only the variables set that the page uses.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use agent_threads_sandbox::deco_studio::Script;
use serde_json::{Value, json};

use super::caller::Caller;
use crate::curl::{has_curl, shell};

const CREATE: &str = r#"curl -X POST "$MESH_BASE_URL/api/$MESH_ORG/tools/COLLECTION_THREADS_CREATE" \
  -H "Authorization: Bearer $MESH_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{ "data": { "title": "Support chat", "virtual_mcp_id": "'"$MESH_AGENT_ID"'" } }'"#;

const RUN: &str = r#"curl -X POST "$MESH_BASE_URL/api/$MESH_ORG/decopilot/threads/$THREAD_ID/messages" \
  -H "Authorization: Bearer $MESH_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "messages": [{ "role": "user", "parts": [{ "type": "text", "text": "Hello!" }] }],
    "agent": { "id": "'"$MESH_AGENT_ID"'" },
    "tier": "smart"
  }'"#;

const STREAM: &str = r#"exec curl -N "$MESH_BASE_URL/api/$MESH_ORG/decopilot/threads/$THREAD_ID/stream" \
  -H "Authorization: Bearer $MESH_API_KEY" \
  -H "Accept: text/event-stream" "#;

const READ: &str = r#"curl -X POST "$MESH_BASE_URL/api/$MESH_ORG/tools/COLLECTION_THREAD_MESSAGES_LIST" \
  -H "Authorization: Bearer $MESH_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{ "thread_id": "'"$THREAD_ID"'", "limit": 200 }'"#;

const KEY: &str = r#"{
  "name": "chat-bridge-my-agent",
  "permissions": {
    "self": [
      "COLLECTION_THREADS_CREATE",
      "COLLECTION_THREADS_GET",
      "COLLECTION_THREAD_MESSAGES_LIST",
      "COLLECTION_THREADS_LIST"
    ]
  },
  "expiresIn": 7776000
}"#;

/// Ends a curl that would go on.
struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the call that streams, and returns when the server has it.
async fn watch(caller: &Caller, variables: &[(&str, &str)]) -> Watching {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(STREAM).envs(variables.iter().copied()).env("NO_PROXY", "*");
    let watching = Watching(shell.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    caller.deco.wait_for_open_streams(1).await;
    watching
}

/// What a curl prints up to a line that has this in it.
async fn printed(mut watching: Watching, last: &'static str) -> String {
    let output = BufReader::new(watching.0.stdout.take().unwrap());
    let read = move || {
        let mut text = String::new();
        for line in output.lines().map(Result::unwrap) {
            text.push_str(&line);
            text.push('\n');
            if line.contains(last) {
                break;
            }
        }
        text
    };
    tokio::task::spawn_blocking(read).await.unwrap()
}

#[tokio::test]
async fn the_calls_of_the_page_lead_from_a_key_to_a_transcript() {
    if !has_curl() {
        eprintln!("skipped: there is no curl here");
        return;
    }
    let caller = Caller::start().await;
    let key: Value = serde_json::from_str(KEY).unwrap();
    let key = caller.call("API_KEY_CREATE", key).await["key"].as_str().unwrap().to_owned();
    let (url, agent) = (caller.deco.url().to_owned(), caller.deco.agent_id());
    let mut variables = vec![
        ("MESH_BASE_URL", url.as_str()),
        ("MESH_ORG", "acme"),
        ("MESH_API_KEY", &key),
        ("MESH_AGENT_ID", agent),
    ];

    let made: Value = serde_json::from_str(&shell(CREATE, &variables).await.unwrap()).unwrap();
    let thread_id = made["item"]["id"].as_str().unwrap().to_owned();
    assert!(thread_id.starts_with("thrd_") && thread_id.len() == 26, "{made}");
    assert_eq!(
        (&made["item"]["status"], &made["item"]["title"]),
        (&json!("completed"), &json!("Support chat"))
    );
    variables.push(("THREAD_ID", &thread_id));

    caller.deco.next_run(Script::reply("It is solved.").usage(11, 7));
    let watching = watch(&caller, &variables).await;
    let posted: Value = serde_json::from_str(&shell(RUN, &variables).await.unwrap()).unwrap();
    assert_eq!(posted, json!({ "taskId": thread_id }));
    let stream = printed(watching, r#""type":"finish","#).await;
    assert!(stream.starts_with(r#"data: {"type":"start","#), "{stream}");
    assert!(stream.contains(r#""finishReason":"stop""#), "{stream}");
    let messages: Value = serde_json::from_str(&shell(READ, &variables).await.unwrap()).unwrap();

    let roles: Vec<_> =
        messages["items"].as_array().unwrap().iter().map(|one| &one["role"]).collect();
    assert_eq!(roles, ["user", "assistant"]);
    assert_eq!(messages["items"][0]["parts"], json!([{ "type": "text", "text": "Hello!" }]));
    assert_eq!(messages["items"][1]["parts"][0]["text"], "It is solved.");
}

#[tokio::test]
async fn the_key_of_the_page_may_do_what_the_page_does_and_nothing_else() {
    let caller = Caller::start().await;
    let key: Value = serde_json::from_str(KEY).unwrap();
    let created = caller.call("API_KEY_CREATE", key.clone()).await;
    assert_eq!(created["permissions"], key["permissions"]);
    assert!(created["expiresAt"].is_string() && created["createdAt"].is_string(), "{created}");
    let secret = created["key"].as_str().unwrap();
    let call = |tool: &str, input: Value| {
        let path = format!("/tools/{tool}");
        caller.with_key(secret, reqwest::Method::POST, &path).json(&input).send()
    };
    assert_eq!(call("COLLECTION_THREADS_LIST", json!({})).await.unwrap().status(), 200);
    for tool in ["API_KEY_DELETE", "COLLECTION_THREADS_DELETE", "COLLECTION_CONNECTIONS_LIST"] {
        assert_eq!(call(tool, json!({})).await.unwrap().status(), 403);
    }
}
