//! Every operation of deco Studio, with the path that its document gives it.

use super::{Call, MARK, awaited, streamed};
use agent_threads_deco_studio::{Client, types};

pub(crate) fn calls(client: &Client, id: &str) -> Vec<Call> {
    vec![
        awaited(
            "create_agent",
            "POST /api/acme/tools/COLLECTION_VIRTUAL_MCP_CREATE",
            client.create_agent(types::CreateAgent::new(types::NewAgent::new(
                MARK,
                types::AgentStatus::Active,
                false,
                types::AgentMetadata::new(),
                Vec::<types::AgentConnection>::new(),
            ))),
        ),
        awaited(
            "get_agent",
            "POST /api/acme/tools/COLLECTION_VIRTUAL_MCP_GET",
            client.get_agent(types::ById::new(MARK)),
        ),
        awaited(
            "list_agents",
            "POST /api/acme/tools/COLLECTION_VIRTUAL_MCP_LIST",
            client.list_agents(types::ListAgents::new()),
        ),
        awaited(
            "get_connection",
            "POST /api/acme/tools/COLLECTION_CONNECTIONS_GET",
            client.get_connection(types::ById::new(MARK)),
        ),
        awaited(
            "list_connections",
            "POST /api/acme/tools/COLLECTION_CONNECTIONS_LIST",
            client.list_connections(types::ListConnections::new()),
        ),
        awaited(
            "create_api_key",
            "POST /api/acme/tools/API_KEY_CREATE",
            client.create_api_key(types::CreateApiKey::new(MARK, [(MARK, vec![MARK.to_owned()])])),
        ),
        awaited(
            "delete_api_key",
            "POST /api/acme/tools/API_KEY_DELETE",
            client.delete_api_key(MARK),
        ),
        awaited("list_api_keys", "POST /api/acme/tools/API_KEY_LIST", client.list_api_keys()),
        awaited(
            "update_api_key",
            "POST /api/acme/tools/API_KEY_UPDATE",
            client.update_api_key(types::UpdateApiKey::new(MARK)),
        ),
        awaited(
            "list_allowed_models",
            "GET /api/acme/decopilot/allowed-models",
            client.list_allowed_models(),
        ),
        awaited("cancel_run", "POST /api/acme/decopilot/cancel/{}", client.cancel_run(id)),
        awaited(
            "flip_tool_call",
            "POST /api/acme/decopilot/flip/{}",
            client.flip_tool_call(id, MARK),
        ),
        awaited("list_queue", "GET /api/acme/decopilot/queue/{}", client.list_queue(id)),
        awaited(
            "cancel_queued",
            "POST /api/acme/decopilot/queue/{}/cancel/{}",
            client.cancel_queued(id, id),
        ),
        streamed(
            "stream_job",
            "GET /api/acme/decopilot/threads/{}/jobs/{}/stream",
            &client.stream_job(id, id),
            |request| request.events(),
        ),
        awaited(
            "post_message",
            "POST /api/acme/decopilot/threads/{}/messages",
            client.post_message(
                id,
                types::PostMessage::new([types::UiMessage::new(
                    types::MessageRole::User,
                    [types::TextPart::new(MARK)],
                )]),
            ),
        ),
        streamed(
            "stream_thread",
            "GET /api/acme/decopilot/threads/{}/stream",
            &client.stream_thread(id),
            |request| request.events(),
        ),
        streamed("watch", "GET /api/acme/watch", &client.watch(), |request| request.events()),
        awaited(
            "create_thread",
            "POST /api/acme/tools/COLLECTION_THREADS_CREATE",
            client.create_thread(types::CreateThread::new(types::NewThread::new(MARK))),
        ),
        awaited(
            "delete_thread",
            "POST /api/acme/tools/COLLECTION_THREADS_DELETE",
            client.delete_thread(types::ById::new(MARK)),
        ),
        awaited(
            "get_thread",
            "POST /api/acme/tools/COLLECTION_THREADS_GET",
            client.get_thread(types::ById::new(MARK)),
        ),
        awaited(
            "list_threads",
            "POST /api/acme/tools/COLLECTION_THREADS_LIST",
            client.list_threads(types::ListThreads::new()),
        ),
        awaited(
            "update_thread",
            "POST /api/acme/tools/COLLECTION_THREADS_UPDATE",
            client.update_thread(types::UpdateThread::new(MARK, types::ThreadChanges::new())),
        ),
        awaited(
            "list_messages",
            "POST /api/acme/tools/COLLECTION_THREAD_MESSAGES_LIST",
            client.list_messages(types::ListMessages::new(MARK)),
        ),
        awaited("list_tools", "GET /api/acme/tools", client.list_tools()),
        awaited(
            "call_tool",
            "POST /api/acme/tools/{}",
            client.call_tool(id, types::ToolInput::new()),
        ),
    ]
}
