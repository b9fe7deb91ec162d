//! One contender, in a process of its own.

use crate::call::runtime;
use agent_threads_modus::{Client, Error, types::RunEvent};
use futures::{StreamExt as _, future::try_join_all};
use std::{error::Error as StdError, fs, process::ExitCode, sync::Arc};
use tokio::sync::{Semaphore, watch};

/// The word by which this program is asked to be a contender: its name, the server and the number of streams follow.
pub(crate) const CHILD: &str = "open-streams";

/// Ours, and the peer.
pub(super) const NAMES: [&str; 2] = ["ours", "by-hand"];

/// How many streams may be opening at once, so that none has to be tried again.
const OPENING: usize = 200;

type Failure = Box<dyn StdError + Send + Sync>;

/// Opens the streams, and says how many bytes each takes while all are open.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let [name, url, streams] = arguments else { return ExitCode::FAILURE };
    match streams.parse().map_err(Failure::from).and_then(|streams| measure(name, url, streams)) {
        Ok(bytes) => {
            println!("{bytes}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn measure(name: &str, url: &str, streams: usize) -> Result<f64, Failure> {
    let ours = Client::builder().token("modus_0123456789").base_url(url).build()?;
    let by_hand = reqwest::Client::builder().no_proxy().build()?;
    let begun = Arc::new(Begun::default());
    let is_ours = name == NAMES[0];
    runtime().block_on(async {
        let before = resident()?;
        let tasks = (0..streams).map(|number| {
            let (ours, by_hand, begun) = (ours.clone(), by_hand.clone(), begun.clone());
            let target = format!("{url}/agent/v1/runs/r{number}/stream");
            tokio::spawn(async move {
                match is_ours {
                    true => Ok(follow(&ours, number, &begun).await?),
                    false => follow_by_hand(&by_hand, &target, &begun).await,
                }
            })
        });
        let tasks: Vec<_> = tasks.collect();
        begun.count.subscribe().wait_for(|count| *count == streams).await?;
        let all_open = resident()?;
        let sent: usize =
            by_hand.get(format!("{url}/finish")).send().await?.text().await?.parse()?;
        let mut delivered = 0;
        for counted in try_join_all(tasks).await? {
            delivered += counted?;
        }
        if delivered != sent {
            return Err(format!("{delivered} events of {sent} were delivered").into());
        }
        Ok((all_open - before) as f64 / streams as f64)
    })
}

/// How many streams have delivered an event.
struct Begun {
    turns: Semaphore,
    count: watch::Sender<usize>,
}

impl Default for Begun {
    fn default() -> Self {
        Self { turns: Semaphore::new(OPENING), count: watch::Sender::new(0) }
    }
}

async fn follow(client: &Client, number: usize, begun: &Begun) -> Result<usize, Error> {
    let mut turn = begun.turns.acquire().await.ok();
    let mut events = client.watch_run(format!("r{number}")).events();
    let (mut count, mut last) = (0, None);
    while let Some(event) = events.next().await {
        last = Some(event?);
        count += 1;
        if turn.take().is_some() {
            begun.count.send_modify(|count| *count += 1);
        }
    }
    assert!(matches!(last, Some(RunEvent::Done(_))), "no end: {last:?}");
    Ok(count)
}

/// Counts the ends of events and reads no more of them.
async fn follow_by_hand(
    client: &reqwest::Client,
    target: &str,
    begun: &Begun,
) -> Result<usize, Failure> {
    let mut turn = begun.turns.acquire().await.ok();
    let mut body = client.get(target).send().await?.error_for_status()?.bytes_stream();
    let (mut count, mut newlines) = (0, 0);
    while let Some(chunk) = body.next().await {
        for byte in chunk? {
            newlines = if byte == b'\n' { newlines + 1 } else { 0 };
            count += usize::from(newlines == 2);
        }
        if turn.take().is_some() {
            begun.count.send_modify(|count| *count += 1);
        }
    }
    Ok(count)
}

/// The bytes of memory that this process has.
fn resident() -> Result<usize, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: usize = line.unwrap_or_default().trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes << 10)
}
