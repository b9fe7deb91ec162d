//! Building a client.

mod environment;
mod parts;
mod setters;
mod wanted;

use crate::{Error, call::Core, operation::Vendor};
use std::{fmt, marker::PhantomData};
use wanted::Wanted;

/// What a vendor's client must offer to be built.
pub trait VendorClient: Sized {
    /// Constants of the vendor.
    const VENDOR: &'static Vendor;

    /// The client around a configured core.
    fn from_core(core: Core) -> Self;
}

/// Builds the client `C` of a vendor.
///
/// Nothing is checked before [`build`](Self::build), which says what is wrong.
pub struct ClientBuilder<C> {
    pub(crate) wanted: Wanted,
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
        Self { wanted: Wanted::of(C::VENDOR), client: PhantomData }
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
        self.wanted.core(C::VENDOR).map(C::from_core)
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("dialect", &self.wanted.dialect)
            .field("allow_http", &self.wanted.allow_http)
            .field("connect_timeout", &self.wanted.connect_timeout)
            .field("settings", &self.wanted.settings)
            .field("retry_budget", &self.wanted.retry_budget)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
