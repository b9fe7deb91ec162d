//! Posting, cancelling, the queue, background jobs and models.

use super::{JSON, Studio, get, post};
use agent_threads_deco_studio::types::{
    HarnessId, MessageRole, ModelTier, PostMessage, QueueSource, QueueStatus, RunMemory, RunMode,
    SandboxProvider, TextPart, ToolApprovalLevel, UiMessage,
};
use serde_json::json;

const ID: &str = "thrd_Qx81mZk2Lw0PvTn5RbYcd";
const MESSAGES: &str = "/api/acme-inc/decopilot/threads/thrd_Qx81mZk2Lw0PvTn5RbYcd/messages";

fn hello() -> UiMessage {
    UiMessage::new(MessageRole::User, [TextPart::new("Hello!")])
}

#[tokio::test]
async fn a_message_is_posted_as_on_the_vendors_page() {
    let body = json!({ "messages": [{ "role": "user", "parts": [{ "type": "text", "text": "Hello!" }] }],
        "agent": { "id": "vir_a1b2c3" }, "tier": "smart" });
    let posted =
        Studio::call(post(MESSAGES, body), (202, json!({ "taskId": ID })), async |client| {
            client
                .post_message(ID, PostMessage::to("vir_a1b2c3", hello()).tier(ModelTier::Smart))
                .await
        });
    assert_eq!(posted.await.task_id, ID);
}

#[tokio::test]
async fn a_message_is_posted_with_every_setting() {
    let body = json!({
        "messages": [{ "id": "m1", "role": "user", "parts": [{ "type": "text", "text": "Hello!" }], "metadata": { "a": null } }],
        "agent": { "id": "vir_1" }, "tier": "deep_research", "temperature": 0.2, "toolApprovalLevel": "readonly",
        "mode": "gen-image", "memory": { "windowSize": 20, "thread_id": ID }, "thread_id": ID, "branch": "main",
        "harnessId": "claude-code", "sandboxProviderKind": "user-desktop",
    });
    let posted =
        Studio::call(post(MESSAGES, body), (202, json!({ "taskId": ID })), async |client| {
            let message = hello().id("m1").metadata(json!({ "a": null }));
            let post =
                PostMessage::to("vir_1", message).tier(ModelTier::DeepResearch).temperature(0.2);
            let post =
                post.tool_approval_level(ToolApprovalLevel::Readonly).mode(RunMode::GenImage);
            let post = post.memory(RunMemory::new().window_size(20).thread_id(ID)).thread_id(ID);
            let post = post.branch("main").harness_id(HarnessId::ClaudeCode);
            client.post_message(ID, post.sandbox_provider_kind(SandboxProvider::UserDesktop)).await
        });
    assert_eq!(posted.await.task_id, ID);
}

#[tokio::test]
async fn the_agent_may_be_left_out_for_the_servers_that_refuse_it() {
    let body = json!({ "messages": [{ "role": "user", "parts": [{ "type": "text", "text": "Hello!" }] }] });
    let posted =
        Studio::call(post(MESSAGES, body), (202, json!({ "taskId": ID })), async |client| {
            client.post_message(ID, PostMessage::new([hello()])).await
        });
    assert_eq!(posted.await.task_id, ID);
}

#[tokio::test]
async fn a_post_is_repeated_with_the_same_id_and_never_without_one() {
    for (message, times) in [(hello().id("m1"), 4), (hello(), 1)] {
        let studio = Studio::start().await;
        let body = serde_json::to_value(PostMessage::to("vir_1", message.clone())).unwrap();
        let unavailable = studio.answers(post(MESSAGES, body), 503, JSON, "").await;
        let error =
            studio.client.post_message(ID, PostMessage::to("vir_1", message)).await.unwrap_err();
        assert_eq!(error.attempts(), times);
        unavailable.assert_calls_async(times as usize).await;
    }
}

#[tokio::test]
async fn a_run_is_cancelled() {
    let sent = || post(format!("/api/acme-inc/decopilot/cancel/{ID}"), None);
    let asked = json!({ "cancelled": true, "async": true });
    let asked =
        Studio::call(sent(), (202, asked), async |client| client.cancel_run(ID).await).await;
    assert_eq!((asked.cancelled, asked.async_), (Some(true), Some(true)));
    // What a server of the oldest generation answers when it has stopped the run itself.
    let done = json!({ "cancelled": true });
    let done = Studio::call(sent(), (200, done), async |client| client.cancel_run(ID).await).await;
    assert_eq!((done.cancelled, done.async_), (Some(true), None));
}

#[tokio::test]
async fn a_cancel_is_never_repeated() {
    let studio = Studio::start().await;
    let sent = post(format!("/api/acme-inc/decopilot/cancel/{ID}"), None);
    let unavailable = studio.answers(sent, 503, JSON, "").await;
    assert_eq!(studio.client.cancel_run(ID).await.unwrap_err().attempts(), 1);
    unavailable.assert_async().await;
}

#[tokio::test]
async fn the_queue_is_read() {
    let workflow = format!("thread-run:{ID}:m1");
    let answer = json!({ "items": [
        { "workflowId": workflow, "messageId": "m1", "status": "running", "enqueuedAt": 1_754_040_600_120_i64,
          "source": "user-message", "text": "Hello!", "hasAttachments": false },
        { "workflowId": "thread-run:t:h", "messageId": "m2", "status": "queued", "enqueuedAt": 1_754_040_600_121_i64,
          "text": "", "hasAttachments": true },
    ] });
    let sent = get(format!("/api/acme-inc/decopilot/queue/{ID}"));
    let queue = Studio::call(sent, (200, answer), async |client| client.list_queue(ID).await).await;
    let [running, queued] = &queue.items[..] else { panic!("{queue:?}") };
    assert_eq!(
        (running.workflow_id.as_str(), &running.status),
        (workflow.as_str(), &Some(QueueStatus::Running))
    );
    assert_eq!(
        (running.enqueued_at, &running.source),
        (Some(1_754_040_600_120.0), &Some(QueueSource::UserMessage))
    );
    assert_eq!(
        (&queued.status, &queued.source, queued.has_attachments),
        (&Some(QueueStatus::Queued), &None, Some(true))
    );
}

#[tokio::test]
async fn a_queued_run_is_taken_out_by_its_id_with_colons() {
    let path = format!("/api/acme-inc/decopilot/queue/{ID}/cancel/thread-run%3A{ID}%3Am1");
    let sent = post(path, None);
    let cancelled = Studio::call(sent, (202, json!({ "cancelled": true })), async |client| {
        client.cancel_queued(ID, format!("thread-run:{ID}:m1")).await
    });
    assert_eq!(cancelled.await.cancelled, Some(true));
}

#[tokio::test]
async fn a_tool_call_is_moved_to_the_background() {
    let sent =
        post(format!("/api/acme-inc/decopilot/flip/{ID}"), json!({ "toolCallId": "call_1" }));
    let answer = json!({ "flipped": true, "async": true });
    let flipped =
        Studio::call(sent, (202, answer), async |client| client.flip_tool_call(ID, "call_1").await)
            .await;
    assert_eq!((flipped.flipped, flipped.async_), (Some(true), Some(true)));
}

#[tokio::test]
async fn the_allowed_models_are_listed() {
    let answer =
        json!({ "allowAll": false, "models": { "cred_1": ["gpt-5", "gpt-5-mini"], "cred_2": [] } });
    let sent = get("/api/acme-inc/decopilot/allowed-models");
    let allowed =
        Studio::call(sent, (200, answer), async |client| client.list_allowed_models().await).await;
    assert_eq!(allowed.allow_all, Some(false));
    assert_eq!(allowed.models.unwrap()["cred_1"], ["gpt-5", "gpt-5-mini"]);
}
