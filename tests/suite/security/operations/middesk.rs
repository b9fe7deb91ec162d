//! Every operation of Middesk, with the path that its document gives it.

use super::{Call, MARK, awaited, streamed};
use agent_threads_middesk::{Client, types};

pub(crate) fn calls(client: &Client, id: &str) -> Vec<Call> {
    vec![
        awaited(
            "list_actions",
            "GET /v1/actions",
            client.list_actions("b1", types::ActionObjectType::Businesses),
        ),
        awaited(
            "create_action",
            "POST /v1/actions",
            client.create_action(types::CreateAction::new(
                types::ActionObjectType::Businesses,
                MARK,
                MARK,
                MARK,
            )),
        ),
        awaited(
            "get_action",
            "GET /v1/actions/{}",
            client.get_action(id, "b1", types::ActionObjectType::Businesses),
        ),
        awaited("list_agents", "GET /v1/agents", client.list_agents()),
        awaited("get_agent", "GET /v1/agents/{}", client.get_agent(id)),
        awaited("list_runs", "GET /v1/runs", client.list_runs()),
        awaited(
            "create_run",
            "POST /v1/runs",
            client.create_run(types::CreateRun::new(MARK).business_id(MARK)),
        ),
        awaited("get_run", "GET /v1/runs/{}", client.get_run(id)),
        awaited(
            "create_run_feedback",
            "POST /v1/runs/{}/feedback",
            client.create_run_feedback(
                id,
                types::CreateFeedback::new(types::FeedbackRating::from(MARK), MARK),
            ),
        ),
        awaited(
            "resume_run",
            "POST /v1/runs/{}/resume",
            client.resume_run(id, types::ResumeRun::new()),
        ),
        streamed("stream_run", "GET /v1/runs/{}/stream", &client.stream_run(id), |request| {
            request.events()
        }),
        awaited("list_threads", "GET /v1/threads", client.list_threads()),
        awaited(
            "create_thread",
            "POST /v1/threads",
            client.create_thread(types::CreateThread::new(MARK).business_id(MARK)),
        ),
        awaited("get_thread", "GET /v1/threads/{}", client.get_thread(id)),
    ]
}
