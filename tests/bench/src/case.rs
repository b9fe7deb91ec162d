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
    /// As `Here`, but it takes too long to be counted, and in more than a few rounds.
    Timed(Box<dyn FnMut()>),
    /// In another process, which says what one run takes, or why it cannot be had.
    Elsewhere(Box<dyn FnOnce() -> Result<Duration, String>>),
    Nothing,
}

/// How long a case may take, as far as the least number of rounds allows.
const BUDGET: Duration = Duration::from_millis(1500);

/// How long the work is done before its time counts.
const WARM_UP: Duration = Duration::from_millis(100);

const LEAST_ROUNDS: u32 = 5;
const MOST_ROUNDS: u32 = 301;
const ROUNDS_OF_THE_SLOW: u32 = 3;

impl Case {
    /// The medians of interleaved rounds.
    pub(crate) fn timed(mut self) -> Row {
        (self.check)();
        let once = self.warm_up();
        let affordable = u32::try_from(BUDGET.as_nanos() / once.as_nanos()).unwrap_or(MOST_ROUNDS);
        let rounds = affordable.clamp(LEAST_ROUNDS, MOST_ROUNDS) | 1;
        let mut times = vec![Vec::new(); self.runs.len()];
        for round in 0..rounds {
            self.round(round < ROUNDS_OF_THE_SLOW, &mut times);
        }
        let count = self.count as f64;
        let cells = self.runs.into_iter().zip(times).map(|(run, times)| match run {
            Run::Here(_) | Run::Timed(_) => Cell::Figure(median(times).as_secs_f64() / count),
            Run::Elsewhere(time) => match time() {
                Ok(time) => Cell::Figure(time.as_secs_f64() / count),
                Err(why) => Cell::Skipped(why),
            },
            Run::Nothing => Cell::Nothing,
        });
        let cells = cells.collect();
        Row { what: self.what, unit: Unit::Time(self.each), cells, goals: self.goals }
    }

    /// Lets all do the work until it takes as long as it will, and returns how long that is for one round.
    fn warm_up(&mut self) -> Duration {
        let begin = Instant::now();
        loop {
            let start = Instant::now();
            self.round(false, &mut []);
            if begin.elapsed() >= WARM_UP {
                return start.elapsed().max(Duration::from_nanos(1));
            }
        }
    }

    /// Lets each do the work once. Who begins is no one's advantage: what it needs has been touched by all before.
    fn round(&mut self, with_slow: bool, times: &mut [Vec<Duration>]) {
        for (at, run) in self.runs.iter_mut().enumerate() {
            let run = match run {
                Run::Here(run) => run,
                Run::Timed(run) if with_slow => run,
                _ => continue,
            };
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
