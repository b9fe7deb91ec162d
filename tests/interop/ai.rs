//! The assembler of deco Studio's messages beside the reader of npm `ai`, on the same chunks. Needs Node 20 with npm.
//!
//! After each chunk both must have the same message, and refuse the same chunks. `read.mjs` says how the reader is asked where
//! ours deviates by intent. What is compared: a corpus made by hand, every cut of texts in JSON, and sequences made at random.
//! `INTEROP_SEED` is another seed of these, and `INTEROP_CASES` another number.

mod corpus;
mod cuts;
mod random;

use crate::run;
use agent_threads_deco_studio::{Assembler, types::UiMessageChunk};
use corpus::{Case, Told};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    str::FromStr,
};

const SEED: u64 = 6;
const CASES: usize = 600;

/// A directory with the reader, which is made where it is missing; or why there is none.
fn reader() -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/ai");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop-ai");
    let version = "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)";
    run(Command::new("node").args(["-e", version]))
        .map_err(|why| format!("Node 20 is needed: {why}"))?;
    fs::create_dir_all(&directory).unwrap();
    for file in ["package.json", "package-lock.json", "read.mjs"] {
        fs::copy(source.join(file), directory.join(file)).unwrap();
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    run(Command::new(npm).args(["ci", "--silent"]).current_dir(&directory))
        .map_err(|why| format!("npm's `ai` cannot be installed: {why}"))?;
    Ok(directory)
}

/// What the reader makes of each case.
fn read(directory: &Path, cases: &[Case]) -> Vec<Value> {
    let (corpus, messages) = (directory.join("cases.jsonl"), directory.join("messages.jsonl"));
    fs::write(&corpus, cases.iter().map(Case::to_string).collect::<String>()).unwrap();
    run(Command::new("node").arg(directory.join("read.mjs")).args([&corpus, &messages])).unwrap();
    let messages = fs::read_to_string(messages).unwrap();
    messages.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Where ours is not as the reader's.
fn difference(case: &Case, theirs: &Value) -> Option<String> {
    let mut assembler = case.assembler();
    let states = theirs["states"].as_array().unwrap();
    let refused: Vec<_> = theirs["refused"].as_array().unwrap().iter().map(Value::as_u64).collect();
    let mut number = 0;
    for told in &case.told {
        let Told::Chunk(text) = told else {
            assembler.reconnected();
            continue;
        };
        let is_refused = push(&mut assembler, text);
        let at = format!("chunk {number}: {text}");
        if is_refused != refused.contains(&Some(number as u64)) {
            return Some(format!("{at}\n  ours refuses: {is_refused}"));
        }
        let ours = normal(serde_json::to_value(assembler.message()).unwrap());
        let state = normal(states.get(number).cloned().unwrap_or_default());
        if ours != state {
            return Some(format!("{at}\n  ours   {ours}\n  theirs {state}"));
        }
        number += 1;
    }
    assert_eq!(states.len(), number, "{}", case.name);
    None
}

fn push(assembler: &mut Assembler, text: &str) -> bool {
    let chunk: Result<UiMessageChunk, _> = serde_json::from_str(text);
    assembler.push(&chunk.unwrap_or_else(|why| panic!("{text}: {why}"))).is_err()
}

/// All numbers as JavaScript has them.
fn normal(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            number.as_f64().map_or(Value::Null, |number| (number + 0.0).into())
        }
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(key, value)| (key, normal(value))).collect()
        }
        other => other,
    }
}

fn variable<T: FromStr>(name: &str, default: T) -> T {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn cases() -> Vec<Case> {
    let mut cases = corpus::by_hand();
    let by_hand = cases.len();
    cases.extend(cuts::all());
    let cuts = cases.len() - by_hand;
    let (seed, count) = (variable("INTEROP_SEED", SEED), variable("INTEROP_CASES", CASES));
    cases.extend(random::all(seed, count));
    println!("{by_hand} sequences by hand, {cuts} of cuts, {count} at random (seed {seed})");
    cases
}

#[test]
#[ignore = "installs the vendor's library from npm"]
fn messages_are_what_the_vendors_reader_makes_of_the_same_chunks() {
    let directory = match reader() {
        Ok(directory) => directory,
        Err(why) => return println!("SKIPPED, nothing was checked: {why}"),
    };
    let cases = cases();
    let theirs = read(&directory, &cases);
    assert_eq!(theirs.len(), cases.len());
    let (mut failed, mut compared, mut refused) = (0, 0, 0);
    for (case, theirs) in cases.iter().zip(&theirs) {
        assert_eq!(theirs["case"], case.name);
        compared += theirs["states"].as_array().unwrap().len();
        refused += theirs["refused"].as_array().unwrap().len();
        match (difference(case, theirs), &case.deviates) {
            (None, None) => {}
            (Some(_), Some(why)) => println!("deviates: {}: {why}", case.name),
            (None, Some(_)) => {
                failed += 1;
                println!("DOES NOT DEVIATE: {}", case.name);
            }
            (Some(difference), None) => {
                failed += 1;
                println!("DIFFERS: {}\n  {difference}", case.name);
            }
        }
    }
    println!(
        "{compared} messages compared, {refused} chunks refused by both, {failed} sequences differ"
    );
    assert_eq!(failed, 0);
}
