//! Middesk: no operation takes a key.

use super::{Call, Repeats, Vendor, call};
use crate::support::seam::Seam;
use agent_threads_middesk::{
    Client,
    types::{
        ActionObjectType, ActionType, CreateAction, CreateFeedback, CreateRun, CreateThread,
        ResumeRun,
    },
};
use serde_json::json;

const OF: ActionObjectType = ActionObjectType::Businesses;

fn action() -> CreateAction {
    CreateAction::new(OF, "b", ActionType::Dismissal, json!({}))
}

fn run() -> CreateRun {
    CreateRun::new("cip_orchestrator").thread_id("t")
}

pub(super) fn vendor(seam: &Seam) -> Vendor {
    let builder = Client::builder().base_url("https://middesk.example").token("t");
    let client = builder.transport(seam.clone()).retry_budget(None).build().unwrap();
    let calls: Vec<Call> = vec![
        call!(Repeats::Reads, client.get_action("a", "b", OF)),
        call!(Repeats::Reads, client.list_actions("b", OF)),
        call!(Repeats::Reads, client.get_agent("a")),
        call!(Repeats::Reads, client.list_agents()),
        call!(Repeats::Reads, client.get_run("r")),
        call!(Repeats::Reads, client.list_runs()),
        call!(Repeats::Reads, client.get_thread("t")),
        call!(Repeats::Reads, client.list_threads()),
        call!(Repeats::Reads, stream client.stream_run("r")),
        call!(Repeats::Once, client.create_action(action())),
        call!(Repeats::Once, client.create_run(run())),
        call!(Repeats::Once, client.create_run_feedback("r", CreateFeedback::new("positive", "a"))),
        call!(Repeats::Once, client.create_thread(CreateThread::new("cip").business_id("b"))),
        call!(Repeats::Once, client.resume_run("r", ResumeRun::new())),
    ];
    Vendor { calls, document: include_str!("../../../../openapi/middesk.yaml") }
}
