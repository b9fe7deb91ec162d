//! Building a client.

use crate::{
    Error, RetryPolicy, Settings, Transport, base_url,
    call::{Core, Shared},
    operation::Vendor,
    secret::Token,
    transport::Reqwest,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use secrecy::SecretString;
use std::{env, fmt, marker::PhantomData, sync::Arc, time::Duration};

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
    base_url: Option<String>,
    allow_http: bool,
    connect_timeout: Duration,
    user_agent: Option<String>,
    headers: Vec<(String, String)>,
    settings: Settings,
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
    /// A builder for the vendor's production server, still without a token.
    pub fn new() -> Self {
        Self {
            token: None,
            base_url: None,
            allow_http: false,
            connect_timeout: Duration::from_secs(10),
            user_agent: None,
            headers: Vec::new(),
            settings: Settings::default(),
            change_http: None,
            transport: None,
            client: PhantomData,
        }
    }

    /// A builder with the token, and the base URL if there is one, from the vendor's environment variables.
    ///
    /// # Errors
    ///
    /// When the variable of the token is not set, or one of the two is not Unicode. The error names it.
    pub fn from_env() -> Result<Self, Error> {
        let name = C::VENDOR.token_env;
        let token = variable(name)?
            .ok_or_else(|| Error::config(format!("environment variable {name} is not set")))?;
        let mut builder = Self::new().token(token);
        builder.base_url = variable(C::VENDOR.base_url_env)?;
        Ok(builder)
    }

    /// The token that authorizes the requests. Required.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(SecretString::from(token.into()));
        self
    }

    /// Another server than the vendor's own: scheme, host, and port and path if needed.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Whether plain http may be spoken to hosts that are not loopback. Default: false.
    ///
    /// The token then crosses the network unencrypted.
    #[must_use]
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// How long connecting may take, TLS included. Default: 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
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

    /// Changes the settings that can also differ from call to call.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(Settings) -> Settings) -> Self {
        self.settings = change(self.settings);
        self
    }

    /// Another `User-Agent`. Default: name and version of the vendor's crate.
    #[must_use]
    pub fn user_agent(mut self, value: impl Into<String>) -> Self {
        self.user_agent = Some(value.into());
        self
    }

    /// A header for every request, unless the operation sets it itself. It cannot replace the token.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Changes the HTTP client under it all: proxies, certificates, the pool.
    ///
    /// Redirects and retries of that client stay off, whatever is set: they are this crate's.
    #[must_use]
    pub fn http(
        mut self,
        change: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        self.change_http = Some(Box::new(change));
        self
    }

    /// Something else than the network, for a program's own tests.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when the token is missing, empty, no header value, or does not begin
    /// as the vendor's tokens do; when the base URL is none, or is plain http to a host that is not loopback; when a header
    /// cannot be sent; when TLS cannot be set up. No error shows the token.
    pub fn build(self) -> Result<C, Error> {
        let vendor = C::VENDOR;
        let secret = self.token.ok_or_else(|| {
            Error::config(format!(
                "a token is needed: ClientBuilder::token, or environment variable {}",
                vendor.token_env
            ))
        })?;
        let token = Token::bearer(secret, vendor.token_prefix)?;
        let base_url =
            base_url::parse(self.base_url.as_deref().unwrap_or(vendor.server), self.allow_http)?;
        let headers = headers(vendor, self.user_agent, &self.headers)?;
        let http = http(self.connect_timeout, self.change_http)?;
        let shared = Shared {
            vendor,
            transport: self.transport.unwrap_or_else(|| Arc::new(Reqwest(http.clone()))),
            http,
            base_url,
            allow_http: self.allow_http,
            token,
            headers,
        };
        Ok(C::from_core(Core::new(shared, self.settings)))
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("allow_http", &self.allow_http)
            .field("connect_timeout", &self.connect_timeout)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Error::config(format!("environment variable {name} is not Unicode")))
        }
    }
}

fn http(connect_timeout: Duration, change: Option<ChangeHttp>) -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder().connect_timeout(connect_timeout);
    let builder = match change {
        Some(change) => change(builder),
        None => builder,
    };
    builder
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()
        .map_err(|error| Error::config_caused("the HTTP client cannot be set up", error))
}

/// The vendor's headers, the caller's over them, and the user agent.
fn headers(
    vendor: &Vendor,
    user_agent: Option<String>,
    extra: &[(String, String)],
) -> Result<HeaderMap, Error> {
    let agent = user_agent.unwrap_or_else(|| vendor.user_agent.to_owned());
    let agent = (USER_AGENT.as_str(), agent.as_str());
    let extra = extra.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut headers = HeaderMap::new();
    for (name, value) in vendor.headers.iter().copied().chain([agent]).chain(extra) {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Error::config(format!("`{name}` is no header name")))?;
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| Error::config(format!("the value for header `{name}` cannot be sent")))?;
        // A caller's header may be a credential of a proxy or gateway.
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{operation::ErrorBody, testing::Acme};

    fn refused(builder: ClientBuilder<Acme>) -> String {
        let error = builder.build().err().unwrap();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        format!("{error}")
    }

    #[test]
    fn a_client_needs_a_token_and_says_where_from() {
        assert!(refused(ClientBuilder::new()).contains("ACME_KEY"));
        assert!(refused(ClientBuilder::new().token("")).contains("empty"));
    }

    /// A client of a vendor whose tokens all begin alike.
    struct Prefixed;

    static PREFIXED: Vendor = Vendor {
        name: "Acme",
        server: "https://acme.example",
        token_env: "ACME_KEY",
        token_prefix: Some("acme_"),
        base_url_env: "ACME_BASE_URL",
        user_agent: "acme/1",
        headers: &[],
        request_id: &[],
        error_body: ErrorBody { message: &[], code: &[], request_id: &[] },
    };

    impl VendorClient for Prefixed {
        const VENDOR: &'static Vendor = &PREFIXED;

        fn from_core(_: Core) -> Self {
            Self
        }
    }

    #[test]
    fn a_token_that_is_not_of_the_vendor_is_refused_before_there_is_a_client() {
        let build = |token: &str| ClientBuilder::<Prefixed>::new().token(token).build();
        let error = build("other_marker").err().unwrap();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        assert!(error.to_string().contains("`acme_`"), "{error}");
        assert!(build("acme_marker").is_ok());
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_refused_without_its_value() {
        let text = refused(ClientBuilder::new().token("t").header("x-gateway", "marker\n"));
        assert!(text.contains("x-gateway") && !text.contains("marker"), "{text}");
        assert!(
            refused(ClientBuilder::new().token("t").header("no name", "v")).contains("no name")
        );
        assert!(refused(ClientBuilder::new().token("t").user_agent("a\nb")).contains("user-agent"));
    }

    #[test]
    fn debug_shows_neither_token_nor_headers_nor_url() {
        let builder = ClientBuilder::<Acme>::new()
            .token("marker")
            .header("x-gateway", "marker")
            .base_url("https://marker@acme.example");
        assert!(!format!("{builder:?}").contains("marker"));
    }
}
