//! Every public future and stream of the sources is dropped somewhere here, and says in its docs what that means.

use super::{core, deco_studio, middesk, modus, mosoo, octavus};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The section that says what dropping means.
const SECTION: &str = "# Cancel safety";

/// Something that can be dropped before it is done.
#[derive(Debug)]
struct Found {
    /// Crate, type and method: `octavus::Run::read`.
    name: String,
    is_documented: bool,
}

/// The sources of the runtime and of each vendor, with the name that the crate has in the lists.
fn crates() -> Vec<(String, PathBuf)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let named = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        let name = name
            .strip_prefix("agent-threads-")
            .filter(|name| *name != "sandbox")?
            .replace('-', "_");
        Some((name, entry.path().join("src")))
    };
    fs::read_dir(crates).unwrap().filter_map(|entry| named(entry.unwrap())).collect()
}

/// The files below a directory, generated ones or all others, without tests.
fn files(directory: &Path, generated: bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        match path.is_dir() {
            true if name == "tests" => {}
            true if name == "generated" => {
                if generated {
                    found.extend(files(&path, false));
                }
            }
            true => found.extend(files(&path, generated)),
            false if !generated && name.ends_with(".rs") && name != "tests.rs" => found.push(path),
            false => {}
        }
    }
    found
}

/// What a file has: methods that are `async` or return a boxed future, and types that are futures or streams.
fn scan(crate_name: &str, text: &str) -> Vec<Found> {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let (mut found, mut current) = (Vec::new(), "");
    for (at, line) in lines.iter().enumerate() {
        let Some(of) = line.strip_prefix("impl") else {
            if let Some(method) = method(&lines[at..]) {
                let name = format!("{crate_name}::{current}::{method}");
                found.push(Found { name, is_documented: docs(&lines[..at]).contains(SECTION) });
            }
            continue;
        };
        let (of, method) = match of.split_once("Stream for ").or(of.split_once("IntoFuture for ")) {
            Some((_, of)) if line.contains("IntoFuture for ") => (of, "into_future"),
            Some((_, of)) => (of, "poll_next"),
            None => (without_parameters(of), ""),
        };
        current = of.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        let declared = ["pub struct", "pub enum"].map(|kind| format!("{kind} {current}"));
        let place = lines.iter().position(|line| declared.iter().any(|name| is_named(line, name)));
        if let Some(place) = place.filter(|_| !method.is_empty()) {
            let name = format!("{crate_name}::{current}::{method}");
            found.push(Found { name, is_documented: docs(&lines[..place]).contains(SECTION) });
        }
    }
    found
}

/// The type of a bare `impl`, behind its parameters.
fn without_parameters(of: &str) -> &str {
    let mut depth = 0;
    let end = of.find(|c: char| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        depth == 0
    });
    let of = end.map_or(of, |end| &of[end..]);
    of.trim_start_matches(['>', ' '])
}

fn is_named(line: &str, declared: &str) -> bool {
    line.strip_prefix(declared).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// The name of a public method at the beginning of these lines that gives a future.
fn method<'l>(lines: &[&'l str]) -> Option<&'l str> {
    let line = lines[0].strip_prefix("    ")?;
    let (name, is_future) = match line.strip_prefix("pub async fn ") {
        Some(name) => (name, true),
        None => {
            let end = lines.iter().position(|line| line.ends_with('{'))?;
            (line.strip_prefix("pub fn ")?, lines[..=end].concat().contains("-> BoxFuture<"))
        }
    };
    is_future.then(|| name.split(['(', '<']).next().unwrap_or_default())
}

/// The documentation that stands right above.
fn docs(above: &[&str]) -> String {
    let attached = above.iter().rev().map(|line| line.trim_start());
    let attached = attached
        .take_while(|line| line.starts_with("///") || line.starts_with('#') || line.ends_with(']'));
    attached.filter(|line| line.starts_with("///")).collect::<Vec<_>>().join("\n")
}

fn all() -> Vec<Found> {
    let of_crate = |(name, source): (String, PathBuf)| {
        let files = files(&source, false).into_iter();
        files.flat_map(move |file| scan(&name, &fs::read_to_string(file).unwrap()))
    };
    crates().into_iter().flat_map(of_crate).collect()
}

#[test]
fn every_public_future_and_stream_is_dropped_by_a_scenario() {
    let found: BTreeSet<_> = all().into_iter().map(|found| found.name).collect();
    let lists = [
        core::COVERED,
        deco_studio::COVERED,
        middesk::COVERED,
        modus::COVERED,
        mosoo::COVERED,
        octavus::COVERED,
    ];
    let covered: BTreeSet<_> = lists.concat().into_iter().map(str::to_owned).collect();
    let uncovered: Vec<_> = found.difference(&covered).collect();
    let gone: Vec<_> = covered.difference(&found).collect();
    assert!(
        uncovered.is_empty() && gone.is_empty(),
        "without a scenario: {uncovered:?}; gone: {gone:?}"
    );
    println!("{} public futures and streams, all of them with a scenario", found.len());
}

#[test]
fn every_public_future_and_stream_says_what_dropping_it_means() {
    let silent: Vec<_> = all().into_iter().filter(|found| !found.is_documented).collect();
    assert!(silent.is_empty(), "without `{SECTION}`: {silent:#?}");
}

#[test]
fn every_generated_operation_says_what_dropping_it_means() {
    for (name, source) in crates().into_iter().filter(|(name, _)| name != "core") {
        let files = files(&source, true).into_iter();
        let text: String = files.map(|file| fs::read_to_string(file).unwrap()).collect();
        let operations = text.matches("const OPERATION: Operation =").count();
        assert!(operations > 0, "{name}");
        assert_eq!(text.matches(&format!("/// {SECTION}")).count(), operations, "{name}");
    }
}

#[test]
fn the_scan_finds_each_form() {
    let text = "/// A run.\n///\n/// # Cancel safety\n///\n/// Any.\n#[must_use = \"so\"]\npub struct Run<T> {\n    a: T,\n}\n\n\
        impl<T: Into<String>> Run<T> {\n    /// Reads.\n    ///\n    /// # Cancel safety\n    pub async fn read(&self) {\n    }\n\n    \
        /// Waits.\n    pub async fn wait<F: Fn()>(\n        &self,\n    ) {\n    }\n\n    pub fn call(\n        &self,\n    ) -> BoxFuture<'static, ()> {\n    }\n\n    \
        pub fn id(&self) -> &str {\n    }\n}\n\nimpl<T> Stream for Run<T> {\n}\n\npub(crate) struct Own;\n\nimpl IntoFuture for Own {\n}\n";
    let found: Vec<_> =
        scan("acme", text).into_iter().map(|found| (found.name, found.is_documented)).collect();
    let named = |name: &str, is_documented| (format!("acme::Run::{name}"), is_documented);
    let expected =
        [named("read", true), named("wait", false), named("call", false), named("poll_next", true)];
    assert_eq!(found, expected);
}
