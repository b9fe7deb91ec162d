//! Instructions, counted by callgrind.

use crate::{
    case::{Case, Run},
    goal::Goal,
    table::{Cell, Row},
    unit::Unit,
};
use std::{
    fs,
    hint::black_box,
    io,
    path::Path,
    process::{Command, Stdio},
};

/// The word by which this program is asked to run what is counted; the name of the group and the number of the run in it
/// follow.
pub(crate) const CHILD: &str = "run-to-be-counted";

/// Runs the `number`th of what a group has to be counted, for the second time under count.
pub(crate) fn run_to_be_counted(cases: Vec<Case>, number: usize) -> Option<()> {
    let runs = cases.into_iter().flat_map(|case| case.runs);
    let mut counted = runs.filter_map(|run| match run {
        Run::Here(run) => Some(run),
        _ => None,
    });
    let mut run = counted.nth(number)?;
    // What is made once, such as a connection, is no part of the work.
    run();
    count_this(&mut run);
    Some(())
}

/// Callgrind counts what happens in here.
#[inline(never)]
fn count_this(run: &mut dyn FnMut()) {
    run();
    black_box(());
}

/// The instructions of one run, for each contender that runs in this process.
pub(crate) fn counted(group: &str, cases: &[Case]) -> Result<Vec<Row>, String> {
    let program = std::env::current_exe().map_err(|why| why.to_string())?;
    let mut number = 0;
    let mut rows = Vec::new();
    let is_counted = |case: &&Case| case.runs.iter().any(|run| matches!(run, Run::Here(_)));
    for case in cases.iter().filter(is_counted) {
        let mut cells = Vec::new();
        for run in &case.runs {
            cells.push(match run {
                Run::Here(_) => {
                    let total = callgrind(&program, group, number)?;
                    number += 1;
                    Cell::Figure(total as f64 / case.count as f64)
                }
                Run::Timed(_) | Run::Elsewhere(_) | Run::Nothing => Cell::Nothing,
            });
        }
        rows.push(row(case, cells));
    }
    Ok(rows)
}

/// A goal of speed is one of time. What must not cost more than something else must not do so in instructions either.
fn row(case: &Case, cells: Vec<Cell>) -> Row {
    let goals = case.goals.iter().filter(|goal| !matches!(goal, Goal::Beats(..)));
    let (what, unit) = (case.what.clone(), Unit::Instructions(case.each));
    Row { what, unit, cells, goals: goals.cloned().collect() }
}

/// Has one run counted, in a process of its own.
fn callgrind(program: &Path, group: &str, number: usize) -> Result<u64, String> {
    let counts = program.with_file_name(format!("bench-callgrind-{}", std::process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no"])
        .arg(concat!("--toggle-collect=", module_path!(), "::count_this"))
        .arg(format!("--callgrind-out-file={}", counts.display()))
        .arg(program)
        .args([CHILD, group, &number.to_string()])
        .stdin(Stdio::null())
        .output();
    let text = fs::read_to_string(&counts);
    let _ = fs::remove_file(&counts);
    match output {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Err("no valgrind".to_owned()),
        Err(why) => Err(format!("valgrind: {why}")),
        Ok(output) if !output.status.success() => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("valgrind: {}: {said}", output.status))
        }
        Ok(_) => total(&text.map_err(|why| why.to_string())?)
            .filter(|total| *total > 0)
            .ok_or_else(|| "nothing was counted".to_owned()),
    }
}

/// The sum that callgrind writes beneath all parts of its file, or above them where it is the only one.
fn total(text: &str) -> Option<u64> {
    let line = text.lines().rev().find_map(|line| line.strip_prefix("totals: "));
    line.or_else(|| text.lines().find_map(|line| line.strip_prefix("summary: ")))?
        .trim()
        .parse()
        .ok()
}
