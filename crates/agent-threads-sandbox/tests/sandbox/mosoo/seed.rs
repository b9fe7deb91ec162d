//! The calls of the vendor's quickstart, made with the real curl, with only host, token and ids changed.

use serde_json::{Value, json};

use super::caller::{Caller, types};
use crate::curl::shell;

const CREATE: &str = r#"curl -X POST "https://mosoo.ai/api/v1/agents/$MOSOO_AGENT_ID/threads" \
  -H "Authorization: Bearer $MOSOO_API_TOKEN" \
  -H "Content-Type: application/json" \
  -H "Idempotency-Key: quickstart-create-thread" \
  -d '{
    "client_external_ref": "quickstart-001",
    "input": {
      "type": "user.message",
      "content": [
        {
          "type": "text",
          "text": "Say hello and explain what you can help with."
        }
      ]
    }
  }'"#;

const SEND: &str = r#"curl -X POST "https://mosoo.ai/api/v1/threads/$MOSOO_THREAD_ID/events" \
  -H "Authorization: Bearer $MOSOO_API_TOKEN" \
  -H "Content-Type: application/json" \
  -H "Idempotency-Key: quickstart-send-message-1" \
  -d '{
    "events": [
      {
        "type": "user_message",
        "text": "Give me the three most important next steps."
      }
    ]
  }'"#;

const LIST: &str = r#"curl "https://mosoo.ai/api/v1/threads/$MOSOO_THREAD_ID/events?limit=100" \
  -H "Authorization: Bearer $MOSOO_API_TOKEN""#;

const ATTACH: &str = r#"CONTENT_BASE64="$(printf 'Customer asks for an implementation plan.' | base64)"

curl -X POST "https://mosoo.ai/api/v1/threads/$MOSOO_THREAD_ID/files" \
  -H "Authorization: Bearer $MOSOO_API_TOKEN" \
  -H "Content-Type: application/json" \
  -d "{
    \"name\": \"brief.txt\",
    \"contentType\": \"text/plain\",
    \"contentBase64\": \"$CONTENT_BASE64\"
  }""#;

/// Makes a call of the page. `None` where there is no curl.
async fn call(caller: &Caller, command: &str, thread_id: &str) -> Option<Value> {
    let command = command.replace("https://mosoo.ai", caller.mosoo.url());
    let variables = [
        ("MOSOO_API_TOKEN", caller.mosoo.token()),
        ("MOSOO_AGENT_ID", caller.mosoo.agent_id()),
        ("MOSOO_THREAD_ID", thread_id),
    ];
    let printed = shell(&command, &variables).await?;
    Some(serde_json::from_str(&printed).unwrap_or_else(|_| panic!("{printed}")))
}

#[tokio::test]
async fn the_four_calls_of_the_quickstart_get_what_the_page_says() {
    let caller = Caller::seed().await;
    let Some(created) = call(&caller, CREATE, "").await else { return };
    let thread_id = created["thread"]["id"].as_str().unwrap();
    assert_eq!(created["thread"]["client_external_ref"], "quickstart-001");
    assert_eq!(created["run"]["status"], "queued");
    assert_eq!(call(&caller, CREATE, "").await.unwrap(), created);

    caller.mosoo.play(thread_id);
    let sent = call(&caller, SEND, thread_id).await.unwrap();
    assert_eq!(
        (&sent["events"][0]["type"], &sent["thread"]["id"]),
        (&json!("user_message"), &json!(thread_id))
    );
    assert_ne!(sent["events"][0]["run"]["id"], created["run"]["id"]);

    caller.mosoo.play(thread_id);
    let log = call(&caller, LIST, thread_id).await.unwrap();
    let events = log["events"].as_array().unwrap();
    let turn = [
        "user.message",
        "session.status",
        "session.status",
        "run.started",
        "agent.message.delta",
        "usage.updated",
        "run.completed",
    ];
    assert_eq!(types(events), [turn, turn].concat());
    assert_eq!(events[7]["content"], "Give me the three most important next steps.");

    let attached = call(&caller, ATTACH, thread_id).await.unwrap();
    let file = &attached["file"];
    assert_eq!((&file["name"], &file["mimeType"]), (&json!("brief.txt"), &json!("text/plain")));
    assert_eq!((&file["kind"], &file["committed"]), (&json!("attachment"), &json!(true)));
    assert_eq!(file["size"], "Customer asks for an implementation plan.".len());
}
