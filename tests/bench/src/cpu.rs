//! What child processes cost.

use std::fs;

/// In a second, on every architecture that Linux has now.
const TICKS: f64 = 100.0;

/// The seconds that all children which have ended spent on processors, with those that they waited for.
pub(crate) fn of_children() -> Result<f64, String> {
    let stat = fs::read_to_string("/proc/self/stat").map_err(|why| format!("no /proc: {why}"))?;
    // The name, which may hold anything, ends at the last bracket; the 14th field behind it is `cutime`.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split(' ');
    let mut times = fields.skip(14).filter_map(|field| field.parse::<f64>().ok());
    times
        .next()
        .zip(times.next())
        .map(|(user, system)| (user + system) / TICKS)
        .ok_or_else(|| "no times".into())
}
