//! `types.rs`: the structs, with typify's fields and the document's words.

use super::forms;
use super::found;
use super::gate::{gated, import, note};
use super::shape::shape;
use crate::cut::{Cut, Field, generic};
use crate::diagnostic::Failure;
use crate::docs;
use crate::plan::{Object, Plan};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};

/// Writes the file.
pub(super) fn emit(plan: &Plan, cut: &Cut) -> Result<TokenStream, Failure> {
    let mut items = Vec::new();
    for (name, object) in &plan.objects {
        let fields = found(&cut.structs, name, plan)?;
        let item = Struct::new(name, object, fields).emit();
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
    let docs = docs::inner_attribute("What requests take and what answers bring.");
    Ok(quote!(#docs #reexport #(#items)*))
}

/// A struct to be written.
struct Struct<'p> {
    name: syn::Ident,
    object: &'p Object,
    fields: Vec<StructField<'p>>,
}

/// The name of the field for what the document does not list.
const REST: &str = "extra";

/// A field to be written.
struct StructField<'p> {
    field: &'p Field,
    ty: syn::Type,
    docs: TokenStream,
    /// Whether it holds integers that a server may have written as `42.0`.
    lenient: bool,
}

impl<'p> Struct<'p> {
    fn new(name: &str, object: &'p Object, fields: &'p [Field]) -> Self {
        let field = |field: &'p Field| {
            let mut ty = field.ty.clone();
            Local.visit_type_mut(&mut ty);
            if forms::is_file(object, field) {
                ty = forms::file_type();
            }
            let docs =
                object.fields.get(&field.wire).map(docs::with_sources_below).unwrap_or_default();
            let lenient = object.in_answer && holds_integers(&ty);
            StructField { field, ty, docs: docs::attributes(&docs), lenient }
        };
        Self { name: format_ident!("{name}"), object, fields: fields.iter().map(field).collect() }
    }

    fn emit(&self) -> TokenStream {
        let structure = self.structure();
        let constructors = self.object.in_request.then(|| {
            let (methods, from, form) = (self.methods(), self.from(), self.form());
            quote!(#methods #from #form)
        });
        quote!(#structure #constructors)
    }

    fn structure(&self) -> TokenStream {
        let name = &self.name;
        let docs = docs::attributes(&docs::join([
            note(self.object.provisional),
            docs::with_sources(&self.object.docs),
        ]));
        // Only where `new` takes nothing: then the empty value is one that the vendor accepts.
        let default =
            (self.object.in_request && self.required().is_empty()).then(|| quote!(Default,));
        let is_form = self.object.form.is_some();
        let fields = self.fields.iter().map(|field| field.declaration(is_form));
        // A file is neither compared nor decoded, and has a schema nowhere else.
        let derives = match is_form {
            true => quote!(#[derive(Clone, Debug)]),
            false => quote! {
                #[derive(Clone, Debug, #default PartialEq, serde::Deserialize, serde::Serialize)]
                #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
            },
        };
        let rest = self.object.keeps_unknown.then(rest);
        quote! {
            #docs
            #derives
            #[non_exhaustive]
            pub struct #name {
                #(#fields)*
                #rest
            }
        }
    }

    /// The fields that must be given, in the order of the document.
    fn required(&self) -> Vec<&StructField<'p>> {
        let order = &self.object.required;
        let mut fields: Vec<_> = self.fields.iter().filter(|f| f.field.skip_if.is_none()).collect();
        fields.sort_by_key(|f| order.iter().position(|name| *name == f.field.wire));
        fields
    }

    fn methods(&self) -> TokenStream {
        let (arguments, given): (Vec<_>, Vec<_>) =
            self.required().iter().map(|f| f.argument()).unzip();
        let optional = || self.fields.iter().filter(|f| f.field.skip_if.is_some());
        let keeps_unknown = self.object.keeps_unknown;
        let rest = keeps_unknown.then(|| format_ident!("{REST}"));
        let left_out = optional().map(|f| &f.field.name).chain(&rest);
        let setters = optional().map(StructField::setter).chain(keeps_unknown.then(rest_setter));
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
        if !self.object.from_text {
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

impl StructField<'_> {
    fn declaration(&self, is_form: bool) -> TokenStream {
        let Self { field: Field { name, wire, skip_if, .. }, ty, docs, lenient } = self;
        if is_form {
            return quote!(#docs pub #name: #ty,);
        }
        let rename = (name != wire).then(|| quote!(rename = #wire));
        // An `Option` needs the word only where serde is told how to read it.
        let is_option = generic::<1>(ty, "Option").is_some();
        let has_default = if is_option { *lenient } else { skip_if.is_some() };
        let default = has_default.then(|| quote!(default));
        let skip = skip_if.as_ref().map(|skip| quote!(skip_serializing_if = #skip));
        let reader = "agent_threads_core::codegen::deserialize_integers";
        let read = lenient.then(|| quote!(deserialize_with = #reader));
        let words: Vec<_> = [rename, default, skip, read].into_iter().flatten().collect();
        let serde = (!words.is_empty()).then(|| quote!(#[serde(#(#words),*)]));
        quote!(#docs #serde pub #name: #ty,)
    }

    /// An argument of the constructor, and the initializer that it gives.
    fn argument(&self) -> (TokenStream, TokenStream) {
        let name = &self.field.name;
        let shape = shape(&self.ty);
        let (argument, convert) = (shape.argument, shape.convert);
        let given = if convert.is_empty() { quote!(#name) } else { quote!(#name: #name #convert) };
        (quote!(#name: #argument), given)
    }

    fn setter(&self) -> TokenStream {
        let (name, docs) = (&self.field.name, &self.docs);
        let inner = generic(&self.ty, "Option").map(|[inner]| inner);
        let shape = shape(inner.unwrap_or(&self.ty));
        let (argument, convert) = (shape.argument, shape.convert);
        let value = match inner {
            Some(_) => quote!(Some(value #convert)),
            None => quote!(value #convert),
        };
        quote! {
            #docs
            #[must_use]
            pub fn #name(mut self, value: #argument) -> Self {
                self.#name = #value;
                self
            }
        }
    }
}

/// The field for what the document does not list.
fn rest() -> TokenStream {
    let (name, docs) =
        (format_ident!("{REST}"), docs::attributes("The fields that are not listed here."));
    quote!(#docs #[serde(flatten)] pub #name: serde_json::Map<String, serde_json::Value>,)
}

fn rest_setter() -> TokenStream {
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

/// Whether a type is an integer, or an optional one, or a list or a map of them.
fn holds_integers(ty: &syn::Type) -> bool {
    let one = |name| generic(ty, name).map(|[inner]| inner);
    let inner = one("Option").or_else(|| one("Vec"));
    let inner = inner.or_else(|| generic(ty, "BTreeMap").map(|[_, value]| value));
    match inner {
        Some(inner) => holds_integers(inner),
        None => [syn::parse_quote!(i32), syn::parse_quote!(i64)].contains(ty),
    }
}

/// Takes out the path to the module in which the code will stand.
struct Local;

impl VisitMut for Local {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.segments.len() > 1 && path.segments.first().is_some_and(|s| s.ident == "types") {
            path.segments = path.segments.iter().skip(1).cloned().collect();
        }
        visit_mut::visit_path_mut(self, path);
    }
}
