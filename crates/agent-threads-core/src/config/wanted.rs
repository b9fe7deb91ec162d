//! What a builder was told, and what is made of it.

use super::parts::{headers, http, parameters, scheme, unknown_parameter, unknown_server};
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
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};

pub(super) type ChangeHttp =
    Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

/// What was asked for, without the type of the client: what is made of it is compiled once, and not for each vendor.
pub(crate) struct Wanted {
    pub(super) token: Option<SecretString>,
    pub(super) scheme: Option<AuthScheme>,
    /// What was set for each of the vendor's servers.
    pub(super) base_urls: Vec<Option<String>>,
    /// A name that none of them has.
    pub(super) unknown_server: Option<String>,
    /// The name of one of the vendor's dialects.
    pub(crate) dialect: Option<&'static str>,
    /// What was set for each of the parameters that the client is bound to.
    pub(super) parameters: Vec<Option<String>>,
    /// A name that none of them has.
    pub(super) unknown_parameter: Option<String>,
    pub(super) allow_http: bool,
    pub(super) allow_any_token: bool,
    pub(super) connect_timeout: Duration,
    pub(super) user_agent: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) settings: Settings,
    pub(super) retry_budget: Option<RetryBudget>,
    #[cfg(feature = "rate-limit")]
    pub(super) rate_limit: Option<RateLimit>,
    pub(super) change_http: Option<ChangeHttp>,
    pub(super) transport: Option<Arc<dyn Transport>>,
}

impl Wanted {
    /// Nothing yet.
    pub(super) fn of(vendor: &Vendor) -> Self {
        Self {
            token: None,
            scheme: None,
            base_urls: vec![None; vendor.servers.len()],
            unknown_server: None,
            dialect: None,
            parameters: vec![None; vendor.parameters.len()],
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
        }
    }

    /// What a client is around.
    pub(super) fn core(self, vendor: &'static Vendor) -> Result<Core, Error> {
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
        Ok(Core::new(shared, self.settings, parameters))
    }
}
