//! How runs end.

use crate::{
    Run, log,
    types::{
        OutputWarning, RunError, RunStatus, RunSummary, ThreadEventList, ThreadEventType,
        ThreadStatus,
    },
};

/// A run at its end, or one that waits for a decision.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// The thread of the run.
    pub thread_id: String,
    /// The run.
    pub run_id: String,
    /// What the thread is doing now.
    pub thread_status: ThreadStatus,
    /// How the run ended, or [`RunStatus::WaitingInput`] for one that waits for a decision.
    ///
    /// `None` for a run that is over and is no longer the thread's latest: the vendor tells the status of no other, and its
    /// events tell only of a failure.
    pub status: Option<RunStatus>,
    /// What the run came to: the last message of the assistant. `None` for a run that failed, was stopped, or waits, and
    /// where the log has it no longer. With a `status` of `None` it is the last message that was listed, whether the run came
    /// to its end or was stopped behind it.
    pub text: Option<String>,
    /// What is wrong with the text. Always empty in the dialect `seed`.
    pub warnings: Vec<OutputWarning>,
    /// Why the run failed. A run that was cancelled may have one too.
    pub error: Option<Failure>,
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// What went wrong, for programs. `None` in the dialect `seed`.
    pub code: Option<String>,
    /// What went wrong, for people.
    pub message: String,
}

impl Outcome {
    /// Whether the run did what it was asked.
    pub fn is_completed(&self) -> bool {
        self.status == Some(RunStatus::Completed)
    }

    /// Whether the run waits for a decision: see [`Run::pending_confirmation`].
    pub fn is_waiting(&self) -> bool {
        self.status == Some(RunStatus::WaitingInput)
    }

    /// The outcome of a run that is the latest of its thread; with the log where that tells more.
    pub(crate) fn of_latest(
        run: &Run,
        thread_status: ThreadStatus,
        latest: RunSummary,
        log: Option<&ThreadEventList>,
    ) -> Self {
        let mut outcome = Self::bare(run, thread_status);
        if let Some(output) = latest.final_output {
            outcome.text = Some(output.text);
            outcome.warnings = output.warnings.unwrap_or_default();
        }
        outcome.error = latest.error.map(Failure::from);
        if let Some(log) = log {
            match &latest.status {
                RunStatus::Failed => {
                    let failed = log::latest_failure(log, run.run_id());
                    outcome.error = failed.map(|event| Failure::told(event.content.clone()));
                }
                _ => outcome.text = log::last_text(log, run.run_id()),
            }
        }
        outcome.status = Some(latest.status);
        outcome
    }

    /// The outcome of a run that others have followed.
    pub(crate) fn of_earlier(
        run: &Run,
        thread_status: ThreadStatus,
        log: Option<&ThreadEventList>,
    ) -> Self {
        let mut outcome = Self::bare(run, thread_status);
        let Some(log) = log else { return outcome };
        match log::ending(log, run.run_id()) {
            Some(failed) if failed.type_ == ThreadEventType::RunFailed => {
                outcome.status = Some(RunStatus::Failed);
                outcome.error = Some(Failure::told(failed.content.clone()));
            }
            _ => outcome.text = log::last_text(log, run.run_id()),
        }
        outcome
    }

    fn bare(run: &Run, thread_status: ThreadStatus) -> Self {
        Self {
            thread_id: run.thread_id().to_owned(),
            run_id: run.run_id().to_owned(),
            thread_status,
            status: None,
            text: None,
            warnings: Vec::new(),
            error: None,
        }
    }
}

impl Failure {
    fn told(message: String) -> Self {
        Self { code: None, message }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self { code: Some(error.code), message: error.message }
    }
}
