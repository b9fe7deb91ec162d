//! Runs: started, waited for, attached again.

#[cfg(feature = "provisional")]
use crate::types::ResumeRun;
use crate::{
    Client, Context, Error, Events, Handle, Start, Wait,
    types::{self, Action, CreateAction, CreateFeedback, RunFeedback},
};
use agent_threads_core::codegen;

const SANDBOX: &str = "https://api-sandbox.middesk.com";

impl Client {
    /// A client for the vendor's sandbox, <https://api-sandbox.middesk.com>, with a key of it, `mk_test...`.
    ///
    /// The vendor does not say whether agents are enabled there.
    ///
    /// # Errors
    ///
    /// When the token cannot be a header, or the HTTP client cannot be set up.
    pub fn sandbox(token: impl Into<String>) -> Result<Self, Error> {
        Self::builder().base_url(SANDBOX).token(token).build()
    }

    /// Runs an agent, named by its type such as `cip_orchestrator`: await it for the [`Run`].
    ///
    /// # Errors
    ///
    /// Those of [`create_run`](Client::create_run). It is sent once, unless no connection was made: after a timeout or a
    /// broken connection the agent may be at work all the same, and [`list_runs`](Client::list_runs) tells.
    pub fn run(&self, agent_type: impl Into<String>, context: Context) -> Start {
        Start::new(self.clone(), agent_type.into(), context)
    }

    /// The run of a handle, in this process or another. Sends nothing.
    pub fn attach(&self, handle: Handle) -> Run {
        Run { client: self.clone(), handle, started: None }
    }
}

/// One run of an agent. Dropping this value stops nothing; the vendor documents no way to stop a run.
#[derive(Clone, Debug)]
pub struct Run {
    client: Client,
    handle: Handle,
    started: Option<Box<types::Run>>,
}

impl Run {
    pub(crate) fn started(client: Client, started: types::Run) -> Self {
        let (run_id, thread_id) = (started.id.clone(), started.thread_id.clone());
        Self { client, handle: Handle { run_id, thread_id }, started: Some(Box::new(started)) }
    }

    /// The run's id.
    pub fn run_id(&self) -> &str {
        &self.handle.run_id
    }

    /// The thread of the run. `None` where the vendor did not tell it when the run was started, and where the run was
    /// attached by its id alone.
    pub fn thread_id(&self) -> Option<&str> {
        self.handle.thread_id.as_deref()
    }

    /// What the vendor answered when the run was started. [`read`](Self::read) gives the present state. `None` for a run
    /// that was [attached](Client::attach).
    pub fn started_as(&self) -> Option<&types::Run> {
        self.started.as_deref()
    }

    /// What to store so that the run can be [attached](Client::attach) again.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Reads the run once, without its steps.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; nothing else comes of it.
    ///
    /// # Errors
    ///
    /// Those of [`get_run`](Client::get_run).
    pub async fn read(&self) -> Result<types::Run, Error> {
        self.client.get_run(self.run_id()).await
    }

    /// Reads the run once, with its steps.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; nothing else comes of it.
    ///
    /// # Errors
    ///
    /// Those of [`get_run`](Client::get_run).
    pub async fn read_with_steps(&self) -> Result<types::Run, Error> {
        self.client.get_run(self.run_id()).include(STEPS).await
    }

    /// Follows the run, event by event. Nothing is sent before the first event is asked for. Each call begins anew.
    pub fn events(&self) -> Events {
        Events::of(self)
    }

    /// Waits until the run rests: await it for the run, which is then `completed`, `error` or `interrupted`.
    ///
    /// Reads at once and then every 5 s for at most an hour; follows the stream of events meanwhile, so as to read at once
    /// when it ends, and as long as it stands reads only every 30 s. [`Wait`] has setters. What can fail in passing is
    /// survived, the stream included. Any number of waits for one run can go on at once.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Deadline`](crate::ErrorKind::Deadline) when the deadline passes first. It tells the last status
    ///   seen; the run goes on.
    /// - [`ErrorKind::Decode`](crate::ErrorKind::Decode) with [`Error::last_status`] when the run rests but is not as
    ///   documented; [`Error::raw_body`] has it as it came.
    /// - Those of [`get_run`](Client::get_run) that do not pass, such as 401 or 404.
    pub fn wait(&self) -> Wait {
        Wait::of(self.clone())
    }

    /// Runs an agent, the same or another, in the thread of this run: await it for that run.
    ///
    /// # Errors
    ///
    /// Those of [`create_run`](Client::create_run), which is sent once, as [`Client::run`] says. Where the thread is not
    /// known yet the run is read first, with the errors of [`get_run`](Client::get_run), and with
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) where that does not tell it.
    pub fn reply(&self, agent_type: impl Into<String>) -> Start {
        Start::after(self.clone(), agent_type.into())
    }

    /// Rates an artifact of the run.
    ///
    /// # Cancel safety
    ///
    /// Whether the vendor has the rating is not known when the future is dropped.
    ///
    /// # Errors
    ///
    /// Those of [`create_run_feedback`](Client::create_run_feedback), 403 for an account without the feature among them.
    pub async fn feedback(&self, feedback: CreateFeedback) -> Result<RunFeedback, Error> {
        self.client.create_run_feedback(self.run_id(), feedback).await
    }

    /// Takes an action that the run has proposed, as a person does who answers an interrupt. Names the run and its thread
    /// in it, unless it names others already.
    ///
    /// Whether that alone lets the run go on is not documented. To wait behind it, tell the wait which interrupts it has
    /// [answered](Wait::answered).
    ///
    /// # Cancel safety
    ///
    /// Whether the action is taken is not known when the future is dropped; [`list_actions`](Client::list_actions)
    /// tells.
    ///
    /// # Errors
    ///
    /// Those of [`create_action`](Client::create_action), which is sent once.
    pub async fn act(&self, mut action: CreateAction) -> Result<Action, Error> {
        action.run_id.get_or_insert_with(|| self.run_id().to_owned());
        action.thread_id = action.thread_id.or_else(|| self.handle.thread_id.clone());
        self.client.create_action(action).await
    }

    /// Answers an interrupt with these fields, whose names no page of the vendor shows. The vendor's answer is passed over:
    /// [`read`](Self::read) or [`wait`](Self::wait) tells what came of it.
    ///
    /// # Cancel safety
    ///
    /// Whether the vendor has the answer is not known when the future is dropped; [`read`](Self::read) shows whether
    /// the run still waits.
    ///
    /// # Errors
    ///
    /// Those of [`resume_run`](Client::resume_run), which is sent once.
    #[cfg(feature = "provisional")]
    pub async fn resume(&self, answer: ResumeRun) -> Result<(), Error> {
        self.client.resume_run(self.run_id(), answer).send_raw().await.map(drop)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) async fn find_thread(&self) -> Result<String, Error> {
        if let Some(id) = self.thread_id() {
            return Ok(id.to_owned());
        }
        let answer = self.client.get_run(self.run_id()).send().await?;
        let unknown = || codegen::unexpected(&answer, "it names no thread");
        answer.value().thread_id.clone().ok_or_else(unknown)
    }
}

/// What `include` asks for.
pub(crate) const STEPS: &str = "steps";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendors_sandbox_has_an_address_of_its_own() {
        let sandbox = Client::sandbox("mk_test_key").unwrap();
        let request = sandbox.stream_run("r").request().unwrap();
        assert_eq!(request.url().as_str(), "https://api-sandbox.middesk.com/v1/runs/r/stream");
        let live = Client::new("mk_live_key").unwrap().stream_run("r").request().unwrap();
        assert_eq!(live.url().as_str(), "https://api.middesk.com/v1/runs/r/stream");
    }
}
