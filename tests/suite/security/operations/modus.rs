//! Every operation of Modus, with the path that its document gives it.

use super::{Call, MARK, awaited, streamed};
use agent_threads_modus::{Client, types};

pub(crate) fn calls(client: &Client, id: &str) -> Vec<Call> {
    vec![
        awaited(
            "chat_with_modus",
            "POST /api/v1/modus/chat",
            client.chat_with_modus(types::ModusChatRequest::new(MARK)),
        ),
        awaited(
            "continue_modus_chat",
            "POST /api/v1/modus/conversations/{}/chat",
            client.continue_modus_chat(id, types::ModusChatRequest::new(MARK)),
        ),
        awaited(
            "chat_with_scope",
            "POST /api/v1/scopes/7/chat",
            client.chat_with_scope(7, types::ScopeChatRequest::new(MARK, MARK)),
        ),
        awaited(
            "continue_scope_chat",
            "POST /api/v1/scopes/7/conversations/{}/chat",
            client.continue_scope_chat(7, id, types::ScopeChatRequest::new(MARK, MARK)),
        ),
        awaited(
            "compose_modus_context",
            "POST /api/v1/modus/context",
            client.compose_modus_context(types::ContextRequest::new(MARK)),
        ),
        awaited(
            "compose_scope_context",
            "POST /api/v1/scopes/7/context",
            client.compose_scope_context(7, types::ContextRequest::new(MARK)),
        ),
        awaited(
            "list_modus_conversations",
            "GET /api/v1/modus/conversations",
            client.list_modus_conversations(),
        ),
        awaited(
            "get_modus_conversation",
            "GET /api/v1/modus/conversations/{}",
            client.get_modus_conversation(id),
        ),
        awaited(
            "list_scope_conversations",
            "GET /api/v1/scopes/7/conversations",
            client.list_scope_conversations(7),
        ),
        awaited(
            "get_scope_conversation",
            "GET /api/v1/scopes/7/conversations/{}",
            client.get_scope_conversation(7, id),
        ),
        awaited("list_workflow_runs", "GET /api/v1/workflows/7/runs", client.list_workflow_runs(7)),
        awaited(
            "get_workflow_run",
            "GET /api/v1/workflows/7/runs/{}",
            client.get_workflow_run(7, id),
        ),
        awaited("list_active_runs", "GET /agent/v1/runs/active", client.list_active_runs()),
        awaited(
            "find_active_runs",
            "POST /agent/v1/runs/active-by-session",
            client.find_active_runs(types::ActiveRunsBySession::new([MARK])),
        ),
        awaited(
            "cancel_run",
            "POST /agent/v1/runs/{}/cancel",
            client.cancel_run(id, types::CancelRun::new()),
        ),
        awaited("poll_run_events", "GET /agent/v1/runs/{}/events", client.poll_run_events(id)),
        awaited(
            "interrupt_run",
            "POST /agent/v1/runs/{}/interrupt",
            client.interrupt_run(id, types::InterruptRun::new(types::FollowUpRun::new(MARK, MARK))),
        ),
        awaited(
            "edit_queued_run",
            "POST /agent/v1/runs/{}/queue-edit",
            client.edit_queued_run(
                id,
                types::EditQueuedRun::new(types::FollowUpRun::new(MARK, MARK)),
            ),
        ),
        streamed("watch_run", "GET /agent/v1/runs/{}/stream", &client.watch_run(id), |request| {
            request.events()
        }),
        awaited(
            "create_modus_run",
            "POST /agent/v1/modus/runs",
            client.create_modus_run(types::ModusRunCreate::new(MARK, MARK)),
        ),
        streamed(
            "stream_modus_run",
            "POST /agent/v1/modus/runs",
            &client.stream_modus_run(types::ModusRunCreate::new(MARK, MARK)),
            |request| request.events(),
        ),
        awaited(
            "resume_run",
            "POST /agent/v1/runs/{}/resume",
            client.resume_run(
                id,
                types::ResumeRun::new(MARK, MARK, types::ResumeDecision::from("approve")),
            ),
        ),
        streamed(
            "stream_resumed_run",
            "POST /agent/v1/runs/{}/resume",
            &client.stream_resumed_run(
                id,
                types::ResumeRun::new(MARK, MARK, types::ResumeDecision::from("approve")),
            ),
            |request| request.events(),
        ),
        awaited(
            "create_scope_run",
            "POST /agent/v1/scopes/7/runs",
            client.create_scope_run(7, types::ScopeRunCreate::new(MARK, MARK)),
        ),
        streamed(
            "stream_scope_run",
            "POST /agent/v1/scopes/7/runs",
            &client.stream_scope_run(7, types::ScopeRunCreate::new(MARK, MARK)),
            |request| request.events(),
        ),
        awaited(
            "create_workflow_run",
            "POST /agent/v1/workflows/7/runs",
            client.create_workflow_run(7, types::WorkflowRunCreate::new(MARK, MARK)),
        ),
        streamed(
            "stream_workflow_run",
            "POST /agent/v1/workflows/7/runs",
            &client.stream_workflow_run(7, types::WorkflowRunCreate::new(MARK, MARK)),
            |request| request.events(),
        ),
        awaited("list_scopes", "GET /api/v1/scopes", client.list_scopes()),
        awaited("get_scope", "GET /api/v1/scopes/7", client.get_scope(7)),
        streamed(
            "create_run",
            "POST /agent/runs",
            &client.create_run(types::RunCreate::new(MARK, MARK, MARK)),
            |request| request.events(),
        ),
        streamed("stream_run", "GET /agent/runs/{}/stream", &client.stream_run(id), |request| {
            request.events()
        }),
        streamed(
            "execute_action",
            "POST /agent/workflow-actions",
            &client.execute_action(types::WorkflowAction::new(MARK, [("a", MARK)])),
            |request| request.events(),
        ),
        streamed(
            "execute_workflow_action",
            "POST /agent/v1/workflow-actions",
            &client.execute_workflow_action(types::WorkflowAction::new(MARK, [("a", MARK)])),
            |request| request.events(),
        ),
        awaited(
            "cancel_workflow_action",
            "POST /agent/v1/workflow-actions/{}/cancel",
            client.cancel_workflow_action(id, types::CancelRun::new()),
        ),
        awaited("list_workflows", "GET /api/v1/workflows", client.list_workflows()),
        awaited("get_workflow", "GET /api/v1/workflows/7", client.get_workflow(7)),
    ]
}
