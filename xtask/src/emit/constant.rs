//! The constant by which the runtime knows an operation.

use crate::plan::{Answer, Key, Operation, Rule, Says, Step};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Its value: what every operation has, and of the rest what is not as it mostly is.
pub(super) fn constant(operation: &Operation, vendor: &str) -> TokenStream {
    let Operation { id, method, path, server, key, .. } = operation;
    let server = (*server > 0).then(|| {
        let server = Literal::usize_unsuffixed(*server);
        quote!(server: #server,)
    });
    let key = key.as_ref().map(|Key { header, longest, .. }| {
        let longest = longest.map(|longest| {
            let longest = Literal::usize_unsuffixed(longest);
            quote!(longest_key: #longest,)
        });
        quote!(idempotency_key: Some(#header), #longest)
    });
    let retry = texts(&quote!(retry_codes), &operation.retry_codes);
    let pending = texts(&quote!(pending_codes), &operation.pending_codes);
    let never = texts(&quote!(never_retry_codes), &operation.never_retry_codes);
    let safe = operation.is_safe.then(|| quote!(is_safe: true,));
    let key_in_body =
        operation.key_in_body.as_ref().map(|pointer| quote!(key_in_body: Some(#pointer),));
    let no_stream = matches!(&operation.answer, Answer::Events(events) if events.none.is_some());
    let no_stream = no_stream.then(|| quote!(may_have_no_stream: true,));
    let dialects = texts(&quote!(dialects), &operation.dialects);
    let rules = operation.rules.iter().map(rule);
    let rules = (!operation.rules.is_empty()).then(|| quote!(rules: &[#(#rules),*],));
    quote! {
        Operation {
            id: #id,
            vendor: #vendor,
            method: #method,
            path: #path,
            #server
            #key
            #retry
            #pending
            #never
            #safe
            #key_in_body
            #no_stream
            #dialects
            #rules
            ..Operation::PLAIN
        }
    }
}

fn texts(field: &TokenStream, texts: &[String]) -> Option<TokenStream> {
    (!texts.is_empty()).then(|| quote!(#field: &[#(#texts),*],))
}

fn rule(rule: &Rule) -> TokenStream {
    let at = rule.at.iter().map(|step| match step {
        Step::Field(name) => quote!(codegen::Step::Field(#name)),
        Step::Items => quote!(codegen::Step::Items),
        Step::Arm { tag, kind } => quote!(codegen::Step::Arm { tag: #tag, kind: #kind }),
    });
    let says = match &rule.says {
        Says::OnlyIn(field, dialects) => quote!(OnlyIn(#field, &[#(#dialects),*])),
        Says::RequiredIn(field, dialects) => quote!(RequiredIn(#field, &[#(#dialects),*])),
        Says::Needs(field, others) => quote!(Needs(#field, &[#(#others),*])),
        Says::Excludes(field, others) => quote!(Excludes(#field, &[#(#others),*])),
        Says::AnyOf(fields) => quote!(AnyOf(&[#(#fields),*])),
    };
    quote!(codegen::Rule { at: &[#(#at),*], says: codegen::Says::#says })
}
