//! Runs that are streamed with ids, and taken up where they were lost.

use crate::{
    check::{Judged, Verdict},
    lane::{Error, ErrorKind, Lane, Shared, paced, patient},
    plan::Plan,
};
use agent_threads_modus::{
    Client, Outcome, Run,
    types::{RunCreate, RunEvent},
};
use agent_threads_sandbox::{
    Sandbox,
    modus::{self as server, Event, Script, Severity, Target},
    sse::Frame,
};
use futures_util::future::BoxFuture;
use serde_json::json;

const NAME: &str = "modus";

pub(crate) struct Modus {
    server: server::Modus,
    client: Client,
    shared: Shared,
}

impl Modus {
    pub(crate) fn new(sandbox: &Sandbox, percent: f64, seed: u64) -> Result<Self, Error> {
        let server = sandbox.modus();
        let shared = Shared::default();
        server.keep_requests(0);
        server.default_script(|message| script(&Plan::of(message.to_owned())));
        let mut chaos = shared.chaos(NAME, percent, seed);
        for target in [Target::CreateRun, Target::WatchRun] {
            let mut chaos = chaos.fork();
            let unknown = Frame::from(Event::of_type("soak", json!({ "detail": "unknown" })));
            server.fault_each(target, move |_| chaos.of_stream("", &unknown));
        }
        let client = Client::builder().base_url(server.url()).token(server.key());
        let client = client.settings(patient).build()?;
        Ok(Self { server, client, shared })
    }

    /// Follows a run to its end, and from where it was lost if the client gives up.
    async fn follow(&self, mut run: Run, plan: &Plan) -> Result<Verdict, Error> {
        let (mut told, mut text) = (Vec::new(), String::new());
        let mut tries = self.shared.tries("stream");
        self.shared.tally.streams_run();
        let outcome = loop {
            match self.read(&mut run, &mut told).await {
                Ok(outcome) => break outcome,
                Err(error) => tries.after(error).await?,
            }
            text.push_str(run.text());
            run = self.client.attach(run.handle());
        };
        text.push_str(&outcome.text);
        let verdict = Verdict::of(&plan.pieces, &told).and_told_end(&plan.text(), &text);
        Ok(verdict.and_end("true", &outcome.is_done().to_string()))
    }

    async fn read(&self, run: &mut Run, told: &mut Vec<String>) -> Result<Outcome, Error> {
        while let Some(event) = run.next().await {
            match event {
                Ok(event) => {
                    self.shared.tally.event();
                    told.extend(piece(event));
                }
                Err(error) if error.kind() == ErrorKind::Decode => {}
                Err(error) => return Err(error),
            }
        }
        run.outcome()
    }
}

fn piece(event: RunEvent) -> Option<String> {
    match event {
        RunEvent::Token(token) => Some(token.content),
        RunEvent::Notice(notice) => Some(notice.message),
        _ => None,
    }
}

fn script(plan: &Plan) -> Script {
    let pieces = plan.pieces.iter().enumerate();
    pieces.fold(Script::new().hold(), |script, (at, piece)| match Plan::is_aside(at) {
        true => script.notice(piece, Severity::Info).heartbeat(),
        false => script.tokens([piece]),
    })
}

impl Lane for Modus {
    fn name(&self) -> &'static str {
        NAME
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run<'a>(&'a self, _: usize, plan: &'a Plan) -> BoxFuture<'a, Result<Judged, Error>> {
        Box::pin(async move {
            let organization = self.server.organization_id();
            let body = RunCreate::new(&plan.name, &plan.name, organization);
            let run = self.client.run(body);
            let id = run.run_id().to_owned();
            self.shared.know(&id);
            let mut held = None;
            let release = || {
                held = held.take().or_else(|| self.server.run(&id));
                held.iter().for_each(|run| run.release(1));
            };
            let verdict = paced(plan.pace, release, self.follow(run, plan)).await;
            self.forget(&id);
            let retold = self.shared.done(&id);
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
