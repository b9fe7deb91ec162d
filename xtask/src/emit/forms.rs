//! Structs that are sent as forms, each with a file.

use crate::cut::Field;
use crate::plan::Object;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The type of a file.
pub(super) fn file_type() -> syn::Type {
    syn::parse_quote!(agent_threads_core::FilePart)
}

/// Whether a field is the file of a form.
pub(super) fn is_file(object: &Object, field: &Field) -> bool {
    object.form.as_ref().is_some_and(|file| file.name == field.wire)
}

/// How a struct is written as a form; nothing for what is none.
pub(super) fn form(name: &syn::Ident, object: &Object, fields: &[&Field]) -> Option<TokenStream> {
    let file = object.form.as_ref()?;
    let max = file.max_bytes.map(|bytes| {
        let bytes = Literal::u64_unsuffixed(bytes);
        quote!(.max_bytes(#bytes))
    });
    let (files, texts): (Vec<&Field>, Vec<&Field>) =
        fields.iter().copied().partition(|field| is_file(object, field));
    let (file, wire) = (&files.first()?.name, &file.name);
    let texts = texts.iter().map(|field| {
        let (name, wire) = (&field.name, &field.wire);
        let value = match field.skip_if {
            Some(_) => quote!(self.#name.as_deref()),
            None => quote!(Some(&self.#name)),
        };
        quote!(.text(#wire, #value))
    });
    Some(quote! {
        #[doc(hidden)]
        impl agent_threads_core::codegen::Multipart for #name {
            fn form(&self) -> agent_threads_core::codegen::Form<'_> {
                agent_threads_core::codegen::Form::new(#wire, &self.#file) #max #(#texts)*
            }
        }
    })
}

/// A form that needs nothing but a file can be made of one.
pub(super) fn from_file(name: &syn::Ident) -> TokenStream {
    quote! {
        impl From<agent_threads_core::FilePart> for #name {
            fn from(file: agent_threads_core::FilePart) -> Self {
                Self::new(file)
            }
        }
    }
}
