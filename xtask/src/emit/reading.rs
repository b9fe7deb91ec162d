//! How structs are read.

use super::field::{Form, StructField};
use super::open_objects::REST;
use crate::cut::generic;
use crate::plan::Prefix;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// A struct that is read.
pub(super) struct Reading<'s, 'p> {
    pub(super) name: &'s syn::Ident,
    pub(super) fields: &'s [StructField<'p>],
    pub(super) form: Form,
    /// The property that chooses it, where it is an arm of a union.
    pub(super) tag: Option<&'p str>,
    /// How that begins, where it is chosen by that alone, and keeps it.
    pub(super) prefix: Option<&'p Prefix>,
}

/// The place of a value while the object is read.
struct Place {
    /// The variable, as it is made and as it is listed beside the name.
    made: TokenStream,
    listed: TokenStream,
    /// The field of the struct, from what is there then.
    given: TokenStream,
}

impl Reading<'_, '_> {
    pub(super) fn emit(&self) -> TokenStream {
        let (name, text) = (self.name, self.name.to_string());
        let places = self.tag_place().into_iter().chain(self.fields.iter().map(|f| self.place(f)));
        let (mut made, mut listed, mut given) = (Vec::new(), Vec::new(), Vec::new());
        for place in places {
            made.push(place.made);
            listed.push(place.listed);
            given.push(place.given);
        }
        let mutable = self.prefix.map(|_| quote!(mut));
        let rest = format_ident!("{REST}");
        let (read, kept) = match self.form {
            Form::Open => {
                (quote!(let #rest = object.read_and_keep(&mut [#(#listed),*])?;), quote!(#rest))
            }
            _ => (quote!(object.read(&mut [#(#listed),*])?;), quote!()),
        };
        quote! {
            #[doc(hidden)]
            impl codegen::Object for #name {
                const NAME: &'static str = #text;

                fn read<'de, A: serde::de::MapAccess<'de>>(
                    #mutable object: codegen::Entries<A>,
                ) -> Result<Self, A::Error> {
                    #(#made)*
                    #read
                    Ok(Self { #(#given)* #kept })
                }
            }

            impl<'de> serde::Deserialize<'de> for #name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    codegen::deserialize_object(deserializer)
                }
            }
        }
    }

    /// The tag is kept where it tells something. It is otherwise passed over, as the union writes it, and where nothing
    /// is kept needs no place for that.
    fn tag_place(&self) -> Option<Place> {
        let tag = self.tag.filter(|_| matches!(self.form, Form::Open))?;
        Some(match self.prefix {
            None => Place {
                made: quote!(),
                listed: quote!((#tag, &mut codegen::PassedOver)),
                given: quote!(),
            },
            Some(_) => Place {
                made: quote!(let mut tag = object.tag();),
                listed: quote!((#tag, &mut tag)),
                given: quote!(tag: tag.value(),),
            },
        })
    }

    fn place(&self, field: &StructField<'_>) -> Place {
        let (name, wire, fate) = (&field.field.name, &field.field.wire, self.fate(field));
        let variable = format_ident!("read_{name}");
        let place = match fate {
            Fate::Nullable => quote!(codegen::Nullable),
            _ => quote!(codegen::Field),
        };
        let value = match fate {
            Fate::Nullable | Fate::AnyJson => quote!(value()),
            Fate::Optional => quote!(or_default()),
            Fate::Required => quote!(required(#wire)?),
        };
        let (of, value) = self.read_as(field, fate, value);
        Place {
            made: quote!(let mut #variable = #place #of::default();),
            listed: quote!((#wire, &mut #variable)),
            given: quote!(#name: #variable.#value,),
        }
    }

    /// What the value is read as, where that is another type than the field's, and how it is made of that.
    fn read_as(
        &self,
        field: &StructField<'_>,
        fate: Fate,
        value: TokenStream,
    ) -> (TokenStream, TokenStream) {
        match (field.lenient, field.is_choice, fate) {
            (false, false, _) => (quote!(), value),
            (true, _, Fate::Nullable) => {
                (quote!(::<codegen::Whole<_>>), quote!(#value.map(|whole| whole.0)))
            }
            (true, _, _) => (quote!(::<codegen::Whole<_>>), quote!(#value.0)),
            (_, true, Fate::Required) => {
                (quote!(::<codegen::OpenString<'_>>), quote!(#value.known()))
            }
            (_, true, Fate::Optional) => (
                quote!(::<Option<codegen::OpenString<'_>>>),
                quote!(#value.map(codegen::OpenString::known)),
            ),
            (_, true, _) => (
                quote!(::<codegen::OpenString<'_>>),
                quote!(#value.map(codegen::OpenString::known)),
            ),
        }
    }

    fn fate(&self, field: &StructField<'_>) -> Fate {
        let option = generic(&field.ty, "Option").map(|[inner]| inner);
        let may_be_left_out = field.field.skip_if.is_some();
        match (self.form, option) {
            (Form::Open, Some(inner)) if may_be_left_out => {
                let is_any = *inner == syn::parse_quote!(serde_json::Value);
                if is_any { Fate::AnyJson } else { Fate::Nullable }
            }
            (_, None) if !may_be_left_out => Fate::Required,
            _ => Fate::Optional,
        }
    }
}

/// What becomes of a field that is null or is not there.
#[derive(Clone, Copy)]
enum Fate {
    /// That is an error.
    Required,
    /// It has the empty value.
    Optional,
    /// It has none, and the object keeps whether it was null.
    Nullable,
    /// It has none where it is not there; null is a value of it.
    AnyJson,
}
