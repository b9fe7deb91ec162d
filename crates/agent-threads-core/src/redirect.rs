//! Redirects: followed where that is safe, and never with credentials to another origin.

use crate::{Error, base_url};
use reqwest::{
    Method, Request, StatusCode, Url,
    header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, LOCATION, USER_AGENT},
};

/// More hops than any real service needs.
const MAX_HOPS: usize = 5;

/// Follows the hops of one attempt.
pub(crate) struct Redirects {
    method: Method,
    url: Url,
    headers: HeaderMap,
    allow_http: bool,
    hops: usize,
}

impl Redirects {
    /// Starts at `request`, which has been sent. `None` where its method rules out following.
    pub(crate) fn of(request: &Request, allow_http: bool) -> Option<Self> {
        let follows = matches!(*request.method(), Method::GET | Method::HEAD);
        follows.then(|| Self {
            method: request.method().clone(),
            url: request.url().clone(),
            headers: request.headers().clone(),
            allow_http,
            hops: 0,
        })
    }

    /// The request to where an answer points. An error tells the answer's headers.
    pub(crate) fn next(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Request, Error> {
        self.follow(status, headers).map_err(|error| error.with_headers(headers))
    }

    /// Never from https to plain http, to a loopback host neither: what listens there trusts this machine, and the server
    /// that points to it is on another one.
    fn may_lead_to(&self, target: &Url) -> bool {
        let stays_plain = self.allow_http || self.url.scheme() == "http";
        base_url::is_allowed(target, self.allow_http) && (target.scheme() == "https" || stays_plain)
    }

    fn follow(&mut self, status: StatusCode, headers: &HeaderMap) -> Result<Request, Error> {
        self.hops += 1;
        if self.hops > MAX_HOPS {
            return Err(Error::redirect(status, format!("more than {MAX_HOPS} redirects")));
        }
        let target = headers
            .get(LOCATION)
            .and_then(|location| location.to_str().ok())
            .and_then(|location| self.url.join(location).ok())
            .ok_or_else(|| Error::redirect(status, "the answer names no usable Location"))?;
        if !self.may_lead_to(&target) {
            return Err(Error::redirect(
                status,
                "the redirect leads to a URL that is not https; it is not followed",
            ));
        }
        // The HTTP client would send it as a credential, which nobody gave this one.
        if !target.username().is_empty() || target.password().is_some() {
            return Err(Error::redirect(
                status,
                "the redirect leads to a URL with a user name or password; it is not followed",
            ));
        }
        if target.origin() != self.url.origin() {
            self.headers = harmless(&self.headers);
        }
        self.url = target;
        let mut request = Request::new(self.method.clone(), self.url.clone());
        *request.headers_mut() = self.headers.clone();
        Ok(request)
    }
}

/// Whether an answer asks for the request to be made elsewhere.
pub(crate) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Why an answer that redirects a request other than `GET` or `HEAD` ends the call.
pub(crate) fn refused(status: StatusCode, method: &str) -> Error {
    Error::redirect(status, format!("the server redirects; a {method} is never sent a second time"))
}

/// The headers that another origin may see. A list of what may stay cannot forget a credential. The cursor of a stream
/// stays: without it the stream would begin anew.
fn harmless(headers: &HeaderMap) -> HeaderMap {
    [ACCEPT, ACCEPT_ENCODING, USER_AGENT, HeaderName::from_static("last-event-id")]
        .into_iter()
        .filter_map(|name| Some((name.clone(), headers.get(name)?.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{AUTHORIZATION, COOKIE};

    fn start(url: &str) -> Redirects {
        let mut request = Request::new(Method::GET, url.parse().unwrap());
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, "Bearer marker".parse().unwrap());
        headers.insert(COOKIE, "marker".parse().unwrap());
        headers.insert("x-api-key", "marker".parse().unwrap());
        headers.insert(ACCEPT, "application/json".parse().unwrap());
        Redirects::of(&request, false).unwrap()
    }

    fn hop(redirects: &mut Redirects, location: &str) -> Result<Request, Error> {
        let headers = [(LOCATION, location.parse().unwrap())].into_iter().collect();
        redirects.next(StatusCode::FOUND, &headers)
    }

    #[test]
    fn the_same_origin_gets_all_headers() {
        let mut redirects = start("https://acme.example/a?b=1");
        for location in ["/c", "d/e", "https://acme.example/f", "https://acme.example:443/g"] {
            let request = hop(&mut redirects, location).unwrap();
            assert_eq!(request.headers()[AUTHORIZATION], "Bearer marker", "{location}");
        }
        assert_eq!(redirects.url.as_str(), "https://acme.example/g");
    }

    #[test]
    fn another_scheme_host_or_port_gets_no_credentials_not_even_on_the_way_back() {
        for elsewhere in ["https://evil.example/", "https://acme.example:8443/", "//evil.example/x"]
        {
            let mut redirects = start("https://acme.example/a");
            let request = hop(&mut redirects, elsewhere).unwrap();
            assert!(!format!("{:?}", request.headers()).contains("marker"), "{elsewhere}");
            assert_eq!(request.headers()[ACCEPT], "application/json");
            let back = hop(&mut redirects, "https://acme.example/b").unwrap();
            assert!(!back.headers().contains_key(AUTHORIZATION));
        }
    }

    #[test]
    fn what_is_not_https_is_refused() {
        for bad in [
            "http://acme.example/",
            "http://localhost/",
            "http://127.1/",
            "http://[::1]:8080/",
            "ftp://acme.example/",
            "file:///etc/passwd",
            "data:,x",
        ] {
            let error = hop(&mut start("https://acme.example/a"), bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Redirect, "{bad}");
        }
    }

    #[test]
    fn plain_http_leads_to_plain_http_on_the_same_machine_or_where_it_is_allowed() {
        let mut local = start("http://127.0.0.1:8080/a");
        assert!(hop(&mut local, "http://localhost:9090/").is_ok());
        assert!(hop(&mut local, "http://acme.example/").is_err());
        let request = Request::new(Method::GET, "https://acme.example/a".parse().unwrap());
        let mut allowed = Redirects::of(&request, true).unwrap();
        assert!(hop(&mut allowed, "http://acme.example/").is_ok());
    }

    #[test]
    fn a_user_name_or_password_is_refused_and_not_repeated() {
        for bad in [
            "https://marker@acme.example/",
            "https://marker:marker@acme.example/",
            "https://:marker@evil.example/",
            "//marker@acme.example/",
        ] {
            let error = hop(&mut start("https://acme.example/a"), bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Redirect, "{bad}");
            assert!(!format!("{error} {error:?}").contains("marker"), "{error}");
        }
    }

    #[test]
    fn an_endless_chain_ends() {
        let mut redirects = start("https://acme.example/a");
        for _ in 0..MAX_HOPS {
            hop(&mut redirects, "/a").unwrap();
        }
        assert!(hop(&mut redirects, "/a").is_err());
    }

    #[test]
    fn a_missing_or_unreadable_location_is_an_error() {
        let mut redirects = start("https://acme.example/a");
        assert!(redirects.next(StatusCode::FOUND, &HeaderMap::new()).is_err());
        assert!(hop(&mut redirects, "https://[").is_err());
    }

    #[test]
    fn only_get_and_head_are_followed() {
        for (method, follows) in [
            (Method::GET, true),
            (Method::HEAD, true),
            (Method::POST, false),
            (Method::PUT, false),
            (Method::DELETE, false),
        ] {
            let request = Request::new(method.clone(), "https://acme.example/".parse().unwrap());
            assert_eq!(Redirects::of(&request, false).is_some(), follows, "{method}");
        }
    }
}
