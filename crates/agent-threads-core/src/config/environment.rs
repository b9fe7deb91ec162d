//! What a builder takes from the environment.

use super::{ClientBuilder, VendorClient, wanted::Wanted};
use crate::{
    Error,
    dialect::{self, Dialects},
    operation::Vendor,
};
use secrecy::SecretString;
use std::{env, marker::PhantomData};

impl<C: VendorClient> ClientBuilder<C> {
    /// A builder with the token, the base URL of each server that has one, what else the client is bound to and, for a vendor
    /// whose API has dialects, the dialect, from the vendor's environment variables.
    ///
    /// # Errors
    ///
    /// When the variable of the token is not set, that of the dialect names none, or one of them is not Unicode. The error
    /// names it.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self { wanted: Wanted::from_env(C::VENDOR)?, client: PhantomData })
    }
}

impl Wanted {
    fn from_env(vendor: &'static Vendor) -> Result<Self, Error> {
        let name = vendor.token_env;
        let token = variable(name)?
            .ok_or_else(|| Error::config(format!("environment variable {name} is not set")))?;
        if token.is_empty() {
            return Err(Error::config(format!("environment variable {name} is empty")));
        }
        let mut wanted = Self::of(vendor);
        wanted.token = Some(SecretString::from(token));
        for (url, server) in wanted.base_urls.iter_mut().zip(vendor.servers) {
            // Empty is what a shell makes of a variable that is not set.
            *url = variable(server.env)?.filter(|url| !url.is_empty());
        }
        for (value, parameter) in wanted.parameters.iter_mut().zip(vendor.parameters) {
            *value = variable(parameter.env)?.filter(|value| !value.is_empty());
        }
        wanted.dialect = dialect_of_environment(vendor)?;
        Ok(wanted)
    }
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

fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Error::config(format!("environment variable {name} is not Unicode")))
        }
    }
}
