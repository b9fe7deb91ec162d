//! What a client refuses when it is built, and what it takes from the environment.

use crate::support::sandbox_client;
use agent_threads_octavus::{Client, ErrorKind};
use agent_threads_sandbox::Sandbox;
use std::{env, process::Command};

#[test]
fn a_token_that_cannot_be_sent_is_refused_without_being_shown() {
    for bad in ["", "marker\n", "marker\r\nX-Evil: 1", "märker"] {
        let error = Client::new(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{bad:?}");
        assert!(!format!("{error} {error:?}").contains("rker"), "{error}");
    }
}

#[test]
fn a_base_url_that_cannot_be_used_is_refused_with_the_way_out() {
    let build = |url: &str| Client::builder().token("t").base_url(url).build().unwrap_err();
    for bad in ["octavus.ai", "octavus.ai:443", "/api", "https://octavus.ai?x=1", "https://"] {
        let error = build(bad);
        assert_eq!(error.kind(), ErrorKind::Config, "{bad}");
        assert!(error.to_string().contains("base URL"), "{error}");
    }
    let error = build("http://octavus.ai").to_string();
    assert!(error.contains("https") && error.contains("allow_http(true)"), "{error}");
    Client::builder().token("t").base_url("http://octavus.ai").allow_http(true).build().unwrap();
}

/// Runs one of the ignored tests below in a process of its own, whose environment is `variables`.
pub(crate) fn in_environment(test: &str, variables: &[(&str, &str)]) {
    let vendors = ["MODUS_", "MOSOO_", "OCTAVUS_"];
    let of_vendors = |name: &str| vendors.iter().any(|vendor| name.starts_with(vendor));
    let mut command = Command::new(env::current_exe().unwrap());
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_vendors)) {
        command.env_remove(name);
    }
    let output = command
        .args(["--exact", test, "--ignored"])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn the_environment_gives_token_and_base_url() {
    in_environment("config::child_without_a_token", &[]);
    let both = [("OCTAVUS_AGENT_KEY", "t"), ("OCTAVUS_BASE_URL", "https://octavus.example/eu/")];
    in_environment("config::child_with_both", &both);
}

#[test]
fn an_empty_variable_is_named_or_passed_over() {
    let empty_url = [("OCTAVUS_AGENT_KEY", "t"), ("OCTAVUS_BASE_URL", "")];
    in_environment("config::child_with_an_empty_url", &empty_url);
    in_environment("config::child_with_an_empty_token", &[("OCTAVUS_AGENT_KEY", "")]);
}

#[test]
#[ignore = "run by an_empty_variable_is_named_or_passed_over in a process of its own"]
fn child_with_an_empty_url() {
    let client = Client::from_env().unwrap();
    assert!(format!("{client:?}").contains("https://octavus.ai"), "{client:?}");
}

#[test]
#[ignore = "run by an_empty_variable_is_named_or_passed_over in a process of its own"]
fn child_with_an_empty_token() {
    let error = Client::from_env().unwrap_err().to_string();
    assert_eq!(error, "configuration: environment variable OCTAVUS_AGENT_KEY is empty");
}

#[test]
#[ignore = "run by the_environment_gives_token_and_base_url in a process of its own"]
fn child_without_a_token() {
    let error = Client::from_env().unwrap_err().to_string();
    assert_eq!(error, "configuration: environment variable OCTAVUS_AGENT_KEY is not set");
}

#[test]
#[ignore = "run by the_environment_gives_token_and_base_url in a process of its own"]
fn child_with_both() {
    let client = Client::from_env().unwrap();
    assert!(format!("{client:?}").contains("https://octavus.example/eu\""), "{client:?}");
}

#[test]
fn a_token_for_a_loopback_host_does_not_go_to_a_proxy_of_the_environment() {
    // Nothing listens there: a request that went to the proxy would fail.
    let proxy = "http://127.0.0.1:1";
    in_environment(
        "config::child_behind_a_proxy",
        &[("HTTP_PROXY", proxy), ("http_proxy", proxy), ("ALL_PROXY", proxy)],
    );
}

#[tokio::test]
#[ignore = "run by a_token_for_a_loopback_host_does_not_go_to_a_proxy_of_the_environment in a process of its own"]
async fn child_behind_a_proxy() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox_client(&sandbox.octavus()).dispatch("agent_1", "task").await.unwrap();
}
