//! The fields of structs.

use super::forms;
use super::shape::shape;
use crate::cut::{Field, generic};
use crate::docs;
use crate::plan::{Object, Plan};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeSet;
use syn::visit_mut::{self, VisitMut};

/// A field to be written.
pub(super) struct StructField<'p> {
    pub(super) field: &'p Field,
    pub(super) ty: syn::Type,
    docs: TokenStream,
    /// Whether it holds integers that a server may have written as `42.0`.
    pub(super) lenient: bool,
    /// Whether it is a string that names a choice, perhaps one that is not known.
    pub(super) is_choice: bool,
    /// Whether it is never shown.
    pub(super) is_secret: bool,
}

/// The open enums of a document.
pub(super) struct Choices<'p>(BTreeSet<&'p str>);

impl<'p> Choices<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        Self(plan.enums.iter().map(|choice| choice.name.as_str()).collect())
    }

    /// Whether a type is one of them, or an optional one.
    fn contains(&self, ty: &syn::Type) -> bool {
        let ty = generic(ty, "Option").map_or(ty, |[inner]| inner);
        match ty {
            syn::Type::Path(path) => {
                let name = path.path.get_ident().map(ToString::to_string);
                name.is_some_and(|name| self.0.contains(name.as_str()))
            }
            _ => false,
        }
    }
}

/// How the code around a field writes and reads it.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// As a part of a form.
    Multipart,
    /// By a reader of names and places, and what serde derives for writing.
    Derived,
    /// By code of its own, which keeps what is not listed.
    Open,
}

impl<'p> StructField<'p> {
    pub(super) fn new(object: &'p Object, field: &'p Field, choices: &Choices<'_>) -> Self {
        let mut ty = field.ty.clone();
        Local.visit_type_mut(&mut ty);
        if forms::is_file(object, field) {
            ty = forms::file_type();
        }
        if object.pieces.contains(&field.wire) {
            Piece.visit_type_mut(&mut ty);
        }
        let docs = object.fields.get(&field.wire).map(docs::with_sources_below).unwrap_or_default();
        Self {
            lenient: object.in_answer && holds_integers(&ty),
            is_choice: choices.contains(&ty),
            is_secret: object.secrets.contains(&field.wire),
            field,
            ty,
            docs: docs::attributes(&docs),
        }
    }

    pub(super) fn is_option(&self) -> bool {
        generic::<1>(&self.ty, "Option").is_some()
    }

    pub(super) fn declaration(&self, form: Form) -> TokenStream {
        let Self { field: Field { name, .. }, ty, docs, .. } = self;
        let attributes = match form {
            Form::Multipart => None,
            Form::Derived => self.serde_attributes(),
            Form::Open => self.schema_attributes(),
        };
        quote!(#docs #attributes pub #name: #ty,)
    }

    fn serde_attributes(&self) -> Option<TokenStream> {
        let skip = self.field.skip_if.as_ref().map(|skip| quote!(skip_serializing_if = #skip));
        let words: Vec<_> = [self.rename(), skip].into_iter().flatten().collect();
        let serde = (!words.is_empty()).then(|| quote!(#[serde(#(#words),*)]));
        let schema: Vec<_> =
            [self.schema_default(), self.schema_type()].into_iter().flatten().collect();
        let schema = (!schema.is_empty())
            .then(|| quote!(#[cfg_attr(feature = "schemars", schemars(#(#schema),*))]));
        Some(quote!(#serde #schema))
    }

    /// What the schema has to be told where serde is not.
    fn schema_attributes(&self) -> Option<TokenStream> {
        let words = [self.rename(), self.schema_default(), self.schema_type()];
        let words: Vec<_> = words.into_iter().flatten().collect();
        (!words.is_empty())
            .then(|| quote!(#[cfg_attr(feature = "schemars", schemars(#(#words),*))]))
    }

    /// What is left out where it is empty is not required.
    fn schema_default(&self) -> Option<TokenStream> {
        let has_default = !self.is_option() && self.field.skip_if.is_some();
        has_default.then(|| quote!(default))
    }

    fn rename(&self) -> Option<TokenStream> {
        let Field { name, wire, .. } = self.field;
        (name != wire).then(|| quote!(rename = #wire))
    }

    /// The type that stands in the schema for one that has none of its own.
    fn schema_type(&self) -> Option<TokenStream> {
        let ty = &self.ty;
        let is_piece = quote!(#ty).to_string().contains("TextPiece");
        let shown = if self.is_option() { "Option<String>" } else { "String" };
        is_piece.then(|| quote!(with = #shown))
    }

    /// An argument of the constructor, and the initializer that it gives.
    pub(super) fn argument(&self) -> (TokenStream, TokenStream) {
        let name = &self.field.name;
        let shape = shape(&self.ty);
        let (argument, convert) = (shape.argument, shape.convert);
        let given = if convert.is_empty() { quote!(#name) } else { quote!(#name: #name #convert) };
        (quote!(#name: #argument), given)
    }

    pub(super) fn setter(&self) -> TokenStream {
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

/// Puts the type of texts that are cut within a character in place of that of texts.
struct Piece;

impl VisitMut for Piece {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.is_ident("String") {
            *path = syn::parse_quote!(agent_threads_core::TextPiece);
        }
        visit_mut::visit_path_mut(self, path);
    }
}
