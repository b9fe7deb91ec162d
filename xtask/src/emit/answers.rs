//! What a success brings, and how it is read.

use crate::docs;
use crate::naming;
use crate::plan::{Answer, Operation, StatusAnswer};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

/// The type of an operation's answer.
pub(super) fn ty(operation: &Operation) -> TokenStream {
    match &operation.answer {
        Answer::ByStatus(_) => {
            let name = enum_name(operation);
            quote!(#name)
        }
        answer => body(answer),
    }
}

/// The type of a body.
fn body(answer: &Answer) -> TokenStream {
    match answer {
        Answer::Empty => quote!(()),
        Answer::Json => quote!(serde_json::Value),
        Answer::Download => quote!(Download),
        // Nothing to await: the builder gives a stream instead, or an enum of the others.
        Answer::Events(_) | Answer::ByStatus(_) => quote!(),
        Answer::One(name) => {
            let name = format_ident!("{name}");
            quote!(types::#name)
        }
        Answer::Many(name) => {
            let name = format_ident!("{name}");
            quote!(Vec<types::#name>)
        }
    }
}

fn enum_name(operation: &Operation) -> syn::Ident {
    format_ident!("{}", naming::answer(&operation.id))
}

/// The body of the method that sends: a success, read.
pub(super) fn reading(operation: &Operation) -> TokenStream {
    match &operation.answer {
        Answer::Empty => quote!(self.send_raw().await?.empty()),
        Answer::ByStatus(answers) => {
            let read = by_status(operation, answers);
            quote! {
                let answer = self.send_raw().await?;
                let value = #read;
                Ok(codegen::response(answer, value))
            }
        }
        _ => quote!(self.send_raw().await?.json()),
    }
}

/// The body of the method that returns a future of the value alone.
pub(super) fn value_alone(operation: &Operation) -> TokenStream {
    match &operation.answer {
        Answer::Empty => quote!(codegen::nothing(self.send_raw())),
        Answer::ByStatus(_) => {
            quote!(Box::pin(async move { self.send().await.map(Response::into_inner) }))
        }
        _ => quote!(codegen::value(self.send_raw())),
    }
}

/// A status that is not documented is read as the first that brings JSON, or as one that brings nothing if it does so.
fn by_status(operation: &Operation, answers: &[StatusAnswer]) -> TokenStream {
    let name = enum_name(operation);
    let arms = answers.iter().map(|answer| {
        let (status, value) = (Literal::u16_unsuffixed(answer.status), value(&name, answer));
        quote!(#status => #value,)
    });
    let empty = answers.iter().find(|answer| answer.answer == Answer::Empty);
    let empty = empty.map(|answer| {
        let value = value(&name, answer);
        quote!(_ if answer.raw().is_empty() => #value,)
    });
    let json = fallback(answers).map(|answer| value(&name, answer));
    quote! {
        match answer.http_status().as_u16() {
            #(#arms)*
            #empty
            _ => #json,
        }
    }
}

/// What a status that is not documented is read as. There always is one: not all answers are empty.
fn fallback(answers: &[StatusAnswer]) -> Option<&StatusAnswer> {
    answers.iter().find(|answer| answer.answer != Answer::Empty)
}

fn value(name: &syn::Ident, answer: &StatusAnswer) -> TokenStream {
    let variant = variant(answer.status);
    match answer.answer {
        Answer::Empty => quote!(#name::#variant),
        _ => quote!(#name::#variant(answer.decode()?)),
    }
}

/// The enum of the answers, where they differ by status.
pub(super) fn declaration(operation: &Operation) -> Option<TokenStream> {
    let Answer::ByStatus(answers) = &operation.answer else { return None };
    let name = enum_name(operation);
    let docs = docs::attributes(&docs::markdown(&format!(
        "What [`Client::{}`] answers with, by its status.",
        operation.id
    )));
    let read = fallback(answers);
    let variants = answers.iter().map(|answer| {
        let other = match read.is_some_and(|read| read.status == answer.status) {
            true => "A success that is not documented is read as this, if it has a body.",
            false => "",
        };
        let docs = docs::attributes(&docs::join([
            docs::prose(&format!(
                "`{}`: {}",
                answer.status,
                docs::with_sources_beside(&answer.docs)
            )),
            other.to_owned(),
        ]));
        let (variant, body) = (variant(answer.status), body(&answer.answer));
        match answer.answer {
            Answer::Empty => quote!(#docs #variant,),
            _ => quote!(#docs #variant(#body),),
        }
    });
    Some(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "boxes would be in the way of every match")]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
        }
    })
}

/// The variant for a status, by the phrase of its registration.
fn variant(status: u16) -> syn::Ident {
    let phrase = match status {
        200 => "Ok",
        201 => "Created",
        202 => "Accepted",
        203 => "NonAuthoritativeInformation",
        204 => "NoContent",
        205 => "ResetContent",
        206 => "PartialContent",
        207 => "MultiStatus",
        208 => "AlreadyReported",
        226 => "ImUsed",
        other => return format_ident!("Status{other}"),
    };
    format_ident!("{phrase}")
}
