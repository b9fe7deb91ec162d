//! openapi-to-rust, which is a program: as a library it would bring the bench more crates than it has.

use std::{
    ffi::OsString,
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Names the program, where it is not on the path.
const PROGRAM: &str = "OPENAPI_TO_RUST";

const INSTALL: &str = "cargo install --locked openapi-to-rust --version ^0.23";

const VERSION: &str = "openapi-to-rust 0.23.";

/// Writes the client of a document into a directory; what it says that the client depends on, as lines of a manifest.
pub(super) fn generate(document: &Path, directory: &Path) -> Result<String, String> {
    let program = std::env::var_os(PROGRAM).unwrap_or_else(|| OsString::from("openapi-to-rust"));
    let found = said(Command::new(&program).arg("--version"))
        .map_err(|why| format!("no openapi-to-rust ({why}); {INSTALL}"))?;
    if !found.starts_with(VERSION) {
        return Err(format!("it is {}; {INSTALL}", found.trim()));
    }
    let mut command = Command::new(&program);
    command.arg("generate").arg(document).arg("--output-dir").arg(directory);
    said(&mut command).map_err(|why| format!("openapi-to-rust refuses the document: {why}"))?;
    let fragment = fs::read_to_string(directory.join("REQUIRED_DEPS.toml"));
    let fragment = fragment.map_err(|why| format!("it tells no dependencies: {why}"))?;
    let dependencies = fragment.split_once("[dependencies]\n").map(|(_, lines)| lines.to_owned());
    dependencies.ok_or_else(|| "it tells no dependencies".to_owned())
}

fn said(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|why| why.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ")),
    }
}
