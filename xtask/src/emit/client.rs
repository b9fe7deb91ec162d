//! `client.rs`: the client and the constants of its vendor.

use super::bound;
use crate::docs;
use crate::plan::{Auth, Derive, Dialects, Plan, Server, Vendor};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Writes the file.
pub(super) fn emit(plan: &Plan) -> TokenStream {
    let vendor = vendor(&plan.vendor);
    let client = client(&plan.vendor);
    let constructors = constructors(&plan.vendor);
    let derives = plan.vendor.servers.iter().any(|server| server.derive.is_some());
    let derive = derives.then(|| quote!(Derive,));
    let is_bound = !plan.vendor.parameters.is_empty();
    let parameter = is_bound.then(|| quote!(ClientParameter,));
    let (dialects, dialect) = match plan.vendor.dialects {
        Some(_) => (
            quote!(Dialects,),
            quote!(
                use super::dialect::Dialect;
            ),
        ),
        None => (quote!(), quote!()),
    };
    quote! {
        #dialect
        use agent_threads_core::codegen::{#parameter Core, #derive #dialects ErrorBody, Server, Vendor, VendorClient};
        use agent_threads_core::{AuthScheme, ClientBuilder, Error, Settings};

        #vendor
        #client
        #constructors

        #[doc(hidden)]
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
        token_env,
        token_prefix,
        request_id,
        error_message,
        error_parameter,
        error_code,
        error_request_id,
        error_plain,
        error_failed,
        ..
    } = vendor;
    let error_failed = optional(error_failed.as_ref());
    let dialects = match &vendor.dialects {
        Some(Dialects { env, all }) => {
            let names = all.iter().map(|dialect| &dialect.name);
            quote!(Some(Dialects { env: #env, names: &[#(#names),*] }))
        }
        None => quote!(None),
    };
    let token_prefix = optional(token_prefix.as_ref());
    let error_parameter = optional(error_parameter.as_ref());
    let auth = vendor.auth.iter().map(|auth| match auth {
        Auth::Bearer => quote!(AuthScheme::Bearer),
        Auth::Basic => quote!(AuthScheme::Basic),
    });
    let servers = vendor.servers.iter().map(server);
    let parameters = vendor.parameters.iter().map(bound::constant);
    let headers = vendor.headers.iter().map(|(name, value)| quote!((#name, #value)));
    quote! {
        static VENDOR: Vendor = Vendor {
            name: #name,
            servers: &[#(#servers),*],
            token_env: #token_env,
            auth: &[#(#auth),*],
            token_prefix: #token_prefix,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
            headers: &[#(#headers),*],
            request_id: &[#(#request_id),*],
            error_body: ErrorBody {
                message: &[#(#error_message),*],
                parameter: #error_parameter,
                code: &[#(#error_code),*],
                request_id: &[#(#error_request_id),*],
                plain: #error_plain,
                failed: #error_failed,
            },
            parameters: &[#(#parameters),*],
            dialects: #dialects,
        };
    }
}

fn optional(text: Option<&String>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

fn server(server: &Server) -> TokenStream {
    let Server { name, url, env, derive, dialect_urls, .. } = server;
    let dialect_urls = dialect_urls.iter().map(|(name, url)| quote!((#name, #url)));
    let derive = match derive {
        None => quote!(None),
        Some(Derive { from, replace, by, domain }) => {
            let from = Literal::usize_unsuffixed(*from);
            quote!(Some(Derive { from: #from, replace: #replace, by: #by, domain: #domain }))
        }
    };
    quote! {
        Server {
            name: #name,
            url: #url,
            dialect_urls: &[#(#dialect_urls),*],
            env: #env,
            derive: #derive
        }
    }
}

/// A section about the servers, where there are several.
fn servers_docs(vendor: &Vendor) -> String {
    let servers = &vendor.servers;
    if servers.len() < 2 {
        return String::new();
    }
    let items: Vec<_> = servers.iter().map(|server| server_docs(servers, server)).collect();
    let intro = "Each has a name, by which [`ClientBuilder::server`] sets another URL, and a variable, from which \
                 [`from_env`](Self::from_env) does. The first is also that of [`ClientBuilder::base_url`].";
    format!("# Servers\n\n{}\n\n{}", docs::markdown(intro), items.join("\n"))
}

/// A section about how the token is sent, where there is a choice or it is not the usual one.
fn auth_docs(vendor: &Vendor) -> String {
    let other = match &vendor.auth[..] {
        [Auth::Bearer] => return String::new(),
        [Auth::Basic] => {
            return "# Authorization\n\nThe token is sent as the user name of `Basic`, with an empty password.".into();
        }
        [Auth::Bearer, ..] => {
            "is sent as `Bearer`; with [`AuthScheme::Basic`] it is the user name of `Basic`, with an \
                               empty password"
        }
        _ => {
            "is sent as the user name of `Basic`, with an empty password; with [`AuthScheme::Bearer`] it is sent as \
              `Bearer`"
        }
    };
    let text = format!("The token {other}. [`ClientBuilder::scheme`] chooses.");
    format!("# Authorization\n\n{}", docs::markdown(&text))
}

fn server_docs(servers: &[Server], server: &Server) -> String {
    let Server { name, url, env, text, derive, .. } = server;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let follows = derive.as_ref().and_then(|derive| {
        let (from, domain) = (&servers.get(derive.from)?.name, &derive.domain);
        Some(format!(
            " Where nothing is set for it and `{from}` is set to `{replace}{domain}` or `{replace}LABEL.{domain}`, it \
             is that URL with `{by}` for `{replace}`.",
            replace = derive.replace,
            by = derive.by
        ))
    });
    let line = format!("`{name}`, <{url}>, `{env}`. {text}{}", follows.unwrap_or_default());
    docs::item(line.trim_end())
}

/// A section about the dialects, where there are such.
fn dialects_docs(vendor: &Vendor) -> String {
    let Some(Dialects { env, .. }) = &vendor.dialects else { return String::new() };
    let of_server = |server: &Server| {
        let of = match vendor.servers.len() {
            1 => String::new(),
            _ => format!("`{}` in ", server.name),
        };
        let urls = server.dialect_urls.iter();
        urls.map(|(name, url)| docs::item(&format!("{of}`{name}`: <{url}>."))).collect::<Vec<_>>()
    };
    let urls: Vec<_> = vendor.servers.iter().flat_map(of_server).collect();
    let intro = format!(
        "The API has dialects, which [`Dialect`] lists. A client speaks one: that of [`ClientBuilder::dialect`], or of \
         the variable `{env}` with [`from_env`](Self::from_env), or else the default. What another dialect alone has is \
         refused before anything is sent, with [`ErrorKind::InvalidRequest`](agent_threads_core::ErrorKind).{}",
        if urls.is_empty() { "" } else { " Some have a URL of their own:" }
    );
    format!("# Dialects\n\n{}\n\n{}", docs::markdown(&intro), urls.join("\n")).trim_end().to_owned()
}

fn client(vendor: &Vendor) -> TokenStream {
    let docs = docs::attributes(&docs::join([
        docs::prose(&vendor.description),
        "Cheap to clone; all clones share one connection pool.".into(),
        auth_docs(vendor),
        bound::section(&vendor.parameters),
        servers_docs(vendor),
        dialects_docs(vendor),
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
    let Vendor { name, token_env, .. } = vendor;
    let (new, from_env) = match &vendor.servers[..] {
        [Server { url, env, .. }] => (
            format!("A client for {name}'s production server, <{url}>, with this token."),
            format!(
                "A client with the token in `{token_env}` and, if it is set, the base URL in `{env}`."
            ),
        ),
        servers => (
            format!("A client for {name}'s production servers, with this token."),
            format!(
                "A client with the token in `{token_env}` and, of those that are set, the base URLs in {}.",
                listed(servers)
            ),
        ),
    };
    let not_set = docs::attributes(&docs::markdown(
        match (&vendor.dialects, &vendor.parameters[..]) {
            (Some(_), _) => {
                "When the token is not set or no dialect has the name that is, and as [`new`](Self::new)."
            }
            (None, []) => "When the token is not set, and as [`new`](Self::new).",
            (None, _) => {
                "When the token or something that the client is bound to is not set, and as [`new`](Self::new)."
            }
        },
    ));
    let speaks = vendor.dialects.as_ref().map(|Dialects { env, .. }| {
        format!(" It speaks the dialect that `{env}` names, if that is set.")
    });
    let from_env = from_env + &speaks.unwrap_or_default();
    let (new, from_env) =
        (docs::attributes(&docs::prose(&new)), docs::attributes(&docs::prose(&from_env)));
    let refused = docs::attributes(&docs::prose(&match &vendor.token_prefix {
        Some(prefix) => format!(
            "When the token does not begin with `{prefix}` or cannot be a header, or the HTTP client cannot be set up."
        ),
        None => "When the token cannot be a header, or the HTTP client cannot be set up.".into(),
    }));
    let (arguments, set): (Vec<_>, Vec<_>) = vendor.parameters.iter().map(bound::argument).unzip();
    let bound = vendor.parameters.iter().enumerate();
    let bound = bound.map(|(index, parameter)| bound::methods(index, parameter));
    let dialect = vendor.dialects.as_ref().map(|_| {
        quote! {
            /// The dialect of the API that the client speaks.
            pub fn dialect(&self) -> Dialect {
                self.core.dialect().and_then(|name| name.parse().ok()).unwrap_or_default()
            }
        }
    });
    quote! {
        impl Client {
            #new
            ///
            /// # Errors
            ///
            #refused
            pub fn new(token: impl Into<String> #(, #arguments)*) -> Result<Self, Error> {
                Self::builder().token(token) #(#set)* .build()
            }

            #from_env
            ///
            /// # Errors
            ///
            #not_set
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

            #(#bound)*
            #dialect

            pub(crate) fn core(&self) -> &Core {
                &self.core
            }
        }
    }
}

/// The variables of some servers, as a sentence names them.
fn listed(servers: &[Server]) -> String {
    let quoted: Vec<_> = servers.iter().map(|server| format!("`{}`", server.env)).collect();
    match &quoted[..] {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => quoted.concat(),
    }
}
