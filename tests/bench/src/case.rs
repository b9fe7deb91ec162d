//! What is measured by running it.

use crate::{
    goal::Goal,
    table::{Cell, Row},
    unit::Unit,
};
use std::time::{Duration, Instant};

/// The same work, done by ours and by its peers.
pub(crate) struct Case {
    pub(crate) what: String,
    /// What one run has `count` of.
    pub(crate) each: &'static str,
    pub(crate) count: usize,
    /// Ours, then the peers, in the order of the group's columns.
    pub(crate) runs: Vec<Run>,
    /// Makes sure that all do the same work: a contender that is quick because it does something else is none.
    pub(crate) check: Box<dyn Fn()>,
    pub(crate) goals: Vec<Goal>,
}

/// How a contender does the work.
#[allow(dead_code, reason = "each group has its own")]
pub(crate) enum Run {
    /// In this process: once for each call.
    Here(Box<dyn FnMut()>),
    /// In another process, which says what one run takes, or why it cannot be had.
    Elsewhere(Box<dyn FnOnce() -> Result<Duration, String>>),
    Nothing,
}

/// How long a case may take, as far as the least number of rounds allows.
const BUDGET: Duration = Duration::from_millis(1500);

const LEAST_ROUNDS: u32 = 5;
const MOST_ROUNDS: u32 = 301;

impl Case {
    /// The medians of interleaved rounds.
    pub(crate) fn timed(mut self) -> Row {
        (self.check)();
        let start = Instant::now();
        self.round(&mut []);
        let once = start.elapsed().max(Duration::from_nanos(1));
        let affordable = u32::try_from(BUDGET.as_nanos() / once.as_nanos()).unwrap_or(MOST_ROUNDS);
        let rounds = affordable.clamp(LEAST_ROUNDS, MOST_ROUNDS) | 1;
        let mut times = vec![Vec::new(); self.runs.len()];
        for _ in 0..rounds {
            self.round(&mut times);
        }
        let count = self.count as f64;
        let cells = self.runs.into_iter().zip(times).map(|(run, times)| match run {
            Run::Here(_) => Cell::Figure(median(times).as_secs_f64() / count),
            Run::Elsewhere(time) => match time() {
                Ok(time) => Cell::Figure(time.as_secs_f64() / count),
                Err(why) => Cell::Skipped(why),
            },
            Run::Nothing => Cell::Nothing,
        });
        let cells = cells.collect();
        Row { what: self.what, unit: Unit::Time(self.each), cells, goals: self.goals }
    }

    /// Lets each do the work once. Who begins is no one's advantage: what it needs has been touched by all before.
    fn round(&mut self, times: &mut [Vec<Duration>]) {
        for (at, run) in self.runs.iter_mut().enumerate() {
            let Run::Here(run) = run else { continue };
            let start = Instant::now();
            run();
            let time = start.elapsed();
            if let Some(times) = times.get_mut(at) {
                times.push(time);
            }
        }
    }
}

/// The middle one.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
