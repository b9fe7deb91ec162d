//! What is counted while runs go on.

use crate::check::Judged;
use std::{
    collections::BTreeMap,
    ops::AddAssign,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The counts of one vendor. Everybody adds to them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Mutex<Counts>,
}

/// So many of everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) finished: u64,
    /// Runs that the program could not bring to their end.
    pub(crate) failed: u64,
    /// Events, or for one vendor statuses, that clients delivered.
    pub(crate) events: u64,
    pub(crate) requests: u64,
    /// Requests for a stream, and runs that have asked for one at least once.
    pub(crate) streams: u64,
    pub(crate) streamed_runs: u64,
    /// How often a client gave up by its policy and the program took the run up again, by what was wrong.
    pub(crate) resumed: BTreeMap<String, u64>,
    /// By their names.
    pub(crate) faults: BTreeMap<&'static str, u64>,
    pub(crate) lost: u64,
    pub(crate) foreign: u64,
    /// Pieces that came again although that is promised not to be, and those where the server told a run differently.
    pub(crate) repeated: u64,
    pub(crate) repeated_by_server: u64,
    /// Runs of which some pieces are in the outcome only.
    pub(crate) untold: u64,
    /// What was there of a start that the client was told has failed.
    pub(crate) orphans: u64,
}

impl Tally {
    pub(crate) fn counts(&self) -> Counts {
        self.lock().clone()
    }

    pub(crate) fn event(&self) {
        self.lock().events += 1;
    }

    pub(crate) fn request(&self, is_stream: bool) {
        let mut counts = self.lock();
        counts.requests += 1;
        counts.streams += u64::from(is_stream);
    }

    pub(crate) fn streams_run(&self) {
        self.lock().streamed_runs += 1;
    }

    pub(crate) fn fault(&self, name: &'static str) {
        *self.lock().faults.entry(name).or_default() += 1;
    }

    pub(crate) fn resumed(&self, why: String) {
        *self.lock().resumed.entry(why).or_default() += 1;
    }

    pub(crate) fn orphan(&self) {
        self.lock().orphans += 1;
    }

    pub(crate) fn failed(&self) {
        self.lock().failed += 1;
    }

    /// A run has come to its end.
    pub(crate) fn finished(&self, Judged { verdict, retold, untold }: Judged) {
        let mut counts = self.lock();
        counts.finished += 1;
        counts.untold += u64::from(untold);
        counts.lost += verdict.lost;
        counts.foreign += verdict.foreign;
        match retold {
            true => counts.repeated_by_server += verdict.repeated,
            false => counts.repeated += verdict.repeated,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AddAssign<&Counts> for Counts {
    fn add_assign(&mut self, other: &Counts) {
        self.finished += other.finished;
        self.failed += other.failed;
        self.events += other.events;
        self.requests += other.requests;
        self.streams += other.streams;
        self.streamed_runs += other.streamed_runs;
        self.lost += other.lost;
        self.foreign += other.foreign;
        self.repeated += other.repeated;
        self.repeated_by_server += other.repeated_by_server;
        self.untold += other.untold;
        self.orphans += other.orphans;
        for (why, times) in &other.resumed {
            *self.resumed.entry(why.clone()).or_default() += times;
        }
        for (name, times) in &other.faults {
            *self.faults.entry(name).or_default() += times;
        }
    }
}

impl Counts {
    /// How often a stream that had been opened was opened again.
    pub(crate) fn reconnections(&self) -> u64 {
        self.streams.saturating_sub(self.streamed_runs)
    }

    pub(crate) fn all_faults(&self) -> u64 {
        self.faults.values().sum()
    }

    pub(crate) fn all_resumed(&self) -> u64 {
        self.resumed.values().sum()
    }
}
