//! How a published agent is set up.

/// An agent and who may call it. Unless set, it is a published Assistant Agent of the account that is there from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an agent does nothing until it is added or set"]
pub struct Agent {
    pub(super) kind: &'static str,
    pub(super) is_published: bool,
    pub(super) is_live: bool,
    pub(super) is_ready: bool,
    pub(super) owner: Option<String>,
}

impl Default for Agent {
    fn default() -> Self {
        Self { kind: "pet", is_published: true, is_live: true, is_ready: true, owner: None }
    }
}

impl Agent {
    /// A published Assistant Agent, whose threads are of the kind `pet`.
    pub fn new() -> Self {
        Self::default()
    }

    /// A Task Agent, whose threads are of the kind `cattle`.
    pub fn task(mut self) -> Self {
        self.kind = "cattle";
        self
    }

    /// Not published: every call is refused with 409 `agent_not_published`, reads of its threads too.
    pub fn unpublished(mut self) -> Self {
        self.is_published = false;
        self
    }

    /// Published without a live version: every call is refused with 409 `service_inactive`.
    pub fn inactive(mut self) -> Self {
        self.is_live = false;
        self
    }

    /// Not ready to run: what starts a run is refused with 409 `readiness_blocked`.
    pub fn not_ready(mut self) -> Self {
        self.is_ready = false;
        self
    }

    /// Owned by the account of this token.
    pub fn owned_by(mut self, token: impl Into<String>) -> Self {
        self.owner = Some(token.into());
        self
    }
}
