//! `types.rs`: the structs, with typify's fields and the document's words.

use super::field::{Choices, Form, StructField};
use super::gate::{gated, import, note};
use super::open_objects::{self, OpenObject};
use super::reading::Reading;
use super::{forms, found, prefixed};
use crate::cut::{Cut, Field};
use crate::diagnostic::Failure;
use crate::docs;
use crate::plan::{Object, Plan};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// Writes the file.
pub(super) fn emit(plan: &Plan, cut: &Cut) -> Result<TokenStream, Failure> {
    let (mut items, choices) = (Vec::new(), Choices::of(plan));
    for (name, object) in &plan.objects {
        let fields = found(&cut.structs, name, plan)?;
        let item = Struct::new(name, object, fields, &choices).emit();
        items.push(gated(object.provisional, item));
    }
    let reexport = import(
        plan.has_certain_open_types(),
        !plan.open_types().is_empty(),
        quote!(
            #[doc(inline)]
            pub use super::open::*;
        ),
    );
    let is_read = |object: &&Object| object.form.is_none();
    let mut read = plan.objects.values().filter(is_read).peekable();
    let at_all = read.peek().is_some();
    let codegen = import(
        read.any(|object| !object.provisional),
        at_all,
        quote!(
            use agent_threads_core::codegen;
        ),
    );
    let docs = docs::inner_attribute("What requests take and what answers bring.");
    Ok(quote!(#docs #reexport #codegen #(#items)*))
}

/// A struct to be written.
struct Struct<'p> {
    name: syn::Ident,
    object: &'p Object,
    fields: Vec<StructField<'p>>,
}

impl<'p> Struct<'p> {
    fn new(name: &str, object: &'p Object, fields: &'p [Field], choices: &Choices<'_>) -> Self {
        let fields = fields.iter().map(|field| StructField::new(object, field, choices)).collect();
        Self { name: format_ident!("{name}"), object, fields }
    }

    fn emit(&self) -> TokenStream {
        let structure = self.structure();
        let (reading, writing) =
            (self.reading(), self.open_object().map(|object| object.writing()));
        let name = self.object.prefix.as_ref();
        let name = name.map(|prefix| prefixed::methods(&self.name, prefix, self.object.in_request));
        let debug = self.debug();
        let constructors = self.object.in_request.then(|| {
            let (methods, from, form) = (self.methods(), self.from(), self.form());
            quote!(#methods #from #form)
        });
        quote!(#structure #name #constructors #reading #writing #debug)
    }

    fn structure(&self) -> TokenStream {
        let name = &self.name;
        let docs = docs::attributes(&docs::join([
            note(self.object.provisional),
            docs::with_sources(&self.object.docs),
        ]));
        // Only where `new` takes nothing: then the empty value is one that the vendor accepts.
        let is_empty = self.required().is_empty() && self.object.prefix.is_none();
        let default = (self.object.in_request && is_empty).then(|| quote!(Default,));
        let rest = self.object.keeps_unknown.then(open_objects::rest);
        let tag = self.object.prefix.as_ref().map(prefixed::field);
        let form = self.form_of_fields();
        let fields = self.fields.iter().map(|field| field.declaration(form));
        let shown = (!self.has_secrets()).then(|| quote!(Debug,));
        let derives = match form {
            // A file is neither compared nor decoded, and has a schema nowhere else.
            Form::Multipart => quote!(#[derive(Clone, #shown)]),
            Form::Derived => quote! {
                #[derive(Clone, #shown #default PartialEq, serde::Serialize)]
                #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
            },
            Form::Open => quote! {
                #[derive(Clone, #shown #default PartialEq)]
                #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
            },
        };
        quote! {
            #docs
            #derives
            #[non_exhaustive]
            pub struct #name {
                #tag
                #(#fields)*
                #rest
            }
        }
    }

    fn form_of_fields(&self) -> Form {
        match (&self.object.form, self.object.keeps_unknown) {
            (Some(_), _) => Form::Multipart,
            (None, true) => Form::Open,
            (None, false) => Form::Derived,
        }
    }

    /// A form is not read.
    fn reading(&self) -> Option<TokenStream> {
        let form = self.form_of_fields();
        let Object { prefix, tag, .. } = self.object;
        let reading = Reading {
            name: &self.name,
            fields: &self.fields,
            form,
            tag: tag.as_deref(),
            prefix: prefix.as_ref(),
        };
        (!matches!(form, Form::Multipart)).then(|| reading.emit())
    }

    fn open_object(&self) -> Option<OpenObject<'_, 'p>> {
        let Object { prefix, tag, keeps_unknown, .. } = self.object;
        keeps_unknown.then_some(OpenObject {
            name: &self.name,
            fields: &self.fields,
            tag: tag.as_deref(),
            prefix: prefix.as_ref(),
        })
    }

    fn has_secrets(&self) -> bool {
        self.fields.iter().any(|field| field.is_secret)
    }

    /// Shows all but the secrets, where there are some.
    fn debug(&self) -> Option<TokenStream> {
        let (name, text) = (&self.name, self.name.to_string());
        let shown = self.fields.iter().filter(|field| !field.is_secret).map(|field| {
            let (name, text) = (&field.field.name, field.field.name.to_string());
            quote!(.field(#text, &self.#name))
        });
        self.has_secrets().then(|| {
            quote! {
                impl std::fmt::Debug for #name {
                    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.debug_struct(#text) #(#shown)* .finish_non_exhaustive()
                    }
                }
            }
        })
    }

    /// The fields that must be given, in the order of the document.
    fn required(&self) -> Vec<&StructField<'p>> {
        let order = &self.object.required;
        let mut fields: Vec<_> = self.fields.iter().filter(|f| f.field.skip_if.is_none()).collect();
        fields.sort_by_key(|f| order.iter().position(|name| *name == f.field.wire));
        fields
    }

    fn methods(&self) -> TokenStream {
        let name = self.object.prefix.iter().map(prefixed::argument);
        let required = self.required();
        let (arguments, given): (Vec<_>, Vec<_>) =
            name.chain(required.iter().map(|f| f.argument())).unzip();
        let optional = || self.fields.iter().filter(|f| f.field.skip_if.is_some());
        let keeps_unknown = self.object.keeps_unknown;
        let rest = keeps_unknown.then(|| format_ident!("{}", open_objects::REST));
        let left_out = optional().map(|f| &f.field.name).chain(&rest);
        let setters = optional()
            .map(StructField::setter)
            .chain(keeps_unknown.then(open_objects::rest_setter));
        let has_optional = keeps_unknown || optional().next().is_some();
        let docs = docs::attributes(match (arguments.is_empty(), has_optional) {
            (true, false) => "A value without fields.",
            (true, true) => "An empty value; all fields are optional.",
            (false, true) => "A value with what the vendor requires. The rest is left out.",
            (false, false) => "A value with all its fields.",
        });
        let name = &self.name;
        quote! {
            impl #name {
                #docs
                pub fn new(#(#arguments),*) -> Self {
                    Self { #(#given,)* #(#left_out: Default::default(),)* }
                }

                #(#setters)*
            }
        }
    }

    /// What a form is written from, and how it is made of a file alone.
    fn form(&self) -> Option<TokenStream> {
        let fields: Vec<_> = self.fields.iter().map(|field| field.field).collect();
        let form = forms::form(&self.name, self.object, &fields)?;
        let from = matches!(&self.required()[..], [_]).then(|| forms::from_file(&self.name));
        Some(quote!(#form #from))
    }

    /// A struct that needs nothing but a text can be made of one, unless the document says that another would be meant.
    fn from(&self) -> Option<TokenStream> {
        let required = self.required();
        if !self.object.from_text || self.object.prefix.is_some() {
            return None;
        }
        let [only] = &required[..] else { return None };
        let ty = &only.ty;
        let name = &self.name;
        (quote!(#ty).to_string() == "String").then(|| {
            quote! {
                impl From<&str> for #name {
                    fn from(value: &str) -> Self {
                        Self::new(value)
                    }
                }

                impl From<String> for #name {
                    fn from(value: String) -> Self {
                        Self::new(value)
                    }
                }
            }
        })
    }
}
