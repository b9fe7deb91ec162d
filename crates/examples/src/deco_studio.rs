//! A deco Studio agent to talk to.

use agent_threads_deco_studio::Client;
use agent_threads_sandbox::Sandbox;
use std::{env, error::Error as StdError};

const AGENT: &str = "MESH_AGENT_ID";

/// A client, its agent, and the sandbox that plays the vendor, where one does.
pub struct DecoStudio {
    /// Talks to the organization's server.
    pub client: Client,
    /// The agent.
    pub agent_id: String,
    /// The server, where it is in this process.
    pub sandbox: Option<Sandbox>,
}

impl DecoStudio {
    /// The real service if `MESH_API_KEY` is set, with the agent in `MESH_AGENT_ID`; else a sandbox.
    ///
    /// # Errors
    ///
    /// Those of [`live`](Self::live) and [`sandbox`](Self::sandbox).
    pub async fn connect() -> Result<Self, Box<dyn StdError>> {
        match env::var_os("MESH_API_KEY") {
            Some(_) => Self::live(),
            None => Self::sandbox().await,
        }
    }

    /// The real service: `MESH_API_KEY`, `MESH_ORG`, `MESH_AGENT_ID` and, for another server, `MESH_BASE_URL`.
    ///
    /// # Errors
    ///
    /// When a variable is missing, naming it.
    pub fn live() -> Result<Self, Box<dyn StdError>> {
        let client = Client::from_env()?;
        let agent_id =
            env::var(AGENT).map_err(|_| format!("environment variable {AGENT} is not set"))?;
        Ok(Self { client, agent_id, sandbox: None })
    }

    /// A server in this process.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn sandbox() -> Result<Self, Box<dyn StdError>> {
        let sandbox = Sandbox::start().await?;
        let studio = sandbox.deco_studio();
        let client = Client::builder()
            .base_url(studio.url())
            .parameter("org", studio.organization())
            .token(studio.key())
            .build()?;
        Ok(Self { client, agent_id: studio.agent_id().to_owned(), sandbox: Some(sandbox) })
    }
}
