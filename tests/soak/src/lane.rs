//! What all vendors' runs have in common.

use crate::{
    chaos::{Chaos, Retold},
    check::Judged,
    plan::{Plan, fingerprint},
    tally::Tally,
};
use agent_threads_sandbox::RecordedRequest;
use futures_util::future::BoxFuture;
use std::{
    collections::HashSet,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::sleep;

pub(crate) use agent_threads_octavus::{Error, ErrorKind, RetryPolicy, Settings};

/// How often a program takes a run up again, or asks for it again, before it counts as failed.
const MOST_TRIES: u32 = 20;

/// What a program does first, of which it is known that it is not always sent twice.
pub(crate) const START: &str = "start";

/// How long a program waits before it does.
const PAUSE: Duration = Duration::from_millis(250);

/// The runs of one vendor.
pub(crate) trait Lane: Send + Sync {
    fn name(&self) -> &'static str;

    fn shared(&self) -> &Shared;

    /// Starts the run of a plan, follows it to its end and says how it differs. An error is one that no trying again has helped.
    fn run<'a>(&'a self, slot: usize, plan: &'a Plan) -> BoxFuture<'a, Result<Judged, Error>>;

    /// The ids of all that the server keeps.
    fn ids(&self) -> Vec<String>;

    /// Lets the server forget one.
    fn forget(&self, id: &str);
}

/// What every vendor's runs need.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) tally: Arc<Tally>,
    pub(crate) retold: Retold,
    /// The ids of runs whose programs know them.
    known: Mutex<HashSet<String>>,
}

impl Shared {
    /// The faults of a vendor, which has its own.
    pub(crate) fn chaos(&self, lane: &str, percent: f64, seed: u64) -> Chaos {
        let seed = fingerprint(&format!("{lane}-{seed}"));
        Chaos::new(percent, seed, self.tally.clone(), self.retold.clone())
    }

    /// The program has learned of its run.
    pub(crate) fn know(&self, id: &str) {
        self.known().insert(id.to_owned());
    }

    /// The program is done with its run. Says whether the server has told it differently from one time to the next.
    pub(crate) fn done(&self, id: &str) -> bool {
        self.known().remove(id);
        self.retold.take(id)
    }

    pub(crate) fn is_known(&self, id: &str) -> bool {
        self.known().contains(id)
    }

    fn known(&self) -> MutexGuard<'_, HashSet<String>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For a program that must not lose its run and does a thing again while it fails.
    pub(crate) fn tries(&self, what: &'static str) -> Tries<'_> {
        Tries { shared: self, what, made: 0 }
    }
}

/// How often a thing has failed.
pub(crate) struct Tries<'s> {
    shared: &'s Shared,
    what: &'static str,
    made: u32,
}

impl Tries<'_> {
    /// Counts a failure, and waits before the next try. Gives the error back behind the last.
    pub(crate) async fn after(&mut self, error: Error) -> Result<(), Error> {
        self.made += 1;
        if self.made >= MOST_TRIES {
            return Err(error);
        }
        let status = error.status().map(|status| format!(" {}", status.as_u16()));
        let why = format!("{}: {:?}{}", self.what, error.kind(), status.unwrap_or_default());
        self.shared.tally.resumed(why);
        if self.what != START {
            eprintln!("given up by a client in {} attempts: {error}", error.attempts());
        }
        sleep(PAUSE).await;
        Ok(())
    }
}

/// Does a thing again while it fails.
pub(crate) async fn insist<T, F: Future<Output = Result<T, Error>>>(
    mut tries: Tries<'_>,
    mut attempt: impl FnMut() -> F,
) -> Result<T, Error> {
    loop {
        match attempt().await {
            Ok(done) => return Ok(done),
            Err(error) => tries.after(error).await?,
        }
    }
}

/// Lets a run go on piece by piece for as long as `follow` takes.
pub(crate) async fn paced<T>(
    pace: Duration,
    mut release: impl FnMut(),
    follow: impl Future<Output = T>,
) -> T {
    let pacing = async {
        loop {
            sleep(pace).await;
            release();
        }
    };
    tokio::select! {
        done = follow => done,
        () = pacing => unreachable!("pacing never ends"),
    }
}

/// The settings of a client that gives up late, and notices soon that a stream is silent.
pub(crate) fn patient(settings: Settings) -> Settings {
    let retry = RetryPolicy::default()
        .max_attempts(20)
        .base_delay(Duration::from_millis(50))
        .max_delay(Duration::from_secs(1));
    settings
        .retry(retry)
        .attempt_timeout(Duration::from_secs(15))
        .total_timeout(Duration::from_secs(120))
        .stall_timeout(Duration::from_secs(3))
}

/// The part of a request's path that stands so many places before its end.
pub(crate) fn from_end(request: &RecordedRequest, places: usize) -> &str {
    request.path.rsplit('/').nth(places).unwrap_or_default()
}
