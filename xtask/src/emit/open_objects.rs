//! Structs that keep what the document does not list: how they are read and written.

use super::field::StructField;
use super::shape::shape;
use crate::cut::generic;
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
    /// How it is read and written.
    pub(super) fn serde(&self) -> TokenStream {
        let name = self.name;
        let (reading, writing) = (self.reading(), self.writing());
        quote! {
            #reading

            impl<'de> serde::Deserialize<'de> for #name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    agent_threads_core::codegen::deserialize_open_object(deserializer)
                }
            }

            #writing
        }
    }

    fn reading(&self) -> TokenStream {
        let (name, text) = (self.name, self.name.to_string());
        let rest = format_ident!("{REST}");
        let (tag_read, tag_given) = self.tag_parts();
        let slots = self.fields.iter().map(|field| {
            let slot = slot(field);
            quote!(let mut #slot = None;)
        });
        let reads = self.fields.iter().map(read);
        let is_listed = self.tag.is_some() || !self.fields.is_empty();
        let reading = match is_listed {
            false => quote!(object.keep(name)?;),
            true => quote! {
                match &*name {
                    #tag_read
                    #(#reads)*
                    _ => object.keep(name)?,
                }
            },
        };
        let given = self.fields.iter().map(given);
        quote! {
            #[doc(hidden)]
            impl agent_threads_core::codegen::OpenObject for #name {
                const NAME: &'static str = #text;

                fn read<'de, A: serde::de::MapAccess<'de>>(
                    mut object: agent_threads_core::codegen::Fields<A>,
                ) -> Result<Self, A::Error> {
                    #(#slots)*
                    while let Some(name) = object.next_name()? {
                        #reading
                    }
                    Ok(Self { #tag_given #(#given)* #rest: object.extra() })
                }
            }
        }
    }

    /// How the tag is read: kept where it tells something, and otherwise passed over, as the union writes it.
    fn tag_parts(&self) -> (TokenStream, TokenStream) {
        let Some(tag) = self.tag else { return Default::default() };
        match self.prefix {
            None => (quote!(#tag => object.pass_over()?,), quote!()),
            Some(_) => (quote!(#tag => object.tag()?,), quote!(tag: object.take_tag(),)),
        }
    }

    fn writing(&self) -> TokenStream {
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
                        agent_threads_core::codegen::OpenObjectWriter::new(serializer, &self.#rest)?;
                    #tag
                    #(#writes)*
                    object.end(&[#(#wires),*])
                }
            }
        }
    }
}

/// The variable that holds a field while the object is read.
fn slot(field: &StructField<'_>) -> syn::Ident {
    format_ident!("read_{}", field.field.name)
}

/// Whether null means that it is not there; of any JSON it is a value.
fn is_nullable(field: &StructField<'_>) -> bool {
    let Some([inner]) = generic(&field.ty, "Option") else { return false };
    let is_any = *inner == syn::parse_quote!(serde_json::Value);
    field.field.skip_if.is_some() && !is_any
}

fn read(field: &StructField<'_>) -> TokenStream {
    let (slot, wire) = (slot(field), &field.field.wire);
    let value = match (is_nullable(field), field.lenient) {
        (false, false) => quote!(value()),
        (false, true) => quote!(integers()),
        (true, false) => quote!(nullable(#wire)),
        (true, true) => quote!(nullable_integers(#wire)),
    };
    quote!(#wire => #slot = object.#value?,)
}

fn given(field: &StructField<'_>) -> TokenStream {
    let (slot, name, wire) = (slot(field), &field.field.name, &field.field.wire);
    match (field.is_option(), &field.field.skip_if) {
        (true, Some(_)) => quote!(#name: #slot,),
        (true, None) | (false, Some(_)) => quote!(#name: #slot.unwrap_or_default(),),
        (false, None) => quote!(#name: object.required(#wire, #slot)?,),
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
