//! Builders whose answer is a file.

use proc_macro2::TokenStream;
use quote::quote;

/// How such a builder is awaited. It has no other method that sends: an answer without a body has no value to add.
pub(super) fn future(name: &syn::Ident) -> TokenStream {
    quote! {
        impl IntoFuture for #name {
            type Output = Result<Download, Error>;
            type IntoFuture = BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                let request = self.request();
                self.core.download(&Self::OPERATION, request)
            }
        }
    }
}

/// How it is used, and what is said to those who do not.
pub(super) fn use_docs(made: &str) -> (String, &'static str) {
    (
        format!("{made} Await it for the beginning of the file; the rest is read from that."),
        "a request does nothing until it is awaited",
    )
}
