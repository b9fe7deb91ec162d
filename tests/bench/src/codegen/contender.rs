//! Programs that take turns.

use crate::{case::median, cpu, table::Cell};
use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

const ROUNDS: usize = 15;

/// How a program is called.
pub(super) struct Contender(pub(super) Box<dyn Fn() -> Command>);

/// What one call costs, in seconds.
#[derive(Clone, Copy)]
pub(super) struct Costs {
    /// The median.
    pub(super) wall: f64,
    /// User and system, of all threads and children: the mean, as the system counts it in hundredths.
    pub(super) cpu: f64,
}

/// What each costs, or why it cannot be had.
pub(super) fn measured<const N: usize>(contenders: [Contender; N]) -> [Result<Costs, String>; N] {
    let mut rounds = contenders.map(|contender| (contender, Ok(Vec::new())));
    for _ in 0..ROUNDS {
        for (contender, so_far) in &mut rounds {
            let Ok(found) = so_far else { continue };
            match once(&mut contender.0()) {
                Ok(costs) => found.push(costs),
                Err(why) => *so_far = Err(why),
            }
        }
    }
    rounds.map(|(_, found)| {
        let (wall, cpu): (Vec<_>, Vec<_>) = found?.into_iter().unzip();
        let mean = cpu.iter().sum::<f64>() / cpu.len() as f64;
        Ok(Costs { wall: median(wall).as_secs_f64(), cpu: mean })
    })
}

fn once(command: &mut Command) -> Result<(Duration, f64), String> {
    let before = cpu::of_children()?;
    let start = Instant::now();
    super::said(command)?;
    let wall = start.elapsed();
    Ok((wall, cpu::of_children()? - before))
}

/// The lines of all files in a directory, and in those in it. There are none in one that does not exist.
pub(super) fn lines(directory: &Path) -> Result<usize, String> {
    if !directory.exists() {
        return Ok(0);
    }
    let entries = fs::read_dir(directory).map_err(|why| why.to_string())?;
    let of_entry = |path: &Path| match path.is_dir() {
        true => lines(path),
        false => {
            fs::read_to_string(path).map(|text| text.lines().count()).map_err(|why| why.to_string())
        }
    };
    entries.map(|entry| of_entry(&entry.map_err(|why| why.to_string())?.path())).sum()
}

pub(super) fn number(found: Result<usize, String>) -> Cell {
    match found {
        Ok(number) => Cell::Figure(number as f64),
        Err(why) => Cell::Skipped(why),
    }
}
