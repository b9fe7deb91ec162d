//! An Octavus agent to talk to.

use agent_threads_octavus::{Client, Error};
use agent_threads_sandbox::Sandbox;
use std::{env, error::Error as StdError};

const AGENT_ID: &str = "OCTAVUS_AGENT_ID";

/// A client, an agent, and the sandbox that plays both, where one does.
pub struct Octavus {
    /// Talks to the agent's server.
    pub client: Client,
    /// The agent.
    pub agent_id: String,
    /// The server, where it is in this process.
    pub sandbox: Option<Sandbox>,
}

impl Octavus {
    /// The real service if `OCTAVUS_AGENT_KEY` is set, with the agent in `OCTAVUS_AGENT_ID`; else a sandbox.
    ///
    /// # Errors
    ///
    /// Those of [`live`](Self::live) and [`sandbox`](Self::sandbox).
    pub async fn connect() -> Result<Self, Box<dyn StdError>> {
        match env::var_os("OCTAVUS_AGENT_KEY") {
            Some(_) => Self::live(),
            None => Self::sandbox().await,
        }
    }

    /// The real service: `OCTAVUS_AGENT_KEY`, `OCTAVUS_AGENT_ID` and, for another server, `OCTAVUS_BASE_URL`.
    ///
    /// # Errors
    ///
    /// When a variable is missing, naming it.
    pub fn live() -> Result<Self, Box<dyn StdError>> {
        let client = Client::from_env()?;
        let agent_id = env::var(AGENT_ID)
            .map_err(|_| format!("environment variable {AGENT_ID} is not set"))?;
        Ok(Self { client, agent_id, sandbox: None })
    }

    /// A server in this process.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn sandbox() -> Result<Self, Box<dyn StdError>> {
        let sandbox = Sandbox::start().await?;
        let octavus = sandbox.octavus();
        let client = client(octavus.url(), octavus.key())?;
        Ok(Self { client, agent_id: octavus.agent_id().to_owned(), sandbox: Some(sandbox) })
    }
}

fn client(url: &str, key: &str) -> Result<Client, Error> {
    Client::builder().base_url(url).token(key).build()
}
