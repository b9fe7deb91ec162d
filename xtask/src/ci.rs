//! All that must pass before a change goes in, in the order of what fails fastest.

use crate::diagnostic::Failure;
use crate::workspace::Workspace;
use std::process::Command;
use std::time::{Duration, Instant};

/// One thing to be done.
struct Step {
    name: String,
    action: Action,
}

/// How it is done.
enum Action {
    /// In this process.
    Here(fn(&Workspace, Option<&str>) -> Result<(), Failure>),
    /// By cargo, with these arguments and perhaps a variable of the environment.
    Cargo(Vec<String>, Option<(&'static str, &'static str)>),
}

/// Runs all steps and stops at the first that fails.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let mut times = Vec::new();
    let mut done = Ok(());
    for step in steps(&workspace.vendors()?) {
        eprintln!("--- {}", step.name);
        let start = Instant::now();
        done = step.run(workspace);
        times.push((step.name, start.elapsed()));
        if done.is_err() {
            break;
        }
    }
    print!("{}", table(&times));
    match (done, times.last()) {
        (Err(failure), Some((name, time))) => {
            eprintln!("{failure}");
            Err(Failure::new("ci", format!("`{name}` failed after {}", seconds(*time))))
        }
        (done, _) => done,
    }
}

impl Step {
    fn run(&self, workspace: &Workspace) -> Result<(), Failure> {
        match &self.action {
            Action::Here(action) => action(workspace, None),
            Action::Cargo(arguments, variable) => cargo(workspace, arguments, *variable),
        }
    }
}

fn cargo(
    workspace: &Workspace,
    arguments: &[String],
    variable: Option<(&str, &str)>,
) -> Result<(), Failure> {
    let line = format!("cargo {}", arguments.join(" "));
    let status = Command::new(crate::deny::cargo())
        .args(arguments)
        .envs(variable)
        .current_dir(workspace.path(""))
        .status()
        .map_err(|e| Failure::new(&line, e))?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure::new(line, status)),
    }
}

fn steps(vendors: &[String]) -> Vec<Step> {
    let mut steps = vec![
        step("fmt --all --check"),
        Step { name: "codegen --check".into(), action: Action::Here(crate::check_codegen) },
        Step { name: "lint".into(), action: Action::Here(crate::lint_documents) },
        Step {
            name: "deny".into(),
            action: Action::Here(|workspace, _| crate::deny::check(workspace)),
        },
        step("clippy --workspace --all-targets --all-features -- -D warnings"),
        step("test --workspace"),
        // What is behind a feature, and what is left without it.
        step("test -p acme-agents --all-features"),
        step("clippy -p acme-agents -- -D warnings"),
        step("test -p agent-threads-core --features gzip,rate-limit"),
        step("clippy -p agent-threads-core --no-default-features -- -D warnings"),
        Step {
            name: "doc".into(),
            action: Action::Cargo(
                words("doc --workspace --no-deps --all-features"),
                Some(("RUSTDOCFLAGS", "-D warnings")),
            ),
        },
    ];
    for vendor in vendors {
        steps.push(step(&format!("clippy -p agent-threads-{vendor} -- -D warnings")));
        steps.push(step(&format!("check -p agent-threads-{vendor} --no-default-features")));
        steps.push(step(&format!("check -p agent-threads-{vendor} --features rate-limit")));
        steps.push(step(&format!(
            "check -p agent-threads --no-default-features --features {vendor}"
        )));
    }
    steps
}

fn step(line: &str) -> Step {
    Step { name: line.to_owned(), action: Action::Cargo(words(line), None) }
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn table(times: &[(String, Duration)]) -> String {
    let total = times.iter().map(|(_, time)| *time).sum();
    let rows = times.iter().map(|(name, time)| (name.as_str(), *time)).chain([("total", total)]);
    rows.map(|(name, time)| format!("{:>9}  {name}\n", seconds(time))).collect()
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_vendor_is_checked_alone_without_tls_and_in_the_facade() {
        let names: Vec<_> = steps(&["acme".into()]).into_iter().map(|step| step.name).collect();
        assert_eq!(
            names[11..],
            [
                "clippy -p agent-threads-acme -- -D warnings",
                "check -p agent-threads-acme --no-default-features",
                "check -p agent-threads-acme --features rate-limit",
                "check -p agent-threads --no-default-features --features acme",
            ]
        );
    }

    #[test]
    fn times_are_shown_with_their_sum() {
        let times = [
            ("fmt".to_owned(), Duration::from_millis(1500)),
            ("lint".to_owned(), Duration::from_millis(500)),
        ];
        assert_eq!(table(&times), "    1.5 s  fmt\n    0.5 s  lint\n    2.0 s  total\n");
    }
}
