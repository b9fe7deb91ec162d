//! The two states of the vendor's API, and the words that differ between them.

use http::StatusCode;

use crate::refusal::Refusal;

/// A state of the vendor's API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// As the vendor's quickstart shows it and its first public server completes it, of June 2026.
    #[default]
    Seed,
    /// As the vendor's server has it since August 2026.
    Current,
}

/// Which tokens an operation takes where there are several kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    PersonalTokens,
    AllTokens,
}

impl Dialect {
    /// What a request without a well-formed token gets.
    pub(super) fn token_missing(self, takes: Takes) -> Refusal {
        let words = match (self, takes) {
            (Self::Current, _) => "A valid Access Token is required.",
            (Self::Seed, Takes::AllTokens) => "A valid Human PAT or Service token is required.",
            (Self::Seed, Takes::PersonalTokens) => "A valid Personal Access Token is required.",
        };
        Refusal::with(StatusCode::UNAUTHORIZED, words)
    }

    /// What a request with a token that does not count gets.
    pub(super) fn token_invalid(self, takes: Takes) -> Refusal {
        let words = match (self, takes) {
            (Self::Current, _) => "Access Token is invalid or revoked.",
            (Self::Seed, Takes::AllTokens) => "Human PAT or Service token is invalid or revoked.",
            (Self::Seed, Takes::PersonalTokens) => "Personal Access Token is invalid or revoked.",
        };
        Refusal::with(StatusCode::UNAUTHORIZED, words)
    }

    pub(super) fn not_published(self) -> Refusal {
        let words = match self {
            Self::Seed => "This Agent is not published as an active API service.",
            Self::Current => "This Agent is not exposed as an active API endpoint.",
        };
        Refusal::with(StatusCode::CONFLICT, words).code("agent_not_published")
    }

    /// What the token of an account that may not use an agent gets.
    pub(super) fn not_allowed(self) -> Refusal {
        let words = match self {
            Self::Seed => "Caller is not an active member of this Agent organization.",
            Self::Current => "Caller is not the App owner for this Agent.",
        };
        Refusal::with(StatusCode::FORBIDDEN, words)
    }

    /// What the vendor answers to all that it does not map, states that a caller has to expect included.
    pub(super) fn internal_error(self) -> Refusal {
        let words = match self {
            Self::Seed => "Published Agent API request failed.",
            Self::Current => "Public API request failed.",
        };
        Refusal::with(StatusCode::INTERNAL_SERVER_ERROR, words)
    }
}
