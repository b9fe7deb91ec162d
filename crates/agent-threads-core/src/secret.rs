//! The token, and the header that carries it.

use crate::Error;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// A shorter token is a placeholder, and striking it out would only mangle texts.
const SHORTEST_SECRET: usize = 8;

/// A bearer token that no `Debug` shows.
pub(crate) struct Token {
    secret: SecretString,
    header: HeaderValue,
}

impl Token {
    /// Checks that the token can stand in a header, and begins as the vendor's tokens do. The error never shows it.
    pub(crate) fn bearer(secret: SecretString, prefix: Option<&str>) -> Result<Self, Error> {
        let text = secret.expose_secret();
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
                "the token does not begin with `{prefix}`, as every token of this vendor does"
            )));
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {text}"))
            .map_err(|_| Error::config("the token cannot stand in a header"))?;
        header.set_sensitive(true);
        Ok(Self { secret, header })
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The text without the token: servers echo what they were sent.
    pub(crate) fn scrub(&self, text: String) -> String {
        let secret = self.secret.expose_secret();
        match secret.len() >= SHORTEST_SECRET && text.contains(secret) {
            true => text.replace(secret, "[redacted]"),
            false => text,
        }
    }
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
        Token::bearer(text.to_owned().into(), None)
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
        let of_acme = |text: &str| Token::bearer(text.to_owned().into(), Some("acme_"));
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
}
