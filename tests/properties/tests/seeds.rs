//! The properties hold for each seed of the fuzz targets, and for what becomes of it by a few changes at random.
//!
//! `PROPERTIES_CASES` is the number of changed inputs per seed (default 40), `PROPERTIES_SEED` the one they follow from (default 1).

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use agent_threads_properties as properties;
use fastrand::Rng;
use std::{env, fs, panic::catch_unwind, path::Path};

/// What JSON is made of.
const JSON: &[u8] = b"\"{}[]:,0\\ \n";

fn number(name: &str, default: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn hold(target: &str, check: fn(&[u8])) {
    let seeds = seeds(target);
    assert!(!seeds.is_empty());
    let mut random = Rng::with_seed(number("PROPERTIES_SEED", 1));
    for seed in &seeds {
        holds(check, seed);
        for _ in 0..number("PROPERTIES_CASES", 40) {
            holds(check, &changed(seed, &seeds, &mut random));
        }
    }
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let entries = fs::read_dir(folder).expect("a folder of seeds");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a seed").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a seed")).collect()
}

fn holds(check: fn(&[u8]), input: &[u8]) {
    let holds = catch_unwind(|| check(input));
    assert!(holds.is_ok(), "not for {:?}", String::from_utf8_lossy(input));
}

/// A few bytes changed, dropped, doubled, or taken from another seed.
fn changed(seed: &[u8], seeds: &[Vec<u8>], random: &mut Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..random.usize(1..5) {
        let at = random.usize(0..=bytes.len());
        let end = (at + random.usize(0..9)).min(bytes.len());
        let other = &seeds[random.usize(0..seeds.len())];
        let from = random.usize(0..=other.len());
        match random.u8(0..5) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes[at..end].fill(random.u8(..)),
            2 => bytes[at..end].fill(*random.choice(JSON).unwrap_or(&0)),
            3 => bytes.extend_from_within(at..end),
            _ => drop(bytes.splice(at..end, other[from..].iter().copied().take(40))),
        }
    }
    bytes
}

macro_rules! targets {
    ($($name:ident: $check:path;)*) => {
        const TARGETS: &[(&str, &str)] = &[$((stringify!($name), stringify!($check))),*];

        $(
            #[test]
            fn $name() {
                hold(stringify!($name), $check);
            }
        )*
    };
}

targets! {
    answers: properties::answers::check;
    assembler: properties::assembler::check;
    assembler_input: properties::assembler::check_input;
    deco_studio: properties::vendors::deco_studio;
    middesk: properties::vendors::middesk;
    modus: properties::vendors::modus;
    mosoo: properties::vendors::mosoo;
    octavus: properties::answers::octavus;
    outside: properties::outside::check;
    sse: properties::sse::check;
}

/// The targets are built by another toolchain, and not with the rest: so they are held to calling what is built here.
#[test]
fn each_target_of_the_fuzzer_calls_its_property() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for (name, check) in TARGETS {
        let path = format!("fuzz_targets/{name}.rs");
        let text = fs::read_to_string(fuzz.join(&path)).unwrap();
        let call =
            format!("libfuzzer_sys::fuzz_target!(|data: &[u8]| agent_threads_{check}(data));");
        assert_eq!(text.lines().last(), Some(&*call));
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"{path}\"")), "{name}");
    }
    assert_eq!(fs::read_dir(fuzz.join("fuzz_targets")).unwrap().count(), TARGETS.len());
}
