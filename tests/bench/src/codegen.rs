//! All documents to code: by the project's own command, and by progenitor alone.

mod progenitor;

use crate::{
    goal::Goal,
    group::{Group, Source},
    table::{Cell, Row},
    unit::Unit,
};
pub(crate) use progenitor::{CHILD, generated, run};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// What this group measures. Both read the documents that progenitor sees and write Rust; ours compares it with what is on
/// disk, too.
pub(crate) const GROUP: Group =
    Group { name: "codegen", columns: &["agent-threads", PROGENITOR], source: Source::Rows(rows) };

const PROGENITOR: &str = "progenitor alone";

const ROUNDS: usize = 7;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The documents as progenitor sees them, written into a directory.
pub(crate) fn projected(directory: &Path) -> Result<(), String> {
    fs::create_dir_all(directory).map_err(|why| why.to_string())?;
    took(xtask(&["--release"]).arg("project").arg(directory)).map(|_| ())
}

fn rows() -> Vec<Row> {
    let directory = std::env::temp_dir().join(format!("agent-threads-{}", std::process::id()));
    let release = measured(&directory, &["--release"]);
    let dev = measured(&directory, &[]);
    let _ = fs::remove_dir_all(&directory);
    let row = |what: &str, [ours, theirs]: [Cell; 2], goal| Row {
        what: what.to_owned(),
        unit: Unit::Time("all documents"),
        cells: vec![ours, theirs],
        goals: vec![goal],
    };
    vec![
        row("codegen --check, both in release", release, Goal::Within(2.0, PROGENITOR)),
        row("cargo xtask codegen --check", [dev[0].clone(), Cell::Nothing], Goal::AtMost(2.0)),
    ]
}

/// Ours in this profile, and progenitor in that of this program.
fn measured(directory: &Path, profile: &[&str]) -> [Cell; 2] {
    if let Err(why) = projected(directory) {
        return [Cell::Skipped(why.clone()), Cell::Skipped(why)];
    }
    let mut rounds = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        rounds[0].push(took(xtask(profile).args(["codegen", "--check"])));
        rounds[1].push(took(&mut progenitor(directory)));
    }
    rounds.map(|rounds| match rounds.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(times) => Cell::Figure(crate::case::median(times).as_secs_f64()),
        Err(why) => Cell::Skipped(why),
    })
}

/// The project's own command, as `cargo xtask` calls it.
fn xtask(profile: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--offline", "--package", "xtask"]).args(profile).arg("--");
    command.current_dir(root());
    command
}

fn progenitor(directory: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap_or_default());
    command.arg(CHILD).arg(directory);
    command
}

fn took(command: &mut Command) -> Result<Duration, String> {
    let start = Instant::now();
    let output = command.stdin(Stdio::null()).output().map_err(|why| why.to_string())?;
    let time = start.elapsed();
    match output.status.success() {
        true => Ok(time),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ")),
    }
}
