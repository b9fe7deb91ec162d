//! `raw.rs`: the functions that build requests, as progenitor wrote them up to there.

use super::gate::{condition, import};
use super::names_types;
use crate::cut::{Call, Cut, Function};
use crate::plan::{Operation, Plan};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};

/// Writes the file.
pub(super) fn emit(plan: &Plan, cut: &Cut) -> TokenStream {
    let operations = plan.operations.iter().filter(|o| o.builds == o.id);
    let functions: Vec<_> = operations
        .filter_map(|o| Some((o.provisional, function(o, cut.functions.get(&o.id)?))))
        .collect();
    let needs = |what: fn(&TokenStream) -> bool| {
        let certain = functions.iter().any(|(provisional, code)| !provisional && what(code));
        (certain, functions.iter().any(|(_, code)| what(code)))
    };
    let (certain, at_all) = needs(names_types);
    let types = import(certain, at_all, quote! { use super::types; });
    let (certain, at_all) = needs(names_headers);
    let add_header = certain.then(|| quote!(, add_header));
    let own_add_header =
        import(false, at_all && !certain, quote! { use agent_threads_core::codegen::add_header; });
    let (certain, at_all) = needs(names_encoding);
    let encode_path = certain.then(|| quote!(, encode_path));
    let own_encode_path =
        import(false, at_all && !certain, quote! { use agent_threads_core::codegen::encode_path; });
    let (certain, at_all) = needs(names_queries);
    let add_to_query = certain.then(|| quote!(, add_to_query));
    let own_add_to_query = import(
        false,
        at_all && !certain,
        quote! { use agent_threads_core::codegen::add_to_query; },
    );
    let functions = functions.iter().map(|(provisional, code)| {
        let condition = provisional.then(condition);
        quote!(#condition #code)
    });
    let functions = quote!(#(#functions)*);
    quote! {
        #![allow(
            clippy::too_many_arguments,
            clippy::unnecessary_to_owned,
            reason = "progenitor's way of writing"
        )]

        #types
        use agent_threads_core::codegen::{Core, Operation, Unbuilt #add_header #add_to_query #encode_path};
        #own_add_header
        #own_add_to_query
        #own_encode_path
        use reqwest::{Client, Request};

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

fn names_encoding(code: &TokenStream) -> bool {
    code.to_string().contains("encode_path")
}

fn names_queries(code: &TokenStream) -> bool {
    code.to_string().contains("add_to_query")
}

fn names_headers(code: &TokenStream) -> bool {
    code.to_string().contains("add_header")
}

fn function(operation: &Operation, function: &Function) -> TokenStream {
    let name = format_ident!("{}", operation.id);
    // A form is no JSON; the runtime writes it.
    let arguments =
        function.arguments.iter().filter(|a| !(a.name == "body" && sends_form(operation)));
    let arguments = arguments.map(|argument| {
        let (name, ty) = (&argument.name, &argument.passed);
        match name == "body" && !body_is_required(operation) {
            true => quote!(#name: Option<#ty>),
            false => quote!(#name: #ty),
        }
    });
    let url = &function.url;
    let request = request(operation, function);
    quote! {
        pub(super) fn #name(&self, #(#arguments),*) -> Result<Request, Unbuilt> {
            #url
            #request
        }
    }
}

fn request(operation: &Operation, function: &Function) -> TokenStream {
    let (queries, calls): (Vec<_>, Vec<_>) =
        function.calls.iter().partition(|call| call.method == "query");
    let calls = calls.iter().map(|Call { method, arguments }| quote!(.#method(#(#arguments),*)));
    let chain = quote!(self.client #(#calls)*);
    let built = match operation.body.as_ref().filter(|body| !body.is_form) {
        None => quote!(#chain.build()?),
        Some(body) if body.required => quote!(#chain.json(body).build()?),
        Some(_) => quote! {{
            let request = #chain;
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            request.build()?
        }},
    };
    let queries: Vec<_> = queries.iter().flat_map(|call| &call.arguments).map(parameter).collect();
    let headers = &function.headers;
    match queries.is_empty() && headers.is_empty() {
        true => quote!(Ok(#built)),
        false => quote! {
            let mut request = #built;
            #(add_to_query(&mut request, #queries)?;)*
            #(#headers)*
            Ok(request)
        },
    }
}

/// The name and the value of a query parameter, which progenitor wraps into a type of its own.
fn parameter(argument: &syn::Expr) -> TokenStream {
    match argument {
        syn::Expr::Reference(reference) => parameter(&reference.expr),
        syn::Expr::Call(call) => call.args.to_token_stream(),
        other => other.to_token_stream(),
    }
}

fn sends_form(operation: &Operation) -> bool {
    operation.body.as_ref().is_some_and(|body| body.is_form)
}

fn body_is_required(operation: &Operation) -> bool {
    operation.body.as_ref().is_none_or(|body| body.required)
}
