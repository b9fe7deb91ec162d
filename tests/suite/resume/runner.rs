//! One run from each seed, each under a clock of its own that is paused.

use super::{dice::Dice, faults::Mood, figures::Figures};
use agent_threads_core::{Error, ErrorKind, RetryPolicy};
use std::{env, time::Duration};
use tokio::runtime::Builder;

/// How many runs there are unless `RESUME_RUNS` says otherwise.
const RUNS: u64 = 50;

/// Longer than all that any run waits for.
const FOR_EVER: Duration = Duration::from_secs(400 * 24 * 3600);

/// What a scenario is made of.
pub(super) struct Chance {
    /// What the agent and the program do.
    pub(super) dice: Dice,
    /// What the network does.
    pub(super) network: Dice,
    pub(super) mood: Mood,
    pub(super) figures: Figures,
}

/// Runs a scenario from each seed. A failure tells the seed, and `RESUME_SEED` with it repeats the run.
pub(super) fn check(name: &'static str, scenario: impl AsyncFn(Chance)) {
    let number = |variable| env::var(variable).ok().map(|text| text.parse().unwrap());
    let seeds = match number("RESUME_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("RESUME_RUNS").unwrap_or(RUNS),
    };
    let figures = Figures::default();
    let runs = seeds.end - seeds.start;
    let start = std::time::Instant::now();
    for seed in seeds {
        let told = Told { name, seed };
        one(seed, &figures, &scenario);
        drop(told);
    }
    println!("{name}: {runs} runs in {:.1} s, {figures}", start.elapsed().as_secs_f64());
}

/// The run of one seed, as a test of its own once it has failed.
pub(super) fn one(seed: u64, figures: &Figures, scenario: impl AsyncFn(Chance)) {
    let mut dice = Dice::new(seed);
    let network = dice.fork();
    let mood = if dice.one_in(4) { Mood::Endless } else { Mood::Bounded };
    let chance = Chance { dice, network, mood, figures: figures.clone() };
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let run = tokio::time::timeout(FOR_EVER, scenario(chance));
        run.await.expect("the run comes to an end");
    });
}

/// How often a client tries again: more often than there are faults, or so often that it gives up.
pub(super) fn policy(dice: &mut Dice, mood: Mood) -> (u32, RetryPolicy) {
    let attempts = match mood {
        Mood::Bounded => 20,
        Mood::Endless => 1 + u32::try_from(dice.below(4)).unwrap(),
    };
    // Pauses that are drawn would make a run another one when it is repeated.
    (attempts, RetryPolicy::default().jitter(false).max_attempts(attempts))
}

/// Fails for an error that a client does not document for a connection that is lost for good.
pub(super) fn assert_documented(error: &Error) {
    let status = error.status().map(|status| status.as_u16());
    let is_passing = matches!(status, Some(408 | 429 | 500 | 502 | 503 | 504));
    let is_lost =
        matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::Transport | ErrorKind::Timeout);
    assert!(is_lost || is_passing, "{error}");
}

/// Tells the seed of a run that fails.
struct Told {
    name: &'static str,
    seed: u64,
}

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { name, seed } = self;
            eprintln!("{name}: the run of RESUME_SEED={seed} has failed");
        }
    }
}
