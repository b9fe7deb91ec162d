//! A Modus organization to talk to.

use agent_threads_modus::Client;
use agent_threads_sandbox::Sandbox;
use std::{env, error::Error as StdError};

const ORGANIZATION: &str = "MODUS_ORGANIZATION_ID";

/// A client, its organization, and the sandbox that plays the vendor, where one does.
pub struct Modus {
    /// Talks to the agents' server.
    pub client: Client,
    /// The organization that the token belongs to.
    pub organization: String,
    /// The server, where it is in this process.
    pub sandbox: Option<Sandbox>,
}

impl Modus {
    /// The real service if `MODUS_API_KEY` is set, with the organization in `MODUS_ORGANIZATION_ID`; else a sandbox.
    ///
    /// # Errors
    ///
    /// Those of [`live`](Self::live) and [`sandbox`](Self::sandbox).
    pub async fn connect() -> Result<Self, Box<dyn StdError>> {
        match env::var_os("MODUS_API_KEY") {
            Some(_) => Self::live(),
            None => Self::sandbox().await,
        }
    }

    /// The real service: `MODUS_API_KEY`, `MODUS_ORGANIZATION_ID` and, for another server, `MODUS_AGENT_HOST`.
    ///
    /// # Errors
    ///
    /// When a variable is missing, naming it.
    pub fn live() -> Result<Self, Box<dyn StdError>> {
        let client = Client::from_env()?;
        let organization = env::var(ORGANIZATION)
            .map_err(|_| format!("environment variable {ORGANIZATION} is not set"))?;
        Ok(Self { client, organization, sandbox: None })
    }

    /// A server in this process.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn sandbox() -> Result<Self, Box<dyn StdError>> {
        let sandbox = Sandbox::start().await?;
        let modus = sandbox.modus();
        let client = of_sandbox(&modus)?;
        let organization = modus.organization_id().to_owned();
        Ok(Self { client, organization, sandbox: Some(sandbox) })
    }

    /// A second client of the same server, which shares nothing with the first where that server is a sandbox.
    ///
    /// # Errors
    ///
    /// When it cannot be built.
    pub fn again(client: &Client, sandbox: Option<&Sandbox>) -> Result<Client, Box<dyn StdError>> {
        let Some(modus) = sandbox.map(Sandbox::modus) else {
            return Ok(client.clone());
        };
        of_sandbox(&modus)
    }
}

/// Both of the vendor's servers are the sandbox: one that is not set stays that of production.
fn of_sandbox(modus: &agent_threads_sandbox::modus::Modus) -> Result<Client, Box<dyn StdError>> {
    let builder = Client::builder().server("agent", modus.url()).server("api", modus.url());
    Ok(builder.token(modus.key()).build()?)
}
