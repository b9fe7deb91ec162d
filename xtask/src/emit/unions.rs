//! The unions of `open.rs`: enums of structs, open to what a vendor adds.

use super::gate::note;
use crate::docs;
use crate::plan::{Arm, StreamKinds, Union};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// Writes a union.
pub(super) fn union(item: &Union) -> TokenStream {
    let declaration = declaration(item);
    let kind = kind(item);
    let chosen = match &item.tag {
        Some(tag) => tagged(item, tag),
        None => named(item),
    };
    let event = item.stream.as_ref().map(|kinds| event(item, kinds));
    let from = item.arms.iter().map(|arm| from(item, arm));
    let schema = item.tag.as_ref().map(|tag| schema(item, tag));
    quote!(#declaration #kind #chosen #event #(#from)* #schema)
}

fn arm_variant(arm: &Arm) -> syn::Ident {
    format_ident!("{}", arm.variant)
}

fn arm_schema(arm: &Arm) -> syn::Ident {
    format_ident!("{}", arm.schema)
}

/// The enum. One that is told apart by the names of events has no form in JSON.
fn declaration(item: &Union) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let docs =
        docs::attributes(&docs::join([note(item.provisional), docs::with_sources(&item.docs)]));
    // What is chosen by a prefix writes its tag itself, and serde wants such variants behind the others.
    let (prefixed, exact): (Vec<_>, Vec<_>) =
        item.arms.iter().partition(|arm| arm.prefix().is_some());
    let variants = exact.into_iter().chain(prefixed).map(|arm| {
        let docs = docs::attributes(&docs::join([docs::prose(&arm.text), stream_docs(item, arm)]));
        let (kind, variant, schema) = (&arm.kind, arm_variant(arm), arm_schema(arm));
        let words = item.tag.as_ref().map(|_| match arm.prefix() {
            None => quote!(#[serde(rename = #kind)]),
            Some(_) => quote!(#[serde(untagged)]),
        });
        quote!(#docs #words #variant(types::#schema),)
    });
    let serialize = item.tag.as_ref().map(|_| quote!(, serde::Serialize));
    let tag = item.tag.as_ref().map(|tag| quote!(#[serde(tag = #tag)]));
    let untagged = item.tag.as_ref().map(|_| quote!(#[serde(untagged)]));
    let unknown = docs::attributes(match item.tag {
        Some(_) => "A kind that this version does not know, kept as it came.",
        None => "An event that this version does not know, kept as it came.",
    });
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq #serialize)]
        #tag
        #[allow(clippy::large_enum_variant, reason = "boxes would be in the way of every match")]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            #unknown
            #untagged
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

fn kind(item: &Union) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let docs = docs::attributes(&match &item.tag {
        Some(tag) => format!("The `{tag}` on the wire, known or not."),
        None => "The name of the event, known or not.".to_owned(),
    });
    let arms = item.arms.iter().map(|arm| {
        let (variant, kind) = (arm_variant(arm), &arm.kind);
        match arm.prefix() {
            None => quote!(Self::#variant(_) => #kind,),
            Some(_) => quote!(Self::#variant(value) => &value.tag,),
        }
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

/// How the arm is chosen by a tag.
fn tagged(item: &Union, tag: &str) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let members = members(item);
    quote! {
        impl codegen::Tagged for #name {
            const TAG: &'static str = #tag;

            #members
        }

        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                codegen::deserialize_tagged(deserializer)
            }
        }
    }
}

/// How the arm is chosen by the name of the event.
fn named(item: &Union) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let members = members(item);
    quote! {
        impl codegen::Named for #name {
            #members
        }
    }
}

/// What reads each arm.
fn members(item: &Union) -> TokenStream {
    // The longest prefix wins, and a whole tag over any.
    let mut arms: Vec<_> = item.arms.iter().collect();
    arms.sort_by_key(|arm| std::cmp::Reverse(arm.prefix().map_or(usize::MAX, str::len)));
    let arms = arms.into_iter().map(|arm| {
        let (kind, variant) = (&arm.kind, arm_variant(arm));
        match arm.prefix() {
            None => quote! {
                #kind => |_, object| serde::Deserialize::deserialize(object).map(Self::#variant),
            },
            Some(prefix) => quote! {
                _ if kind.starts_with(#prefix) => {
                    |kind, object| codegen::deserialize_prefixed(kind, object).map(Self::#variant)
                }
            },
        }
    });
    quote! {
        fn reader<'de, D: serde::Deserializer<'de>>(
            kind: &str,
        ) -> Option<codegen::ReadMember<'de, Self, D>> {
            Some(match kind {
                #(#arms)*
                _ => return None,
            })
        }

        fn unknown(value: agent_threads_core::Unknown) -> Self {
            Self::Unknown(value)
        }
    }
}

fn event(item: &Union, kinds: &StreamKinds) -> TokenStream {
    let name = format_ident!("{}", item.name);
    let StreamKinds { terminal, keepalive, done } = kinds;
    let done = done.as_ref().map(|done| quote!(const DONE: Option<&'static str> = Some(#done);));
    let read = match item.tag {
        Some(_) => quote!(codegen::read_tagged),
        None => quote!(codegen::read_named),
    };
    quote! {
        impl codegen::StreamEvent for #name {
            const TERMINAL: &'static [&'static str] = &[#(#terminal),*];
            const KEEPALIVE: &'static [&'static str] = &[#(#keepalive),*];
            #done

            fn read(event: &agent_threads_core::sse::Event<'_>) -> codegen::Reading<Self> {
                #read(event)
            }

            fn tag(&self) -> &str {
                self.kind()
            }
        }
    }
}

fn from(item: &Union, arm: &Arm) -> TokenStream {
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

fn schema(item: &Union, tag: &str) -> TokenStream {
    let (name, text, description) = (format_ident!("{}", item.name), &item.name, &item.docs.text);
    let arms = item.arms.iter().map(|arm| {
        let (kind, schema) = (&arm.kind, arm_schema(arm));
        if let Some(prefix) = arm.prefix() {
            let pattern = format!("^{prefix}");
            return quote! {{
                "allOf": [generator.subschema_for::<types::#schema>()],
                "properties": { #tag: { "pattern": #pattern } },
                "required": [#tag]
            }};
        }
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
