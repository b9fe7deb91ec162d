//! What the vendor's real server answered MUST be what the sandbox answers to the same calls.
//!
//! The recordings are looked for where `MOSOO_RECORDINGS` says, else in `shared/recordings/mosoo` beside the workspace. Where they
//! are not, the few of them that the project keeps in `tests/fixtures/mosoo` are replayed.

mod compare;
mod current;
mod exchange;
mod ids;
mod seed;
mod world;

use std::path::{Path, PathBuf};

use agent_threads_sandbox::mosoo::Dialect;

use exchange::Exchange;
use world::World;

/// The recordings that the project keeps, in each dialect by number: those that can be replayed without the others.
const KEPT_OF_SEED: [u32; 15] = [1, 2, 3, 30, 32, 33, 34, 43, 46, 60, 61, 65, 66, 85, 119];
const KEPT_OF_CURRENT: [u32; 17] =
    [2, 3, 30, 32, 33, 34, 41, 43, 46, 59, 60, 61, 76, 85, 90, 132, 133];

/// The recordings of one dialect in the order of the calls.
fn recorded(folder: &str, kept: &[u32]) -> Vec<Exchange> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let beside = workspace.join("../shared/recordings/mosoo");
    let all = std::env::var_os("MOSOO_RECORDINGS").map_or(beside, PathBuf::from).join(folder);
    if all.is_dir() {
        return read(&all);
    }
    println!("The recordings are not at {}; the project's own few are replayed.", all.display());
    let mut exchanges = read(&workspace.join("tests/fixtures/mosoo").join(folder));
    exchanges.retain(|exchange| kept.contains(&exchange.number));
    exchanges
}

fn read(folder: &Path) -> Vec<Exchange> {
    let files = std::fs::read_dir(folder).expect("a folder with recordings");
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| Exchange::read(path)).collect()
}

/// Replays exchanges of a dialect, each as soon as the state is what it was.
async fn replay(folder: &str, kept: &[u32], dialect: Dialect) {
    let exchanges = recorded(folder, kept);
    let mut world = World::start(dialect, &exchanges).await;
    let (mut same, mut problems) = (0, Vec::new());
    for exchange in &exchanges {
        match dialect {
            Dialect::Seed => seed::before(&mut world, exchange.number).await,
            _ => current::before(&mut world, exchange.number).await,
        }
        match world.compare(exchange).await {
            Ok(()) => same += 1,
            Err(problem) => problems.push(format!("{}: {problem}", exchange.name)),
        }
    }
    println!("{folder}: {same} of {} recorded exchanges are answered alike", exchanges.len());
    assert!(same > 0, "there is nothing to compare with");
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[tokio::test]
async fn the_seed_is_answered_as_the_vendors_server_did() {
    replay("seed", &KEPT_OF_SEED, Dialect::Seed).await;
}

#[tokio::test]
async fn the_current_dialect_is_answered_as_the_vendors_server_does() {
    replay("current", &KEPT_OF_CURRENT, Dialect::Current).await;
}
