//! The programs: each hands a task to an agent of Octavus and prints what came of it.

use super::openapi_to_rust;
use crate::codegen::{self, root};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A package that can be built.
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) package: &'static str,
    pub(super) directory: PathBuf,
}

/// In the order of the columns; or why there is none.
pub(super) fn all(directory: &Path) -> Vec<Result<Program, String>> {
    let path = root().join("crates/agent-threads-octavus");
    let ours = format!("agent-threads-octavus = {{ path = {:?} }}\n", path.display().to_string());
    vec![
        program(directory, "agent-threads", &ours, include_str!("programs/ours.rs"), None),
        program(directory, "by-hand", BY_HAND, include_str!("programs/by_hand.rs"), None),
        with_openapi_to_rust(directory),
        progenitor(directory),
    ]
}

const BY_HAND: &str = r#"reqwest = { version = "0.13.5", default-features = false, features = ["json", "rustls"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
"#;

const PROGENITOR: &str = r#"bytes = "1"
chrono = { version = "0.4", default-features = false, features = ["serde", "std"] }
futures-util = { version = "0.3", default-features = false }
progenitor-client = "=0.15.1"
reqwest = { version = "0.13.5", default-features = false, features = ["json", "query", "rustls", "stream"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
"#;

/// The lines of a manifest that all programs share.
const TOKIO: &str = r#"tokio = { version = "1", features = ["macros", "rt-multi-thread", "time"] }

[workspace]
"#;

/// Writes a package: its dependencies, its `main.rs`, and a client that was generated for it.
pub(super) fn program(
    all: &Path,
    name: &'static str,
    dependencies: &str,
    main: &str,
    client: Option<&str>,
) -> Result<Program, String> {
    let directory = all.join(name);
    let package = "program";
    let manifest = format!(
        "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}{TOKIO}"
    );
    let written = fs::create_dir_all(directory.join("src"))
        .and_then(|()| fs::write(directory.join("Cargo.toml"), manifest))
        .and_then(|()| fs::write(directory.join("src/main.rs"), main))
        .and_then(|()| match client {
            Some(client) => fs::write(directory.join("src/client.rs"), client),
            None => Ok(()),
        })
        // The versions that the workspace has, of all that it has too.
        .and_then(|()| fs::copy(root().join("Cargo.lock"), directory.join("Cargo.lock")));
    written.map(|_| Program { name, package, directory }).map_err(|why| why.to_string())
}

/// The client that progenitor makes, of the document without what it cannot carry.
fn progenitor(all: &Path) -> Result<Program, String> {
    let documents = all.join("documents");
    codegen::projected(&documents)?;
    let document = fs::read(documents.join("octavus.json")).map_err(|why| why.to_string())?;
    let document = serde_json::from_slice(&document).map_err(|why| why.to_string())?;
    let client = codegen::generated(document)?;
    program(all, "progenitor", PROGENITOR, include_str!("programs/progenitor.rs"), Some(&client))
}

/// The client that openapi-to-rust makes, of the document as it is.
fn with_openapi_to_rust(all: &Path) -> Result<Program, String> {
    let name = "openapi-to-rust";
    let client = all.join(name).join("src/generated");
    fs::create_dir_all(&client).map_err(|why| why.to_string())?;
    let document = root().join("openapi/octavus.yaml");
    let dependencies = openapi_to_rust::generate(&document, &client)?;
    let main = include_str!("programs/openapi_to_rust.rs");
    let program = program(all, name, &dependencies, main, None)?;
    // Some of what it depends on nothing else here does, and the builds are measured without the network.
    let mut fetch = Command::new("cargo");
    let fetched = fetch.args(["fetch", "--quiet"]).current_dir(&program.directory).status();
    match fetched.map_err(|why| why.to_string())? {
        status if status.success() => Ok(program),
        status => Err(format!("what it depends on cannot be had: cargo fetch: {status}")),
    }
}
