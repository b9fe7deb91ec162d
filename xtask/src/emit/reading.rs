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
        let (name, wire) = (&field.field.name, &field.field.wire);
        let variable = format_ident!("read_{name}");
        let (place, value) = in_place(self.fate(field), read_as(field), wire);
        Place {
            made: quote!(let mut #variable = #place;),
            listed: quote!((#wire, &mut #variable)),
            given: quote!(#name: #variable #value,),
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
            (_, Some(_)) => Fate::Optional,
            (_, None) if may_be_left_out => Fate::Empty,
            (_, None) => Fate::Required,
        }
    }
}

/// What becomes of a field that is null or is not there.
#[derive(Clone, Copy)]
enum Fate {
    /// That is an error.
    Required,
    /// It has no value.
    Optional,
    /// Null is an error; where it is not there it has the empty value.
    Empty,
    /// It has no value, and the object keeps whether it was null.
    Nullable,
    /// It has no value where it is not there; null is one of it.
    AnyJson,
}

/// What a field is read as.
#[derive(Clone, Copy)]
enum As {
    Itself,
    Whole,
    Choice,
}

fn read_as(field: &StructField<'_>) -> As {
    match (field.lenient, field.is_choice) {
        (true, _) => As::Whole,
        (_, true) => As::Choice,
        _ => As::Itself,
    }
}

/// An empty place for a field, and how the field is made of it.
fn in_place(fate: Fate, read_as: As, wire: &str) -> (TokenStream, TokenStream) {
    let (of, one, each) = match read_as {
        As::Itself => (quote!(), quote!(), quote!()),
        As::Whole => (quote!(::<codegen::Whole<_>>), quote!(.0), quote!(.map(|whole| whole.0))),
        As::Choice => (
            quote!(::<codegen::OpenString<'_>>),
            quote!(.known()),
            quote!(.map(codegen::OpenString::known)),
        ),
    };
    match (fate, read_as) {
        (Fate::Required, _) => {
            (quote!(codegen::Field #of::default()), quote!(.required(#wire)? #one))
        }
        (Fate::Optional | Fate::Empty, As::Whole) => (quote!(codegen::Whole::default()), one),
        (Fate::Optional, _) => (quote!(None #of), each),
        (Fate::Empty, _) => (quote!(codegen::Field::default()), quote!(.or_default())),
        (Fate::Nullable, _) => (quote!(codegen::Nullable #of::default()), quote!(.value() #each)),
        (Fate::AnyJson, _) => (quote!(codegen::Field::default()), quote!(.value())),
    }
}
