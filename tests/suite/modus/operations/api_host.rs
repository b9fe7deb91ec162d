//! What goes to the API host, but for lists.

use super::{Hosts, call, get, post};
use agent_threads_modus::types::{
    AccessVisibility, ApprovalDecision, ContextRequest, ManageDenial, MessageType,
    ModusChatRequest, PublicationStatus, ScopeChatRequest, WorkflowRunSource, WorkflowRunStatus,
    WorkflowTrigger, WorkflowType,
};
use serde_json::{Value, json};

#[tokio::test]
async fn chats_begin_and_go_on() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let answer = || {
        let answer = json!({ "content": "12 tickets are open.", "threadId": "agent_0_8d2b", "runId": "4b7d", "cost": 1 });
        (200, answer)
    };
    let modus = || ModusChatRequest::new("a-model-of-tomorrow").message("How many?");
    let scope = || ScopeChatRequest::new("How many?", "a-model-of-tomorrow");
    let body = || json!({ "model": "a-model-of-tomorrow", "message": "How many?" });
    let chats = [
        call(
            &api,
            post("/api/v1/modus/chat", body()),
            answer(),
            client.chat_with_modus(modus()).send(),
        )
        .await,
        call(
            &api,
            post("/api/v1/modus/conversations/agent_0_8d2b/chat", body()),
            answer(),
            client.continue_modus_chat("agent_0_8d2b", modus()).send(),
        )
        .await,
        call(
            &api,
            post("/api/v1/scopes/42/chat", body()),
            answer(),
            client.chat_with_scope(42, scope()).send(),
        )
        .await,
        call(
            &api,
            post("/api/v1/scopes/42/conversations/t%2F1/chat", body()),
            answer(),
            client.continue_scope_chat(42, "t/1", scope()).send(),
        )
        .await,
    ];
    for chat in chats {
        assert_eq!(chat.content, "12 tickets are open.");
        assert_eq!((chat.thread_id.as_str(), chat.run_id.as_str()), ("agent_0_8d2b", "4b7d"));
    }
}

#[tokio::test]
async fn an_approval_is_decided_without_a_message() {
    let hosts = Hosts::start().await;
    let body =
        json!({ "model": "gpt-5.5", "approvalContinuation": true, "approvalDecision": "deny" });
    let decide = ModusChatRequest::new("gpt-5.5")
        .approval_continuation(true)
        .approval_decision(ApprovalDecision::Deny);
    let answer = json!({ "content": "", "threadId": "t", "runId": "r" });
    let sent = post("/api/v1/modus/conversations/t/chat", body);
    let chat = hosts.client.continue_modus_chat("t", decide).send();
    assert_eq!(call(&hosts.api, sent, (200, answer), chat).await.content, "");
}

#[tokio::test]
async fn context_is_composed() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let answer = json!({ "context": "# Tickets", "contextItems": [], "originalCount": 31, "selectedCount": 4,
                         "contextItemUids": ["ctx_1", "ctx_2", "ctx_3", "ctx_4"], "sessionId": "s-1" });
    let sent = post("/api/v1/modus/context", json!({ "message": "Tickets?" }));
    let compose = client.compose_modus_context("Tickets?").send();
    let modus = call(&api, sent, (200, answer.clone()), compose).await;
    let sent = post("/api/v1/scopes/42/context", json!({ "message": "Tickets?", "limit": 200 }));
    let compose =
        client.compose_scope_context(42, ContextRequest::new("Tickets?").limit(200)).send();
    assert_eq!(call(&api, sent, (200, answer), compose).await, modus);
    assert_eq!((modus.context.as_str(), modus.session_id.as_str()), ("# Tickets", "s-1"));
    assert_eq!((modus.original_count, modus.selected_count), (31, 4));
    assert_eq!(modus.context_items, Some(vec![]));
    assert_eq!(modus.context_item_uids.map(|ids| ids.len()), Some(4));
}

#[tokio::test]
async fn a_conversation_is_read_with_texts_and_with_blocks() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let wire = |scope: &str| {
        json!({ "threadId": "t", scope: 7, "createdAt": "2026-10-02T08:00:00.000Z",
                "updatedAt": "2026-10-02T08:00:01.000Z", "messages": [
                    { "type": "human", "content": "How many?", "id": "m-1" },
                    { "type": "ai", "content": [{ "type": "text", "text": "12" }], "id": null,
                      "toolCalls": [{ "name": "count", "args": {} }] },
                    { "type": "tool", "content": "12", "toolCallId": "c-1" },
                    { "type": "unknown", "content": "" }, { "type": "oracle", "content": "" }] })
    };
    let sent = get("/api/v1/modus/conversations/t");
    let read = client.get_modus_conversation("t").send();
    let older = call(&api, sent, (200, wire("skillId")), read).await;
    assert_eq!((older.scope_id, older.skill_id), (None, Some(7)));
    assert!(older.message_window.is_none());

    let mut windowed = wire("scopeId");
    windowed["messageWindow"] = json!({ "startIndex": 3, "endIndex": 8, "totalMessages": 9, "hasMoreBefore": true,
                                        "hasMoreAfter": false });
    let sent = get("/api/v1/scopes/0/conversations/t?messageLimit=5&beforeMessageIndex=8");
    let read =
        client.get_scope_conversation(0, "t").message_limit(5).before_message_index(8).send();
    let conversation = call(&api, sent, (200, windowed), read).await;
    assert_eq!((conversation.scope_id, conversation.skill_id), (Some(7), None));
    assert_eq!(conversation.messages, older.messages);
    let window = conversation.message_window.unwrap();
    assert_eq!((window.start_index, window.end_index, window.total_messages), (3, 8, 9));
    assert!(window.has_more_before && !window.has_more_after);

    let [human, ai, tool, unclassified, oracle] = &older.messages[..] else { panic!("{older:?}") };
    assert_eq!(
        (&human.type_, human.content.as_ref()),
        (&MessageType::Human, Some(&json!("How many?")))
    );
    assert_eq!(ai.content.as_ref().unwrap()[0]["text"], "12");
    assert_eq!((&ai.id, ai.tool_calls.as_ref().unwrap().len()), (&None, 1));
    assert_eq!(tool.tool_call_id.as_deref(), Some("c-1"));
    assert_eq!(unclassified.type_, MessageType::Unclassified);
    assert_eq!(oracle.type_.as_str(), "oracle");
}

/// What scopes and workflows have in common.
fn published() -> Value {
    json!({ "id": 42, "slug": "support", "name": "Support", "description": null, "status": "active", "orgUuid": "o-1",
            "activeVariationId": 9, "draftVariationId": null, "hasUnpublishedChanges": false,
            "accessConfig": {
                "visibility": "private", "groupPermissions": { "g-1": { "use": true, "manage": false } },
                "sharedWith": [{ "email": "a@example.com", "permission": "use" }], "ownerEmail": "b@example.com" },
            "pendingOwnershipTransfer": null, "createdAt": "2026-10-02T08:00:00.000Z",
            "updatedAt": "2026-10-02T08:00:01.000Z", "deletedAt": null, "canManage": false, "canUse": true,
            "manageDenial": "not_owner" })
}

#[tokio::test]
async fn a_scope_is_read() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let mut wire = published();
    wire["accessConfig"]["guardrails"] = json!(["no-mail"]);
    wire["variation"] = json!({ "prompt": "Be brief." });
    let sent = get("/api/v1/scopes/42?view=draft");
    let scope = call(&api, sent, (200, wire), client.get_scope(42).view("draft").send()).await;
    assert_eq!(
        (scope.id, scope.name.as_str(), scope.slug.as_deref()),
        (42, "Support", Some("support"))
    );
    assert_eq!(scope.description, None);
    assert_eq!(scope.status, Some(PublicationStatus::Active));
    assert_eq!(scope.active_variation_id, Some(json!(9)));
    assert_eq!(scope.draft_variation_id, None);
    assert_eq!(scope.manage_denial, Some(ManageDenial::NotOwner));
    assert_eq!((scope.can_manage, scope.can_use), (Some(false), Some(true)));
    assert_eq!(scope.variation.unwrap()["prompt"], "Be brief.");
    let access = scope.access_config.unwrap();
    assert_eq!(access.visibility, Some(AccessVisibility::Private));
    assert_eq!(access.guardrails, Some(vec!["no-mail".into()]));
    assert_eq!(access.owner_email.as_deref(), Some("b@example.com"));
    assert_eq!(access.shared_with.unwrap()[0].email.as_deref(), Some("a@example.com"));
    let group = &access.group_permissions.unwrap()["g-1"];
    assert_eq!((group.use_, group.manage), (Some(true), Some(false)));
}

#[tokio::test]
async fn a_workflow_is_read() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let mut wire = published();
    for (field, value) in [
        ("type", json!("workflow")),
        ("isEnabled", json!(true)),
        ("dashboardAlert", Value::Null),
        ("status", json!("archived")),
        ("manageDenial", Value::Null),
    ] {
        wire[field] = value;
    }
    let sent = get("/api/v1/workflows/42");
    let workflow = call(&api, sent, (200, wire), client.get_workflow(42).send()).await;
    assert_eq!((workflow.id, workflow.name.as_str()), (42, "Support"));
    assert_eq!((workflow.type_, workflow.is_enabled), (Some(WorkflowType::Workflow), Some(true)));
    assert_eq!(workflow.status.unwrap().as_str(), "archived");
    assert_eq!((workflow.manage_denial, workflow.dashboard_alert), (None, None));
}

#[tokio::test]
async fn a_run_of_a_workflow_is_read_by_its_temporal_workflow() {
    let Hosts { agent: _agent, api, client } = Hosts::start().await;
    let wire = json!({ "id": "wf_42_run_1:t-1", "workflowId": "wf_42_run_1", "temporalRunId": "t-1", "agentId": 42,
                       "agentName": "Digest", "agentType": "task", "status": "completed", "triggerType": "schedule",
                       "startedAt": "2026-10-02T08:00:00.000Z", "endedAt": null, "durationMs": 1200.5, "summary": null,
                       "source": "history", "taskResult": { "rows": 3 }, "taskError": null,
                       "workflowNodes": [{ "id": "n-1" }] });
    let sent = get("/api/v1/workflows/42/runs/wf_42_run_1?temporalRunId=t-1");
    let read = client.get_workflow_run(42, "wf_42_run_1").temporal_run_id("t-1").send();
    let run = call(&api, sent, (200, wire), read).await;
    assert_eq!((run.id.as_str(), run.workflow_id.as_str()), ("wf_42_run_1:t-1", "wf_42_run_1"));
    assert_eq!((run.agent_id, run.agent_type), (json!(42), WorkflowType::Task));
    assert_eq!(
        (run.status, run.source),
        (WorkflowRunStatus::Completed, WorkflowRunSource::History)
    );
    assert_eq!(run.trigger_type, Some(WorkflowTrigger::Schedule));
    assert_eq!((run.duration_ms, run.ended_at, run.summary), (Some(1200.5), None, None));
    assert_eq!(run.task_result.unwrap()["rows"], 3);
    assert_eq!(run.workflow_nodes.unwrap()[0]["id"], "n-1");

    let wire = json!({ "id": "w:t", "workflowId": "w", "agentId": 42, "agentName": "Digest", "agentType": "swarm",
                       "status": "awaiting_human", "statusReason": "approval_timeout", "source": "live-query",
                       "pendingApproval": { "tool": "send_mail" }, "historyUnavailableReason": "expired" });
    let sent = get("/api/v1/workflows/42/runs/w");
    let run = call(&api, sent, (200, wire), client.get_workflow_run(42, "w").send()).await;
    assert_eq!(run.agent_type.as_str(), "swarm");
    assert_eq!(run.status, WorkflowRunStatus::AwaitingHuman);
    assert_eq!(run.status_reason.as_deref(), Some("approval_timeout"));
    assert_eq!(run.pending_approval.unwrap()["tool"], "send_mail");
    assert_eq!(run.history_unavailable_reason.as_deref(), Some("expired"));
    assert_eq!((run.temporal_run_id, run.trigger_type, run.task_result), (None, None, None));
}
