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

/// The word by which this program is asked to run what is counted, before the name of the group.
pub(crate) const CHILD: &str = "run-to-be-counted";

/// Callgrind counts what happens in here, and writes a file each time that it is left.
#[inline(never)]
pub(crate) fn count_this(run: &mut dyn FnMut()) {
    run();
    black_box(());
}

/// The instructions of one run, for each contender that runs in this process.
pub(crate) fn counted(group: &str, cases: &[Case]) -> Result<Vec<Row>, String> {
    let program = std::env::current_exe().map_err(|why| why.to_string())?;
    let directory = program.with_file_name(format!("bench-callgrind-{group}"));
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).map_err(|why| why.to_string())?;
    let totals = callgrind(&program, group, &directory);
    let _ = fs::remove_dir_all(&directory);
    let totals = totals?;
    let runs = cases.iter().flat_map(|case| &case.runs);
    let expected = runs.filter(|run| matches!(run, Run::Here(_))).count();
    if totals.len() != expected {
        return Err(format!("{} runs were counted, and {expected} expected", totals.len()));
    }
    let mut totals = totals.into_iter();
    Ok(cases.iter().map(|case| row(case, &mut totals)).collect())
}

/// Peers are met in time, and growth is seen in instructions as well.
fn row(case: &Case, totals: &mut impl Iterator<Item = u64>) -> Row {
    let cells = case.runs.iter().map(|run| match run {
        Run::Here(_) => totals
            .next()
            .map_or(Cell::Nothing, |total| Cell::Figure(total as f64 / case.count as f64)),
        Run::Timed(_) | Run::Elsewhere(_) | Run::Nothing => Cell::Nothing,
    });
    let cells = cells.collect();
    let linear = |goal: &&Goal| matches!(goal, Goal::Linear(..));
    let goals = case.goals.iter().filter(linear).cloned().collect();
    Row { what: case.what.clone(), unit: Unit::Instructions(case.each), cells, goals }
}

/// Runs a group under callgrind, and returns the count of each run in order.
fn callgrind(program: &Path, group: &str, directory: &Path) -> Result<Vec<u64>, String> {
    // In full: callgrind takes a pattern for the one option and not for the other.
    let function = concat!(module_path!(), "::count_this");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no"])
        .arg(format!("--toggle-collect={function}"))
        .arg(format!("--dump-after={function}"))
        .arg("--callgrind-out-file=counts")
        .arg(program)
        .args([CHILD, group])
        .current_dir(directory)
        .stdin(Stdio::null())
        .output();
    match output {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Err("no valgrind".to_owned()),
        Err(why) => return Err(format!("valgrind: {why}")),
        Ok(output) if !output.status.success() => {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("valgrind: {}: {said}", output.status));
        }
        Ok(_) => {}
    }
    // The files are numbered from 1 in the order in which they are written.
    (1..)
        .map_while(|number| fs::read_to_string(directory.join(format!("counts.{number}"))).ok())
        .map(|text| total(&text).ok_or_else(|| "a count without a total".to_owned()))
        .collect()
}

fn total(text: &str) -> Option<u64> {
    let line = text.lines().rev().find_map(|line| line.strip_prefix("totals: "));
    line.or_else(|| text.lines().find_map(|line| line.strip_prefix("summary: ")))?
        .trim()
        .parse()
        .ok()
}
