//! What may be depended on: `deny.toml`, held against the whole tree by cargo-deny.

use crate::diagnostic::Failure;
use crate::workspace::Workspace;
use std::env::consts::EXE_SUFFIX;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// What is installed where there is none. Its configuration changes between versions.
const VERSION: &str = "=0.20.2";

/// Where to, beside all else that is built.
const ROOT: &str = "target/tools";

/// What is checked. Advisories are not: they come from the network, and a change cannot make them fail.
const CHECKS: [&str; 4] = ["check", "bans", "licenses", "sources"];

/// Checks the tree.
pub(crate) fn check(workspace: &Workspace) -> Result<(), Failure> {
    if is_there(Path::new("cargo-deny")) {
        return run(workspace, Path::new("cargo-deny"), CHECKS);
    }
    run(workspace, &cargo(), install_line())?;
    run(workspace, &workspace.path(&format!("{ROOT}/bin/cargo-deny{EXE_SUFFIX}")), CHECKS)
}

/// Of what is installed already this makes nothing again.
fn install_line() -> Vec<&'static str> {
    // Unoptimized it is built in a third of the time, and checks in seconds all the same.
    vec![
        "install",
        "cargo-deny",
        "--locked",
        "--version",
        VERSION,
        "--debug",
        "--root",
        ROOT,
        "--quiet",
    ]
}

/// The cargo that runs this, so that a toolchain chosen on its command line stays chosen.
pub(crate) fn cargo() -> std::path::PathBuf {
    std::env::var_os("CARGO").map_or_else(|| "cargo".into(), Into::into)
}

fn is_there(program: &Path) -> bool {
    let quiet = Command::new(program).arg("--version").stdout(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

fn run<A: AsRef<OsStr>>(
    workspace: &Workspace,
    program: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Result<(), Failure> {
    let name = program.display().to_string();
    let status = Command::new(program)
        .args(arguments)
        .current_dir(workspace.path(""))
        .status()
        .map_err(|e| Failure::new(&name, e))?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure::new(name, status)),
    }
}
