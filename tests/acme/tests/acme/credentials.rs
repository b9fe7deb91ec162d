//! How the token is sent, and that no answer brings it back.

use crate::server::Server;
use acme_agents::{AuthScheme, Client, RetryPolicy};

/// `printf 'acme_secret:' | base64`
const BASIC: &str = "YWNtZV9zZWNyZXQ6";

fn basic(server: &Server) -> Client {
    Client::builder()
        .token("acme_secret")
        .scheme(AuthScheme::Basic)
        .base_url(server.url())
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_token_is_a_bearer_unless_the_caller_chooses() {
    let server = Server::answering([(200, "[]"), (200, "[]")]).await;
    server.client().list_agents().await.unwrap();
    basic(&server).list_agents().await.unwrap();
    let sent: Vec<_> = server.seen();
    assert_eq!(sent[0].header("authorization"), Some("Bearer acme_secret"));
    assert_eq!(sent[1].header("authorization"), Some(format!("Basic {BASIC}").as_str()));
}

#[tokio::test]
async fn a_stream_is_opened_by_the_same_scheme() {
    let server = Server::streaming("data: {\"type\":\"run.done\"}\n\n").await;
    basic(&server).watch_run("r").events().next().await.unwrap().unwrap();
    assert_eq!(server.only().header("authorization"), Some(format!("Basic {BASIC}").as_str()));
}

#[tokio::test]
async fn an_echo_of_either_form_is_struck_out() {
    let echo = r#"{"error":{"message":"no user acme_secret in Basic YWNtZV9zZWNyZXQ6","code":"YWNtZV9zZWNyZXQ6","requestId":"YWNtZV9zZWNyZXQ6"}}"#;
    let server = Server::answering([(401, echo)]).await;
    let client = basic(&server);
    let error = client.list_agents().await.unwrap_err();
    assert_eq!(error.message(), Some("no user [redacted] in Basic [redacted]"));
    assert_eq!((error.code(), error.request_id()), (Some("[redacted]"), Some("[redacted]")));
    let shown = format!("{client:?} {error} {error:?}");
    assert!(!shown.contains(BASIC) && !shown.contains("acme_secret"), "{shown}");
}
