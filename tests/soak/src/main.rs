//! Thousands of runs of all vendors at once, in one process with the sandbox that they are made by, over real sockets and with
//! faults, for as long as one likes.
//!
//! ```text
//! cargo run --release -p agent-threads-soak -- --minutes 20 --runs 2000 --faults 5 --seed 1
//! ```
//!
//! Prints a row each minute and the counts at the end. Fails where an event or an end is lost or comes twice against what a client
//! promises, where a run cannot be brought to its end, where memory grows after the first minute, and where tasks or descriptors
//! are left when all is over.

mod chaos;
mod check;
mod fleet;
mod lane;
mod lanes;
mod plan;
mod process;
mod report;
mod tally;

use agent_threads_sandbox::Sandbox;
use clap::Parser;
use fleet::{Fleet, Size};
use process::Usage;
use report::Row;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::{alloc::System, error::Error, process::ExitCode, time::Duration};
use tokio::time::{Instant, sleep};

#[global_allocator]
pub(crate) static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often it is looked at what is in use.
const SAMPLE: Duration = Duration::from_secs(5);

/// How long connections may take to close behind their clients.
const CLOSING: Duration = Duration::from_secs(10);

/// Runs of all vendors at once, with faults.
#[derive(Parser)]
struct Args {
    /// How long runs are started
    #[arg(long, default_value_t = 2)]
    minutes: u64,
    /// How many runs are open at once
    #[arg(long, default_value_t = 2000)]
    runs: usize,
    /// How many of a hundred answers break, and of a hundred events of streams
    #[arg(long, default_value_t = 5.0)]
    faults: f64,
    /// What the runs say and what breaks follows from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let args = Args::parse();
    let Args { minutes, runs, faults, seed } = args;
    let limit = process::descriptor_limit()?;
    // A connection has two ends here, and a run has up to two connections.
    let needed = u64::try_from(runs * 4)? + 100;
    if limit < needed {
        eprintln!("{needed} open files may be needed, and {limit} are allowed: see `ulimit -n`");
        return Ok(ExitCode::FAILURE);
    }
    println!(
        "{runs} runs at once for {minutes} min, faults {faults} %, seed {seed}, {limit} open files allowed"
    );

    let sandbox = Sandbox::start().await?;
    let before = Usage::now()?;
    let fleet = Fleet::new(&sandbox, Size { runs, faults, seed })?;
    let rows = watch(&fleet, minutes).await?;
    let counts = fleet.finish().await;
    let after = settled(before).await?;
    print!("\n{}", report::table(&counts));
    println!("\nbefore the first client and behind the last: {}", both(before, after));
    let complaints = report::complaints(&report::total(&counts), &rows, before, after);
    complaints.iter().for_each(|complaint| println!("FAILED: {complaint}"));
    sandbox.shutdown().await;
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints a row each minute and returns them all.
async fn watch(fleet: &Fleet, minutes: u64) -> Result<Vec<Row>, Box<dyn Error>> {
    println!("{}", report::heading());
    let mut rows = Vec::new();
    let mut cpu = Usage::now()?.cpu;
    for minute in 1..=minutes {
        let (start, mut samples) = (Instant::now(), Vec::new());
        while start.elapsed() < Duration::from_secs(60) {
            sleep(SAMPLE).await;
            samples.push(Usage::now()?);
        }
        let usage = average(&samples);
        let cores = (usage.cpu - cpu) / start.elapsed().as_secs_f64();
        cpu = usage.cpu;
        let counts = report::total(&fleet.counts());
        let row = Row { minute, open: fleet.open(), counts, usage, cores };
        println!("{}", row.line());
        rows.push(row);
    }
    Ok(rows)
}

/// What was in use on average in the second half of these samples; in the first, the first minute is still filling up.
fn average(samples: &[Usage]) -> Usage {
    let half = &samples[samples.len() / 2..];
    let mean = |what: fn(&Usage) -> u64| {
        half.iter().map(what).sum::<u64>() / u64::try_from(half.len().max(1)).unwrap_or(u64::MAX)
    };
    Usage {
        rss: mean(|usage| usage.rss),
        heap: mean(|usage| usage.heap),
        descriptors: mean(|usage| usage.descriptors),
        tasks: mean(|usage| usage.tasks),
        cpu: samples.last().map_or(0.0, |usage| usage.cpu),
    }
}

/// What is in use once nothing more than before is open, or has had time to close.
async fn settled(before: Usage) -> Result<Usage, Box<dyn Error>> {
    let start = Instant::now();
    loop {
        let now = Usage::now()?;
        let is_closed = now.tasks <= before.tasks && now.descriptors <= before.descriptors;
        if is_closed || start.elapsed() > CLOSING {
            return Ok(now);
        }
        sleep(Duration::from_millis(100)).await;
    }
}

fn both(before: Usage, after: Usage) -> String {
    format!(
        "{} and {} tasks, {} and {} descriptors, {:.1} and {:.1} MiB of heap",
        before.tasks,
        after.tasks,
        before.descriptors,
        after.descriptors,
        report::mebibytes(before.heap),
        report::mebibytes(after.heap),
    )
}
