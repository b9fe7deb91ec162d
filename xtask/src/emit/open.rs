//! `open.rs`: string enums and unions, open to what a vendor adds.

use super::gate::{gated, import, note};
use crate::docs;
use crate::plan::{Arm, Enum, EnumValue, Plan, StreamKinds, Union};
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

fn union(item: &Union) -> TokenStream {
    let declaration = union_declaration(item);
    let kind = union_kind(item);
    let tagged = union_tagged(item);
    let event = item.stream.as_ref().map(|kinds| union_event(item, kinds));
    let from = item.arms.iter().map(|arm| union_from(item, arm));
    let schema = union_schema(item);
    quote!(#declaration #kind #tagged #event #(#from)* #schema)
}

fn arm_variant(arm: &Arm) -> syn::Ident {
    format_ident!("{}", arm.variant)
}

fn arm_schema(arm: &Arm) -> syn::Ident {
    format_ident!("{}", arm.schema)
}

fn union_declaration(item: &Union) -> TokenStream {
    let (name, tag) = (format_ident!("{}", item.name), &item.tag);
    let docs =
        docs::attributes(&docs::join([note(item.provisional), docs::with_sources(&item.docs)]));
    let variants = item.arms.iter().map(|arm| {
        let docs = docs::attributes(&docs::join([docs::prose(&arm.text), stream_docs(item, arm)]));
        let (kind, variant, schema) = (&arm.kind, arm_variant(arm), arm_schema(arm));
        quote!(#docs #[serde(rename = #kind)] #variant(types::#schema),)
    });
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[serde(tag = #tag)]
        #[allow(clippy::large_enum_variant, reason = "boxes would be in the way of every match")]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// A kind that this version does not know, kept as it came.
            #[serde(untagged)]
            Unknown(agent_threads_core::Unknown),
        }
    }
}

/// What an event means for its stream.
fn stream_docs(item: &Union, arm: &Arm) -> String {
    let is_in = |kinds: &[String]| kinds.contains(&arm.kind);
    match &item.stream {
        Some(kinds) if is_in(&kinds.terminal) => "The last event of its stream.".into(),
        Some(kinds) if is_in(&kinds.keepalive) => "Streams pass over it, unless\n\
             [`with_keepalives`](agent_threads_core::EventStream::with_keepalives) asks for it."
            .into(),
        _ => String::new(),
    }
}

fn union_kind(item: &Union) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let docs = docs::attributes(&format!("The `{}` on the wire, known or not.", item.tag));
    let arms = item.arms.iter().map(|arm| {
        let (variant, kind) = (arm_variant(arm), &arm.kind);
        quote!(Self::#variant(_) => #kind,)
    });
    quote! {
        impl #name {
            #docs
            pub fn kind(&self) -> &str {
                match self {
                    #(#arms)*
                    Self::Unknown(value) => value.kind(),
                }
            }
        }
    }
}

fn union_tagged(item: &Union) -> TokenStream {
    let (name, tag) = (format_ident!("{}", item.name), &item.tag);
    let kinds = item.arms.iter().map(|arm| &arm.kind);
    let arms = item.arms.iter().map(|arm| {
        let (kind, variant) = (&arm.kind, arm_variant(arm));
        quote!(#kind => serde::Deserialize::deserialize(object).map(Self::#variant),)
    });
    quote! {
        impl codegen::Tagged for #name {
            const TAG: &'static str = #tag;
            const KINDS: &'static [&'static str] = &[#(#kinds),*];

            fn known<'de, D: serde::Deserializer<'de>>(kind: &str, object: D) -> Result<Self, D::Error> {
                match kind {
                    #(#arms)*
                    _ => Err(serde::de::Error::unknown_variant(kind, Self::KINDS)),
                }
            }

            fn unknown(value: agent_threads_core::Unknown) -> Self {
                Self::Unknown(value)
            }
        }

        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                codegen::deserialize_tagged(deserializer)
            }
        }
    }
}

fn union_event(item: &Union, kinds: &StreamKinds) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let StreamKinds { terminal, keepalive } = kinds;
    quote! {
        impl codegen::StreamEvent for #name {
            const TERMINAL: &'static [&'static str] = &[#(#terminal),*];
            const KEEPALIVE: &'static [&'static str] = &[#(#keepalive),*];

            fn tag(&self) -> &str {
                self.kind()
            }
        }
    }
}

fn union_from(item: &Union, arm: &Arm) -> TokenStream {
    let (name, schema, variant) =
        (format_ident!("{}", item.name), arm_schema(arm), arm_variant(arm));
    quote! {
        impl From<types::#schema> for #name {
            fn from(value: types::#schema) -> Self {
                Self::#variant(value)
            }
        }
    }
}

fn union_schema(item: &Union) -> TokenStream {
    let (name, text, description, tag) =
        (format_ident!("{}", item.name), &item.name, &item.docs.text, &item.tag);
    let arms = item.arms.iter().map(|arm| {
        let (kind, schema) = (&arm.kind, arm_schema(arm));
        quote! {{
            "allOf": [generator.subschema_for::<types::#schema>()],
            "properties": { #tag: { "const": #kind } },
            "required": [#tag]
        }}
    });
    quote! {
        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for #name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                #text.into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "description": #description, "anyOf": [#(#arms,)* true] })
            }
        }
    }
}
