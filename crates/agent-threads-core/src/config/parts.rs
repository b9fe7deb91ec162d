//! What a client is built of, checked.

use super::wanted::ChangeHttp;
use crate::{
    AuthScheme, Error,
    operation::{ClientParameter, Vendor},
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use std::time::Duration;

/// The scheme that was chosen, if the vendor has it, or its first one.
pub(super) fn scheme(vendor: &Vendor, chosen: Option<AuthScheme>) -> Result<AuthScheme, Error> {
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

pub(super) fn unknown_server(vendor: &Vendor, name: &str) -> Error {
    let known: Vec<_> = vendor.servers.iter().map(|server| server.name).collect();
    Error::config(format!(
        "{} has no server `{name}`; its servers are: {}",
        vendor.name,
        known.join(", ")
    ))
}

pub(super) fn unknown_parameter(vendor: &Vendor, name: &str) -> Error {
    let known: Vec<_> = vendor.parameters.iter().map(|parameter| parameter.name).collect();
    let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
    Error::config(format!(
        "a client of {} is not bound to `{name}`; it is bound to: {known}",
        vendor.name
    ))
}

/// The value of each, none of them empty.
pub(super) fn parameters(
    vendor: &Vendor,
    values: Vec<Option<String>>,
) -> Result<Vec<String>, Error> {
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

pub(super) fn http(
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
pub(super) fn headers(
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
