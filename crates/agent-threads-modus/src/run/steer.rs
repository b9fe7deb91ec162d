//! What can be done with a run on its way and after it.

use super::Run;
use crate::{
    EditedRun, Error, Handle, Target,
    start::Start,
    types::{
        CancelRun, EditQueuedRun, FollowUpRun, InterruptRun, ModusRunCreate, ResumeDecision,
        ResumeRun, RunCreate, ScopeRunCreate, WorkflowRunCreate,
    },
};
use agent_threads_core::codegen;

impl Run {
    /// Decides about what the run waits for, an approval or a connection, and gives the run that goes on from there: a new
    /// turn of the conversation, with events of its own. Nothing is sent before its first event is asked for.
    pub fn resume(&self, decision: ResumeRun) -> Run {
        let handle = self.next_turn(codegen::new_key(), &decision.session_id);
        let start = Start::Resume(self.handle.run_id.clone(), Box::new(decision));
        Run::new(self.client.clone(), handle, start)
    }

    /// [Resumes](Self::resume) with the decision that the write that waits may be made.
    pub fn approve(&self, session_id: impl Into<String>) -> Run {
        self.resume(ResumeRun::new("", session_id, ResumeDecision::Approve))
    }

    /// [Resumes](Self::resume) with the decision that the write that waits must not be made.
    pub fn deny(&self, session_id: impl Into<String>) -> Run {
        self.resume(ResumeRun::new("", session_id, ResumeDecision::Deny))
    }

    /// The next turn of the conversation, by the same agent: a run of its own, with nothing set but this message. Nothing is
    /// sent before its first event is asked for. While this run is not at its end, the next one waits for it.
    ///
    /// For a turn with more than a message, start one with the conversation as its `session_id`: that of this run, or the
    /// [`Outcome::thread_id`](crate::Outcome::thread_id).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for an action of a workflow, and for a run whose [`Handle::origin`] is not known.
    pub fn reply(&self, message: impl Into<String>) -> Result<Run, Error> {
        let refused = |why| Err(codegen::invalid_request(self.handle.reads(), why));
        let Some(origin) = &self.handle.origin else {
            return refused("who runs is not known: the run was found and not started here");
        };
        let session_id = self.thread_id.clone().unwrap_or_else(|| origin.session_id.clone());
        let client = &self.client;
        Ok(match &origin.target {
            Target::Organization(organization) => {
                client.run(RunCreate::new(message, session_id, organization))
            }
            Target::Modus => client.run_modus(ModusRunCreate::new(message, session_id)),
            Target::Scope(id) => client.run_scope(*id, ScopeRunCreate::new(message, session_id)),
            Target::Workflow(id) => {
                client.run_workflow(*id, WorkflowRunCreate::new(message, session_id))
            }
            Target::Action => return refused("an action of a workflow has no next turn"),
        })
    }

    /// Cancels the run, keeping of its answer what this value has delivered. Its events then end with `cancelled`. A run at
    /// its end is left alone.
    ///
    /// # Cancel safety
    ///
    /// Whether the run is cancelled is not known when the future is dropped. It can be called again.
    ///
    /// # Errors
    ///
    /// Those of [`cancel_run`](crate::Client::cancel_run), for an action of a workflow of
    /// [`cancel_workflow_action`](crate::Client::cancel_workflow_action).
    pub async fn cancel(&self) -> Result<(), Error> {
        let mut body = CancelRun::new();
        body.last_seen_event_id = self.last_seen();
        let is_action =
            self.handle.origin.as_ref().is_some_and(|origin| origin.target == Target::Action);
        match is_action {
            true => self.client.cancel_workflow_action(self.run_id(), body).await,
            false => self.client.cancel_run(self.run_id(), body).await,
        }
    }

    /// Changes what the run is to do, as long as it waits for its turn in the conversation.
    ///
    /// # Cancel safety
    ///
    /// Whether the run is changed is not known when the future is dropped. It can be called again.
    ///
    /// # Errors
    ///
    /// Those of [`edit_queued_run`](crate::Client::edit_queued_run): [`Error::is_conflict`] for a run that has begun or is over.
    pub async fn edit(&self, next: FollowUpRun) -> Result<EditedRun, Error> {
        let edited = self.client.edit_queued_run(self.run_id(), EditQueuedRun::new(next)).await?;
        Ok(edited.into())
    }

    /// Puts another run in the place of this one, keeping of its answer what this value has delivered. Returns the run that
    /// takes its place, under the `run_id` of `next`, or under a random one that is set there.
    ///
    /// # Cancel safety
    ///
    /// Whether the other run has taken the place is not known when the future is dropped. Set a `run_id` in `next` to
    /// find it: by [`attach`](crate::Client::attach) of [`Handle::v1`] with that id.
    ///
    /// # Errors
    ///
    /// Those of [`interrupt_run`](crate::Client::interrupt_run).
    pub async fn interrupt(&self, mut next: FollowUpRun) -> Result<Run, Error> {
        let run_id = next.run_id.get_or_insert_with(codegen::new_key).clone();
        let next_turn = self.next_turn(run_id, &next.session_id);
        let mut body = InterruptRun::new(next);
        body.last_seen_event_id = self.last_seen();
        self.client.interrupt_run(self.run_id(), body).await?;
        Ok(self.client.attach(next_turn))
    }

    /// The handle of a run that goes on with what this one was started with.
    fn next_turn(&self, run_id: String, session_id: &str) -> Handle {
        let origin = self.handle.origin.clone();
        let handle = Handle::v1(run_id);
        match origin {
            Some(origin) => handle.of(origin.target, session_id),
            None => handle,
        }
    }

    fn last_seen(&self) -> Option<String> {
        Some(self.handle().last_event_id).filter(|id| !id.is_empty())
    }
}
