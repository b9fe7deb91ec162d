//! The rate of a generated client. How it keeps time is tested in the runtime, where the clock can be paused.

use crate::server::Server;
use acme_agents::{Client, ErrorKind, RateLimit};

#[tokio::test]
async fn a_client_with_a_rate_sends_what_it_is_asked_to() {
    let server = Server::answering([(200, "[]"), (200, "[]"), (200, "[]")]).await;
    let limit = RateLimit::per_second(1000);
    let builder = Client::builder().token("acme_secret").base_url(server.url());
    let client = builder.rate_limit(limit).build().unwrap();
    let clone = client.clone();
    let (first, second) =
        tokio::join!(client.list_agents().into_future(), clone.list_agents().into_future());
    assert!(first.is_ok() && second.is_ok());
    client.list_agents().await.unwrap();
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn a_rate_of_nothing_is_refused() {
    let builder = Client::builder().token("acme_secret").rate_limit(RateLimit::per_second(0));
    assert_eq!(builder.build().unwrap_err().kind(), ErrorKind::Config);
}
