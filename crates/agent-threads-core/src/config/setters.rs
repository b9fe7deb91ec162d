//! What can be set of a client.

use super::{ClientBuilder, VendorClient};
#[cfg(feature = "rate-limit")]
use crate::RateLimit;
use crate::{AuthScheme, RetryBudget, RetryPolicy, Settings, Transport};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};

impl<C: VendorClient> ClientBuilder<C> {
    /// The token that authorizes the requests. Required.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.wanted.token = Some(SecretString::from(token.into()));
        self
    }

    /// How the token is sent. Default: the first of those that the vendor takes, which is [`AuthScheme::Bearer`] unless the
    /// documentation of the client says otherwise.
    ///
    /// The environment does not set it.
    #[must_use]
    pub fn scheme(mut self, scheme: AuthScheme) -> Self {
        self.wanted.scheme = Some(scheme);
        self
    }

    /// Another server than the vendor's own: scheme, host, and port and path if needed.
    ///
    /// Where a vendor has several servers, this sets the first of them; see [`server`](Self::server).
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        if let Some(first) = self.wanted.base_urls.first_mut() {
            *first = Some(url.into());
        }
        self
    }

    /// Another URL for one of the vendor's servers, by its name. The documentation of the client lists them.
    ///
    /// What is set for one server can change another: where a vendor names its hosts by one pattern, the URL of a server
    /// that is neither set here nor by its variable follows from that of its neighbour, as long as that is a host of the
    /// vendor. A server that nothing is set for stays at its production URL.
    #[must_use]
    pub fn server(mut self, name: &str, url: impl Into<String>) -> Self {
        match C::VENDOR.servers.iter().position(|server| server.name == name) {
            Some(index) => self.wanted.base_urls[index] = Some(url.into()),
            None => self.wanted.unknown_server = Some(name.to_owned()),
        }
        self
    }

    /// What the client is bound to, such as an organization, by its name in the vendor's paths. The documentation of the
    /// client lists them. All are required.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: impl Into<String>) -> Self {
        match C::VENDOR.parameters.iter().position(|parameter| parameter.name == name) {
            Some(index) => self.wanted.parameters[index] = Some(value.into()),
            None => self.wanted.unknown_parameter = Some(name.to_owned()),
        }
        self
    }

    /// Whether plain http may be spoken to hosts that are not loopback. Default: false.
    ///
    /// The token then crosses the network unencrypted.
    #[must_use]
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.wanted.allow_http = allow;
        self
    }

    /// Whether a token may begin otherwise than the vendor documents. Default: false, so that a token of another service is
    /// refused when the client is built, and goes nowhere. Without meaning where the vendor documents no such beginning.
    #[must_use]
    pub fn allow_any_token(mut self, allow: bool) -> Self {
        self.wanted.allow_any_token = allow;
        self
    }

    /// How long connecting may take, TLS included. Default: 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.wanted.connect_timeout = timeout;
        self
    }

    /// How long one attempt may take. See [`Settings::attempt_timeout`].
    #[must_use]
    pub fn attempt_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings(|settings| settings.attempt_timeout(timeout))
    }

    /// How long a call may take with all its attempts. See [`Settings::total_timeout`].
    #[must_use]
    pub fn total_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings(|settings| settings.total_timeout(timeout))
    }

    /// When and how often an attempt is made again. See [`RetryPolicy`].
    #[must_use]
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.settings(|settings| settings.retry(policy))
    }

    /// How many retries the client and its clones have together while the server fails; `None` for as many as the policy of
    /// each call allows. Default: [`RetryBudget::default`].
    #[must_use]
    pub fn retry_budget(mut self, budget: impl Into<Option<RetryBudget>>) -> Self {
        self.wanted.retry_budget = budget.into();
        self
    }

    /// How many requests are sent in a time, by the client and its clones together. Default: as many as are asked for.
    ///
    /// Only with the feature `rate-limit`.
    #[cfg(feature = "rate-limit")]
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.wanted.rate_limit = Some(limit);
        self
    }

    /// Changes the settings that can also differ from call to call.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(Settings) -> Settings) -> Self {
        self.wanted.settings = change(self.wanted.settings);
        self
    }

    /// Another `User-Agent`. Default: name and version of the vendor's crate.
    #[must_use]
    pub fn user_agent(mut self, value: impl Into<String>) -> Self {
        self.wanted.user_agent = Some(value.into());
        self
    }

    /// A header for every request, unless the operation sets it itself. It cannot replace the token.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.wanted.headers.push((name.into(), value.into()));
        self
    }

    /// Changes the HTTP client under it all: proxies, certificates, the pool.
    ///
    /// Redirects and retries of that client stay off, whatever is set: they are this crate's. Default headers that are
    /// set here go to wherever a redirect leads; [`header`](Self::header) sets those that do not. With plain http to a
    /// loopback host the proxies of the environment are passed over, unless one is set here.
    #[must_use]
    pub fn http(
        mut self,
        change: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        self.wanted.change_http = Some(Box::new(change));
        self
    }

    /// Something else than the network, for a program's own tests.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.wanted.transport = Some(Arc::new(transport));
        self
    }
}
