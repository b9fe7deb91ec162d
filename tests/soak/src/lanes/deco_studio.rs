//! Runs of a stream that outlives them and keeps no place, and whose end is stored later.

use crate::{
    check::{Judged, Verdict},
    lane::{Error, ErrorKind, Lane, START, Shared, from_end, insist, paced, patient},
    plan::Plan,
};
use agent_threads_deco_studio::{Client, Run, types::UiMessageChunk};
use agent_threads_sandbox::{
    Sandbox,
    deco_studio::{self as server, Script, Target},
    sse::Frame,
};
use futures_util::future::BoxFuture;
use serde_json::json;

const NAME: &str = "deco-studio";

pub(crate) struct DecoStudio {
    server: server::DecoStudio,
    client: Client,
    shared: Shared,
}

impl DecoStudio {
    pub(crate) fn new(sandbox: &Sandbox, percent: f64, seed: u64) -> Result<Self, Error> {
        let server = sandbox.deco_studio();
        let shared = Shared::default();
        server.keep_requests(0);
        server.set_store_lag(1);
        server.default_script(|message| script(&Plan::of(message.to_owned())));
        let mut chaos = shared.chaos(NAME, percent, seed);
        let calls =
            [Target::CreateThread, Target::PostMessage, Target::GetThread, Target::ListMessages];
        for target in calls {
            let mut chaos = chaos.fork();
            server.fault_each(target, move |_| chaos.of_answer());
        }
        let unknown = Frame::data(json!({ "type": "soak", "detail": "unknown" }).to_string());
        server.fault_each(Target::StreamThread, move |request| {
            chaos.of_stream(from_end(request, 1), &unknown)
        });
        let client = Client::builder().base_url(server.url()).token(server.key());
        let client = client.parameter("org", server.organization()).settings(patient).build()?;
        Ok(Self { server, client, shared })
    }

    async fn follow(&self, run: Run, plan: &Plan) -> Result<(Verdict, bool), Error> {
        let (mut run, told) = self.told(run).await?;
        let untold = run.finish_reason().is_none();
        let mut tries = self.shared.tries("wait");
        let outcome = loop {
            match run.wait().await {
                Ok(outcome) => break outcome,
                Err(error) => tries.after(error).await?,
            }
        };
        let mut verdict = Verdict::of(&plan.pieces, &told);
        if untold {
            verdict = verdict.without_losses();
        }
        let verdict = verdict.and_end(&plan.pieces.concat(), &outcome.text());
        Ok((verdict.and_end("true", &outcome.is_completed().to_string()), untold))
    }

    async fn told(&self, mut run: Run) -> Result<(Run, Vec<String>), Error> {
        let mut told = Vec::new();
        let mut tries = self.shared.tries("stream");
        self.shared.tally.streams_run();
        loop {
            match run.next().await {
                Some(Ok(chunk)) => {
                    self.shared.tally.event();
                    if let UiMessageChunk::TextDelta(delta) = chunk {
                        told.push(delta.delta.into_string());
                    }
                }
                Some(Err(error)) if error.kind() == ErrorKind::Decode => {}
                Some(Err(error)) => {
                    tries.after(error).await?;
                    told.clear();
                    run = self.client.attach(run.handle());
                }
                None => return Ok((run, told)),
            }
        }
    }
}

fn script(plan: &Plan) -> Script {
    Script::new().hold().deltas(&plan.pieces)
}

impl Lane for DecoStudio {
    fn name(&self) -> &'static str {
        NAME
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run<'a>(&'a self, _: usize, plan: &'a Plan) -> BoxFuture<'a, Result<Judged, Error>> {
        Box::pin(async move {
            let ask = || self.client.ask(self.server.agent_id(), plan.name.as_str()).into_future();
            let run = insist(self.shared.tries(START), ask).await?;
            let id = run.thread_id().to_owned();
            self.shared.know(&id);
            let release = || self.server.release(&id, 1);
            let verdict = paced(plan.pace, release, self.follow(run, plan)).await;
            self.forget(&id);
            let retold = self.shared.done(&id);
            let (verdict, untold) = verdict?;
            Ok(Judged { verdict, retold, untold })
        })
    }

    fn ids(&self) -> Vec<String> {
        self.server.thread_ids()
    }

    fn forget(&self, id: &str) {
        self.server.forget(id);
    }
}
