//! `client.rs`: the client and the constants of its vendor.

use crate::docs;
use crate::plan::{Plan, Vendor};
use proc_macro2::TokenStream;
use quote::quote;

/// Writes the file.
pub(super) fn emit(plan: &Plan) -> TokenStream {
    let vendor = vendor(&plan.vendor);
    let client = client(&plan.vendor);
    let constructors = constructors(&plan.vendor);
    quote! {
        use agent_threads_core::codegen::{Core, ErrorBody, Vendor, VendorClient};
        use agent_threads_core::{ClientBuilder, Error, Settings};

        #vendor
        #client
        #constructors

        impl VendorClient for Client {
            const VENDOR: &'static Vendor = &VENDOR;

            fn from_core(core: Core) -> Self {
                Self { core }
            }
        }
    }
}

fn vendor(vendor: &Vendor) -> TokenStream {
    let Vendor {
        name,
        server,
        token_env,
        token_prefix,
        base_url_env,
        request_id,
        error_message,
        error_code,
        error_request_id,
        ..
    } = vendor;
    let token_prefix = match token_prefix {
        Some(prefix) => quote!(Some(#prefix)),
        None => quote!(None),
    };
    let headers = vendor.headers.iter().map(|(name, value)| quote!((#name, #value)));
    quote! {
        static VENDOR: Vendor = Vendor {
            name: #name,
            server: #server,
            token_env: #token_env,
            token_prefix: #token_prefix,
            base_url_env: #base_url_env,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
            headers: &[#(#headers),*],
            request_id: &[#(#request_id),*],
            error_body: ErrorBody {
                message: &[#(#error_message),*],
                code: &[#(#error_code),*],
                request_id: &[#(#error_request_id),*],
            },
        };
    }
}

fn client(vendor: &Vendor) -> TokenStream {
    let docs = docs::attributes(&docs::join([
        docs::prose(&vendor.description),
        "Cheap to clone; all clones share one connection pool.".into(),
    ]));
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct Client {
            core: Core,
        }
    }
}

fn constructors(vendor: &Vendor) -> TokenStream {
    let new = docs::attributes(&docs::prose(&format!(
        "A client for {}'s production server, <{}>, with this token.",
        vendor.name, vendor.server
    )));
    let from_env = docs::attributes(&docs::prose(&format!(
        "A client with the token in `{}` and, if it is set, the base URL in `{}`.",
        vendor.token_env, vendor.base_url_env
    )));
    let refused = docs::attributes(&docs::prose(&match &vendor.token_prefix {
        Some(prefix) => format!(
            "When the token does not begin with `{prefix}` or cannot be a header, or the HTTP client cannot be set up."
        ),
        None => "When the token cannot be a header, or the HTTP client cannot be set up.".into(),
    }));
    quote! {
        impl Client {
            #new
            ///
            /// # Errors
            ///
            #refused
            pub fn new(token: impl Into<String>) -> Result<Self, Error> {
                Self::builder().token(token).build()
            }

            #from_env
            ///
            /// # Errors
            ///
            /// When the token is not set, and as [`new`](Self::new).
            pub fn from_env() -> Result<Self, Error> {
                ClientBuilder::from_env()?.build()
            }

            /// Builds a client with another server, timeouts, retries or headers.
            pub fn builder() -> ClientBuilder<Self> {
                ClientBuilder::new()
            }

            /// The same client with other settings. It shares the connection pool.
            #[must_use]
            pub fn with(&self, change: impl FnOnce(Settings) -> Settings) -> Self {
                Self { core: self.core.with(change) }
            }

            pub(crate) fn core(&self) -> &Core {
                &self.core
            }
        }
    }
}
