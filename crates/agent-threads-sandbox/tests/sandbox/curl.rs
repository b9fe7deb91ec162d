//! Calls as a vendor's page has them, made with the real curl.

use std::process::{Command, Output, Stdio};

/// Runs a shell command of a vendor's page with these variables set. Returns what it prints, or `None` where there is no curl.
pub(crate) async fn shell(command: &str, variables: &[(&str, &str)]) -> Option<String> {
    if !has_curl() {
        eprintln!("skipped: there is no curl here");
        return None;
    }
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).envs(variables.iter().copied()).env("NO_PROXY", "*");
    let output = tokio::task::spawn_blocking(move || shell.output().unwrap()).await.unwrap();
    let Output { status, stdout, stderr } = output;
    assert!(status.success(), "{status}: {}", String::from_utf8_lossy(&stderr));
    Some(String::from_utf8(stdout).unwrap())
}

pub(crate) fn has_curl() -> bool {
    let mut version = Command::new("curl");
    version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}
