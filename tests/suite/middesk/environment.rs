//! What a client takes from the environment, each time in a process of its own.

use super::start;
use crate::config::in_environment;
use agent_threads_middesk::Client;

#[tokio::test(flavor = "multi_thread")]
async fn the_key_and_the_server_have_variables() {
    let (_sandbox, middesk, _) = start().await;
    let variables = [("MIDDESK_API_KEY", middesk.key()), ("MIDDESK_BASE_URL", middesk.url())];
    in_environment("middesk::environment::child_that_asks", &variables);
    let paths: Vec<_> = middesk.requests().into_iter().map(|sent| sent.path).collect();
    assert_eq!(paths, ["/v1/agents"]);
}

#[tokio::test]
#[ignore = "run by the_key_and_the_server_have_variables in a process of its own"]
async fn child_that_asks() {
    Client::from_env().unwrap().list_agents().await.unwrap();
}

#[test]
fn without_a_key_there_is_no_client() {
    in_environment("middesk::environment::child_without_a_key", &[]);
}

#[test]
#[ignore = "run by without_a_key_there_is_no_client in a process of its own"]
fn child_without_a_key() {
    let error = Client::from_env().unwrap_err().to_string();
    assert_eq!(error, "configuration: environment variable MIDDESK_API_KEY is not set");
}
