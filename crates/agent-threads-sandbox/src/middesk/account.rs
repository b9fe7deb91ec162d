//! Customers, their keys, and how many requests they may send.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};

use super::ids::{Ids, Kind};
use crate::clock::Clock;
use crate::front::bearer;
use crate::refusal::Refusal;

/// How many requests a customer may send in a second.
const MOST_REQUESTS: u32 = 20;

/// Which of the vendor's two hosts this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// Takes keys that begin with `mk_live`.
    Production,
    /// Takes keys that begin with `mk_test`.
    Sandbox,
}

impl Environment {
    fn prefix(self) -> &'static str {
        match self {
            Self::Production => "mk_live",
            Self::Sandbox => "mk_test",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Default)]
pub(super) struct Accounts {
    keys: HashMap<String, Account>,
    pub(super) environment: Option<Environment>,
    pub(super) is_limited: bool,
    /// For each account the latest second with requests, and how many.
    counted: HashMap<String, (i64, u32)>,
}

impl Accounts {
    /// Adds a customer with a key for each environment. Returns the number that is in both keys.
    pub(super) fn add(&mut self, name: &str, ids: &Ids, keys: [&str; 2]) {
        let account = Account { id: ids.next(Kind::Account), name: name.to_owned() };
        for key in keys {
            self.keys.insert(key.to_owned(), account.clone());
        }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The customer who calls, whose request is counted.
    pub(super) fn caller(
        &mut self,
        headers: &HeaderMap,
        clock: &Clock,
    ) -> Result<Account, Refusal> {
        let key = key(headers).ok_or(StatusCode::UNAUTHORIZED)?;
        let account = self.keys.get(&key).ok_or(StatusCode::UNAUTHORIZED)?.clone();
        if self.environment.is_some_and(|here| !key.starts_with(here.prefix())) {
            let message = "The API key belongs to another environment";
            return Err(Refusal::with(StatusCode::UNAUTHORIZED, message));
        }
        match self.is_limited && !self.has_room(&account, clock.millis().div_euclid(1000)) {
            true => Err(StatusCode::TOO_MANY_REQUESTS.into()),
            false => Ok(account),
        }
    }

    fn has_room(&mut self, account: &Account, second: i64) -> bool {
        let counted = self.counted.entry(account.id.clone()).or_insert((second, 0));
        if counted.0 != second {
            *counted = (second, 0);
        }
        counted.1 += 1;
        counted.1 <= MOST_REQUESTS
    }
}

/// The key, as the bearer's token or as the name of a user without a password.
fn key(headers: &HeaderMap) -> Option<String> {
    bearer(headers).map(str::to_owned).or_else(|| {
        let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, credentials) = value.split_once(' ')?;
        let bytes = STANDARD.decode(credentials.trim()).ok()?;
        let text =
            String::from_utf8(bytes).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        text.strip_suffix(':').map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_in(value: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        key(&headers)
    }

    #[test]
    fn a_key_is_a_token_or_a_user_without_a_password() {
        // The credentials are those of RFC 7617, "Aladdin:open sesame", and of "Aladdin:".
        assert_eq!(key_in("Bearer Aladdin").as_deref(), Some("Aladdin"));
        assert_eq!(key_in("Basic QWxhZGRpbjo=").as_deref(), Some("Aladdin"));
        for value in
            ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Digest QWxhZGRpbjo=", "Basic ?", "Basic"]
        {
            assert_eq!(key_in(value), None, "{value}");
        }
    }
}
