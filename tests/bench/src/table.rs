//! The table.

use crate::{goal::Goal, unit::Unit};
use std::fmt;

/// The rows of a group.
pub(crate) struct Table {
    pub(crate) group: &'static str,
    /// Ours, then the peers.
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
    /// What the reader is to know of how it was measured.
    pub(crate) notes: Vec<String>,
}

/// What something costs, ours and the peers.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: Unit,
    /// In the order of the columns.
    pub(crate) cells: Vec<Cell>,
    pub(crate) goals: Vec<Goal>,
}

/// What a column says in a row.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "each group has its own")]
pub(crate) enum Cell {
    Figure(f64),
    /// This peer does no such thing.
    Nothing,
    /// It could not be measured here, and why.
    Skipped(String),
}

impl Row {
    /// What a column says, if it is a figure.
    pub(crate) fn figure(&self, column: usize) -> Option<f64> {
        match self.cells.get(column)? {
            Cell::Figure(figure) => Some(*figure),
            Cell::Nothing | Cell::Skipped(_) => None,
        }
    }
}

const MARGINS: [&str; 3] = ["ours and the peers", "goal", "reached"];

impl Table {
    fn head(&self) -> Vec<String> {
        let names = [self.group, "measured"].into_iter().chain(self.columns.iter().copied());
        names.chain(MARGINS).map(str::to_owned).collect()
    }

    /// A line for each goal of a row, or one if it has none.
    fn lines(&self, row: &Row) -> Vec<Vec<String>> {
        let cells = row.cells.iter().map(|cell| match cell {
            Cell::Figure(figure) => row.unit.written(*figure),
            Cell::Nothing => "-".to_owned(),
            Cell::Skipped(why) => format!("SKIPPED: {why}"),
        });
        let figures: Vec<_> =
            [row.what.clone(), row.unit.name()].into_iter().chain(cells).collect();
        let blank = vec![String::new(); figures.len()];
        let mut lines: Vec<Vec<String>> = Vec::new();
        for goal in &row.goals {
            let standing = goal.standing(row, &self.rows, &self.columns);
            let mut line = if lines.is_empty() { figures.clone() } else { blank.clone() };
            let reached =
                standing.reached.map_or("?", |reached| if reached { "yes" } else { "NO" });
            line.extend([standing.found, standing.goal, reached.to_owned()]);
            lines.push(line);
        }
        if lines.is_empty() {
            lines.push(figures.into_iter().chain(MARGINS.map(|_| String::new())).collect());
        }
        lines
    }

    fn reached(&self) -> impl Iterator<Item = (&Row, Option<bool>)> {
        self.rows.iter().flat_map(|row| {
            let standing = |goal: &Goal| goal.standing(row, &self.rows, &self.columns).reached;
            row.goals.iter().map(move |goal| (row, standing(goal)))
        })
    }
}

/// As Markdown.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![self.head()];
        lines.extend(self.rows.iter().flat_map(|row| self.lines(row)));
        let width = |column: usize| {
            lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<_> = (0..lines[0].len()).map(width).collect();
        for (at, line) in lines.iter().enumerate() {
            for (text, width) in line.iter().zip(&widths) {
                write!(f, "| {text:<width$} ")?;
            }
            writeln!(f, "|")?;
            if at == 0 {
                let rules = widths.iter().map(|width| "-".repeat(width + 2));
                writeln!(f, "|{}|", rules.collect::<Vec<_>>().join("|"))?;
            }
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "\n{note}"))
    }
}

/// How many goals are reached, and where one is not.
pub(crate) fn summary(tables: &[Table]) -> String {
    let goals: Vec<_> = tables.iter().flat_map(Table::reached).collect();
    let of = |wanted| goals.iter().filter(move |(_, reached)| *reached == wanted);
    let mut text = format!("{} of {} goals are reached", of(Some(true)).count(), goals.len());
    for (state, wanted) in [("not reached", Some(false)), ("not measured", None)] {
        for (row, _) in of(wanted) {
            text.push_str(&format!("\n{state}: {} ({})", row.what, row.unit.name()));
        }
    }
    text
}
