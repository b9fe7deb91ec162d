//! What the suites share.

pub(crate) mod capture;
pub(crate) mod in_process;
pub(crate) mod seam;
pub(crate) mod tcp;

use agent_threads_octavus::{Client, ClientBuilder, RetryPolicy};
use agent_threads_sandbox::octavus::Octavus;
use std::{error::Error, time::Duration};

/// A client of the sandbox that does not make a test wait between attempts.
pub(crate) fn sandbox_client(octavus: &Octavus) -> Client {
    quick(Client::builder().base_url(octavus.url()).token(octavus.key()))
}

/// The client, with pauses of no length between its attempts.
pub(crate) fn quick(builder: ClientBuilder) -> Client {
    builder.retry(RetryPolicy::default().base_delay(Duration::ZERO)).build().unwrap()
}

/// An error and all its causes, as text for people and for developers.
pub(crate) fn all_text(error: &dyn Error) -> String {
    let causes = error.source().map(all_text).unwrap_or_default();
    format!("{error} / {error:?}\n{causes}")
}
