//! Every operation of Octavus, with the path that its document gives it.

use super::{Call, MARK, awaited};
use agent_threads_octavus::{Client, types};

pub(crate) fn calls(client: &Client, id: &str) -> Vec<Call> {
    vec![
        awaited("get_agent", "GET /api/v1/workforce/agents/{}", client.get_agent(id)),
        awaited(
            "create_agent_files",
            "POST /api/v1/workforce/agents/{}/files",
            client.create_agent_files(
                id,
                types::CreateAgentFiles::new([types::AgentFileUpload::new(MARK, MARK, 1)]),
            ),
        ),
        awaited(
            "dispatch_thread",
            "POST /api/v1/workforce/agents/{}/threads",
            client.dispatch_thread(id, types::DispatchThread::new(MARK)),
        ),
        awaited(
            "get_thread",
            "GET /api/v1/workforce/agents/{}/threads/{}",
            client.get_thread(id, id),
        ),
        awaited(
            "cancel_thread",
            "POST /api/v1/workforce/agents/{}/threads/{}/cancel",
            client.cancel_thread(id, id),
        ),
        awaited(
            "follow_up_thread",
            "POST /api/v1/workforce/agents/{}/threads/{}/messages",
            client.follow_up_thread(id, id, types::FollowUpThread::new(MARK)),
        ),
    ]
}
