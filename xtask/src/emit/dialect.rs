//! `dialect.rs`: the dialects of a vendor's API, where it has such.

use crate::docs;
use crate::plan::{Dialects, Vendor};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// Writes the file.
pub(super) fn emit(vendor: &Vendor, dialects: &Dialects) -> TokenStream {
    let declaration = declaration(vendor, dialects);
    let variants: Vec<_> = dialects.all.iter().map(|d| format_ident!("{}", d.variant)).collect();
    let names: Vec<_> = dialects.all.iter().map(|dialect| &dialect.name).collect();
    quote! {
        use super::client::Client;
        use agent_threads_core::codegen::{self, HasDialects, VendorClient};
        use agent_threads_core::Error;

        #declaration

        impl Dialect {
            /// Its name, as the environment variable has it.
            pub fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #names,)*
                }
            }
        }

        impl std::str::FromStr for Dialect {
            type Err = Error;

            /// # Errors
            ///
            /// When no dialect has this name.
            fn from_str(name: &str) -> Result<Self, Error> {
                match name {
                    #(#names => Ok(Self::#variants),)*
                    _ => Err(codegen::unknown_dialect(Client::VENDOR, name)),
                }
            }
        }

        #[doc(hidden)]
        impl HasDialects for Client {
            type Dialect = Dialect;

            fn name(dialect: Dialect) -> &'static str {
                dialect.as_str()
            }
        }
    }
}

fn declaration(vendor: &Vendor, dialects: &Dialects) -> TokenStream {
    let intro = format!(
        "The dialects of {}'s API. [`ClientBuilder::dialect`](crate::ClientBuilder::dialect) chooses one, or the \
         variable `{}` with [`Client::from_env`].",
        vendor.name, dialects.env
    );
    let docs = docs::attributes(&docs::markdown(&intro));
    let variants = dialects.all.iter().enumerate().map(|(index, dialect)| {
        let default = (index == 0).then(|| quote!(#[default]));
        let more = if index == 0 { "The default." } else { "" };
        let docs = docs::attributes(&docs::join([docs::prose(&dialect.text), more.to_owned()]));
        let variant = format_ident!("{}", dialect.variant);
        quote!(#docs #default #variant,)
    });
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Dialect {
            #(#variants)*
        }
    }
}
