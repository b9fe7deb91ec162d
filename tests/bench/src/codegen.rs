//! All documents to code: by the project's own command, and by progenitor alone.

mod contender;
mod progenitor;

use crate::{
    goal::Goal,
    group::{Group, Source},
    table::{Cell, Row},
    unit::Unit,
};
use contender::{Contender, Costs};
pub(crate) use progenitor::{CHILD, generated, run};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What this group measures: all documents, which are the five vendors' and the made-up one of the tests, on both sides.
///
/// Progenitor gets them without answers, unions and open enums, as it gives up on each of the real ones, and without
/// descriptions. So it has less to read and to write: ours writes the answers, the unions, the enums, the builders and
/// all documentation too, and it checks the documents and compares the code with what is on disk.
pub(crate) const GROUP: Group =
    Group { name: "codegen", columns: &["agent-threads", PROGENITOR], source: Source::Rows(rows) };

const PROGENITOR: &str = "progenitor alone";

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The documents as progenitor sees them, written into a directory.
pub(crate) fn projected(directory: &Path) -> Result<(), String> {
    fs::create_dir_all(directory).map_err(|why| why.to_string())?;
    said(through_cargo(&["--release"]).arg("project").arg(directory)).map(|_| ())
}

fn rows() -> Vec<Row> {
    let directory = std::env::temp_dir().join(format!("agent-threads-{}", std::process::id()));
    let found = programs(&directory)
        .map(|[ours, theirs, asked]| contender::measured([ours, theirs, asked]));
    let lines = [ours_written(), progenitor::written(&directory)];
    let _ = fs::remove_dir_all(&directory);
    let [ours, theirs, asked] = found.unwrap_or_else(|why| [(); 3].map(|()| Err(why.clone())));
    let cell = |costs: &Result<Costs, String>, figure: fn(&Costs) -> f64| match costs {
        Ok(costs) => Cell::Figure(figure(costs)),
        Err(why) => Cell::Skipped(why.clone()),
    };
    let all = "all documents";
    let row = |what: &str, unit, cells, goals| Row { what: what.to_owned(), unit, cells, goals };
    let both = |figure| vec![cell(&ours, figure), cell(&theirs, figure)];
    vec![
        row(
            "codegen --check, both in release",
            Unit::Time(all),
            both(|costs| costs.wall),
            vec![Goal::Within(2.0, PROGENITOR)],
        ),
        row("codegen --check, user + system", Unit::Time(all), both(|costs| costs.cpu), Vec::new()),
        row("code", Unit::Number("lines written"), lines.map(contender::number).into(), Vec::new()),
        row(
            "cargo xtask codegen --check",
            Unit::Time(all),
            vec![cell(&asked, |costs| costs.wall), Cell::Nothing],
            vec![Goal::AtMost(2.0)],
        ),
    ]
}

/// Ours as a program, progenitor as one, and ours as it is called: through cargo, in the profile for development.
fn programs(directory: &Path) -> Result<[Contender; 3], String> {
    projected(directory)?;
    // So that nothing is left to be built when it is measured.
    said(through_cargo(&[]).arg("--help"))?;
    let ours = xtask()?;
    let documents = directory.to_owned();
    let this = std::env::current_exe().map_err(|why| why.to_string())?;
    Ok([
        Contender(Box::new(move || {
            let mut command = Command::new(&ours);
            command.args(["codegen", "--check"]).env("CARGO_MANIFEST_DIR", root().join("xtask"));
            command
        })),
        Contender(Box::new(move || {
            let mut command = Command::new(&this);
            command.arg(CHILD).arg(&documents);
            command
        })),
        Contender(Box::new(|| {
            let mut command = through_cargo(&[]);
            command.args(["codegen", "--check"]);
            command
        })),
    ])
}

/// The project's own command, as `cargo xtask` calls it.
fn through_cargo(profile: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--offline", "--package", "xtask"]).args(profile).arg("--");
    command.current_dir(root());
    command
}

/// Where cargo puts that program.
fn xtask() -> Result<PathBuf, String> {
    let mut command = Command::new("cargo");
    command.args(["build", "--quiet", "--offline", "--release", "--package", "xtask"]);
    let said = said(command.arg("--message-format=json").current_dir(root()))?;
    let messages = said.lines().filter_map(|line| serde_json::from_str(line).ok());
    let mut found = messages.filter_map(|message: serde_json::Value| {
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    });
    found.next().ok_or_else(|| "cargo names no program".to_owned())
}

/// The lines that are on disk, which are those that are written.
fn ours_written() -> Result<usize, String> {
    let packages = fs::read_dir(root().join("crates")).map_err(|why| why.to_string())?;
    let packages = packages.filter_map(Result::ok).map(|package| package.path());
    let all = packages.chain([root().join("tests/acme")]);
    all.map(|package| contender::lines(&package.join("src/generated"))).sum()
}

fn said(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|why| why.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ")),
    }
}
