//! `raw.rs`: the functions that build requests, as progenitor wrote them up to there.

use super::names_types;
use crate::cut::{Call, Cut, Function};
use crate::plan::{Operation, Plan};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// Writes the file.
pub(super) fn emit(plan: &Plan, cut: &Cut) -> TokenStream {
    let operations = plan.operations.iter().filter(|o| o.builds == o.id);
    let functions: Vec<_> =
        operations.filter_map(|o| Some(function(o, cut.functions.get(&o.id)?))).collect();
    let header_map = functions_use_headers(cut).then(|| quote!(, header::HeaderMap));
    let functions = quote!(#(#functions)*);
    let types = names_types(&functions).then(|| quote! { use super::types; });
    quote! {
        #![allow(
            clippy::result_large_err,
            clippy::too_many_arguments,
            clippy::unnecessary_to_owned,
            reason = "progenitor's error type and its way of writing"
        )]

        #types
        use agent_threads_core::codegen::{Core, Operation, encode_path};
        use progenitor_client::Error;
        use reqwest::{Client, Request #header_map};

        /// Builds requests and sends nothing.
        pub(super) struct Raw<'c> {
            client: &'c Client,
            baseurl: &'c str,
        }

        impl<'c> Raw<'c> {
            pub(super) fn new(core: &'c Core, operation: &Operation) -> Self {
                Self { client: core.http(), baseurl: core.base_url(operation) }
            }

            #functions
        }
    }
}

fn functions_use_headers(cut: &Cut) -> bool {
    cut.functions.values().any(|function| !function.headers.is_empty())
}

fn function(operation: &Operation, function: &Function) -> TokenStream {
    let name = format_ident!("{}", operation.id);
    let arguments = function.arguments.iter().map(|argument| {
        let (name, ty) = (&argument.name, &argument.passed);
        match name == "body" && !body_is_required(operation) {
            true => quote!(#name: Option<#ty>),
            false => quote!(#name: #ty),
        }
    });
    let url = &function.url;
    let headers = headers(function);
    let request = request(operation, function);
    quote! {
        pub(super) fn #name(&self, #(#arguments),*) -> Result<Request, Error<()>> {
            #url
            #headers
            #request
        }
    }
}

fn headers(function: &Function) -> Option<TokenStream> {
    let statements = &function.headers;
    (!statements.is_empty()).then(|| quote!(let mut header_map = HeaderMap::new(); #(#statements)*))
}

fn request(operation: &Operation, function: &Function) -> TokenStream {
    let calls =
        function.calls.iter().map(|Call { method, arguments }| quote!(.#method(#(#arguments),*)));
    let headers = (!function.headers.is_empty()).then(|| quote!(.headers(header_map)));
    let chain = quote!(self.client #(#calls)* #headers);
    match &operation.body {
        None => quote!(Ok(#chain.build()?)),
        Some(body) if body.required => quote!(Ok(#chain.json(body).build()?)),
        Some(_) => quote! {
            let request = #chain;
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            Ok(request.build()?)
        },
    }
}

fn body_is_required(operation: &Operation) -> bool {
    operation.body.as_ref().is_none_or(|body| body.required)
}
