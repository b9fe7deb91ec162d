//! A Mosoo agent to talk to.

use agent_threads_mosoo::{Client, Dialect, types::CreateThread};
use agent_threads_sandbox::{Sandbox, mosoo};
use std::{env, error::Error as StdError};

const AGENT: &str = "MOSOO_AGENT_ID";

/// A client, its agent, and the sandbox that plays the vendor, where one does.
pub struct Mosoo {
    /// Talks to the agent's server, in the vendor's present dialect unless the environment says otherwise.
    pub client: Client,
    /// The agent.
    pub agent_id: String,
    /// The server, where it is in this process.
    pub sandbox: Option<Sandbox>,
}

impl Mosoo {
    /// The real service if `MOSOO_API_TOKEN` is set, with the agent in `MOSOO_AGENT_ID`; else a sandbox.
    ///
    /// # Errors
    ///
    /// Those of [`live`](Self::live) and [`sandbox`](Self::sandbox).
    pub async fn connect() -> Result<Self, Box<dyn StdError>> {
        match env::var_os("MOSOO_API_TOKEN") {
            Some(_) => Self::live(),
            None => Self::sandbox().await,
        }
    }

    /// The real service: `MOSOO_API_TOKEN`, `MOSOO_AGENT_ID`, `MOSOO_DIALECT` and, for another server, `MOSOO_BASE_URL`.
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

    /// A server in this process that speaks the vendor's present dialect.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn sandbox() -> Result<Self, Box<dyn StdError>> {
        let sandbox = Sandbox::start().await?;
        let mosoo = sandbox.mosoo();
        mosoo.set_dialect(mosoo::Dialect::Current);
        let client = Client::builder()
            .dialect(Dialect::Current)
            .base_url(format!("{}/api/v1", mosoo.url()))
            .token(mosoo.token())
            .build()?;
        Ok(Self { client, agent_id: mosoo.agent_id().to_owned(), sandbox: Some(sandbox) })
    }

    /// A thread that begins with this message, as the client's dialect has it.
    pub fn thread(&self, message: &str) -> CreateThread {
        let thread = CreateThread::message(message);
        match self.client.dialect() {
            Dialect::Seed => thread.client_external_ref("example"),
            _ => thread.user_id("example"),
        }
    }
}
