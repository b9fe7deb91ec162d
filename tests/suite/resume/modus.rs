//! Modus, whose streams have a cursor: each event once and in order, over any connections and any processes.

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
use agent_threads_modus::{
    Client, Error, ErrorKind, Handle, Run,
    types::{ModusRunCreate, RunCreate},
};
use agent_threads_sandbox::{Sandbox, modus::Modus};
use serde_json::Value;
use std::time::Duration;

const SESSION: &str = "session-1";

const RULES: Rules = Rules {
    // All that starts a run here carries the run's id as its key.
    spares: |_| false,
    may_repeat: Some(|event| event.starts_with(b"id: ")),
    loses_cursor: true,
};

/// The program that follows runs, and all it needs to make a client anew.
struct Program {
    dice: Dice,
    modus: Modus,
    client: Client,
    network: Network,
    attempts: u32,
    is_v1: bool,
    figures: Figures,
}

#[test]
fn every_event_of_modus_comes_once_and_in_order() {
    super::runner::check("modus", scenario);
}

async fn scenario(chance: Chance) {
    let Chance { mut dice, network, mood, figures } = chance;
    let sandbox = Sandbox::without_sockets();
    let modus = sandbox.modus();
    let network = Network::new(modus.in_process(), RULES, network, mood, &figures);
    let (attempts, policy) = policy(&mut dice, mood);
    let client = client(&network).with(|settings| settings.retry(policy));
    let is_v1 = dice.one_in(2);
    let mut program = Program { dice, modus, client, network, attempts, is_v1, figures };
    let asks = program.dice.one_in(5);
    program.modus.next_run(script::random(&mut program.dice, asks));
    if program.dice.one_in(12) && mood == Mood::Bounded {
        return program.lose_the_beginning().await;
    }
    let run = program.started();
    let run = program.comes_to_its_end(run, mood).await;
    if asks {
        program.modus.next_run(script::random(&mut program.dice, false));
        let next = run.approve(SESSION);
        let _ = program.comes_to_its_end(next, mood).await;
        program.figures.count("decision taken");
    }
}

fn client(network: &Network) -> Client {
    thread_local! {
        static CLIENT: (Line, Client) = {
            let modus = Sandbox::without_sockets().modus();
            let client = Client::builder().server("agent", modus.url()).token(modus.key());
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
    fn started(&self) -> Run {
        self.started_as("run-1")
    }

    fn started_as(&self, key: &str) -> Run {
        match self.is_v1 {
            true => self.client.run_modus(ModusRunCreate::new("Which?", SESSION)).key(key),
            false => {
                let organization = self.modus.organization_id();
                self.client.run(RunCreate::new("Which?", SESSION, organization)).key(key)
            }
        }
    }

    /// What the server has told of a run, but for heartbeats.
    fn told(&self, run_id: &str) -> Vec<Value> {
        let mut told = wire::data(&self.modus.wire(run_id).unwrap());
        told.retain(|event| event["type"] != "heartbeat");
        told
    }

    async fn comes_to_its_end(&mut self, mut run: Run, mood: Mood) -> Run {
        let run_id = run.run_id().to_owned();
        let mut seen = Vec::new();
        self.network.begins();
        if let Err(error) = self.follow(&mut run, &mut seen).await {
            assert_eq!(mood, Mood::Endless, "{error}");
            self.figures.count("given up");
            assert_documented(&error);
            assert!(run.next().await.is_none(), "after an error comes nothing");
            let most = (seen.len() + 2) * self.attempts as usize;
            let connections = self.network.streams();
            assert!(connections <= most, "{connections} connections for {} events", seen.len());
            self.network.heal();
            run = match self.modus.run(&run_id) {
                Some(_) => self.client.attach(stored(&run.handle())),
                // What was never sent is started again with its id as key.
                None if run.handle().last_event_id.is_empty() => match run_id == "run-1" {
                    true => self.started(),
                    false => return run,
                },
                None => panic!("events came of a run that the server does not have"),
            };
            self.follow(&mut run, &mut seen).await.unwrap();
        }
        let told = self.told(&run_id);
        wire::assert_same(&seen, &told);
        assert!(run.outcome().is_ok());
        if mood == Mood::Endless {
            self.network.heal();
        }
        let mut last = Vec::new();
        self.follow(&mut self.client.attach(stored(&run.handle())), &mut last).await.unwrap();
        wire::assert_same(&last, &told[told.len() - 1..]);
        self.is_waited_for(&run, &told).await;
        run
    }

    /// A wait from the start comes to what the server's events make.
    async fn is_waited_for(&mut self, run: &Run, told: &[Value]) {
        let outcome = self.client.attach(run.handle().rewound()).wait().await;
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                assert_documented(&error);
                self.network.heal();
                self.client.attach(run.handle().rewound()).wait().await.unwrap()
            }
        };
        assert_eq!(outcome.text, text(told));
        let ending = serde_json::to_value(&outcome.ending).unwrap();
        let last = &told[told.len() - 1];
        let expected = match last["type"].as_str().unwrap() {
            "error" => serde_json::json!({ "failed": last["error"] }),
            other => other.into(),
        };
        assert_eq!(ending, expected);
    }

    /// Follows a run, at times slowly, at times in another process, and at times giving up a wait for its next event.
    async fn follow(&mut self, run: &mut Run, seen: &mut Vec<Value>) -> Result<(), Error> {
        loop {
            if self.dice.one_in(20) {
                tokio::time::sleep(moment(&mut self.dice)).await;
            }
            if self.dice.one_in(10) {
                let patience = Duration::from_millis(self.dice.below(50));
                match tokio::time::timeout(patience, run.next()).await {
                    Ok(None) => return Ok(()),
                    Ok(Some(event)) => note(event, seen)?,
                    Err(_) => continue,
                }
            } else {
                match run.next().await {
                    None => return Ok(()),
                    Some(event) => note(event, seen)?,
                }
            }
            if self.dice.one_in(15) && run.outcome().is_err() {
                *run = self.client.attach(stored(&run.handle()));
                self.network.begins();
                self.figures.count("attached elsewhere");
            }
        }
    }

    /// The server forgets the run's beginning while nobody follows it.
    async fn lose_the_beginning(mut self) {
        let status = self.dice.pick(&[404, 410]);
        self.modus.set_expired_status(status);
        let mut run = self.started();
        let mut seen = Vec::new();
        let some = 1 + self.dice.small(3);
        while seen.len() < some && run.outcome().is_err() {
            note(run.next().await.unwrap(), &mut seen).unwrap();
        }
        let handle = stored(&run.handle());
        drop(run);
        if handle.last_event_id.is_empty() {
            return;
        }
        self.network.heal();
        let server = self.modus.run("run-1").unwrap();
        server.forget(self.dice.small(6));
        let told = self.told("run-1");
        let mut rest = Vec::new();
        let mut run = self.client.attach(handle.clone());
        match self.follow(&mut run, &mut rest).await {
            Ok(()) => {
                let from = seen.len().min(told.len() - 1);
                wire::assert_same(&rest, &told[from..]);
            }
            Err(error) => {
                self.figures.count("cursor expired");
                assert_eq!(error.status().map(|told| told.as_u16()), Some(status), "{error}");
                assert_eq!(error.is_not_found(), status == 404);
                // What the server still has is told to who begins anew.
                let mut again = Vec::new();
                let mut run = self.client.attach(handle.rewound());
                match self.follow(&mut run, &mut again).await {
                    Ok(()) => {
                        let again: Vec<_> = again.into_iter().map(wire::normal).collect();
                        let told: Vec<_> = told.into_iter().map(wire::normal).collect();
                        assert!(told.ends_with(&again), "{again:?} of {told:?}");
                    }
                    // It has nothing any more, not even the end.
                    Err(error) => assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}"),
                }
            }
        }
    }
}

/// The handle as another process reads it.
fn stored(handle: &Handle) -> Handle {
    serde_json::from_str(&serde_json::to_string(handle).unwrap()).unwrap()
}

/// An event as it was on the wire, also one that could not be read.
fn note(
    event: Result<agent_threads_modus::types::RunEvent, Error>,
    seen: &mut Vec<Value>,
) -> Result<(), Error> {
    seen.push(match event {
        Ok(event) => serde_json::to_value(&event).unwrap(),
        Err(error) if error.kind() == ErrorKind::Decode => {
            serde_json::from_slice(error.raw_body().unwrap()).unwrap()
        }
        Err(error) => return Err(error),
    });
    Ok(())
}

fn text(told: &[Value]) -> String {
    told.iter().fold(String::new(), |text, event| match event["type"].as_str() {
        Some("token") => text + event["content"].as_str().unwrap_or_default(),
        Some("assistant_content_reset") => event["content"].as_str().unwrap().to_owned(),
        _ => text,
    })
}
