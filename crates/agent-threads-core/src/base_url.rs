//! Which servers a client may talk to.

use crate::Error;
use reqwest::Url;

/// Checks a base URL and returns it without trailing slashes.
///
/// What the caller passed is not repeated in errors: a URL can carry a password.
pub(crate) fn parse(text: &str, allow_http: bool) -> Result<String, Error> {
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
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Whether a request may go to this URL: https anywhere, http to a loopback host or when the caller allows it.
pub(crate) fn is_allowed(url: &Url, allow_http: bool) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && (allow_http || is_loopback(url)))
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
        let error = parse("https://user:hunter2@acme.example", false).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
