//! What this process uses.

use crate::HEAP;
use std::{fs, io};

/// Bytes in a page of memory, as Linux has it on all machines that this runs on.
const PAGE: u64 = 4096;

/// Clock ticks in a second of CPU time, as `/proc` tells it.
const TICKS: f64 = 100.0;

/// What is in use at a moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Bytes of memory that are resident.
    pub(crate) rss: u64,
    /// Bytes that are allocated and not freed.
    pub(crate) heap: u64,
    pub(crate) descriptors: u64,
    pub(crate) tasks: u64,
    /// Seconds of CPU time since the process began.
    pub(crate) cpu: f64,
}

impl Usage {
    /// # Errors
    ///
    /// Where `/proc` does not say.
    pub(crate) fn now() -> io::Result<Self> {
        let heap = HEAP.stats();
        let heap = heap.bytes_allocated.saturating_sub(heap.bytes_deallocated);
        let statm = fs::read_to_string("/proc/self/statm")?;
        Ok(Self {
            rss: field(&statm, 1)? * PAGE,
            heap: u64::try_from(heap).unwrap_or(u64::MAX),
            descriptors: count(fs::read_dir("/proc/self/fd")?.count()),
            tasks: count(tokio::runtime::Handle::current().metrics().num_alive_tasks()),
            cpu: cpu()?,
        })
    }
}

fn cpu() -> io::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program may have spaces in it; what comes behind it has not.
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    let ticks = field(behind, 11)? + field(behind, 12)?;
    Ok(u32::try_from(ticks).map_or(f64::INFINITY, f64::from) / TICKS)
}

/// The most descriptors that this process may have open.
pub(crate) fn descriptor_limit() -> io::Result<u64> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    field(line.unwrap_or_default(), 0)
}

fn field(line: &str, place: usize) -> io::Result<u64> {
    let field = line.split_whitespace().nth(place).and_then(|field| field.parse().ok());
    field.ok_or_else(|| io::Error::other("/proc is not as it is documented"))
}

fn count(things: usize) -> u64 {
    u64::try_from(things).unwrap_or(u64::MAX)
}
