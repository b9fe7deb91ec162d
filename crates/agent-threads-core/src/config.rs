//! Building a client.

#[cfg(feature = "rate-limit")]
use crate::rate_limit::{Limiter, RateLimit};
use crate::{
    AuthScheme, Error, RetryPolicy, Settings, Transport, base_url,
    call::{Core, Shared},
    dialect::{self, Dialects},
    operation::{ClientParameter, Vendor},
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
            #[cfg(feature = "rate-limit")]
            rate_limit: None,
            change_http: None,
            transport: None,
            client: PhantomData,
        }
    }

    /// A builder with the token, the base URL of each server that has one, what else the client is bound to and, for a vendor
    /// whose API has dialects, the dialect, from the vendor's environment variables.
    ///
    /// # Errors
    ///
    /// When the variable of the token is not set, that of the dialect names none, or one of them is not Unicode. The error
    /// names it.
    pub fn from_env() -> Result<Self, Error> {
        let name = C::VENDOR.token_env;
        let token = variable(name)?
            .ok_or_else(|| Error::config(format!("environment variable {name} is not set")))?;
        if token.is_empty() {
            return Err(Error::config(format!("environment variable {name} is empty")));
        }
        let mut builder = Self::new().token(token);
        for (url, server) in builder.base_urls.iter_mut().zip(C::VENDOR.servers) {
            // Empty is what a shell makes of a variable that is not set.
            *url = variable(server.env)?.filter(|url| !url.is_empty());
        }
        for (value, parameter) in builder.parameters.iter_mut().zip(C::VENDOR.parameters) {
            *value = variable(parameter.env)?.filter(|value| !value.is_empty());
        }
        builder.dialect = dialect_of_environment(C::VENDOR)?;
        Ok(builder)
    }

    /// The token that authorizes the requests. Required.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(SecretString::from(token.into()));
        self
    }

    /// How the token is sent. Default: the first of those that the vendor takes, which is [`AuthScheme::Bearer`] unless the
    /// documentation of the client says otherwise.
    ///
    /// The environment does not set it.
    #[must_use]
    pub fn scheme(mut self, scheme: AuthScheme) -> Self {
        self.scheme = Some(scheme);
        self
    }

    /// Another server than the vendor's own: scheme, host, and port and path if needed.
    ///
    /// Where a vendor has several servers, this sets the first of them; see [`server`](Self::server).
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        if let Some(first) = self.base_urls.first_mut() {
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
            Some(index) => self.base_urls[index] = Some(url.into()),
            None => self.unknown_server = Some(name.to_owned()),
        }
        self
    }

    /// What the client is bound to, such as an organization, by its name in the vendor's paths. The documentation of the
    /// client lists them. All are required.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: impl Into<String>) -> Self {
        match C::VENDOR.parameters.iter().position(|parameter| parameter.name == name) {
            Some(index) => self.parameters[index] = Some(value.into()),
            None => self.unknown_parameter = Some(name.to_owned()),
        }
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

    /// Whether a token may begin otherwise than the vendor documents. Default: false, so that a token of another service is
    /// refused when the client is built, and goes nowhere. Without meaning where the vendor documents no such beginning.
    #[must_use]
    pub fn allow_any_token(mut self, allow: bool) -> Self {
        self.allow_any_token = allow;
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

    /// How many requests are sent in a time, by the client and its clones together. Default: as many as are asked for.
    ///
    /// Only with the feature `rate-limit`.
    #[cfg(feature = "rate-limit")]
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
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
    /// Redirects and retries of that client stay off, whatever is set: they are this crate's. Default headers that are
    /// set here go to wherever a redirect leads; [`header`](Self::header) sets those that do not. With plain http to a
    /// loopback host the proxies of the environment are passed over, unless one is set here.
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
            token,
            headers,
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
            .finish_non_exhaustive()
    }
}

/// The scheme that was chosen, if the vendor has it, or its first one.
fn scheme(vendor: &Vendor, chosen: Option<AuthScheme>) -> Result<AuthScheme, Error> {
    let known = vendor.auth;
    match chosen {
        None => Ok(known.first().copied().unwrap_or(AuthScheme::Bearer)),
        Some(scheme) if known.contains(&scheme) => Ok(scheme),
        Some(scheme) => {
            let known: Vec<_> = known.iter().map(|scheme| format!("{scheme:?}")).collect();
            Err(Error::config(format!(
                "{} takes no token by {scheme:?}; it does by: {}",
                vendor.name,
                known.join(", ")
            )))
        }
    }
}

fn unknown_server(vendor: &Vendor, name: &str) -> Error {
    let known: Vec<_> = vendor.servers.iter().map(|server| server.name).collect();
    Error::config(format!(
        "{} has no server `{name}`; its servers are: {}",
        vendor.name,
        known.join(", ")
    ))
}

fn dialect_of_environment(vendor: &'static Vendor) -> Result<Option<&'static str>, Error> {
    let Some(Dialects { env, .. }) = vendor.dialects else { return Ok(None) };
    match variable(env)?.filter(|name| !name.is_empty()) {
        Some(name) => match dialect::known(vendor, &name) {
            Some(known) => Ok(Some(known)),
            None => Err(dialect::unknown(
                vendor,
                &format!("environment variable {env} is `{name}`, which"),
            )),
        },
        None => Ok(None),
    }
}

fn unknown_parameter(vendor: &Vendor, name: &str) -> Error {
    let known: Vec<_> = vendor.parameters.iter().map(|parameter| parameter.name).collect();
    let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
    Error::config(format!(
        "a client of {} is not bound to `{name}`; it is bound to: {known}",
        vendor.name
    ))
}

/// The value of each, none of them empty.
fn parameters(vendor: &Vendor, values: Vec<Option<String>>) -> Result<Vec<String>, Error> {
    let value = |(value, parameter): (Option<String>, &ClientParameter)| {
        value.filter(|value| !value.is_empty()).ok_or_else(|| {
            let ClientParameter { name, env } = parameter;
            Error::config(format!(
                "`{name}` is needed: ClientBuilder::parameter, or environment variable {env}"
            ))
        })
    };
    values.into_iter().zip(vendor.parameters).map(value).collect()
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

fn http(
    connect_timeout: Duration,
    local: bool,
    change: Option<ChangeHttp>,
) -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder().connect_timeout(connect_timeout);
    // Plain http is safe to a loopback host because it does not leave the machine; a proxy of the environment would take
    // it out, token and all.
    let builder = if local { builder.no_proxy() } else { builder };
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
    use crate::{
        operation::{Derive, Operation, Server},
        testing::{Acme, GET, PLAIN},
    };

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

    const SERVER: Server = Server {
        name: "default",
        url: "https://acme.example",
        dialect_urls: &[],
        env: "ACME_BASE_URL",
        derive: None,
    };

    static PREFIXED: Vendor = Vendor { token_prefix: Some("acme_"), ..PLAIN };

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

    /// A client of a vendor whose paths have an organization and a region.
    #[derive(Debug)]
    struct Bound(Core);

    static BOUND: Vendor = Vendor {
        parameters: &[
            ClientParameter { name: "org", env: "ACME_ORG" },
            ClientParameter { name: "region", env: "ACME_REGION" },
        ],
        ..PLAIN
    };

    impl VendorClient for Bound {
        const VENDOR: &'static Vendor = &BOUND;

        fn from_core(core: Core) -> Self {
            Self(core)
        }
    }

    #[test]
    fn what_a_client_is_bound_to_is_set_once_and_another_clone_has_another() {
        let builder = ClientBuilder::<Bound>::new().token("t");
        let Bound(core) =
            builder.parameter("region", "eu").parameter("org", "one").build().unwrap();
        let other = core.with_parameter(0, "two".into());
        let values = |core: &Core| [0, 1, 2].map(|index| core.parameter(index).to_owned());
        assert_eq!(values(&core), ["one", "eu", ""]);
        assert_eq!(values(&other), ["two", "eu", ""]);
        assert_eq!(values(&other.with(|settings| settings)), ["two", "eu", ""]);
    }

    #[test]
    fn what_a_client_is_bound_to_is_required_and_nothing_else_is_taken() {
        let builder = || ClientBuilder::<Bound>::new().token("t").parameter("org", "one");
        let refused = |builder: ClientBuilder<Bound>| builder.build().unwrap_err().to_string();
        let missing = refused(builder());
        assert!(missing.contains("`region`") && missing.contains("ACME_REGION"), "{missing}");
        let empty = refused(builder().parameter("region", "eu").parameter("org", ""));
        assert!(empty.contains("`org` is needed"), "{empty}");
        let unknown = refused(builder().parameter("team", "a"));
        assert!(unknown.contains("`team`; it is bound to: org, region"), "{unknown}");
        let none = ClientBuilder::<Acme>::new().token("t").parameter("org", "a");
        assert!(self::refused(none).contains("it is bound to: nothing"));
    }

    /// A client of a vendor with two servers, the second of which follows the first.
    struct Split(Core);

    static SPLIT: Vendor = Vendor {
        servers: &[
            Server { name: "main", ..SERVER },
            Server {
                name: "files",
                url: "https://files.acme.example",
                dialect_urls: &[],
                env: "ACME_FILES_URL",
                derive: Some(Derive {
                    from: 0,
                    replace: "api.",
                    by: "files.",
                    domain: "acme.example",
                }),
            },
        ],
        auth: &[AuthScheme::Basic, AuthScheme::Bearer],
        ..PLAIN
    };

    impl VendorClient for Split {
        const VENDOR: &'static Vendor = &SPLIT;

        fn from_core(core: Core) -> Self {
            Self(core)
        }
    }

    static UPLOAD: Operation = Operation { id: "upload", server: 1, ..GET };

    fn split() -> ClientBuilder<Split> {
        ClientBuilder::new().token("t")
    }

    #[test]
    fn a_scheme_that_the_vendor_does_not_have_is_refused_and_the_others_are_named() {
        assert!(split().scheme(AuthScheme::Bearer).build().is_ok());
        let builder = ClientBuilder::<Acme>::new().token("marker").scheme(AuthScheme::Basic);
        let text = refused(builder);
        assert!(text.contains("no token by Basic") && text.contains("by: Bearer"), "{text}");
        assert!(!text.contains("marker"), "{text}");
    }

    #[test]
    fn the_first_scheme_is_the_default() {
        assert_eq!(scheme(&SPLIT, None).unwrap(), AuthScheme::Basic);
        assert_eq!(scheme(&SPLIT, Some(AuthScheme::Bearer)).unwrap(), AuthScheme::Bearer);
    }

    fn urls(builder: ClientBuilder<Split>) -> [String; 2] {
        let Split(core) = builder.build().unwrap();
        [&GET, &UPLOAD].map(|operation| core.base_url(operation).to_owned())
    }

    #[test]
    fn each_server_has_its_own_url_and_base_url_sets_the_first() {
        assert_eq!(urls(split()), ["https://acme.example", "https://files.acme.example"]);
        assert_eq!(
            urls(split().base_url("https://one.example")),
            ["https://one.example", "https://files.acme.example"]
        );
        assert_eq!(
            urls(
                split()
                    .server("files", "https://two.example/f/")
                    .server("main", "https://one.example")
            ),
            ["https://one.example", "https://two.example/f"]
        );
    }

    #[test]
    fn a_server_that_is_not_set_follows_the_one_that_is() {
        let staging = split().base_url("https://api.staging.acme.example");
        assert_eq!(
            urls(staging),
            ["https://api.staging.acme.example", "https://files.staging.acme.example"]
        );
        let explicit = split()
            .server("files", "https://two.example")
            .base_url("https://api.staging.acme.example");
        assert_eq!(urls(explicit)[1], "https://two.example");
    }

    #[test]
    fn a_server_that_the_vendor_does_not_have_is_refused_and_the_others_are_named() {
        let error = split().server("file", "https://two.example").build().err().unwrap();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        let text = error.to_string();
        assert!(text.contains("`file`") && text.contains("main, files"), "{text}");
    }

    #[test]
    fn each_url_is_held_to_the_same_rules_and_the_server_is_named() {
        let error = split().server("files", "http://two.example").build().err().unwrap();
        let text = error.to_string();
        assert!(text.contains("allow_http") && text.contains("`files`"), "{text}");
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
