//! The sandbox as a program of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::Client;

/// Ends the program also when the test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_program_prints_what_a_first_call_needs_and_answers_it() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-threads-sandbox"));
    let child = command.args(["--octavus-port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    let output = BufReader::new(running.0.stdout.take().unwrap());
    let lines: Vec<_> =
        output.lines().map(Result::unwrap).take_while(|line| !line.starts_with("Ctrl-C")).collect();

    let value =
        |name: &str| lines.iter().find_map(|line| line.trim().strip_prefix(name)).unwrap().trim();
    let (url, key, agent) = (value("URL"), value("key"), value("agent id"));
    let path = format!("{url}/api/v1/workforce/agents/{agent}/threads");
    assert!(
        lines.iter().any(|line| line.starts_with(&format!("curl -X POST {path} "))),
        "{lines:?}"
    );

    let http = Client::builder().no_proxy().build().unwrap();
    let dispatch = http.post(path).bearer_auth(key).body(r#"{ "message": "x" }"#);
    assert_eq!(dispatch.send().await.unwrap().status(), 201);
}

#[test]
fn a_port_that_is_none_is_refused() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-threads-sandbox"));
    let output = command.args(["--octavus-port", "65536"]).output().unwrap();
    assert!(!output.status.success());
}
