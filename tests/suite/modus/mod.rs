//! Modus: runs as streams of events, against the sandbox over HTTP; and each operation by itself, against mock servers.

mod bad_input;
mod current;
mod environment;
mod flows;
mod operations;
mod resume;
mod verbs;

use agent_threads_modus::{
    Client, RetryPolicy, Run,
    types::{RunCreate, RunEvent},
};
use agent_threads_sandbox::{Sandbox, modus::Modus};
use std::time::Duration;

async fn start() -> (Sandbox, Modus, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let modus = sandbox.modus();
    let client = client(&modus);
    (sandbox, modus, client)
}

/// A client that does not make a test wait between its connections.
fn client(modus: &Modus) -> Client {
    let retry = RetryPolicy::default().base_delay(Duration::ZERO);
    let servers = Client::builder().server("agent", modus.url()).server("api", modus.url());
    servers.token(modus.key()).retry(retry).build().unwrap()
}

fn task(modus: &Modus) -> RunCreate {
    RunCreate::new("Which tickets are open?", "session-1", modus.organization_id())
}

/// What a run has delivered: each event as it is on the wire, each error as its kind.
async fn all(run: &mut Run) -> Vec<String> {
    let mut delivered = Vec::new();
    while let Some(event) = run.next().await {
        delivered.push(match event {
            Ok(RunEvent::Token(token)) => token.content,
            Ok(event) => event.kind().to_owned(),
            Err(error) => format!("{:?}", error.kind()),
        });
    }
    delivered
}
