//! Tables of what was counted, and what must not be.

use crate::{process::Usage, tally::Counts};
use std::fmt::Write as _;

/// How much more memory than in the first minute may be in use later, in percent: of the heap, and of what is resident, which holds
/// the allocator's gaps too.
const HEAP_TOLERANCE: f64 = 10.0;
const RSS_TOLERANCE: f64 = 15.0;

/// How much of the heap of the first minute may be left when all runs have ended and all clients are gone, in percent.
const LEFT_TOLERANCE: f64 = 5.0;

/// A minute of it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) minute: u64,
    pub(crate) open: u64,
    pub(crate) counts: Counts,
    /// Averages over the minute, but for the time of the CPU.
    pub(crate) usage: Usage,
    /// Cores in use over the minute.
    pub(crate) cores: f64,
}

pub(crate) fn total(counts: &[(&str, Counts)]) -> Counts {
    let mut total = Counts::default();
    counts.iter().for_each(|(_, counts)| total += counts);
    total
}

pub(crate) fn heading() -> String {
    "minute   open  finished    events  faults  reconnects  lost  repeated  failed   RSS MiB  heap MiB   fds   tasks  cores".to_owned()
}

impl Row {
    pub(crate) fn line(&self) -> String {
        let Self { minute, open, counts, usage, cores } = self;
        format!(
            "{minute:>6} {open:>6} {:>9} {:>9} {:>7} {:>11} {:>5} {:>9} {:>7} {:>9.1} {:>9.1} {:>5} {:>7} {cores:>6.2}",
            counts.finished,
            counts.events,
            counts.all_faults(),
            counts.reconnections(),
            counts.lost + counts.foreign,
            counts.repeated,
            counts.failed,
            mebibytes(usage.rss),
            mebibytes(usage.heap),
            usage.descriptors,
            usage.tasks,
        )
    }
}

/// The counts of each vendor and of all.
pub(crate) fn table(counts: &[(&'static str, Counts)]) -> String {
    let total = total(counts);
    let all = counts.iter().map(|(name, counts)| (*name, counts)).chain([("all", &total)]);
    let mut table = "| | finished | failed | events | requests | faults | reconnections | taken up again | lost | repeated | repeated by server | in the outcome only | orphans |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n".to_owned();
    for (name, counts) in all {
        let cells = [
            counts.finished,
            counts.failed,
            counts.events,
            counts.requests,
            counts.all_faults(),
            counts.reconnections(),
            counts.all_resumed(),
            counts.lost + counts.foreign,
            counts.repeated,
            counts.repeated_by_server,
            counts.untold,
            counts.orphans,
        ];
        let cells: Vec<_> = cells.iter().map(u64::to_string).collect();
        let _ = writeln!(table, "| {name} | {} |", cells.join(" | "));
    }
    table.push_str("\n| fault | times |\n|---|--:|\n");
    for (name, times) in &total.faults {
        let _ = writeln!(table, "| {name} | {times} |");
    }
    table.push_str(
        "\n| taken up again, or asked for again, by the program after | times |\n|---|--:|\n",
    );
    for (name, counts) in counts {
        for (why, times) in &counts.resumed {
            let _ = writeln!(table, "| {name}, {why} | {times} |");
        }
    }
    table
}

/// What must not be. `before` is from before the first client was built, `after` from after the last was gone.
pub(crate) fn complaints(
    counts: &Counts,
    rows: &[Row],
    before: Usage,
    after: Usage,
) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut forbid = |what: &str, times: u64| {
        if times > 0 {
            complaints.push(format!("{what}: {times}"));
        }
    };
    forbid("lost", counts.lost);
    forbid("of another run or of none", counts.foreign);
    forbid("repeated against the promise", counts.repeated);
    forbid("runs that could not be brought to their end", counts.failed);
    forbid("tasks leaked", after.tasks.saturating_sub(before.tasks));
    forbid("descriptors leaked", after.descriptors.saturating_sub(before.descriptors));
    if let Some(first) = rows.first() {
        let left = mebibytes(after.heap.saturating_sub(before.heap));
        let percent = left / mebibytes(first.usage.heap) * 100.0;
        if percent > LEFT_TOLERANCE {
            complaints.push(format!("{left:.1} MiB of heap are left"));
        }
    }
    if let [first, .., last] = rows {
        let grown = |what: &str, first: u64, last: u64, tolerance: f64| {
            let percent = (mebibytes(last) / mebibytes(first) - 1.0) * 100.0;
            (percent > tolerance).then(|| format!("{what} has grown by {percent:.1} %"))
        };
        complaints.extend(grown("the heap", first.usage.heap, last.usage.heap, HEAP_TOLERANCE));
        complaints.extend(grown("RSS", first.usage.rss, last.usage.rss, RSS_TOLERANCE));
    }
    complaints
}

#[allow(clippy::cast_precision_loss)] // for people to read
pub(crate) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}
