//! Many streams at once, all of which trickle.

mod contender;

use crate::{
    call::BY_HAND,
    goal::Goal,
    group::{Group, Source},
    server::Server,
    table::{Cell, Row},
    unit::Unit,
};
pub(crate) use contender::{CHILD, run};
use std::process::Command;

/// What this group measures.
pub(crate) const GROUP: Group =
    Group { name: "open", columns: &["agent-threads", BY_HAND], source: Source::Rows(rows) };

/// How many streams are open at once.
const STREAMS: usize = 8000;

/// How often each contender opens them.
const ROUNDS: usize = 3;

fn rows() -> Vec<Row> {
    let mut figures = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (name, figures) in contender::NAMES.iter().zip(&mut figures) {
            figures.push(measured(name));
        }
    }
    let cells = figures.map(|rounds| match rounds.into_iter().collect::<Result<Vec<_>, _>>() {
        Err(why) => Cell::Skipped(why),
        Ok(mut rounds) => {
            rounds.sort_by(f64::total_cmp);
            Cell::Figure(rounds[ROUNDS / 2])
        }
    });
    vec![Row {
        what: format!("{STREAMS} streams, every event delivered"),
        unit: Unit::Bytes("memory of a stream"),
        cells: cells.into(),
        goals: vec![Goal::Within(1.1, BY_HAND)],
    }]
}

/// The bytes that a stream takes in a process of this contender.
fn measured(name: &str) -> Result<f64, String> {
    let program = std::env::current_exe().map_err(|why| why.to_string())?;
    let server = Server::start().map_err(|why| why.to_string())?;
    let streams = STREAMS.to_string();
    let output = Command::new(program).args([CHILD, name, server.url(), &streams]).output();
    let output = output.map_err(|why| why.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    match (output.status.success(), said.trim().parse()) {
        (true, Ok(bytes)) => Ok(bytes),
        _ => Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ")),
    }
}
