//! Which servers a client may talk to.

use crate::{
    Error,
    operation::{Derive, Server},
};
use reqwest::Url;

/// The base URL of each server: the one set for it, or the one that follows from its neighbour's, or its own in the
/// dialect that is spoken.
pub(crate) fn all(
    servers: &[Server],
    dialect: Option<&str>,
    set: &[Option<String>],
    allow_http: bool,
) -> Result<Vec<String>, Error> {
    let parsed = servers.iter().zip(set).map(|(server, text)| match text {
        Some(text) => parse(text, allow_http).map(Some).map_err(|error| match servers.len() {
            1 => error,
            _ => of(server, &error),
        }),
        None => Ok(None),
    });
    let parsed = parsed.collect::<Result<Vec<_>, _>>()?;
    let url = |(server, own): (&Server, &Option<String>)| {
        let derived = || {
            let derive = server.derive.as_ref()?;
            derived(parsed.get(derive.from)?.as_deref()?, derive)
        };
        own.clone().or_else(derived).unwrap_or_else(|| url_in(server, dialect).to_owned())
    };
    Ok(servers.iter().zip(&parsed).map(url).collect())
}

fn url_in(server: &Server, dialect: Option<&str>) -> &'static str {
    let own = server.dialect_urls.iter().find(|(name, _)| Some(*name) == dialect);
    own.map_or(server.url, |(_, url)| url)
}

/// Says which of several servers an error is about.
fn of(server: &Server, error: &Error) -> Error {
    Error::config(format!("server `{}`: {}", server.name, error.message().unwrap_or_default()))
}

/// The URL with its host's beginning replaced, if it is a host of the vendor. No other host is touched: the token
/// would go to one that nobody named.
fn derived(url: &str, derive: &Derive) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    let rest = url.host_str()?.strip_prefix(derive.replace)?;
    if rest != derive.domain {
        let label = rest.strip_suffix(derive.domain)?.strip_suffix('.')?;
        let is_label =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if label.is_empty() || !label.bytes().all(is_label) {
            return None;
        }
    }
    let host = format!("{}{rest}", derive.by);
    url.set_host(Some(&host)).ok()?;
    Some(without_slash(&url))
}

fn without_slash(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// Checks a base URL and returns it without trailing slashes.
///
/// What the caller passed is not repeated in errors: a URL can carry a password.
fn parse(text: &str, allow_http: bool) -> Result<String, Error> {
    let url = Url::parse(text).map_err(|error| {
        Error::config(format!(
            "the base URL cannot be read ({error}); write it as https://host or https://host/path"
        ))
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::config(
            "the base URL must start with https:// (or http:// for a loopback host)",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::config("the base URL must not carry a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::config("the base URL must not carry a query or a fragment"));
    }
    if !is_allowed(&url, allow_http) {
        return Err(Error::config(format!(
            "plain http to `{}` would show the token to the network; use https, or allow it with ClientBuilder::allow_http(true)",
            url.host_str().unwrap_or_default()
        )));
    }
    Ok(without_slash(&url))
}

/// Whether a request may go to this URL: https anywhere, http to a loopback host or when the caller allows it.
pub(crate) fn is_allowed(url: &Url, allow_http: bool) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && (allow_http || is_loopback(url)))
}

/// Whether a checked base URL is plain http to a loopback host.
pub(crate) fn is_plain_loopback(base_url: &str) -> bool {
    Url::parse(base_url).is_ok_and(|url| url.scheme() == "http" && is_loopback(&url))
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<std::net::IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_slashes_go_and_a_path_stays() {
        assert_eq!(parse("https://acme.example/", false).unwrap(), "https://acme.example");
        assert_eq!(parse("https://acme.example/eu//", false).unwrap(), "https://acme.example/eu");
    }

    #[test]
    fn plain_http_is_for_loopback_or_by_request() {
        for ok in ["http://127.0.0.1:80", "http://localhost:3000", "http://[::1]:1"] {
            assert!(parse(ok, false).is_ok(), "{ok}");
        }
        for bad in ["http://acme.example", "http://127.0.0.1.acme.example", "http://10.0.0.1"] {
            let error = parse(bad, false).unwrap_err().to_string();
            assert!(error.contains("allow_http"), "{error}");
            assert!(parse(bad, true).is_ok(), "{bad}");
        }
    }

    /// The forms of an address that the URL standard reads as 127.0.0.1, and what only looks like one of this machine.
    #[test]
    fn a_loopback_host_is_what_the_url_standard_reads_as_one() {
        for ok in [
            "http://127.1",
            "http://2130706433",
            "http://0x7f000001",
            "http://0177.0.0.1",
            "http://127.255.255.254",
            "http://127.0.0.1.",
            "http://LOCALHOST",
            "http://localhost\\@evil.example",
            "http://\u{ff11}\u{ff12}\u{ff17}.0.0.1",
        ] {
            let base = parse(ok, false).unwrap();
            let host = Url::parse(&base).unwrap().host_str().unwrap().to_owned();
            assert!(host == "localhost" || host.starts_with("127."), "{ok}: {base}");
        }
        for bad in [
            "http://localhost.evil.example",
            "http://localhost.",
            "http://evil.localhost",
            "http://0.0.0.0",
            "http://[::]",
            "http://[::ffff:127.0.0.1]",
            "http://[::127.0.0.1]",
            "http://128.0.0.1",
            "http://3232235521",
            "http://169.254.169.254",
            "http://localhost@evil.example",
            "http://127.0.0.1@evil.example",
            "http://127.0.0.1:80@evil.example",
            "http:localhost@evil.example",
            "http://evil.example#@localhost",
            "http://evil.example?@localhost",
            "http://evil.example\\@localhost",
            "http://l\u{43e}calhost",
        ] {
            assert!(parse(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        for bad in [
            "",
            "acme.example",
            "localhost:3000",
            "ftp://acme.example",
            "https://",
            "https://acme.example/?region=eu",
            "https://acme.example/#top",
        ] {
            assert!(parse(bad, true).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_in_the_url_is_refused_and_not_repeated() {
        for bad in [
            "https://user:hunter2@acme.example",
            "https://hunter2@acme.example",
            "https://:hunter2@acme.example",
            "https:hunter2@acme.example",
            "https://hunter2@acme.example:99999",
            "http://hunter2@localhost",
        ] {
            let error = parse(bad, true).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }

    const AGENT: Derive =
        Derive { from: 0, replace: "api.", by: "agent.", domain: "getacme.example" };

    #[test]
    fn a_host_of_the_vendor_gives_its_neighbour_with_scheme_port_and_path() {
        for (url, expected) in [
            ("https://api.getacme.example", "https://agent.getacme.example"),
            ("https://api.staging.getacme.example", "https://agent.staging.getacme.example"),
            ("https://api.eu-2.getacme.example:8443", "https://agent.eu-2.getacme.example:8443"),
            ("http://api.getacme.example/v", "http://agent.getacme.example/v"),
            ("https://API.Staging.GetAcme.example", "https://agent.staging.getacme.example"),
        ] {
            assert_eq!(derived(url, &AGENT).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn any_other_host_gives_none() {
        for url in [
            "https://localhost",
            "https://127.0.0.1:3000",
            "https://getacme.example",
            "https://api.other.example",
            "https://api.evilgetacme.example",
            "https://api.getacme.example.evil.example",
            "https://api.a.b.getacme.example",
            "https://api..getacme.example",
            "https://api.a_b.getacme.example",
            "https://api.getacme.example.",
            "https://my-api.getacme.example",
            "https://www.getacme.example/api.getacme.example",
        ] {
            assert_eq!(derived(url, &AGENT), None, "{url}");
        }
    }
}
