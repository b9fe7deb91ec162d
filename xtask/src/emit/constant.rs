//! The constant by which the runtime knows an operation.

use crate::plan::{Key, Operation};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Its value: what every operation has, and of the rest what is not as it mostly is.
pub(super) fn constant(operation: &Operation, vendor: &str) -> TokenStream {
    let Operation { id, method, path, server, key, .. } = operation;
    let server = (*server > 0).then(|| {
        let server = Literal::usize_unsuffixed(*server);
        quote!(server: #server,)
    });
    let key = key.as_ref().map(|Key { header, .. }| quote!(idempotency_key: Some(#header),));
    let retry = texts(&quote!(retry_codes), &operation.retry_codes);
    let never = texts(&quote!(never_retry_codes), &operation.never_retry_codes);
    quote! {
        Operation {
            id: #id,
            vendor: #vendor,
            method: #method,
            path: #path,
            #server
            #key
            #retry
            #never
            ..Operation::PLAIN
        }
    }
}

fn texts(field: &TokenStream, texts: &[String]) -> Option<TokenStream> {
    (!texts.is_empty()).then(|| quote!(#field: &[#(#texts),*],))
}
