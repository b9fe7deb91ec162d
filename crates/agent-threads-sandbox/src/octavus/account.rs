//! What later generations tell of a thread beside its status and messages.

use serde_json::{Map, Value, json};

use super::agent::Agent;
use super::config::RunConfig;
use super::generation::Generation;
use super::script::{RecordingEnd, Script};
use super::usage::Usage;

/// What of it is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) generation: Generation,
    pub(super) usage: bool,
}

pub(super) struct Account {
    thread_id: String,
    agent: Agent,
    config: Option<RunConfig>,
    /// Whether the run at hand has begun to work.
    at_work: bool,
    started_at: Option<String>,
    completed_at: Option<String>,
    failure_type: Option<String>,
    /// What the runs cost that have settled.
    settled: Usage,
    /// What the run at hand shows as its cost.
    so_far: Usage,
    recording: &'static str,
    recording_error: Option<String>,
    settling: Option<Settling>,
}

/// A run that has ended and is not counted yet.
struct Settling {
    reads: u32,
    usage: Usage,
    recording: RecordingEnd,
}

impl Account {
    pub(super) fn new(thread_id: &str, agent: Agent, config: Option<RunConfig>) -> Self {
        Self {
            thread_id: thread_id.to_owned(),
            agent,
            config,
            at_work: false,
            started_at: None,
            completed_at: None,
            failure_type: None,
            settled: Usage::new(),
            so_far: Usage::new(),
            recording: "requested",
            recording_error: None,
            settling: None,
        }
    }

    /// A run stands in line.
    pub(super) fn begin(&mut self) {
        self.settle();
        self.at_work = false;
        self.completed_at = None;
        self.failure_type = None;
        self.recording = "requested";
        self.recording_error = None;
    }

    /// The run is at work, or was at the latest now.
    pub(super) fn work(&mut self, script: &Script, now: String) {
        if self.at_work {
            return;
        }
        self.at_work = true;
        self.started_at.get_or_insert(now);
        self.so_far = script.usage_so_far;
        self.recording = "recording";
    }

    /// The run is over.
    pub(super) fn end(&mut self, script: &Script, failure_type: Option<String>, now: String) {
        self.completed_at = Some(now);
        self.failure_type = failure_type;
        let recording = match self.at_work {
            true => script.recording.clone(),
            false => RecordingEnd::Unavailable("The run never began".to_owned()),
        };
        self.recording = "processing";
        self.settling = Some(Settling {
            reads: script.settles_after,
            usage: if self.at_work { script.usage } else { Usage::new() },
            recording,
        });
        if script.settles_after == 0 {
            self.settle();
        }
    }

    /// A read after the one that showed the end.
    pub(super) fn read_again(&mut self) {
        let Some(settling) = &mut self.settling else { return };
        settling.reads = settling.reads.saturating_sub(1);
        if settling.reads == 0 {
            self.settle();
        }
    }

    fn settle(&mut self) {
        let Some(settling) = self.settling.take() else { return };
        self.settled = self.settled.plus(settling.usage);
        self.so_far = Usage::new();
        (self.recording, self.recording_error) = match settling.recording {
            RecordingEnd::Ready => ("ready", None),
            RecordingEnd::Failed(error) => ("failed", Some(error)),
            RecordingEnd::Unavailable(error) => ("unavailable", Some(error)),
        };
    }

    /// Adds the fields of a generation to the thread.
    pub(super) fn show(&self, shown: Shown, in_flight: bool, thread: &mut Map<String, Value>) {
        let mut add = |name: &str, value: Value| thread.insert(name.to_owned(), value);
        if shown.generation >= Generation::G2 {
            add("runConfig", json!(self.config.as_ref().map(RunConfig::json)));
            let usage = shown.usage.then(|| self.settled.plus(self.so_far).json());
            add("usage", json!(usage));
            add("recording", json!(self.recording(shown.generation)));
        }
        if shown.generation >= Generation::G3 {
            add("failureType", json!(self.failure_type));
        }
        if shown.generation >= Generation::G4 {
            let started_at = self.started_at.as_ref();
            add("startedAt", json!(started_at));
            // With a follow up in line the thread is in flight, even where a script shows the end of the run before.
            add("completedAt", json!(self.completed_at.as_ref().filter(|_| !in_flight)));
            add("provenance", json!(started_at.map(|since| self.agent.provenance(since))));
        }
    }

    fn recording(&self, generation: Generation) -> Option<Value> {
        let visibility = self.config.as_ref()?.recording.as_deref()?;
        let status = match self.recording {
            "requested" if generation < Generation::G3 => "recording",
            status => status,
        };
        let url = (status == "ready").then(|| self.recording_url(visibility));
        Some(json!({
            "status": status,
            "visibility": visibility,
            "url": url,
            "error": self.recording_error,
        }))
    }

    fn recording_url(&self, visibility: &str) -> String {
        let url = format!("https://recordings.example/{}.mp4", self.thread_id);
        match visibility {
            "public" => url,
            _ => url + "?signature=sandbox",
        }
    }
}
