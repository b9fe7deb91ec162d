//! Who calls, and what they may call: tokens, accounts, agents.

use std::collections::HashMap;

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};

use super::agent::Agent;
use super::dialect::{Dialect, Takes};
use crate::refusal::Refusal;

/// Tokens and agents. An account is only an id.
#[derive(Default)]
pub(super) struct Access {
    tokens: HashMap<String, Caller>,
    revoked: Vec<String>,
    agents: HashMap<String, Owned>,
}

/// An agent with its place.
pub(super) struct Owned {
    pub(super) agent: Agent,
    account: String,
    organization: String,
}

/// Whose a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) token: String,
    pub(super) account: String,
    pub(super) organization: String,
    pub(super) service: Option<Service>,
}

/// What is more to the token of an organization than to that of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) id: String,
    pub(super) agents: Vec<String>,
}

impl Access {
    pub(super) fn add_token(&mut self, caller: Caller) {
        self.tokens.insert(caller.token.clone(), caller);
    }

    pub(super) fn tokens_made(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn revoke(&mut self, token: &str) {
        self.revoked.push(token.to_owned());
    }

    /// Whose a token is, revoked or not.
    pub(super) fn holder(&self, token: &str) -> Option<&Caller> {
        self.tokens.get(token)
    }

    /// Adds or replaces an agent, which belongs to `first` unless it says otherwise.
    pub(super) fn set_agent(&mut self, id: &str, agent: Agent, first: &str) {
        let token = agent.owner.as_deref().unwrap_or(first);
        if let Some(owner) = self.tokens.get(token) {
            let (account, organization) = (owner.account.clone(), owner.organization.clone());
            self.agents.insert(id.to_owned(), Owned { agent, account, organization });
        }
    }

    pub(super) fn agent(&self, id: &str) -> Option<&Owned> {
        self.agents.get(id)
    }

    pub(super) fn set_published(&mut self, id: &str, is_published: bool) {
        if let Some(owned) = self.agents.get_mut(id) {
            owned.agent.is_published = is_published;
        }
    }

    /// Who sends these headers.
    pub(super) fn caller(
        &self,
        headers: &HeaderMap,
        takes: Takes,
        dialect: Dialect,
    ) -> Result<Caller, Refusal> {
        let token = bearer(headers).ok_or_else(|| dialect.token_missing(takes))?;
        let caller = self.tokens.get(token).filter(|caller| {
            let is_taken = dialect == Dialect::Seed && takes == Takes::AllTokens;
            (is_taken || caller.service.is_none()) && !self.revoked.contains(&caller.token)
        });
        caller.cloned().ok_or_else(|| dialect.token_invalid(takes))
    }

    /// Refuses a caller who may not use an agent, in the vendor's order.
    pub(super) fn admit(
        &self,
        caller: &Caller,
        agent_id: &str,
        dialect: Dialect,
    ) -> Result<&Owned, Refusal> {
        let missing = || Refusal::with(StatusCode::NOT_FOUND, "Agent not found.");
        let owned = self.agent(agent_id).ok_or_else(missing)?;
        if !owned.agent.is_published {
            return Err(dialect.not_published());
        }
        if !owned.agent.is_live {
            let words = "This Agent has no live version.";
            return Err(Refusal::with(StatusCode::CONFLICT, words).code("service_inactive"));
        }
        let belongs = match dialect {
            Dialect::Seed => caller.organization == owned.organization,
            Dialect::Current => caller.account == owned.account,
        };
        if !belongs {
            return Err(dialect.not_allowed());
        }
        let selects = |service: &Service| service.agents.iter().any(|id| id == agent_id);
        if !caller.service.as_ref().is_none_or(selects) {
            let words = "This Service token does not select the Agent.";
            return Err(Refusal::with(StatusCode::FORBIDDEN, words));
        }
        Ok(owned)
    }
}

/// The one token after the scheme, whose name can be in any case.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut words = headers.get(AUTHORIZATION)?.to_str().ok()?.split_ascii_whitespace();
    let scheme = words.next()?;
    let token = words.next()?;
    (scheme.eq_ignore_ascii_case("bearer") && words.next().is_none()).then_some(token)
}
