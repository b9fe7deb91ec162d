//! Parts of the table that can be had alone.

use crate::{
    case::Case,
    instructions,
    table::{Row, Table},
};
use std::process::ExitCode;

/// A part of the table.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    /// Ours, then the peers.
    pub(crate) columns: &'static [&'static str],
    pub(crate) source: Source,
}

/// Where the rows come from.
#[allow(dead_code, reason = "each group has its own")]
pub(crate) enum Source {
    /// What is run here. The instructions of these can be counted.
    Cases(fn() -> Vec<Case>),
    /// Rows that a group measures in its own way.
    Rows(fn() -> Vec<Row>),
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Both,
    Times,
    Instructions,
}

impl Group {
    /// Measures the group.
    pub(crate) fn table(&self, measure: Measure) -> Table {
        let (mut rows, mut notes) = (Vec::new(), Vec::new());
        match self.source {
            Source::Rows(measured) if measure != Measure::Instructions => rows = measured(),
            Source::Rows(_) => {}
            Source::Cases(cases) => {
                if measure != Measure::Instructions {
                    rows.extend(cases().into_iter().map(Case::timed));
                }
                if measure != Measure::Times {
                    match instructions::counted(self.name, &cases()) {
                        Ok(counted) => rows.extend(counted),
                        Err(why) => notes.push(format!("Instructions are not measured: {why}.")),
                    }
                }
            }
        }
        Table { group: self.name, columns: self.columns.to_vec(), rows, notes }
    }

    /// Runs what is to be counted, in a process of its own.
    pub(crate) fn run_to_be_counted(&self, number: &str) -> ExitCode {
        let Source::Cases(cases) = self.source else { return ExitCode::FAILURE };
        let run = number.parse().ok().and_then(|run| instructions::run_to_be_counted(cases(), run));
        run.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
    }
}
