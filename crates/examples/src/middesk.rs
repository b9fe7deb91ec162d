//! A Middesk account to talk to.

use agent_threads_middesk::Client;
use agent_threads_sandbox::Sandbox;
use std::{env, error::Error as StdError};

const BUSINESS: &str = "MIDDESK_BUSINESS_ID";
const AGENT: &str = "MIDDESK_AGENT_TYPE";

/// A client, an agent, a business, and the sandbox that plays the vendor, where one does.
pub struct Middesk {
    /// Talks to the agents' server.
    pub client: Client,
    /// The agent, by its type.
    pub agent_type: String,
    /// The business to work on.
    pub business_id: String,
    /// The server, where it is in this process.
    pub sandbox: Option<Sandbox>,
}

impl Middesk {
    /// The real service if `MIDDESK_API_KEY` is set, with the business in `MIDDESK_BUSINESS_ID`; else a sandbox in this
    /// process, which is not the vendor's own.
    ///
    /// # Errors
    ///
    /// Those of [`live`](Self::live) and [`sandbox`](Self::sandbox).
    pub async fn connect() -> Result<Self, Box<dyn StdError>> {
        match env::var_os("MIDDESK_API_KEY") {
            Some(_) => Self::live(),
            None => Self::sandbox().await,
        }
    }

    /// The real service: `MIDDESK_API_KEY`, `MIDDESK_BUSINESS_ID`, for another agent than `cip_orchestrator`
    /// `MIDDESK_AGENT_TYPE`, and for another server, such as the vendor's sandbox, `MIDDESK_BASE_URL`.
    ///
    /// # Errors
    ///
    /// When a variable is missing, naming it.
    pub fn live() -> Result<Self, Box<dyn StdError>> {
        let client = Client::from_env()?;
        let business_id = env::var(BUSINESS)
            .map_err(|_| format!("environment variable {BUSINESS} is not set"))?;
        let agent_type = env::var(AGENT).unwrap_or_else(|_| "cip_orchestrator".to_owned());
        Ok(Self { client, agent_type, business_id, sandbox: None })
    }

    /// A server in this process.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn sandbox() -> Result<Self, Box<dyn StdError>> {
        let sandbox = Sandbox::start().await?;
        let middesk = sandbox.middesk();
        let client = Client::builder().base_url(middesk.url()).token(middesk.key()).build()?;
        let agent_type = middesk.agent_type().to_owned();
        let business_id = middesk.business_id().to_owned();
        Ok(Self { client, agent_type, business_id, sandbox: Some(sandbox) })
    }
}
