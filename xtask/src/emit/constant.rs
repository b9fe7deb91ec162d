//! The constant by which the runtime knows an operation.

use crate::plan::{Answer, Key, Operation};
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
    let safe = operation.is_safe.then(|| quote!(is_safe: true,));
    let key_in_body =
        operation.key_in_body.as_ref().map(|pointer| quote!(key_in_body: Some(#pointer),));
    let no_stream = matches!(&operation.answer, Answer::Events(events) if events.none.is_some());
    let no_stream = no_stream.then(|| quote!(may_have_no_stream: true,));
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
            #safe
            #key_in_body
            #no_stream
            ..Operation::PLAIN
        }
    }
}

fn texts(field: &TokenStream, texts: &[String]) -> Option<TokenStream> {
    (!texts.is_empty()).then(|| quote!(#field: &[#(#texts),*],))
}
