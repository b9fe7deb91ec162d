//! `open.rs`: string enums and unions, open to what a vendor adds.

use super::gate::{gated, import, note};
use super::unions::union;
use crate::docs;
use crate::plan::{Enum, EnumValue, Plan};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// Writes the file.
pub(super) fn emit(plan: &Plan) -> TokenStream {
    let types = import(
        plan.unions.iter().any(|union| !union.provisional),
        !plan.unions.is_empty(),
        quote!(
            use super::types;
        ),
    );
    let codegen = import(
        plan.has_certain_open_types(),
        !plan.open_types().is_empty(),
        quote!(
            use agent_threads_core::codegen;
        ),
    );
    let enums = plan.enums.iter().map(|item| gated(item.provisional, string_enum(item)));
    let unions = plan.unions.iter().map(|item| gated(item.provisional, union(item)));
    quote! {
        #types
        #codegen
        #(#enums)*
        #(#unions)*
    }
}

fn string_enum(item: &Enum) -> TokenStream {
    let declaration = enum_declaration(item);
    let text = enum_text(item);
    let serde = enum_serde(item);
    let schema = enum_schema(item);
    quote!(#declaration #text #serde #schema)
}

fn variant(value: &EnumValue) -> syn::Ident {
    format_ident!("{}", value.variant)
}

fn enum_declaration(item: &Enum) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let docs =
        docs::attributes(&docs::join([note(item.provisional), docs::with_sources(&item.docs)]));
    let variants = item.values.iter().map(|value| {
        let (docs, name) = (docs::attributes(&docs::prose(&value.text)), variant(value));
        quote!(#docs #name,)
    });
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// A value that this version does not know, kept as it came.
            Unknown(agent_threads_core::UnknownValue),
        }
    }
}

fn enum_text(item: &Enum) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let variants: Vec<_> = item.values.iter().map(variant).collect();
    let wires: Vec<_> = item.values.iter().map(|value| &value.wire).collect();
    quote! {
        impl #name {
            /// The value on the wire, known or not.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #wires,)*
                    Self::Unknown(value) => value.as_str(),
                }
            }
        }

        impl From<&str> for #name {
            fn from(value: &str) -> Self {
                match value {
                    #(#wires => Self::#variants,)*
                    _ => Self::Unknown(codegen::unknown_value(value)),
                }
            }
        }

        impl std::str::FromStr for #name {
            type Err = std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(value.into())
            }
        }

        impl std::fmt::Display for #name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    }
}

fn enum_serde(item: &Enum) -> TokenStream {
    let name = format_ident!("{}", item.name);
    quote! {
        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                codegen::deserialize_open_string(deserializer)
            }
        }
    }
}

fn enum_schema(item: &Enum) -> TokenStream {
    let (name, text, description) = (format_ident!("{}", item.name), &item.name, &item.docs.text);
    let wires = item.values.iter().map(|value| &value.wire);
    quote! {
        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for #name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                #text.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "description": #description, "type": "string", "examples": [#(#wires),*] })
            }
        }
    }
}
