//! Bad input, and big input, through the client and the sandbox.

use super::asks::{ask, start};
use agent_threads_deco_studio::{
    Error, ErrorKind,
    types::{CreateApiKey, FilePart, ListMessages, MessageRole, PostMessage, TextPart, ToolInput},
    types::{UiMessage, UiPart},
};
use serde_json::{Value, json};

/// What a server that refuses has said.
fn said(error: &Error, status: u16) -> &str {
    assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{error}");
    assert_eq!(error.attempts(), 1, "a refusal is not tried again: {error}");
    error.message().unwrap_or_else(|| panic!("{error}"))
}

#[tokio::test]
async fn two_messages_that_are_not_the_systems_are_refused() {
    let (_sandbox, studio, client) = start().await;
    let run = ask(&client, &studio, "One").await;
    let agent = studio.agent_id();
    let system = UiMessage::new(MessageRole::System, [TextPart::new("Be brief.")]);
    let two = PostMessage::new(["Two", "Three"]).agent(agent);
    let error = client.post_message(run.thread_id(), two).await.unwrap_err();
    assert!(said(&error, 400).contains("non-system"), "{error}");
    let none = PostMessage::new([system.clone()]).agent(agent);
    let error = client.post_message(run.thread_id(), none).await.unwrap_err();
    assert_eq!(said(&error, 400), "No user message found");
    let one = PostMessage::new([system, UiMessage::user("Two")]).agent(agent);
    client.post_message(run.thread_id(), one).await.unwrap();
}

#[tokio::test]
async fn another_thread_in_the_body_is_refused() {
    let (_sandbox, studio, client) = start().await;
    let run = ask(&client, &studio, "One").await;
    let post = PostMessage::to(studio.agent_id(), "Two").thread_id("thrd_other");
    let error = client.post_message(run.thread_id(), post).await.unwrap_err();
    assert_eq!(said(&error, 400), "threadId in URL does not match thread_id in body");
    let post = PostMessage::to(studio.agent_id(), "Two").thread_id(run.thread_id());
    client.post_message(run.thread_id(), post).await.unwrap();
}

#[tokio::test]
async fn a_key_lives_for_a_number_of_seconds_and_at_least_300() {
    let (_sandbox, _studio, client) = start().await;
    let key = |seconds| {
        CreateApiKey::new("bridge", [("self", vec!["COLLECTION_THREADS_GET".to_owned()])])
            .expires_in(seconds)
    };
    let error = client.create_api_key(key(299)).await.unwrap_err();
    assert!(said(&error, 400).contains("expiresIn"), "{error}");
    client.create_api_key(key(300)).await.unwrap();
    // The typed operation takes no text; the open one does.
    let permissions = json!({ "self": ["COLLECTION_THREADS_GET"] });
    let input: [(&str, Value); 3] =
        [("name", "bridge".into()), ("permissions", permissions), ("expiresIn", "7776000".into())];
    let error = client.call_tool("API_KEY_CREATE", ToolInput::new().extra(input)).await;
    let error = error.unwrap_err();
    assert!(said(&error, 400).contains("expiresIn"), "{error}");
}

#[tokio::test]
async fn a_list_of_more_than_a_thousand_messages_is_refused() {
    let (_sandbox, studio, client) = start().await;
    let run = ask(&client, &studio, "One").await;
    let list = |limit| client.list_messages(ListMessages::new(run.thread_id()).limit(limit));
    for limit in [0, 1001] {
        let error = list(limit).await.unwrap_err();
        assert!(said(&error, 400).contains("limit"), "{error}");
    }
    list(1000).await.unwrap();
}

#[tokio::test]
async fn a_tool_that_does_not_exist_is_refused_by_name() {
    let (_sandbox, _studio, client) = start().await;
    let error = client.call_tool("THREAD_DANCE", ToolInput::new()).await.unwrap_err();
    assert_eq!(said(&error, 404), "Unknown tool: THREAD_DANCE");
}

#[tokio::test]
async fn a_file_of_20_mb_in_the_message_is_posted() {
    let (_sandbox, studio, client) = start().await;
    let url = format!("data:image/png;base64,{}", "AAAA".repeat(20 * 1024 * 1024 / 4));
    let parts =
        [UiPart::File(FilePart::new("image/png", url)), UiPart::Text(TextPart::new("What is it?"))];
    let message = UiMessage::new(MessageRole::User, parts);
    let mut run = client.ask(studio.agent_id(), message).await.unwrap();
    let outcome = run.wait().await.unwrap();
    assert!(outcome.is_completed());
    let sent = studio.requests().into_iter().find(|one| one.path.ends_with("/messages")).unwrap();
    assert!(sent.body.len() > 20 * 1024 * 1024);
    let [UiPart::File(file), ..] = &outcome.messages[0].parts[..] else {
        panic!("{:?}", outcome.messages[0].parts)
    };
    assert!(file.url.starts_with("studio-storage:"), "{}", file.url);
}

#[tokio::test]
async fn no_answer_at_all_is_refused_before_anything_is_posted() {
    let (_sandbox, studio, client) = start().await;
    let mut run = ask(&client, &studio, "One").await;
    run.wait().await.unwrap();
    let error = run.answer([]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let posts = studio.requests().iter().filter(|r| r.path.ends_with("/messages")).count();
    assert_eq!(posts, 1);
}
