//! The ways in which a run begins.

use crate::Api;
use crate::{
    Client, Error, EventStream, Handle,
    operations::CreateRunRequest,
    types::{
        ModusRunCreate, ResumeRun, RunAction, RunCreate, RunEvent, ScopeRunCreate, WorkflowAction,
        WorkflowRunCreate,
    },
};
use agent_threads_core::codegen;

/// What is sent first.
pub(crate) enum Start {
    Unversioned(Box<RunCreate>),
    Modus(Box<ModusRunCreate>),
    Scope(i64, Box<ScopeRunCreate>),
    Workflow(i64, Box<WorkflowRunCreate>),
    /// A decision about what this run waits for.
    Resume(String, Box<ResumeRun>),
    Action(Box<WorkflowAction>),
    Attach,
}

impl Start {
    /// Whether a run is created, under the handle's id as key.
    pub(crate) fn creates(&self) -> bool {
        !matches!(self, Self::Attach)
    }

    /// The events of the run, from where its handle is.
    pub(crate) fn events(
        &self,
        client: &Client,
        handle: &Handle,
    ) -> Result<EventStream<RunEvent>, Error> {
        let key = &handle.run_id;
        Ok(match self {
            Self::Unversioned(body) => {
                check(body)?;
                client.create_run(RunCreate::clone(body)).idempotency_key(key).events()
            }
            Self::Modus(body) => {
                client.stream_modus_run(ModusRunCreate::clone(body)).idempotency_key(key).events()
            }
            Self::Scope(scope, body) => {
                let run = client.stream_scope_run(*scope, ScopeRunCreate::clone(body));
                run.idempotency_key(key).events()
            }
            Self::Workflow(workflow, body) => {
                let run = client.stream_workflow_run(*workflow, WorkflowRunCreate::clone(body));
                run.idempotency_key(key).events()
            }
            Self::Resume(run, decision) => {
                let run = client.stream_resumed_run(run, ResumeRun::clone(decision));
                run.idempotency_key(key).events()
            }
            Self::Action(body) => {
                let action = client.execute_workflow_action(WorkflowAction::clone(body));
                action.idempotency_key(key).events()
            }
            Self::Attach => {
                let events = match handle.api {
                    Api::Unversioned => client.stream_run(key).events(),
                    Api::V1 => client.watch_run(key).events(),
                };
                events.after(&handle.last_event_id)
            }
        })
    }
}

/// Refuses what the vendor's page rules out.
fn check(body: &RunCreate) -> Result<(), Error> {
    match &body.action {
        None | Some(RunAction::Chat) => Ok(()),
        Some(_) => Err(codegen::invalid_request(
            &CreateRunRequest::OPERATION,
            "`action` is not `chat`, the only one that the vendor accepts here",
        )),
    }
}
