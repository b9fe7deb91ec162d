//! Mosoo, whose streams have no cursor and whose texts have no stable ids: what is delivered adds up to what the server has.

mod script;

use super::{
    dice::Dice,
    faults::{Mood, moment},
    figures::Figures,
    line::Line,
    network::{Network, Rules},
    runner::{Chance, assert_documented, policy},
};
use agent_threads_mosoo::{
    Client, Dialect, Error, Events, Handle, Outcome, Run, RunEvent,
    types::{CreateThread, ThreadEventType},
};
use agent_threads_sandbox::{
    Sandbox,
    mosoo::{self, Mosoo},
};
use bytes::Bytes;
use futures::StreamExt as _;
use script::{REJECTED, Scripted};
use serde_json::Value;
use std::time::Duration;

/// The id by which the run's question is answered.
const ASKED: &str = "call_asked";

/// Longer than any run takes.
const PATIENCE: Duration = Duration::from_secs(200 * 24 * 3600);

const RULES: Rules = Rules {
    spares: |request| request.method() == reqwest::Method::POST,
    may_repeat: Some(has_stable_id),
    loses_cursor: false,
};

fn has_stable_id(event: &[u8]) -> bool {
    let text = String::from_utf8_lossy(event);
    let is_text =
        ["message", "thinking"].iter().any(|kind| text.contains(&format!("agent.{kind}.delta")));
    text.starts_with("event: thread.event\n") && !is_text
}

#[test]
fn what_is_delivered_of_mosoo_adds_up_to_what_the_server_has() {
    super::runner::check("mosoo", scenario);
}

struct Program {
    dice: Dice,
    mosoo: Mosoo,
    client: Client,
    network: Network,
    attempts: u32,
    figures: Figures,
    /// What was decided about the question, once it was seen.
    decided: Option<bool>,
    /// The server has ended a stream with an error of its own.
    failed: bool,
}

/// What one connection after the other has brought, since the events were asked for.
#[derive(Default)]
struct Seen {
    text: String,
    thinking: String,
    ids: Vec<String>,
}

async fn scenario(chance: Chance) {
    let Chance { mut dice, network, mood, figures } = chance;
    let sandbox = Sandbox::without_sockets();
    let mosoo = sandbox.mosoo();
    let network = Network::new(mosoo.in_process(), RULES, network, mood, &figures);
    let (attempts, policy) = policy(&mut dice, mood);
    let dialect = if dice.one_in(5) { Dialect::Seed } else { Dialect::Current };
    mosoo.set_dialect(match dialect {
        Dialect::Seed => mosoo::Dialect::Seed,
        _ => mosoo::Dialect::Current,
    });
    let client = client(dialect, &network).with(|settings| settings.retry(policy));
    let mut program =
        Program { dice, mosoo, client, network, attempts, figures, decided: None, failed: false };
    let scripted = script::random(&mut program.dice);
    let run = program.started(scripted.script.clone()).await;
    if program.dice.one_in(2) {
        program.is_followed(&run, &scripted, mood).await;
    }
    program.is_waited_for(&run).await;
}

fn client(dialect: Dialect, network: &Network) -> Client {
    thread_local! {
        static LINE: Line = Line::default();
        static CLIENTS: [Client; 2] = [Dialect::Seed, Dialect::Current].map(|dialect| {
            let mosoo = Sandbox::without_sockets().mosoo();
            let client = Client::builder().dialect(dialect).token(mosoo.token());
            let client = client.base_url(format!("{}/api/v1", mosoo.url()));
            client.transport(LINE.with(Line::clone)).retry_budget(None).build().unwrap()
        });
    }
    LINE.with(|line| line.plug(network));
    CLIENTS.with(|clients| clients[usize::from(dialect != Dialect::Seed)].clone())
}

impl Program {
    /// A run, at times behind another one in its thread.
    async fn started(&mut self, script: mosoo::Script) -> Run {
        let thread = match self.client.dialect() {
            Dialect::Seed => CreateThread::message("Plan").client_external_ref("job-7"),
            _ => CreateThread::message("Plan").user_id("cust-77"),
        };
        let has_earlier = self.dice.one_in(4);
        if has_earlier {
            self.mosoo.next_run(mosoo::Script::reply("An earlier answer.").usage(3));
        }
        self.mosoo.next_run(script);
        let run = self.client.dispatch(self.mosoo.agent_id(), thread).await.unwrap();
        if !has_earlier {
            return run;
        }
        self.mosoo.play(run.thread_id());
        run.reply("And then?").await.unwrap()
    }

    async fn is_followed(&mut self, run: &Run, scripted: &Scripted, mood: Mood) {
        let (mut seen, mut events) = (Seen::default(), run.events());
        self.network.begins();
        while let Err(error) = self.follow(run, &mut seen, &mut events).await {
            if error.code() == Some("internal_error") && self.failed {
                self.figures.count("stream failed by the server");
            } else {
                assert_eq!(mood, Mood::Endless, "{error}");
                assert_documented(&error);
                self.figures.count("given up");
                let connections = self.network.streams();
                let most = (seen.parts() + 3) * self.attempts as usize;
                assert!(connections <= most, "{connections} connections for {}", seen.parts());
                self.network.heal();
            }
            assert!(events.next().await.is_none(), "after an error comes nothing");
            (seen, events) = (Seen::default(), self.attached(run).events());
        }
        let (text, thinking) = match (self.decided, &scripted.asked_behind) {
            (Some(false), Some(before)) => (format!("{before}{REJECTED}"), None),
            _ => (scripted.text.clone(), Some(&scripted.thinking)),
        };
        assert_eq!(seen.text, text);
        assert_eq!(events.text(), text);
        if let Some(thinking) = thinking {
            assert_eq!(&seen.thinking, thinking);
        }
        assert_eq!(seen.ids, self.told(run).await);
        assert_eq!(
            self.decided.is_some(),
            scripted.asked_behind.is_some(),
            "the question was lost"
        );
    }

    /// Follows a run, at times slowly, and at times in another process, which begins anew.
    async fn follow(
        &mut self,
        run: &Run,
        seen: &mut Seen,
        events: &mut Events,
    ) -> Result<(), Error> {
        loop {
            if self.dice.one_in(20) {
                tokio::time::sleep(moment(&mut self.dice)).await;
            }
            if self.dice.one_in(60) && !self.failed && self.client.dialect() != Dialect::Seed {
                self.failed = true;
                self.mosoo.fail_streams("internal_error", "Public API request failed.");
            }
            let patience = match self.dice.one_in(10) {
                true => Duration::from_millis(self.dice.below(50)),
                false => PATIENCE,
            };
            let event = match tokio::time::timeout(patience, events.next()).await {
                Ok(Some(event)) => event?,
                Ok(None) => return Ok(()),
                Err(_) => continue,
            };
            match seen.take(event) {
                Noted::Asks if self.decided.is_none() => {
                    self.decide(run).await;
                }
                Noted::Last => {}
                _ if self.dice.one_in(25) => {
                    (*seen, *events) = (Seen::default(), self.attached(run).events());
                    self.network.begins();
                    self.figures.count("attached elsewhere");
                }
                _ => {}
            }
        }
    }

    async fn decide(&mut self, run: &Run) -> Run {
        let allows = !self.dice.one_in(3);
        self.decided = Some(allows);
        self.figures.count("decision taken");
        let decided = match allows {
            true => run.approve(ASKED).await,
            false => run.deny(ASKED).await,
        };
        decided.unwrap()
    }

    /// The run as another process finds it.
    fn attached(&self, run: &Run) -> Run {
        let handle = serde_json::to_string(&run.handle()).unwrap();
        let handle: Handle = serde_json::from_str(&handle).unwrap();
        self.client.attach(handle)
    }

    /// A wait comes to what the server has, over a question if one is asked.
    async fn is_waited_for(&mut self, run: &Run) {
        let mut run = self.attached(run);
        loop {
            let wait = run.wait().timeout(PATIENCE);
            let outcome = match wait.await {
                Ok(outcome) => outcome,
                Err(error) => {
                    // A wait survives what passes, but not a server that asks for more than the policy allows.
                    assert_documented(&error);
                    self.network.heal();
                    run.wait().timeout(PATIENCE).await.unwrap()
                }
            };
            if !outcome.is_waiting() {
                return self.is_as_the_server_has_it(&outcome);
            }
            assert!(self.decided.is_none(), "the decision was lost");
            run = self.decide(&run).await;
        }
    }

    fn is_as_the_server_has_it(&self, outcome: &Outcome) {
        self.mosoo.set_dialect(mosoo::Dialect::Current);
        let server = self.mosoo.peek(&outcome.thread_id).unwrap();
        let run = &server["run"];
        assert_eq!(run["id"], outcome.run_id.as_str());
        assert_eq!(run["status"], outcome.status.as_ref().unwrap().as_str());
        assert_eq!(run["finalOutput"]["text"].as_str(), outcome.text.as_deref());
        let error = outcome.error.as_ref().map(|error| error.message.as_str());
        assert_eq!(run["error"]["message"].as_str(), error);
        assert_eq!(server["thread"]["status"], outcome.thread_status.as_str());
    }

    /// The ids of what the log tells of a run, but for its texts, which have no stable ones.
    async fn told(&self, run: &Run) -> Vec<String> {
        let path =
            format!("{}/api/v1/threads/{}/events?limit=1000", self.mosoo.url(), run.thread_id());
        let request = http::Request::get(path)
            .header("authorization", format!("Bearer {}", self.mosoo.token()))
            .body(Bytes::new())
            .unwrap();
        let answer = self.mosoo.in_process().call(request).await.unwrap();
        let chunks: Vec<_> = answer.into_body().map(Result::unwrap).collect().await;
        let log: Value = serde_json::from_slice(&chunks.concat()).unwrap();
        let entries = log["events"].as_array().unwrap().iter();
        let is_seed = self.client.dialect() == Dialect::Seed;
        let is_begin = |entry: &&Value| match is_seed {
            true => entry["type"] == "run.started" && entry["content"] == run.run_id(),
            false => entry["runId"] == run.run_id(),
        };
        let own = entries.skip_while(|entry| !is_begin(entry));
        let is_text =
            |kind: &Value| kind == "agent.message.delta" || kind == "agent.thinking.delta";
        let others = own.filter(|entry| !is_text(&entry["type"]));
        others.map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// What an event is to the program.
enum Noted {
    Plain,
    Asks,
    Last,
}

impl Seen {
    fn take(&mut self, event: RunEvent) -> Noted {
        match event {
            RunEvent::Text(more) => self.text.push_str(&more),
            RunEvent::TextReset(text) => self.text = text,
            RunEvent::Thinking(more) => self.thinking.push_str(&more),
            RunEvent::Event(event) => {
                self.ids.push(event.id.clone());
                return match event.type_ {
                    ThreadEventType::ToolConfirmationRequired => Noted::Asks,
                    ThreadEventType::RunCompleted | ThreadEventType::RunFailed => Noted::Last,
                    _ => Noted::Plain,
                };
            }
            other => panic!("{other:?}"),
        }
        Noted::Plain
    }

    fn parts(&self) -> usize {
        self.ids.len() + self.text.len() + self.thinking.len()
    }
}
