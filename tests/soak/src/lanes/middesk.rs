//! Runs whose streams begin anew each time, and whose end is read.

use crate::{
    check::{Judged, Verdict},
    lane::{Error, ErrorKind, Lane, START, Shared, from_end, insist, paced, patient},
    plan::Plan,
};
use agent_threads_middesk::{
    Client, Context, Handle, Run,
    types::{self, RunStreamEvent},
};
use agent_threads_sandbox::{
    Sandbox,
    middesk::{self as server, Artifact, Script, Step, Target},
    sse::Frame,
};
use futures_util::{TryStreamExt, future::BoxFuture};
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many runs are looked through for one whose start seems to have failed: as many as can be at once, and some.
const MOST_LISTED: usize = 100;

/// How many pieces make a step.
const PIECES: usize = 3;
const STEP: u32 = 3;

const NAME: &str = "middesk";

pub(crate) struct Middesk {
    server: server::Middesk,
    client: Client,
    shared: Shared,
    plans: Plans,
}

/// The message of the run that each agent is to do, which the vendor's requests have no place for.
type Plans = Arc<Mutex<HashMap<String, String>>>;

impl Middesk {
    pub(crate) fn new(
        sandbox: &Sandbox,
        slots: usize,
        percent: f64,
        seed: u64,
    ) -> Result<Self, Error> {
        let server = sandbox.middesk();
        let shared = Shared::default();
        server.keep_requests(0);
        let plans = Plans::default();
        let planned = plans.clone();
        server.default_script(move |agent| {
            let name = lock(&planned).get(agent).cloned();
            script(&Plan::of(name.unwrap_or_default()))
        });
        let mut chaos = shared.chaos(NAME, percent, seed);
        for target in [Target::CreateRun, Target::ListRuns, Target::GetRun] {
            let mut chaos = chaos.fork();
            server.fault_each(target, move |_| chaos.of_answer());
        }
        let unknown = Frame::data("{}").with_event("SOAK");
        server.fault_each(Target::StreamRun, move |request| {
            chaos.of_stream(from_end(request, 1), &unknown)
        });
        (0..slots).for_each(|slot| server.add_agent(&agent(slot), "Soak"));
        let client = Client::builder().base_url(server.url()).token(server.key());
        let client = client.settings(patient).build()?;
        Ok(Self { server, client, shared, plans })
    }

    /// Starts a run. As nothing makes it safe to ask again, the list of runs is looked through after a failure.
    async fn start(&self, agent: &str) -> Result<Run, Error> {
        let mut tries = self.shared.tries(START);
        loop {
            let context = Context::business(self.server.business_id());
            match self.client.run(agent, context).await {
                Ok(run) => return Ok(run),
                Err(error) => tries.after(error).await?,
            }
            let find = || self.find(agent);
            if let Some(run) = insist(self.shared.tries("list"), find).await? {
                return Ok(run);
            }
        }
    }

    async fn find(&self, agent: &str) -> Result<Option<Run>, Error> {
        let mut runs = self.client.list_runs().per_page(100).items().limit(MOST_LISTED);
        while let Some(run) = runs.try_next().await? {
            if run.agent.as_deref() == Some(agent) {
                return Ok(Some(self.client.attach(Handle::new(run.id))));
            }
        }
        Ok(None)
    }

    async fn follow(&self, run: &Run, plan: &Plan) -> Result<Verdict, Error> {
        let told = self.told(run).await?;
        let wait = || run.wait().without_stream().with_steps().into_future();
        let run = insist(self.shared.tries("wait"), wait).await?;
        let rest = ["output", "completed"].map(str::to_owned);
        let expected: Vec<_> = steps(plan).chain(rest).collect();
        Ok(Verdict::of(&expected, &told).and_end(&end_of(plan), &end_in(&run)))
    }

    /// What is new in each snapshot.
    async fn told(&self, run: &Run) -> Result<Vec<String>, Error> {
        let mut told = Vec::new();
        let mut tries = self.shared.tries("stream");
        self.shared.tally.streams_run();
        let mut events = run.events();
        loop {
            match events.next().await {
                Some(Ok(event)) => {
                    self.shared.tally.event();
                    told.extend(piece(&event));
                }
                Some(Err(error)) if error.kind() == ErrorKind::Decode => {}
                Some(Err(error)) => {
                    tries.after(error).await?;
                    told.clear();
                    events = run.events();
                }
                None => return Ok(told),
            }
        }
    }
}

/// Each slot has an agent of its own, so that its run can be found in the list of all: the vendor shows nothing else there that a
/// program has chosen.
fn agent(slot: usize) -> String {
    format!("soak-{slot}")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a snapshot adds to the one before: its last step, or that the run rests.
fn piece(event: &RunStreamEvent) -> Option<String> {
    let RunStreamEvent::StateSnapshot(event) = event else { return None };
    let snapshot = event.snapshot.as_ref()?;
    match snapshot["status"].as_str() {
        Some("running") => name(snapshot["steps"].as_array()?.last()?),
        rest => rest.map(str::to_owned),
    }
}

fn name(step: &Value) -> Option<String> {
    Some(step["name"].as_str()?.to_owned())
}

/// The names of the steps, few enough for a server that keeps a snapshot of all of them for each.
fn steps(plan: &Plan) -> impl Iterator<Item = String> {
    plan.pieces.chunks(PIECES).map(<[String]>::concat)
}

fn script(plan: &Plan) -> Script {
    let summary = Artifact::new("Summary", "soak").summary(plan.text());
    steps(plan).map(Step::activity).fold(Script::completes([summary]).hold(), Script::step)
}

/// The server shows what a run brings as a step of its own.
fn end_of(plan: &Plan) -> String {
    format!("completed {}output {}", plan.pieces.concat(), plan.text())
}

fn end_in(run: &types::Run) -> String {
    let steps: String = run.steps().iter().map(|step| step.name.as_str()).collect();
    let summaries = run.artifacts().iter().filter_map(|artifact| artifact.summary.as_deref());
    format!("{} {steps} {}", run.status, summaries.collect::<String>())
}

impl Lane for Middesk {
    fn name(&self) -> &'static str {
        NAME
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run<'a>(&'a self, slot: usize, plan: &'a Plan) -> BoxFuture<'a, Result<Judged, Error>> {
        Box::pin(async move {
            let agent = agent(slot);
            lock(&self.plans).insert(agent.clone(), plan.name.clone());
            let run = self.start(&agent).await?;
            let id = run.run_id();
            self.shared.know(id);
            let release = || self.server.release(id, 1);
            let verdict = paced(plan.pace * STEP, release, self.follow(&run, plan)).await;
            self.forget(id);
            let retold = self.shared.done(id);
            Ok(Judged { verdict: verdict?, retold, untold: false })
        })
    }

    fn ids(&self) -> Vec<String> {
        self.server.run_ids()
    }

    fn forget(&self, id: &str) {
        self.server.forget(id);
    }
}
