//! Which server a request goes to.

use crate::server::Server;
use acme_agents::{Client, ErrorKind};
use std::{env, process::Command};

#[tokio::test]
async fn each_operation_goes_to_its_own_server() {
    let (api, files) =
        (Server::answering([(200, "[]")]).await, Server::answering([(204, "")]).await);
    let client = Client::builder()
        .token("acme_secret")
        .base_url(api.url())
        .server("files", files.url())
        .build()
        .unwrap();
    client.list_agents().await.unwrap();
    client.delete_file(9_007_199_254_740_993, "a/b").await.unwrap();
    assert_eq!(api.only().line, "GET /v1/agents");
    let seen = files.only();
    assert_eq!(seen.line, "DELETE /v1/projects/9007199254740993/files/a%2Fb");
    assert_eq!(seen.header("authorization"), Some("Bearer acme_secret"));
}

#[test]
fn a_server_that_does_not_exist_is_refused_with_those_that_do() {
    let error = Client::builder().token("acme_x").server("file", "https://x.example").build();
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("api, files"), "{error}");
}

/// Runs one of the ignored tests below in a process of its own, whose environment is `variables`.
pub(crate) fn in_environment(test: &str, variables: &[(&str, &str)]) {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--ignored"])
        .env("ACME_API_KEY", "acme_x")
        .env_remove("ACME_BASE_URL")
        .env_remove("ACME_FILES_URL")
        .env_remove("ACME_DIALECT")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// The base URLs of a client, as its `Debug` shows them.
pub(crate) fn shown(client: &Client) -> String {
    let text = format!("{client:?}");
    let (_, urls) = text.split_once("base_urls: [").unwrap();
    urls.split_once(']').unwrap().0.to_owned()
}

const STAGING: &str = "https://api.staging.acme.example";

#[test]
fn the_environment_sets_each_server_and_the_caller_wins() {
    in_environment(
        "servers::child_with_both",
        &[("ACME_BASE_URL", STAGING), ("ACME_FILES_URL", "https://f.example")],
    );
    in_environment("servers::child_with_the_first", &[("ACME_BASE_URL", STAGING)]);
}

#[test]
#[ignore = "run by the_environment_sets_each_server_and_the_caller_wins in a process of its own"]
fn child_with_both() {
    let client = Client::from_env().unwrap();
    assert_eq!(shown(&client), r#""https://api.staging.acme.example", "https://f.example""#);
    let builder = acme_agents::ClientBuilder::<Client>::from_env().unwrap();
    let client = builder.server("files", "https://own.example").build().unwrap();
    assert_eq!(shown(&client), r#""https://api.staging.acme.example", "https://own.example""#);
}

#[test]
#[ignore = "run by the_environment_sets_each_server_and_the_caller_wins in a process of its own"]
fn child_with_the_first() {
    let client = Client::from_env().unwrap();
    assert_eq!(
        shown(&client),
        r#""https://api.staging.acme.example", "https://files.staging.acme.example""#
    );
}

#[test]
fn a_host_that_is_not_the_vendors_changes_no_other_server() {
    for url in ["http://localhost:1", "https://api.acme.example.evil.example", "https://acme.test"]
    {
        let client = Client::builder().token("acme_x").base_url(url).build().unwrap();
        assert!(shown(&client).ends_with(r#", "https://files.acme.example""#), "{client:?}");
    }
}
