//! The project's own commands.

mod check;
mod ci;
mod codegen;
mod cut;
mod deny;
mod diagnostic;
mod docs;
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
use std::process::ExitCode;
use workspace::{Target, Workspace};

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
        for drift in codegen::write(workspace, target)? {
            let verb = if drift.generated.is_some() { "wrote" } else { "removed" };
            println!("{verb} {}/{}", target.generated(), drift.file);
        }
        Ok(())
    })
}

fn check_codegen(workspace: &Workspace, name: Option<&str>) -> Result<(), Failure> {
    for_each(workspace, name, |target| {
        let drifts = codegen::check(workspace, target)?;
        if drifts.is_empty() {
            return Ok(());
        }
        drifts.iter().for_each(|drift| print!("{drift}"));
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
        fail_if_any(complaints)
    })
}

/// Does something for each target, also after it failed for one, so that one run shows everything.
fn for_each(
    workspace: &Workspace,
    name: Option<&str>,
    action: impl Fn(&Target) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let targets = workspace.targets(name)?;
    let failures = targets.iter().filter_map(|target| action(target).err());
    fail_if_any(failures.flat_map(|failure| failure.0).collect())
}

fn fail_if_any(complaints: Vec<diagnostic::Diagnostic>) -> Result<(), Failure> {
    match complaints.is_empty() {
        true => Ok(()),
        false => Err(Failure(complaints)),
    }
}
