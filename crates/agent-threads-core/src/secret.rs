//! The token, and the header that carries it.

use crate::Error;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// A shorter token is a placeholder, and striking it out would only mangle texts.
const SHORTEST_SECRET: usize = 8;

/// How the token stands in the `Authorization` of each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthScheme {
    /// As it is, behind `Bearer` (RFC 6750).
    Bearer,
    /// As the user name of `Basic` (RFC 7617), with an empty password.
    Basic,
}

/// A token that no `Debug` shows.
pub(crate) struct Token {
    /// What no text may show: the token, and what it is encoded to.
    secrets: Vec<SecretString>,
    header: HeaderValue,
}

impl Token {
    /// Checks that the token can stand in a header, and begins as the vendor's tokens do. The error never shows it.
    pub(crate) fn new(
        secret: SecretString,
        prefix: Option<&str>,
        scheme: AuthScheme,
    ) -> Result<Self, Error> {
        let text = secret.expose_secret();
        check(text, prefix)?;
        let (value, encoded) = match scheme {
            AuthScheme::Bearer => (format!("Bearer {text}"), None),
            AuthScheme::Basic => {
                let encoded = user_name(text)?;
                (format!("Basic {encoded}"), Some(encoded))
            }
        };
        let mut header = HeaderValue::from_str(&value)
            .map_err(|_| Error::config("the token cannot stand in a header"))?;
        header.set_sensitive(true);
        // What pads the end tells nothing, and an echo may lack it.
        let encoded = encoded.map(|text| SecretString::from(text.trim_end_matches('=')));
        let long_enough = text.len() >= SHORTEST_SECRET;
        let secrets = [Some(secret), encoded].into_iter().flatten();
        Ok(Self { secrets: secrets.filter(|_| long_enough).collect(), header })
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The text without the token: servers echo what they were sent.
    pub(crate) fn scrub(&self, text: String) -> String {
        self.secrets.iter().fold(text, |text, secret| {
            let secret = secret.expose_secret();
            match text.contains(secret) {
                true => text.replace(secret, "[redacted]"),
                false => text,
            }
        })
    }
}

fn check(text: &str, prefix: Option<&str>) -> Result<(), Error> {
    if text.is_empty() {
        return Err(Error::config("the token is empty"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::config(
            "the token holds a space, a line break or a character outside ASCII",
        ));
    }
    if let Some(prefix) = prefix
        && !text.starts_with(prefix)
    {
        return Err(Error::config(format!(
            "the token does not begin with `{prefix}`, as the vendor's tokens do; \
                 ClientBuilder::allow_any_token takes any"
        )));
    }
    Ok(())
}

/// The credentials of a user without a password. A colon would end the name: RFC 7617, section 2.
fn user_name(text: &str) -> Result<String, Error> {
    if text.contains(':') {
        return Err(Error::config("the token holds a colon, which no user name of `Basic` can"));
    }
    Ok(BASE64_STANDARD.encode(format!("{text}:")))
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(text: &str) -> Result<Token, Error> {
        Token::new(text.to_owned().into(), None, AuthScheme::Bearer)
    }

    fn basic(text: &str) -> Result<Token, Error> {
        Token::new(text.to_owned().into(), None, AuthScheme::Basic)
    }

    #[test]
    fn a_token_that_is_no_header_value_is_refused_without_being_shown() {
        for bad in
            ["", "marker\nX-Evil: 1", "marker\r", "markér", "mar ker", "marker\0", "marker\u{7f}"]
        {
            let error = bearer(bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Config);
            assert!(!format!("{error} {error:?}").contains("mark"), "{error}");
        }
    }

    #[test]
    fn a_token_with_another_prefix_is_refused_without_being_shown() {
        let of_acme =
            |text: &str| Token::new(text.to_owned().into(), Some("acme_"), AuthScheme::Bearer);
        for bad in ["marker", "marker_acme_", "Acme_marker", "acme-marker", "acme"] {
            let error = of_acme(bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Config);
            let text = format!("{error} {error:?}");
            assert!(text.contains("`acme_`") && !text.contains("marker"), "{text}");
        }
        assert_eq!(of_acme("acme_marker").unwrap().header(), "Bearer acme_marker");
        assert!(of_acme("").unwrap_err().to_string().contains("empty"));
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        let token = bearer("marker").unwrap();
        assert!(!format!("{token:?} {:?}", token.header()).contains("marker"));
        assert_eq!(token.header(), "Bearer marker");
    }

    #[test]
    fn an_echo_is_scrubbed() {
        let token = bearer("marker-1").unwrap();
        assert_eq!(token.scrub("bad key marker-1".into()), "bad key [redacted]");
        assert_eq!(bearer("t").unwrap().scrub("text".into()), "text");
    }

    /// The example of RFC 7617, section 2, has a password; the encoding of its user name without one is that of RFC 4648.
    #[test]
    fn a_user_name_has_an_empty_password() {
        for (token, expected) in
            [("Aladdin", "Basic QWxhZGRpbjo="), ("f", "Basic Zjo="), ("fo", "Basic Zm86")]
        {
            let header = basic(token).unwrap().header();
            assert!(header.is_sensitive());
            assert_eq!(header, expected);
        }
    }

    #[test]
    fn a_token_that_a_user_name_cannot_be_is_refused_without_being_shown() {
        assert!(bearer("mark:er").is_ok());
        let error = basic("mark:er").unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        let text = format!("{error} {error:?}");
        assert!(text.contains("colon") && !text.contains("mark"), "{text}");
    }

    /// `printf 'marker-1:' | base64` is `bWFya2VyLTE6`, and of `marker-12:` it is `bWFya2VyLTEyOg==`.
    #[test]
    fn an_echo_of_the_encoded_token_is_scrubbed_with_and_without_its_padding() {
        let token = basic("marker-12").unwrap();
        for echo in ["bWFya2VyLTEyOg==", "bWFya2VyLTEyOg", "marker-12", "marker-12:"] {
            let text = token.scrub(format!("bad credentials Basic {echo}."));
            assert!(text.starts_with("bad credentials Basic [redacted]"), "{text}");
        }
        assert!(!format!("{token:?} {:?}", token.header()).contains("bWFya2Vy"));
        assert_eq!(basic("marker-1").unwrap().scrub("bWFya2VyLTE6".into()), "[redacted]");
        assert_eq!(basic("t").unwrap().scrub("dDo and t".into()), "dDo and t");
    }
}
