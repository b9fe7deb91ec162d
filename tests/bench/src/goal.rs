//! What a row is to reach.

use crate::table::{Cell, Row};

/// What ours is to reach in a row.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "each group has its own")]
pub(crate) enum Goal {
    /// Each of these peers costs at least so many times what ours does. Of no names, all peers.
    Beats(f64, &'static [&'static str]),
    /// Ours costs at most so many times what this peer does.
    Within(f64, &'static str),
    /// Ours costs at most so many times what it does in another row, which says whether time is linear.
    Linear(f64, String),
    /// Ours costs at most this, in the unit of the row.
    AtMost(f64),
}

/// How a row stands to a goal.
pub(crate) struct Standing {
    pub(crate) found: String,
    pub(crate) goal: String,
    /// Unknown where something could not be measured.
    pub(crate) reached: Option<bool>,
}

impl Goal {
    /// How the row stands, among the rows of its table and under the names of the columns.
    pub(crate) fn standing(&self, row: &Row, rows: &[Row], columns: &[&'static str]) -> Standing {
        let ours = row.figure(0);
        match self {
            Self::Beats(times, peers) => {
                let best = best(row, columns, peers);
                let times_ours = ours.zip(best).map(|(ours, (_, best))| best / ours);
                let name = best.map_or("the best peer", |(name, _)| name);
                Standing::new(times_ours, &format!("x as quick as {name}"), |found| found >= *times)
                    .to(format!("at least {times}x"))
            }
            Self::Within(times, peer) => {
                let theirs = best(row, columns, &[*peer]).map(|(_, figure)| figure);
                let times_theirs = ours.zip(theirs).map(|(ours, theirs)| ours / theirs);
                Standing::new(times_theirs, &format!("x what {peer} costs"), |found| {
                    found <= *times
                })
                .to(format!("at most {times}x"))
            }
            Self::Linear(times, other) => {
                let before =
                    rows.iter().find(|before| before.what == *other && before.unit == row.unit);
                let before = before.and_then(|row| row.figure(0));
                let grown = ours.zip(before).map(|(ours, before)| ours / before);
                Standing::new(grown, &format!("x what {other} costs"), |found| found <= *times)
                    .to(format!("at most {times}x"))
            }
            Self::AtMost(most) => {
                let mut standing = Standing::new(ours, "", |found| found <= *most);
                standing.found = ours.map_or("?".to_owned(), |ours| row.unit.written(ours));
                standing.to(format!("at most {}", row.unit.written(*most)))
            }
        }
    }
}

impl Standing {
    fn new(found: Option<f64>, meaning: &str, reached: impl Fn(f64) -> bool) -> Self {
        let text = found.map_or("?".to_owned(), |found| format!("{found:.2}{meaning}"));
        Self { found: text, goal: String::new(), reached: found.map(reached) }
    }

    fn to(self, goal: String) -> Self {
        Self { goal, ..self }
    }
}

/// The peer that costs least, of those with these names.
fn best(row: &Row, columns: &[&'static str], names: &[&str]) -> Option<(&'static str, f64)> {
    let peers = columns.iter().zip(&row.cells).skip(1);
    let meant = peers.filter(|(name, _)| names.is_empty() || names.contains(*name));
    let measured = meant.filter_map(|(name, cell)| match cell {
        Cell::Figure(figure) => Some((*name, *figure)),
        _ => None,
    });
    measured.min_by(|(_, one), (_, other)| one.total_cmp(other))
}
