//! Middesk: each operation against mock servers, runs against the sandbox over HTTP, and time on the transport seam.

mod auth;
mod bad_input;
mod environment;
mod events;
mod interrupts;
mod operations;
mod runs;
mod waits;
mod webhooks;

use agent_threads_middesk::{Client, ClientBuilder, Context, RetryPolicy, Run};
use agent_threads_sandbox::{Sandbox, middesk::Middesk};
use std::time::Duration;

async fn start() -> (Sandbox, Middesk, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let middesk = sandbox.middesk();
    let client = client(&middesk);
    (sandbox, middesk, client)
}

fn client(middesk: &Middesk) -> Client {
    quick(Client::builder().base_url(middesk.url()).token(middesk.key()))
}

/// A client that does not make a test wait between its attempts.
fn quick(builder: ClientBuilder) -> Client {
    builder.retry(RetryPolicy::default().base_delay(Duration::ZERO)).build().unwrap()
}

/// A run of the first agent on the first business.
async fn review(middesk: &Middesk, client: &Client) -> Run {
    let business = Context::business(middesk.business_id());
    client.run(middesk.agent_type(), business).await.unwrap()
}
