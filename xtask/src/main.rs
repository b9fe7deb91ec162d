//! The project's own commands.

mod check;
mod ci;
mod codegen;
mod cut;
mod deny;
mod diagnostic;
mod docs;
mod each;
mod emit;
mod format;
mod lint;
mod naming;
mod plan;
mod project;
mod spec;
mod workspace;

use clap::{Parser, Subcommand};
use diagnostic::Failure;
use spec::Spec;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use workspace::{Target, Workspace};

/// A third of codegen is making and dropping small trees of code, in which this one is quicker than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Commands of the project itself.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes `src/generated/` of each vendor from its OpenAPI document.
    Codegen {
        /// Only this vendor, such as `octavus`.
        name: Option<String>,
        /// Write nothing; fail where the files differ from what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Checks the OpenAPI documents.
    Lint {
        /// Only this vendor, such as `octavus`.
        name: Option<String>,
    },
    /// Checks what is depended on against `deny.toml`.
    Deny,
    /// Writes what progenitor sees of each document, to tell whose an error is.
    Project {
        /// Where the files go.
        directory: PathBuf,
    },
    /// Runs all that must pass before a change goes in.
    Ci,
}

fn main() -> ExitCode {
    let workspace = Workspace::this();
    let done = match Cli::parse().command {
        Command::Codegen { name, check: false } => codegen(&workspace, name.as_deref()),
        Command::Codegen { name, check: true } => check_codegen(&workspace, name.as_deref()),
        Command::Lint { name } => lint_documents(&workspace, name.as_deref()),
        Command::Deny => deny::check(&workspace),
        Command::Project { directory } => project(&workspace, &directory),
        Command::Ci => ci::run(&workspace),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn codegen(workspace: &Workspace, name: Option<&str>) -> Result<(), Failure> {
    for_each(workspace, name, |target| {
        let mut told = String::new();
        for drift in codegen::write(workspace, target)? {
            let verb = if drift.generated.is_some() { "wrote" } else { "removed" };
            let _ = writeln!(told, "{verb} {}/{}", target.generated(), drift.file);
        }
        Ok(told)
    })
}

/// Writes what progenitor sees.
fn project(workspace: &Workspace, directory: &Path) -> Result<(), Failure> {
    for_each(workspace, None, |target| {
        let path = directory.join(format!("{}.json", target.name));
        let document = codegen::projected(workspace, target)?;
        std::fs::write(&path, document.to_string())
            .map_err(|e| Failure::new(path.display().to_string(), e))?;
        Ok(String::new())
    })
}

fn check_codegen(workspace: &Workspace, name: Option<&str>) -> Result<(), Failure> {
    for_each(workspace, name, |target| {
        let drifts = codegen::check(workspace, target)?;
        if drifts.is_empty() {
            return Ok(String::new());
        }
        let shown: String = drifts.iter().map(ToString::to_string).collect();
        print!("{shown}");
        let (spec, name) = (&target.spec, &target.name);
        let message = format!("is not what {spec} gives; run `cargo xtask codegen {name}`");
        Err(Failure::new(target.generated(), message))
    })
}

fn lint_documents(workspace: &Workspace, name: Option<&str>) -> Result<(), Failure> {
    for_each(workspace, name, |target| {
        let spec = Spec::load(&workspace.path(&target.spec), &target.spec)?;
        let mut complaints = lint::lint(&spec);
        complaints.extend(codegen::lint_manifest(workspace, target, &spec)?);
        fail_if_any(complaints).map(|()| String::new())
    })
}

/// Does something for each target, and prints what is to be told of each, in their order. Also after it failed for one, so
/// that one run shows everything.
fn for_each(
    workspace: &Workspace,
    name: Option<&str>,
    action: impl Fn(&Target) -> Result<String, Failure> + Sync,
) -> Result<(), Failure> {
    let targets = workspace.targets(name)?;
    let mut complaints = Vec::new();
    for done in each::each(workspace, &targets, action) {
        match done {
            Ok(told) => print!("{told}"),
            Err(failure) => complaints.extend(failure.0),
        }
    }
    fail_if_any(complaints)
}

fn fail_if_any(complaints: Vec<diagnostic::Diagnostic>) -> Result<(), Failure> {
    match complaints.is_empty() {
        true => Ok(()),
        false => Err(Failure(complaints)),
    }
}
