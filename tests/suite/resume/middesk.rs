//! Middesk, whose streams begin anew on every connection: each event once and in order, as long as it comes again as it was.

mod script;

use super::{
    dice::Dice,
    faults::{Mood, moment},
    figures::Figures,
    line::Line,
    network::{Network, Rules},
    runner::{Chance, assert_documented, policy},
    wire,
};
use agent_threads_middesk::{
    Client, Context, Error, Events, Handle, Run,
    types::{ResumeRun, RunStreamEvent},
};
use agent_threads_sandbox::{Sandbox, middesk::Middesk};
use serde_json::{Value, json};
use std::time::Duration;

/// Longer than any run takes.
const PATIENCE: Duration = Duration::from_secs(200 * 24 * 3600);

const RULES: Rules = Rules {
    spares: |request| request.method() == reqwest::Method::POST,
    may_repeat: None,
    loses_cursor: false,
};

#[test]
fn every_event_of_middesk_comes_once_and_a_wait_finds_how_the_run_rests() {
    super::runner::check("middesk", scenario);
}

struct Program {
    dice: Dice,
    middesk: Middesk,
    client: Client,
    network: Network,
    attempts: u32,
    figures: Figures,
}

async fn scenario(chance: Chance) {
    let Chance { mut dice, network, mood, figures } = chance;
    let sandbox = Sandbox::without_sockets();
    let middesk = sandbox.middesk();
    middesk.set_ag_ui(dice.one_in(3));
    let network = Network::new(middesk.in_process(), RULES, network, mood, &figures);
    let (attempts, policy) = policy(&mut dice, mood);
    let client = client(&network).with(|settings| settings.retry(policy));
    middesk.next_run(script::random(&mut dice, 2));
    let business = Context::business(middesk.business_id());
    let run = client.run(middesk.agent_type(), business).await.unwrap();
    let mut program = Program { dice, middesk, client, network, attempts, figures };
    loop {
        if program.dice.one_in(2) {
            program.is_followed(&run, mood).await;
        }
        let asked = program.is_waited_for(&run).await;
        if asked.is_empty() {
            return;
        }
        for id in asked {
            let answer = ResumeRun::new().extra([("id", id.as_str()), ("input", "yes")]);
            run.resume(answer).await.unwrap();
            program.figures.count("interrupt answered");
        }
    }
}

fn client(network: &Network) -> Client {
    thread_local! {
        static CLIENT: (Line, Client) = {
            let middesk = Sandbox::without_sockets().middesk();
            let client = Client::builder().base_url(middesk.url()).token(middesk.key());
            let line = Line::default();
            (line.clone(), client.transport(line).retry_budget(None).build().unwrap())
        };
    }
    CLIENT.with(|(line, client)| {
        line.plug(network);
        client.clone()
    })
}

impl Program {
    async fn is_followed(&mut self, run: &Run, mood: Mood) {
        let (mut seen, mut events) = (Vec::new(), run.events());
        self.network.begins();
        if let Err(error) = self.follow(run, &mut seen, &mut events).await {
            assert_documented(&error);
            let connections = self.network.streams();
            assert!(events.next().await.is_none(), "after an error comes nothing");
            let told = self.told(run);
            wire::assert_begins(&seen, &told);
            if !self.says_its_end(run) {
                // No event tells that it is over, so that nothing new comes on any number of connections.
                self.figures.count("stream without an end");
                return;
            }
            assert_eq!(mood, Mood::Endless, "{error}");
            self.figures.count("given up");
            let most = (told.len() + 2) * self.attempts as usize;
            assert!(connections <= most, "{connections} connections for {} events", told.len());
            self.network.heal();
            (seen, events) = (Vec::new(), self.attached(run).events());
            self.follow(run, &mut seen, &mut events).await.unwrap();
        }
        wire::assert_same(&seen, &self.told(run));
    }

    /// Follows a run, at times slowly, and at times in another process, which begins anew.
    async fn follow(
        &mut self,
        run: &Run,
        seen: &mut Vec<Value>,
        events: &mut Events,
    ) -> Result<(), Error> {
        loop {
            if self.dice.one_in(20) {
                tokio::time::sleep(moment(&mut self.dice)).await;
            }
            let patience = match self.dice.one_in(10) {
                true => Duration::from_millis(self.dice.below(50)),
                false => PATIENCE,
            };
            match tokio::time::timeout(patience, events.next()).await {
                Ok(Some(event)) => seen.push(shown(&event?)),
                Ok(None) => return Ok(()),
                Err(_) => continue,
            }
            let is_over = seen.last().is_some_and(|event| {
                event["kind"] == "RUN_FINISHED" || event["kind"] == "RUN_ERROR"
            });
            if self.dice.one_in(15) && !is_over {
                (*seen, *events) = (Vec::new(), self.attached(run).events());
                self.network.begins();
                self.figures.count("attached elsewhere");
            }
        }
    }

    /// What the server has told of a run, as [`shown`] shows what a client delivers.
    fn told(&self, run: &Run) -> Vec<Value> {
        let wire = self.middesk.wire(run.run_id()).unwrap();
        let shown = |event: wire::Event| {
            let name = event.data["type"].as_str().unwrap_or(&event.name);
            json!({ "kind": name, "snapshot": event.data["snapshot"] })
        };
        wire::events(&wire).into_iter().map(shown).collect()
    }

    fn says_its_end(&self, run: &Run) -> bool {
        self.told(run).last().is_some_and(|event| {
            event["kind"] != "STATE_SNAPSHOT" && event["kind"] != "RUN_STARTED"
        })
    }

    /// The run as another process finds it.
    fn attached(&self, run: &Run) -> Run {
        let handle = serde_json::to_string(&run.handle()).unwrap();
        let handle: Handle = serde_json::from_str(&handle).unwrap();
        self.client.attach(handle)
    }

    /// A wait comes to what the server has. Gives what the run asks.
    async fn is_waited_for(&mut self, run: &Run) -> Vec<String> {
        let run = self.attached(run);
        let waited = match run.wait().timeout(PATIENCE).with_steps().await {
            Ok(waited) => waited,
            Err(error) => {
                assert_documented(&error);
                self.network.heal();
                run.wait().timeout(PATIENCE).with_steps().await.unwrap()
            }
        };
        let server = self.middesk.peek(run.run_id()).unwrap();
        assert_eq!(server["status"], waited.status.as_str());
        let ids = |list: &Value| -> Vec<String> {
            let items = list.as_array().into_iter().flatten();
            items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
        };
        let asked: Vec<_> = waited.interrupts().iter().map(|one| one.id.clone()).collect();
        assert_eq!(asked, ids(&server["interrupts"]), "an interrupt was lost");
        let steps: Vec<_> = waited.steps().iter().map(|step| step.id.clone()).collect();
        assert_eq!(steps, ids(&server["steps"]));
        asked
    }
}

fn shown(event: &RunStreamEvent) -> Value {
    let snapshot = match event {
        RunStreamEvent::StateSnapshot(event) => event.snapshot.clone(),
        _ => None,
    };
    json!({ "kind": event.kind(), "snapshot": snapshot })
}
