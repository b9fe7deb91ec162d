//! All runs that are open at once, each followed by another one as soon as it ends.

use crate::{
    lane::{Error, Lane},
    lanes::{DecoStudio, Middesk, Modus, Mosoo, Octavus},
    plan::Plan,
    tally::Counts,
};
use agent_threads_sandbox::Sandbox;
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::sleep};

/// Over how long the first runs are started.
const RAMP: Duration = Duration::from_secs(15);

/// How often the servers are searched for what no program knows.
const SWEEP: Duration = Duration::from_secs(30);

/// What there is to be done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Runs that are open at once, over all vendors.
    pub(crate) runs: usize,
    /// Of a hundred answers, and of a hundred events, so many break.
    pub(crate) faults: f64,
    pub(crate) seed: u64,
}

/// The runs of all vendors.
pub(crate) struct Fleet {
    lanes: Vec<Arc<dyn Lane>>,
    slots: JoinSet<()>,
    sweeper: JoinSet<()>,
    ends: Arc<AtomicBool>,
    open: Arc<AtomicU64>,
}

impl Fleet {
    /// # Errors
    ///
    /// When a client cannot be built.
    pub(crate) fn new(sandbox: &Sandbox, size: Size) -> Result<Self, Error> {
        let Size { runs, faults, seed } = size;
        let slots = runs.div_ceil(5);
        let lanes: Vec<Arc<dyn Lane>> = vec![
            Arc::new(Octavus::new(sandbox, slots, faults, seed)?),
            Arc::new(Modus::new(sandbox, faults, seed)?),
            Arc::new(Middesk::new(sandbox, slots, faults, seed)?),
            Arc::new(Mosoo::new(sandbox, faults, seed)?),
            Arc::new(DecoStudio::new(sandbox, faults, seed)?),
        ];
        let mut fleet = Self {
            lanes,
            slots: JoinSet::new(),
            sweeper: JoinSet::new(),
            ends: Arc::default(),
            open: Arc::default(),
        };
        fleet.start(slots, seed);
        Ok(fleet)
    }

    fn start(&mut self, slots: usize, seed: u64) {
        for lane in &self.lanes {
            let serials = Arc::new(AtomicU64::new(0));
            for slot in 0..slots {
                let (lane, serials) = (lane.clone(), serials.clone());
                let (ends, open) = (self.ends.clone(), self.open.clone());
                let pause = RAMP.mul_f64(fastrand::f64());
                self.slots.spawn(async move {
                    sleep(pause).await;
                    while !ends.load(Relaxed) {
                        let plan = Plan::new(seed, lane.name(), serials.fetch_add(1, Relaxed));
                        open.fetch_add(1, Relaxed);
                        run(&*lane, slot, &plan).await;
                        open.fetch_sub(1, Relaxed);
                    }
                });
            }
        }
        self.sweeper.spawn(sweep(self.lanes.clone()));
    }

    /// How many runs are open.
    pub(crate) fn open(&self) -> u64 {
        self.open.load(Relaxed)
    }

    /// The counts of each vendor.
    pub(crate) fn counts(&self) -> Vec<(&'static str, Counts)> {
        self.lanes.iter().map(|lane| (lane.name(), lane.shared().tally.counts())).collect()
    }

    /// Starts no more runs, and returns the counts when the last one has ended and all clients are gone.
    pub(crate) async fn finish(mut self) -> Vec<(&'static str, Counts)> {
        self.ends.store(true, Relaxed);
        while self.slots.join_next().await.is_some() {}
        self.sweeper.shutdown().await;
        self.counts()
    }
}

/// A run from its start to its end, with what was wrong told at once.
async fn run(lane: &dyn Lane, slot: usize, plan: &Plan) {
    let tally = &lane.shared().tally;
    match lane.run(slot, plan).await {
        Ok(judged) => {
            let verdict = &judged.verdict;
            if verdict.lost + verdict.foreign > 0 || verdict.repeated > 0 && !judged.retold {
                eprintln!("{}: {judged:?}", plan.name);
            }
            tally.finished(judged);
        }
        Err(error) => {
            eprintln!("{}: failed: {error}", plan.name);
            tally.failed();
        }
    }
}

/// Lets the servers forget what is left of starts of which clients were told that they have failed.
async fn sweep(lanes: Vec<Arc<dyn Lane>>) {
    let mut suspects: HashSet<String> = HashSet::new();
    loop {
        sleep(SWEEP).await;
        let mut unknown = HashSet::new();
        for lane in &lanes {
            for id in lane.ids().into_iter().filter(|id| !lane.shared().is_known(id)) {
                // A start can be under way, but not for so long.
                match suspects.contains(&id) {
                    true => {
                        lane.forget(&id);
                        lane.shared().tally.orphan();
                    }
                    false => drop(unknown.insert(id)),
                }
            }
        }
        suspects = unknown;
    }
}
