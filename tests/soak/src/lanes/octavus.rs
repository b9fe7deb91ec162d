//! Runs that are polled. An agent does one thing at a time, so each slot has one.

use crate::{
    check::{Judged, Verdict},
    lane::{Error, Lane, START, Shared, insist, patient},
    plan::Plan,
};
use agent_threads_octavus::{Client, Run, types::Thread};
use agent_threads_sandbox::{
    Sandbox,
    octavus::{self as server, Generation, Script, Target},
};
use futures_util::future::BoxFuture;
use std::time::Duration;

/// From one read to the next.
const INTERVAL: Duration = Duration::from_secs(1);

const NAME: &str = "octavus";

pub(crate) struct Octavus {
    server: server::Octavus,
    /// For each slot its agent, and the client that has the agent's key.
    agents: Vec<(String, Client)>,
    shared: Shared,
}

impl Octavus {
    pub(crate) fn new(
        sandbox: &Sandbox,
        slots: usize,
        percent: f64,
        seed: u64,
    ) -> Result<Self, Error> {
        let server = sandbox.octavus();
        let shared = Shared::default();
        server.set_generation(Generation::G4);
        server.keep_requests(0);
        server.default_script(|message| script(&Plan::of(message.to_owned())));
        let mut chaos = shared.chaos(NAME, percent, seed);
        for target in [Target::Dispatch, Target::GetThread] {
            let mut chaos = chaos.fork();
            server.fault_each(target, move |_| chaos.of_answer());
        }
        let agent = |slot| {
            let agent_id = format!("soak-{slot}");
            let key = server.add_agent(&agent_id);
            let client = Client::builder().base_url(server.url()).token(key).settings(patient);
            Ok((agent_id, client.build()?))
        };
        let agents = (0..slots).map(agent).collect::<Result<_, Error>>()?;
        Ok(Self { server, agents, shared })
    }

    async fn follow(&self, run: &Run, plan: &Plan) -> Result<Verdict, Error> {
        let wait = || {
            let tally = self.shared.tally.clone();
            run.wait().interval(INTERVAL).on_status(move |_| tally.event()).into_future()
        };
        let thread = insist(self.shared.tries("wait"), wait).await?;
        Ok(verdict(&thread, plan))
    }
}

/// A status for each read, and a part for every fourth piece.
fn script(plan: &Plan) -> Script {
    let life = plan.pace * u32::try_from(plan.pieces.len()).unwrap_or_default();
    let reads = usize::try_from(life.as_secs()).unwrap_or_default();
    parts(plan).into_iter().fold(Script::new(), Script::text).statuses(vec!["running"; reads])
}

fn parts(plan: &Plan) -> Vec<String> {
    plan.pieces.chunks(4).map(<[String]>::concat).collect()
}

fn verdict(thread: &Thread, plan: &Plan) -> Verdict {
    let spoken = thread.messages.iter().map(|message| message.text()).collect::<Vec<_>>();
    let expected = [plan.name.clone(), parts(plan).join("\n\n")];
    Verdict::of(&expected, &spoken).and_end("completed", thread.status.as_str())
}

impl Lane for Octavus {
    fn name(&self) -> &'static str {
        NAME
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run<'a>(&'a self, slot: usize, plan: &'a Plan) -> BoxFuture<'a, Result<Judged, Error>> {
        Box::pin(async move {
            let (agent_id, client) = &self.agents[slot];
            // The key makes it safe to ask again.
            let start = || {
                client
                    .dispatch(agent_id, plan.name.as_str())
                    .idempotency_key(&plan.name)
                    .into_future()
            };
            let run = insist(self.shared.tries(START), start).await?;
            self.shared.know(run.thread_id());
            let verdict = self.follow(&run, plan).await;
            self.forget(run.thread_id());
            let retold = self.shared.done(run.thread_id());
            Ok(Judged { verdict: verdict?, retold, untold: false })
        })
    }

    fn ids(&self) -> Vec<String> {
        self.server.thread_ids()
    }

    fn forget(&self, id: &str) {
        self.server.forget(id);
    }
}

impl std::fmt::Debug for Octavus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Octavus").finish_non_exhaustive()
    }
}
