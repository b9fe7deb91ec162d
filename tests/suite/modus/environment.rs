//! What a client takes from the environment, each time in a process of its own.

use crate::config::in_environment;
use agent_threads_modus::{Client, types::ActiveRunsBySession};
use agent_threads_sandbox::{Sandbox, modus::Modus};

#[tokio::test(flavor = "multi_thread")]
async fn each_host_has_a_variable_of_its_own() {
    let (api, agent) = (Sandbox::start().await.unwrap(), Sandbox::start().await.unwrap());
    let (api, agent) = (api.modus(), agent.modus());
    assert_eq!(api.key(), agent.key());
    let variables = [
        ("MODUS_API_KEY", api.key()),
        ("MODUS_BASE_URL", api.url()),
        ("MODUS_AGENT_HOST", agent.url()),
    ];
    in_environment("modus::environment::child_that_asks_both_hosts", &variables);
    let asked = |modus: &Modus| -> Vec<_> {
        modus.requests().into_iter().map(|request| request.path).collect()
    };
    assert_eq!(asked(&api), ["/api/v1/workflows"]);
    assert_eq!(asked(&agent), ["/agent/v1/runs/active-by-session"]);
}

#[tokio::test]
#[ignore = "run by each_host_has_a_variable_of_its_own in a process of its own"]
async fn child_that_asks_both_hosts() {
    let client = Client::from_env().unwrap();
    client.list_workflows().await.unwrap();
    client.find_active_runs(ActiveRunsBySession::new(["s"])).await.unwrap();
}

#[test]
fn the_agent_host_follows_from_the_base_url_of_the_environment() {
    let staging =
        [("MODUS_API_KEY", "modus_t"), ("MODUS_BASE_URL", "https://api.staging.getmodus.com")];
    in_environment("modus::environment::child_on_staging", &staging);
}

#[test]
#[ignore = "run by the_agent_host_follows_from_the_base_url_of_the_environment in a process of its own"]
fn child_on_staging() {
    let shown = format!("{:?}", Client::from_env().unwrap());
    assert!(shown.contains("\"https://api.staging.getmodus.com\""), "{shown}");
    assert!(shown.contains("\"https://agent.staging.getmodus.com\""), "{shown}");
}

#[test]
fn without_a_token_there_is_no_client() {
    in_environment("modus::environment::child_without_a_token", &[]);
    let foreign = [("MODUS_API_KEY", "oct_agt_marker")];
    in_environment("modus::environment::child_with_a_token_of_another_vendor", &foreign);
}

#[test]
#[ignore = "run by without_a_token_there_is_no_client in a process of its own"]
fn child_without_a_token() {
    let error = Client::from_env().unwrap_err().to_string();
    assert_eq!(error, "configuration: environment variable MODUS_API_KEY is not set");
}

#[test]
#[ignore = "run by without_a_token_there_is_no_client in a process of its own"]
fn child_with_a_token_of_another_vendor() {
    let error = Client::from_env().unwrap_err().to_string();
    assert!(error.contains("`modus_`") && !error.contains("marker"), "{error}");
}
