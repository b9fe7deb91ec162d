//! Every exchange that was recorded with the vendor's real server, in both dialects: the answer is read without loss, and the
//! request is what the client sends, or stands in the table of those that it does not.
//!
//! The recordings are looked for where `MOSOO_RECORDINGS` says, else in `shared/recordings/mosoo` beside the workspace. Without them the test is made with the most telling ones, which the project has itself.

mod call;
mod check;
mod compare;
mod exchange;
mod form;
mod play;
mod typed;
mod unsent;

use super::fixtures;
use agent_threads_mosoo::{Client, Dialect, ErrorKind};
use call::Call;
use exchange::Exchange;
use play::{Outcome, Stage};
use std::{
    collections::BTreeMap,
    env,
    io::Write as _,
    path::{Path, PathBuf},
};
use unsent::Reason;

/// How many exchanges there are, by their folder.
const RECORDED: [(Dialect, usize); 2] = [(Dialect::Seed, 120), (Dialect::Current, 134)];

/// What was found, by its name.
type Counts = BTreeMap<String, usize>;

#[tokio::test]
async fn every_recorded_exchange_is_sent_and_read_as_it_was() {
    let root = recordings();
    let stages = Stages { seed: Stage::new(Dialect::Seed), current: Stage::new(Dialect::Current) };
    let mut counts = Counts::new();
    let mut unsent = BTreeMap::new();
    for (dialect, number) in RECORDED {
        let exchanges = exchange::folder(root.as_deref().unwrap_or(&fixtures()), dialect);
        if root.is_some() {
            assert_eq!(exchanges.len(), number, "{dialect:?}");
        }
        for exchange in exchanges {
            count(&mut counts, "exchanges");
            stages.read(&exchange, &mut counts).await;
            match stages.sent(&exchange).await {
                Ok(()) => count(&mut counts, "requests sent as recorded"),
                Err(reason) => {
                    count(&mut counts, &format!("requests not sent: {}", reason.in_short()));
                    unsent.insert(exchange.id, reason);
                }
            }
        }
    }
    let mut expected: BTreeMap<_, _> =
        unsent::table().into_iter().map(|(id, reason)| (id.to_owned(), reason)).collect();
    if root.is_none() {
        expected.retain(|id, _| fixture_exists(id));
    }
    assert_eq!(unsent, expected);
    say(&format!("recorded exchanges with Mosoo: {counts:#?}"));
}

/// A client of each dialect.
struct Stages {
    seed: Stage,
    current: Stage,
}

impl Stages {
    fn of(&self, dialect: Dialect) -> &Stage {
        match dialect {
            Dialect::Current => &self.current,
            _ => &self.seed,
        }
    }

    /// Reads the answer, whatever the request was: where it cannot be sent, another to the same operation is, and a failure
    /// of no operation is read as any other.
    async fn read(&self, exchange: &Exchange, counts: &mut Counts) {
        let stand_in = match Call::stand_in(exchange) {
            None if exchange.answer.status >= 400 => Call::GetThread("t".to_owned()),
            None => return count(counts, "answers to no operation"),
            Some(call) => call,
        };
        let stage = self.of(stand_in.dialect().unwrap_or(exchange.dialect));
        let (outcome, sent) = stage.play(stand_in, &exchange.answer).await;
        assert_eq!(sent.len(), 1, "{}", exchange.id);
        count(counts, check::answer(exchange, &outcome));
    }

    /// Sends the request, or tells why there is none.
    async fn sent(&self, exchange: &Exchange) -> Result<(), Reason> {
        let call = Call::of(exchange)?;
        let (outcome, sent) = self.of(exchange.dialect).play(call, &exchange.answer).await;
        match (&sent[..], outcome) {
            ([sent], _) => {
                check::request(exchange, sent);
                Ok(())
            }
            ([], Outcome::Failed(error)) if error.kind() == ErrorKind::InvalidRequest => {
                Err(unsent::refused(&exchange.id, &error))
            }
            _ => panic!("{}: sent {} times", exchange.id, sent.len()),
        }
    }
}

#[test]
fn there_is_no_client_without_a_token() {
    for dialect in [Dialect::Seed, Dialect::Current] {
        let error = Client::builder().dialect(dialect).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

/// The project's own exchanges are copies of recorded ones.
#[test]
fn the_fixtures_are_as_recorded() {
    let Some(root) = recordings() else { return };
    for (dialect, _) in RECORDED {
        let own = fixtures().join(dialect.as_str());
        for file in std::fs::read_dir(&own).unwrap() {
            let name = file.unwrap().file_name();
            let text = |root: &Path| std::fs::read_to_string(root.join(&name)).unwrap();
            assert_eq!(text(&own), text(&root.join(dialect.as_str())), "{}", name.display());
        }
    }
}

fn recordings() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/recordings/mosoo");
    let root = env::var_os("MOSOO_RECORDINGS").map_or(beside, PathBuf::from);
    if root.is_dir() {
        return Some(root);
    }
    say(
        "The recordings of Mosoo are not here (MOSOO_RECORDINGS); only the project's own few are tested.",
    );
    None
}

fn fixture_exists(id: &str) -> bool {
    let (folder, number) = id.split_once('/').unwrap();
    let files = std::fs::read_dir(fixtures().join(folder)).unwrap();
    files
        .map(|file| file.unwrap().file_name())
        .any(|name| name.to_string_lossy().starts_with(number))
}

fn count(counts: &mut Counts, what: &str) {
    *counts.entry(what.to_owned()).or_default() += 1;
}

/// For whoever runs the tests; what is printed the usual way shows only where a test fails.
fn say(text: &str) {
    std::io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}
