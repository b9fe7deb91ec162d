//! The reader of npm `ai`, in a Node of its own.

use crate::case::median;
use agent_threads_deco_studio::types::UiMessage;
use serde::Deserialize;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// A directory in which the library is installed.
pub(super) struct Ai(PathBuf);

#[derive(Deserialize)]
struct Output {
    seconds: Vec<f64>,
    count: usize,
    message: UiMessage,
}

impl Ai {
    /// Installs it beside the program that runs.
    pub(super) fn install() -> Result<Self, String> {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let program = std::env::current_exe().map_err(|why| why.to_string())?;
        let directory = program.with_file_name("bench-ai");
        let write =
            |from: &str, to: &str| fs::copy(tests.join(from), directory.join(to)).map(|_| ());
        fs::create_dir_all(&directory)
            .and_then(|()| write("interop/ai/package.json", "package.json"))
            .and_then(|()| write("interop/ai/package-lock.json", "package-lock.json"))
            .and_then(|()| write("bench/messages.mjs", "messages.mjs"))
            .map_err(|why| why.to_string())?;
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let status = Command::new(npm).args(["ci", "--silent"]).current_dir(&directory).status();
        match status {
            Ok(status) if status.success() => Ok(Self(directory)),
            Ok(status) => Err(format!("npm ci: {status}")),
            Err(why) => Err(format!("npm: {why}")),
        }
    }

    /// How long it takes to the message that ours makes too.
    pub(super) fn time(
        &self,
        bytes: &[u8],
        rounds: usize,
        chunks: usize,
        expected: &UiMessage,
    ) -> Duration {
        let stream = self.0.join("stream.txt");
        fs::write(&stream, bytes).expect("a stream that can be written");
        let mut command = Command::new("node");
        command.arg(self.0.join("messages.mjs")).arg(stream).arg(rounds.to_string());
        let output = command.output().expect("a node that runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let output: Output =
            serde_json::from_slice(&output.stdout).expect("what messages.mjs writes");
        // A reader that is quick because it reads something else is no peer.
        assert_eq!(output.count, chunks);
        assert!(output.message == *expected, "the messages differ");
        median(output.seconds.into_iter().map(Duration::from_secs_f64).collect())
    }
}
