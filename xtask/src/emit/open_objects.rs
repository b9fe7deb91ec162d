//! Structs that keep what the document does not list: how they are written.

use super::field::StructField;
use super::shape::shape;
use crate::docs;
use crate::plan::Prefix;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// The name of the field for what the document does not list.
pub(super) const REST: &str = "extra";

/// A struct that keeps it.
pub(super) struct OpenObject<'s, 'p> {
    pub(super) name: &'s syn::Ident,
    pub(super) fields: &'s [StructField<'p>],
    /// The property that chooses it, where it is an arm of a union.
    pub(super) tag: Option<&'p str>,
    /// How that begins, where it is chosen by that alone, and keeps it.
    pub(super) prefix: Option<&'p Prefix>,
}

impl OpenObject<'_, '_> {
    /// How it is written.
    pub(super) fn writing(&self) -> TokenStream {
        let name = self.name;
        let rest = format_ident!("{REST}");
        let tag = self.prefix.map(|Prefix { tag, .. }| quote!(object.field(#tag, &self.tag)?;));
        let wires = self.fields.iter().map(|field| field.field.wire.as_str());
        let wires = self.tag.into_iter().chain(wires);
        let writes = self.fields.iter().map(write);
        let writes_any = self.prefix.is_some() || !self.fields.is_empty();
        let mutable = writes_any.then(|| quote!(mut));
        quote! {
            impl serde::Serialize for #name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let #mutable object =
                        codegen::OpenObjectWriter::new(serializer, &self.#rest)?;
                    #tag
                    #(#writes)*
                    object.end(&[#(#wires),*])
                }
            }
        }
    }
}

fn write(field: &StructField<'_>) -> TokenStream {
    let (name, wire) = (&field.field.name, &field.field.wire);
    match (&field.field.skip_if, field.is_option()) {
        (None, _) => quote!(object.field(#wire, &self.#name)?;),
        (Some(_), true) => quote!(object.optional(#wire, self.#name.as_ref())?;),
        (Some(skip), false) => {
            let skip: TokenStream = skip.parse().unwrap_or_default();
            quote!(object.optional(#wire, (!#skip(&self.#name)).then_some(&self.#name))?;)
        }
    }
}

/// The field for what the document does not list.
pub(super) fn rest() -> TokenStream {
    let name = format_ident!("{REST}");
    let docs = docs::attributes(
        "The fields that are not listed here. They are written back. A listed one that came as null\n\
         stands here too, unless it is any JSON, and is null again as long as it is not set.",
    );
    quote! {
        #docs
        #[cfg_attr(feature = "schemars", schemars(flatten))]
        pub #name: serde_json::Map<String, serde_json::Value>,
    }
}

/// The setter of that field.
pub(super) fn rest_setter() -> TokenStream {
    let (name, docs) =
        (format_ident!("{REST}"), docs::attributes("Sets the fields that are not listed here."));
    let shape = shape(&syn::parse_quote!(serde_json::Map<String, serde_json::Value>));
    let (argument, convert) = (shape.argument, shape.convert);
    quote! {
        #docs
        #[must_use]
        pub fn #name(mut self, value: #argument) -> Self {
            self.#name = value #convert;
            self
        }
    }
}
