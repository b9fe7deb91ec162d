//! One program built once.

use super::{Program, median};
use crate::cpu;
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
    pub(super) again: Again,
    pub(super) size: f64,
    pub(super) crates: f64,
}

/// What one more build costs: seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Again {
    pub(super) cpu: f64,
    pub(super) wall: f64,
}

/// How often a program is edited and built again in a round; one is short.
const EDITS: usize = 7;

/// Builds a program from nothing in both profiles, and again after changes.
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
    let again = again(program)?;
    let _ = fs::remove_dir_all(&target);
    Ok(Costs { release, dev, again, size, crates: crates(&program.directory)? })
}

/// The medians of some edits of `main.rs`, each of which gives it another constant.
fn again(program: &Program) -> Result<Again, String> {
    let main = program.directory.join("src/main.rs");
    let text = fs::read_to_string(&main).map_err(|why| why.to_string())?;
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for edit in 0..EDITS {
        let edited = format!("{text}\nconst _: usize = {edit};\n");
        fs::write(&main, edited).map_err(|why| why.to_string())?;
        let start = Instant::now();
        cpu.push(cpu_seconds(&program.directory, &["build"])?);
        wall.push(start.elapsed().as_secs_f64());
    }
    fs::write(&main, text).map_err(|why| why.to_string())?;
    Ok(Again { cpu: median(cpu), wall: median(wall) })
}

/// The time that cargo and all it starts spend on processors.
fn cpu_seconds(directory: &Path, arguments: &[&str]) -> Result<f64, String> {
    let before = cpu::of_children()?;
    let mut command = Command::new("cargo");
    command.args(arguments).args(["--offline", "--quiet", "--jobs", "2"]);
    command.env("CARGO_TARGET_DIR", directory.join("target")).current_dir(directory);
    let output = command.stdin(Stdio::null()).output().map_err(|why| format!("cargo: {why}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().find(|line| line.starts_with("error")).unwrap_or("no error");
        return Err(format!("it does not build: {first}"));
    }
    Ok(cpu::of_children()? - before)
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
