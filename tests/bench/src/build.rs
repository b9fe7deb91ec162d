//! What a program of ten lines costs to build: on a client of ours, and without.

mod openapi_to_rust;
mod programs;
mod round;

use crate::{
    call::BY_HAND,
    goal::Goal,
    group::{Group, Source},
    table::{Cell, Row},
    unit::Unit,
};
use programs::Program;
use round::Costs;
use std::path::PathBuf;

/// What this group measures. It takes minutes: each round builds all programs twice from nothing.
pub(crate) const GROUP: Group = Group {
    name: "build",
    columns: &["agent-threads", BY_HAND, OPENAPI_TO_RUST, PROGENITOR],
    source: Source::Rows(rows),
};

const OPENAPI_TO_RUST: &str = "openapi-to-rust";
const PROGENITOR: &str = "progenitor";

/// Sets the number of rounds; 3 unless it is set.
const ROUNDS: &str = "BENCH_BUILD_ROUNDS";

const EDITED: &str = "dev, main.rs edited";

type Figure = fn(&Costs) -> f64;

fn rows() -> Vec<Row> {
    let rounds = std::env::var(ROUNDS).ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(3);
    let directory = workplace();
    let programs = programs::all(&directory);
    let mut costs: Vec<Result<Vec<Costs>, String>> = programs
        .iter()
        .map(|program| program.as_ref().map(|_| Vec::new()).map_err(Clone::clone))
        .collect();
    for round in 0..rounds {
        for (program, costs) in programs.iter().zip(&mut costs) {
            let (Ok(program), Ok(so_far)) = (program, costs.as_mut()) else { continue };
            eprintln!("build: round {} of {rounds}, {}", round + 1, program.name);
            match round::of(program) {
                Ok(found) => so_far.push(found),
                Err(why) => *costs = Err(why),
            }
        }
    }
    let _ = std::fs::remove_dir_all(&directory);
    let row = |what: &str, unit: Unit, figure: Figure, goals: Vec<Goal>| {
        let cells = costs.iter().map(|costs| match costs {
            Ok(costs) => Cell::Figure(median(costs.iter().map(figure).collect())),
            Err(why) => Cell::Skipped(why.clone()),
        });
        Row { what: what.to_owned(), unit, cells: cells.collect(), goals }
    };
    let cpu = Unit::Time("cold build, user + system");
    let (cpu_again, wall_again) = (Unit::Time("rebuild, user + system"), Unit::Time("rebuild"));
    vec![
        row("release", cpu, |costs| costs.release, vec![Goal::Within(1.1, BY_HAND)]),
        row("dev", cpu, |costs| costs.dev, vec![Goal::Within(1.1, BY_HAND)]),
        row(EDITED, cpu_again, |costs| costs.again.cpu, vec![Goal::Within(1.1, BY_HAND)]),
        row(EDITED, wall_again, |costs| costs.again.wall, Vec::new()),
        row(
            "release, stripped",
            Unit::Bytes("program"),
            |costs| costs.size,
            vec![Goal::Within(1.15, BY_HAND)],
        ),
        row("crates", Unit::Number("crates"), |costs| costs.crates, crates_goal(&costs)),
    ]
}

/// At most 8 more than by hand.
fn crates_goal(costs: &[Result<Vec<Costs>, String>]) -> Vec<Goal> {
    let by_hand = costs.get(1).and_then(|costs| costs.as_ref().ok()?.first());
    by_hand.map(|by_hand| Goal::AtMost(by_hand.crates + 8.0)).into_iter().collect()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// A directory of this run's own, outside the workspace.
fn workplace() -> PathBuf {
    std::env::temp_dir().join(format!("agent-threads-build-{}", std::process::id()))
}
