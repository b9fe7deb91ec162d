//! One program built once.

use super::Program;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

/// What the builds of a program cost: seconds, bytes, and a number of crates.
#[derive(Clone, Debug)]
pub(super) struct Costs {
    pub(super) release: f64,
    pub(super) dev: f64,
    pub(super) again: f64,
    pub(super) size: f64,
    pub(super) crates: f64,
}

/// Builds a program from nothing in both profiles, and once more after a change.
pub(super) fn of(program: &Program) -> Result<Costs, String> {
    let target = program.directory.join("target");
    let _ = fs::remove_dir_all(&target);
    let release = cpu_seconds(&program.directory, &["build", "--release"])?;
    let binary = target.join("release").join(program.package);
    let strip =
        Command::new("strip").arg(&binary).status().map_err(|why| format!("strip: {why}"))?;
    if !strip.success() {
        return Err(format!("strip: {strip}"));
    }
    let size = fs::metadata(&binary).map_err(|why| why.to_string())?.len() as f64;
    let _ = fs::remove_dir_all(&target);
    let dev = cpu_seconds(&program.directory, &["build"])?;
    let main = program.directory.join("src/main.rs");
    let text = fs::read_to_string(&main).map_err(|why| why.to_string())?;
    fs::write(&main, &text).map_err(|why| why.to_string())?;
    let start = Instant::now();
    cpu_seconds(&program.directory, &["build"])?;
    let again = start.elapsed().as_secs_f64();
    let _ = fs::remove_dir_all(&target);
    Ok(Costs { release, dev, again, size, crates: crates(&program.directory)? })
}

/// The time that cargo and all it starts spend on processors.
fn cpu_seconds(directory: &Path, arguments: &[&str]) -> Result<f64, String> {
    let before = children_ticks()?;
    let mut command = Command::new("cargo");
    command.args(arguments).args(["--offline", "--quiet", "--jobs", "2"]);
    command.env("CARGO_TARGET_DIR", directory.join("target")).current_dir(directory);
    let output = command.stdin(Stdio::null()).output().map_err(|why| format!("cargo: {why}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().find(|line| line.starts_with("error")).unwrap_or("no error");
        return Err(format!("it does not build: {first}"));
    }
    Ok((children_ticks()? - before) / TICKS)
}

/// In a second, on every architecture that Linux has now.
const TICKS: f64 = 100.0;

/// The processor time of all children that have ended.
fn children_ticks() -> Result<f64, String> {
    let stat = fs::read_to_string("/proc/self/stat").map_err(|why| format!("no /proc: {why}"))?;
    // The name, which may hold anything, ends at the last bracket; the 14th field behind it is `cutime`.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split(' ');
    let mut times = fields.skip(14).filter_map(|field| field.parse::<f64>().ok());
    times
        .next()
        .zip(times.next())
        .map(|(user, system)| user + system)
        .ok_or_else(|| "no times".into())
}

/// How many crates are compiled, for the build too; the program is not one of them.
fn crates(directory: &Path) -> Result<f64, String> {
    let mut command = Command::new("cargo");
    command.args(["tree", "--offline", "--edges", "normal,build", "--prefix", "none"]);
    let output = command.current_dir(directory).output().map_err(|why| why.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut names: Vec<_> =
        said.lines().skip(1).map(|line| line.trim_end_matches(" (*)")).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names.len() as f64)
}
