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

impl Running {
    /// Starts the program and reads what it says until it is ready.
    fn start() -> (Self, Vec<String>) {
        Self::start_with(&[])
    }

    fn start_with(more: &[&str]) -> (Self, Vec<String>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agent-threads-sandbox"));
        let names = [
            "--octavus-port",
            "--modus-port",
            "--middesk-port",
            "--mosoo-port",
            "--deco-studio-port",
        ];
        let ports = names.iter().flat_map(|name| [*name, "0"]);
        let child = command.args(ports).args(more).stdout(Stdio::piped()).spawn().unwrap();
        let mut running = Self(child);
        let output = BufReader::new(running.0.stdout.take().unwrap());
        let lines = output.lines().map(Result::unwrap);
        let lines = lines.take_while(|line| !line.starts_with("Ctrl-C")).collect();
        (running, lines)
    }
}

/// A value that stands behind its name, in the lines that follow the vendor's name.
fn value(lines: &[String], vendor: &str, name: &str) -> String {
    let lines = lines.iter().skip_while(|line| *line != vendor);
    lines.filter_map(|line| line.trim().strip_prefix(name)).next().unwrap().trim().to_owned()
}

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
async fn the_program_prints_what_a_first_call_of_octavus_needs_and_answers_it() {
    let (_running, lines) = Running::start();
    let value = |name: &str| value(&lines, "Octavus", name);
    let path = format!("{}/api/v1/workforce/agents/{}/threads", value("URL"), value("agent id"));
    let call = format!("curl -X POST {path} ");
    assert!(lines.iter().any(|line| line.starts_with(&call)), "{lines:?}");
    let dispatch = client().post(path).bearer_auth(value("key")).body(r#"{ "message": "x" }"#);
    assert_eq!(dispatch.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn the_curl_call_that_the_program_prints_for_modus_is_answered_with_a_stream() {
    let (_running, lines) = Running::start();
    let value = |name: &str| value(&lines, "Modus", name);
    let path = format!("{}/agent/runs", value("URL"));
    let call = format!("curl -N -X POST {path} ");
    assert!(lines.iter().any(|line| line.starts_with(&call)), "{lines:?}");
    let of_modus = lines.iter().skip_while(|line| *line != "Modus");
    let body = of_modus.filter_map(|line| line.trim().strip_prefix("-d '")).next().unwrap();
    assert!(body.contains(&value("organization id")), "{body}");
    let create = client().post(path).bearer_auth(value("key"));
    let answer = create.body(body.strip_suffix('\'').unwrap().to_owned()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains(r#"{"type":"done","#));
}

#[tokio::test]
async fn the_curl_call_that_the_program_prints_for_middesk_makes_a_thread() {
    let (_running, lines) = Running::start();
    let value = |name: &str| value(&lines, "Middesk", name);
    let path = format!("{}/v1/threads", value("URL"));
    let call = format!("curl -X POST {path} ");
    assert!(lines.iter().any(|line| line.starts_with(&call)), "{lines:?}");
    let body = format!(
        r#"{{ "type": "{}", "business_id": "{}" }}"#,
        value("agent type"),
        value("business id")
    );
    assert!(lines.iter().any(|line| line.trim() == format!("-d '{body}'")), "{lines:?}");
    let create = client().post(path).bearer_auth(value("key")).body(body);
    assert_eq!(create.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn the_curl_call_that_the_program_prints_for_mosoo_makes_a_thread_in_either_dialect() {
    for (more, field) in
        [(&[][..], "client_external_ref"), (&["--mosoo-dialect", "current"], "userId")]
    {
        let (_running, lines) = Running::start_with(more);
        let value = |name: &str| value(&lines, "Mosoo", name);
        let path = format!("{}/agents/{}/threads", value("URL"), value("agent id"));
        assert!(path.contains("/api/v1/"), "{path}");
        let call = format!("curl -X POST {path} ");
        assert!(lines.iter().any(|line| line.starts_with(&call)), "{lines:?}");
        let of_mosoo = lines.iter().skip_while(|line| *line != "Mosoo");
        let body = of_mosoo.filter_map(|line| line.trim().strip_prefix("-d '")).next().unwrap();
        assert!(body.contains(field), "{body}");
        let create = client().post(path).bearer_auth(value("token"));
        let answer = create.body(body.strip_suffix('\'').unwrap().to_owned()).send().await.unwrap();
        assert_eq!(answer.status(), 201);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-threads-sandbox"));
    assert!(!command.args(["--mosoo-dialect", "older"]).output().unwrap().status.success());
}

#[tokio::test]
async fn the_curl_call_that_the_program_prints_for_deco_studio_makes_a_thread() {
    let (_running, lines) = Running::start();
    let value = |name: &str| value(&lines, "deco Studio", name);
    let tools = format!("{}/api/{}/tools", value("URL"), value("organization"));
    let call = format!("curl -X POST {tools}/COLLECTION_THREADS_CREATE ");
    assert!(lines.iter().any(|line| line.starts_with(&call)), "{lines:?}");
    let of_deco = lines.iter().skip_while(|line| *line != "deco Studio");
    let body = of_deco.filter_map(|line| line.trim().strip_prefix("-d '")).next().unwrap();
    assert!(body.contains(&value("agent id")), "{body}");
    let create = client().post(format!("{tools}/COLLECTION_THREADS_CREATE"));
    let create = create.bearer_auth(value("key")).body(body.strip_suffix('\'').unwrap().to_owned());
    assert_eq!(create.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_program_plays_the_generation_of_octavus_that_it_is_told() {
    for (more, status) in [(&[][..], 404), (&["--octavus-generation", "4"], 200)] {
        let (_running, lines) = Running::start_with(more);
        let value = |name: &str| value(&lines, "Octavus", name);
        let path = format!("{}/api/v1/workforce/agents/{}", value("URL"), value("agent id"));
        let answer = client().get(path).bearer_auth(value("key")).send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-threads-sandbox"));
    assert!(!command.args(["--octavus-generation", "0"]).output().unwrap().status.success());
}

#[test]
fn a_port_that_is_none_is_refused() {
    for name in
        ["--octavus-port", "--modus-port", "--middesk-port", "--mosoo-port", "--deco-studio-port"]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agent-threads-sandbox"));
        assert!(!command.args([name, "65536"]).output().unwrap().status.success());
    }
}
