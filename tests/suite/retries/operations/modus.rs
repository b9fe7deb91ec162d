//! Modus: what starts or resumes a run has a key. To cancel, interrupt, edit and chat has none.

use super::{Call, Repeats, Vendor, call};
use crate::support::seam::Seam;
use agent_threads_modus::{
    Client,
    types::{
        ActiveRunsBySession, CancelRun, EditQueuedRun, FollowUpRun, InterruptRun, ModusChatRequest,
        ModusRunCreate, ResumeDecision, ResumeRun, RunCreate, ScopeChatRequest, ScopeRunCreate,
        WorkflowAction, WorkflowRunCreate,
    },
};
use serde_json::json;

const KEYED: Repeats = Repeats::Keyed("idempotency-key");

fn resume() -> ResumeRun {
    ResumeRun::new("yes", "s", ResumeDecision::Approve)
}

fn next() -> FollowUpRun {
    FollowUpRun::new("more", "s")
}

fn action() -> WorkflowAction {
    WorkflowAction::new("s", [("toolId", json!("t"))])
}

pub(super) fn vendor(seam: &Seam) -> Vendor {
    let builder = Client::builder()
        .server("agent", "https://agent.modus.example")
        .server("api", "https://api.modus.example");
    let client =
        builder.token("modus_test").transport(seam.clone()).retry_budget(None).build().unwrap();
    let mut calls = reads(&client);
    calls.extend(starts(&client));
    calls.extend(others(&client));
    Vendor { calls, document: include_str!("../../../../openapi/modus.yaml") }
}

fn reads(client: &Client) -> Vec<Call> {
    vec![
        call!(Repeats::Reads, client.get_modus_conversation("t")),
        call!(Repeats::Reads, client.get_scope(1)),
        call!(Repeats::Reads, client.get_scope_conversation(1, "t")),
        call!(Repeats::Reads, client.get_workflow(1)),
        call!(Repeats::Reads, client.get_workflow_run(1, "w")),
        call!(Repeats::Reads, client.list_active_runs()),
        call!(Repeats::Reads, client.list_modus_conversations()),
        call!(Repeats::Reads, client.list_scope_conversations(1)),
        call!(Repeats::Reads, client.list_scopes()),
        call!(Repeats::Reads, client.list_workflow_runs(1)),
        call!(Repeats::Reads, client.list_workflows()),
        call!(Repeats::Reads, client.poll_run_events("r")),
        call!(Repeats::Reads, stream client.stream_run("r")),
        call!(Repeats::Reads, stream client.watch_run("r")),
    ]
}

fn starts(client: &Client) -> Vec<Call> {
    vec![
        call!(KEYED, client.create_modus_run(ModusRunCreate::new("m", "s"))),
        call!(KEYED, client.create_scope_run(1, ScopeRunCreate::new("m", "s"))),
        call!(KEYED, client.create_workflow_run(1, WorkflowRunCreate::new("m", "s"))),
        call!(KEYED, client.resume_run("r", resume())),
        call!(KEYED, stream client.create_run(RunCreate::new("m", "s", "o"))),
        call!(KEYED, stream client.stream_modus_run(ModusRunCreate::new("m", "s"))),
        call!(KEYED, stream client.stream_scope_run(1, ScopeRunCreate::new("m", "s"))),
        call!(KEYED, stream client.stream_workflow_run(1, WorkflowRunCreate::new("m", "s"))),
        call!(KEYED, stream client.stream_resumed_run("r", resume())),
        call!(KEYED, stream client.execute_action(action())),
        call!(KEYED, stream client.execute_workflow_action(action())),
    ]
}

fn others(client: &Client) -> Vec<Call> {
    vec![
        call!(Repeats::Once, client.cancel_run("r", CancelRun::new())),
        call!(Repeats::Once, client.cancel_workflow_action("r", CancelRun::new())),
        call!(Repeats::Once, client.chat_with_modus(ModusChatRequest::new("m"))),
        call!(Repeats::Once, client.chat_with_scope(1, ScopeChatRequest::new("m", "m"))),
        call!(Repeats::Once, client.compose_modus_context("m")),
        call!(Repeats::Once, client.compose_scope_context(1, "m")),
        call!(Repeats::Once, client.continue_modus_chat("t", ModusChatRequest::new("m"))),
        call!(Repeats::Once, client.continue_scope_chat(1, "t", ScopeChatRequest::new("m", "m"))),
        call!(Repeats::Once, client.edit_queued_run("r", EditQueuedRun::new(next()))),
        call!(Repeats::Once, client.find_active_runs(ActiveRunsBySession::new(["s"]))),
        call!(Repeats::Once, client.interrupt_run("r", InterruptRun::new(next()))),
    ]
}
