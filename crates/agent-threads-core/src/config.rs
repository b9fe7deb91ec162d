//! Building a client.

mod environment;
mod parts;
mod setters;

#[cfg(feature = "rate-limit")]
use crate::rate_limit::{Limiter, RateLimit};
use crate::{
    AuthScheme, Error, RetryBudget, Settings, Transport, base_url,
    call::{Core, Shared},
    operation::Vendor,
    retry_budget::Bucket,
    secret::Token,
    transport::Reqwest,
};
use parts::{headers, http, parameters, scheme, unknown_parameter, unknown_server};
use secrecy::SecretString;
use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

/// What a vendor's client must offer to be built.
pub trait VendorClient: Sized {
    /// Constants of the vendor.
    const VENDOR: &'static Vendor;

    /// The client around a configured core.
    fn from_core(core: Core) -> Self;
}

type ChangeHttp = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

/// Builds the client `C` of a vendor.
///
/// Nothing is checked before [`build`](Self::build), which says what is wrong.
pub struct ClientBuilder<C> {
    token: Option<SecretString>,
    scheme: Option<AuthScheme>,
    /// What was set for each of the vendor's servers.
    base_urls: Vec<Option<String>>,
    /// A name that none of them has.
    unknown_server: Option<String>,
    /// The name of one of the vendor's dialects.
    pub(crate) dialect: Option<&'static str>,
    /// What was set for each of the parameters that the client is bound to.
    parameters: Vec<Option<String>>,
    /// A name that none of them has.
    unknown_parameter: Option<String>,
    allow_http: bool,
    allow_any_token: bool,
    connect_timeout: Duration,
    user_agent: Option<String>,
    headers: Vec<(String, String)>,
    settings: Settings,
    retry_budget: Option<RetryBudget>,
    #[cfg(feature = "rate-limit")]
    rate_limit: Option<RateLimit>,
    change_http: Option<ChangeHttp>,
    transport: Option<Arc<dyn Transport>>,
    client: PhantomData<fn() -> C>,
}

impl<C: VendorClient> Default for ClientBuilder<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: VendorClient> ClientBuilder<C> {
    /// A builder for the vendor's production servers, still without a token.
    pub fn new() -> Self {
        Self {
            token: None,
            scheme: None,
            base_urls: vec![None; C::VENDOR.servers.len()],
            unknown_server: None,
            dialect: None,
            parameters: vec![None; C::VENDOR.parameters.len()],
            unknown_parameter: None,
            allow_http: false,
            allow_any_token: false,
            connect_timeout: Duration::from_secs(10),
            user_agent: None,
            headers: Vec::new(),
            settings: Settings::default(),
            retry_budget: Some(RetryBudget::default()),
            #[cfg(feature = "rate-limit")]
            rate_limit: None,
            change_http: None,
            transport: None,
            client: PhantomData,
        }
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when the token is missing, empty, no header value, or does not begin
    /// as the vendor's tokens do; when the vendor does not take it by the scheme chosen; when a base URL is none, or is
    /// plain http to a host that is not loopback; when the vendor has no server of a name; when something that the client
    /// is bound to is missing, or of another name; when a header cannot be sent; when a rate limit allows no request; when
    /// TLS cannot be set up. No error shows the token.
    ///
    /// # Panics
    ///
    /// With the feature `rustls-no-provider`, when the process has not installed a crypto provider.
    pub fn build(self) -> Result<C, Error> {
        let vendor = C::VENDOR;
        let secret = self.token.ok_or_else(|| {
            Error::config(format!(
                "a token is needed: ClientBuilder::token, or environment variable {}",
                vendor.token_env
            ))
        })?;
        let prefix = vendor.token_prefix.filter(|_| !self.allow_any_token);
        let token = Token::new(secret, prefix, scheme(vendor, self.scheme)?)?;
        if let Some(name) = self.unknown_server {
            return Err(unknown_server(vendor, &name));
        }
        if let Some(name) = self.unknown_parameter {
            return Err(unknown_parameter(vendor, &name));
        }
        let parameters = parameters(vendor, self.parameters)?;
        let first = || vendor.dialects.as_ref()?.names.first().copied();
        let dialect = self.dialect.or_else(first);
        let base_urls = base_url::all(vendor.servers, dialect, &self.base_urls, self.allow_http)?;
        let headers = headers(vendor, self.user_agent, &self.headers)?;
        let local = base_urls.iter().any(|url| base_url::is_plain_loopback(url));
        let http = http(self.connect_timeout, local, self.change_http)?;
        let shared = Shared {
            vendor,
            transport: self.transport.unwrap_or_else(|| Arc::new(Reqwest(http.clone()))),
            http,
            dialect,
            base_urls,
            allow_http: self.allow_http,
            token: Arc::new(token),
            headers,
            budget: self.retry_budget.map(|budget| Arc::new(Bucket::new(budget))),
            #[cfg(feature = "rate-limit")]
            limiter: self.rate_limit.map(Limiter::new).transpose()?,
        };
        Ok(C::from_core(Core::new(shared, self.settings, parameters)))
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("dialect", &self.dialect)
            .field("allow_http", &self.allow_http)
            .field("connect_timeout", &self.connect_timeout)
            .field("settings", &self.settings)
            .field("retry_budget", &self.retry_budget)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
