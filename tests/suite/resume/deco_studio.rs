//! deco Studio, whose streams outlive runs, keep no place, and forget a run that is over: chunks come once as long as they are to
//! be had, and the thread tells the rest.

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
use agent_threads_deco_studio::{Client, Error, ErrorKind, Handle, Outcome, Pending, Run};
use agent_threads_sandbox::{Sandbox, deco_studio::DecoStudio};
use serde_json::Value;
use std::time::Duration;

/// More reads than are made while so many connections are lost.
const MANY_READS: u32 = 100;

/// Longer than any run takes.
const PATIENCE: Duration = Duration::from_secs(200 * 24 * 3600);

const RULES: Rules = Rules {
    spares: |request| {
        let path = request.url().path();
        path.ends_with("/COLLECTION_THREADS_CREATE") || path.ends_with("/messages")
    },
    may_repeat: None,
    loses_cursor: false,
};

#[test]
fn every_chunk_of_deco_studio_comes_once_and_the_thread_tells_the_rest() {
    super::runner::check("deco studio", scenario);
}

struct Program {
    dice: Dice,
    deco: DecoStudio,
    client: Client,
    network: Network,
    attempts: u32,
    figures: Figures,
    mood: Mood,
    /// How many reads of its thread a run goes on for while nobody follows it.
    reads: u32,
    /// The run at hand has been attached: what it goes on with is not known there.
    elsewhere: bool,
}

async fn scenario(chance: Chance) {
    let Chance { mut dice, network, mood, figures } = chance;
    let sandbox = Sandbox::without_sockets();
    let deco = sandbox.deco_studio();
    deco.set_store_lag(u32::try_from(dice.small(3)).unwrap());
    deco.set_start_lag(u32::try_from(dice.small(2)).unwrap());
    let has_stream = !dice.one_in(15);
    deco.set_live_buffer(has_stream);
    deco.set_renames_answered(dice.one_in(2));
    let network = Network::new(deco.in_process(), RULES, network, mood, &figures);
    let (attempts, policy) = policy(&mut dice, mood);
    let client = client(&network).with(|settings| settings.retry(policy));
    let reads = match mood {
        Mood::Bounded if has_stream && !dice.one_in(4) => MANY_READS,
        _ => u32::try_from(dice.below(4)).unwrap(),
    };
    let mut program =
        Program { dice, deco, client, network, attempts, figures, mood, reads, elsewhere: false };
    program.run_and_answer().await;
}

fn client(network: &Network) -> Client {
    thread_local! {
        static CLIENT: (Line, Client) = {
            let deco = Sandbox::without_sockets().deco_studio();
            let client = Client::builder().base_url(deco.url()).token(deco.key());
            let client = client.parameter("org", deco.organization());
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
    async fn run_and_answer(&mut self) {
        let run = self.started().await;
        let (mut run, mut outcome) = self.comes_to_its_end(run, 0).await;
        for turn in 0..2 {
            let Some(pending) = outcome.pending().first().cloned() else { return };
            let before = self.told(run.thread_id(), 0).len();
            self.deco.next_run(script::random(&mut self.dice, turn == 0, self.reads));
            let next = match self.answered(&run, &pending).await {
                Ok(next) => next,
                Err(error) => {
                    self.gives_up(&error);
                    self.answered(&run, &pending).await.unwrap()
                }
            };
            self.figures.count("question answered");
            (run, outcome) = self.comes_to_its_end(next, before).await;
        }
    }

    async fn started(&mut self) -> Run {
        let script = script::random(&mut self.dice, true, self.reads);
        self.deco.next_run(script);
        loop {
            match self.client.ask(self.deco.agent_id(), "Which tickets are open?").await {
                Ok(run) => return self.patient(run),
                // Nothing was posted, so that the script is still to be taken.
                Err(error) => self.gives_up(&error),
            }
        }
    }

    async fn answered(&mut self, run: &Run, pending: &Pending) -> Result<Run, Error> {
        let answer = match pending {
            Pending::Question { .. } => run.reply("Red").await,
            _ if self.dice.one_in(2) => run.approve().await,
            _ => run.deny("no").await,
        };
        answer.map(|run| self.patient(run))
    }

    fn patient(&self, run: Run) -> Run {
        run.timeout(PATIENCE)
    }

    fn gives_up(&self, error: &Error) {
        assert_eq!(self.mood, Mood::Endless, "{error}");
        assert_documented(error);
        self.figures.count("given up");
        self.network.heal();
    }

    /// What the server has told in a thread behind so many chunks.
    fn told(&self, thread_id: &str, before: usize) -> Vec<Value> {
        wire::data(&self.deco.wire(thread_id).unwrap()).split_off(before)
    }

    async fn comes_to_its_end(&mut self, mut run: Run, before: usize) -> (Run, Outcome) {
        let mut seen = Vec::new();
        self.elsewhere = false;
        if self.dice.one_in(4) {
            run = self.attached(&run);
        }
        if !self.dice.one_in(4) {
            self.network.begins();
            if let Err(error) = self.follow(&mut run, &mut seen).await {
                self.gives_up(&error);
                assert!(run.next().await.is_none(), "after an error comes nothing");
                let connections = self.network.streams();
                let most = (seen.len() + 3) * self.attempts as usize;
                assert!(connections <= most, "{connections} connections for {}", seen.len());
                seen.clear();
                run = self.attached(&run);
                self.follow(&mut run, &mut seen).await.unwrap();
            }
        }
        let outcome = match run.wait().await {
            Ok(outcome) => outcome,
            Err(error) => {
                self.gives_up(&error);
                run.wait().await.unwrap()
            }
        };
        self.is_as_the_server_has_it(&outcome);
        let told = self.told(run.thread_id(), before);
        let end = told.iter().position(ends_run).map_or(told.len(), |at| at + 1);
        wire::assert_begins(&seen, &told[..end]);
        if seen.last().is_some_and(ends_run) {
            self.figures.count("followed to the end");
            if before == 0 || !self.elsewhere {
                self.is_put_together(&outcome);
            }
        }
        (run, outcome)
    }

    /// Follows a run, at times slowly, and at times in another process, which begins anew.
    async fn follow(&mut self, run: &mut Run, seen: &mut Vec<Value>) -> Result<(), Error> {
        loop {
            if self.dice.one_in(30) {
                tokio::time::sleep(moment(&mut self.dice)).await;
            }
            let patience = match self.dice.one_in(10) {
                true => Duration::from_millis(self.dice.below(50)),
                false => PATIENCE,
            };
            match tokio::time::timeout(patience, run.next()).await {
                Ok(Some(Ok(chunk))) => seen.push(serde_json::to_value(&chunk).unwrap()),
                Ok(Some(Err(error))) if error.kind() == ErrorKind::Decode => {
                    seen.push(serde_json::from_slice(error.raw_body().unwrap()).unwrap());
                }
                Ok(Some(Err(error))) => return Err(error),
                Ok(None) => return Ok(()),
                Err(_) => continue,
            }
            if self.dice.one_in(25) && !seen.last().is_some_and(ends_run) {
                seen.clear();
                *run = self.attached(run);
                self.network.begins();
                self.figures.count("attached elsewhere");
            }
        }
    }

    /// The run as another process finds it.
    fn attached(&mut self, run: &Run) -> Run {
        self.elsewhere = true;
        let handle = serde_json::to_string(&run.handle()).unwrap();
        let handle: Handle = serde_json::from_str(&handle).unwrap();
        self.patient(self.client.attach(handle))
    }

    fn is_as_the_server_has_it(&self, outcome: &Outcome) {
        let thread_id = &outcome.thread.id;
        let thread = self.deco.peek(thread_id).unwrap();
        assert_eq!(thread["status"], outcome.thread.status.as_str());
        let stored = self.deco.messages(thread_id);
        let ids = |messages: Vec<Value>| -> Vec<Value> {
            messages.into_iter().map(|message| message["id"].clone()).collect()
        };
        let messages = serde_json::to_value(&outcome.messages).unwrap();
        assert_eq!(ids(messages.as_array().unwrap().clone()), ids(stored.clone()));
        let last = stored.last().unwrap();
        let parts = last["parts"].as_array().unwrap();
        let waits: Vec<_> = parts.iter().filter(|part| waits(part)).collect();
        let pending = outcome.pending();
        let asked: Vec<_> = pending.iter().map(Pending::tool_call_id).collect();
        let expected: Vec<_> =
            waits.iter().map(|part| part["toolCallId"].as_str().unwrap()).collect();
        assert_eq!(asked, expected, "what was asked was lost");
    }

    /// What a follower has put together of a run that has not failed is what is stored.
    fn is_put_together(&self, outcome: &Outcome) {
        if !outcome.is_completed() {
            return;
        }
        let stored = self.deco.messages(&outcome.thread.id);
        let parts = stored.last().unwrap()["parts"].as_array().unwrap().clone();
        let message = serde_json::to_value(&outcome.message).unwrap();
        let made = message["parts"].as_array().unwrap();
        assert_eq!(texts(made), texts(&parts));
    }
}

fn texts(parts: &[Value]) -> Vec<&Value> {
    let is_text = |part: &&Value| part["type"] == "text" || part["type"] == "reasoning";
    parts.iter().filter(is_text).map(|part| &part["text"]).collect()
}

fn waits(part: &Value) -> bool {
    let is_question = part["type"] == "tool-user_ask" && part["state"] == "input-available";
    is_question || part["state"] == "approval-requested"
}

fn ends_run(chunk: &Value) -> bool {
    ["finish", "abort", "error"].iter().any(|kind| chunk["type"] == *kind)
}
