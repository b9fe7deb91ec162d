//! The values that a builder holds: what callers pass, and what they set.

use super::events::cursor_setter;
use super::shape::{is_copy, shape};
use crate::cut::Argument;
use crate::docs;
use crate::plan::{Body, Docs, Parameter};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// A value that a builder holds.
pub(super) struct BuilderArgument<'p> {
    pub(super) argument: &'p Argument,
    pub(super) docs: &'p Docs,
    pub(super) optional: bool,
    /// Whether it stands in the path.
    pub(super) in_path: bool,
    /// Whether it says after which event a stream goes on.
    pub(super) is_cursor: bool,
    /// Whether it has no meaning for this answer or is the client's, and is never given.
    pub(super) unused: bool,
    /// Its place among what the client is bound to.
    pub(super) bound: Option<usize>,
    /// The characters that the vendor refuses in it.
    without: Option<&'p str>,
}

impl<'p> BuilderArgument<'p> {
    pub(super) fn body(argument: &'p Argument, body: &'p Body) -> Self {
        Self {
            argument,
            docs: &body.docs,
            optional: !body.required,
            in_path: false,
            is_cursor: false,
            unused: false,
            bound: None,
            without: None,
        }
    }

    pub(super) fn parameter(
        argument: &'p Argument,
        parameter: &'p Parameter,
        streams: bool,
    ) -> Self {
        Self {
            argument,
            docs: &parameter.docs,
            optional: argument.optional,
            in_path: parameter.in_path,
            is_cursor: parameter.is_cursor,
            unused: parameter.is_cursor && !streams || parameter.bound.is_some(),
            bound: parameter.bound,
            without: parameter.without.as_deref(),
        }
    }

    pub(super) fn is_body(&self) -> bool {
        self.argument.name == "body"
    }

    /// An argument of the client's method, and the initializer that it gives.
    pub(super) fn given(&self) -> (TokenStream, TokenStream) {
        let name = &self.argument.name;
        let shape = shape(&self.argument.owned);
        let (argument, convert) = (shape.argument, shape.convert);
        let given = if convert.is_empty() { quote!(#name) } else { quote!(#name: #name #convert) };
        (quote!(#name: #argument), given)
    }

    pub(super) fn listed(&self) -> String {
        listed(&format!("`{}`", self.argument.name), self.docs)
    }

    pub(super) fn field(&self) -> TokenStream {
        let (name, ty) = (&self.argument.name, &self.argument.owned);
        match self.optional {
            true => quote!(#name: Option<#ty>,),
            false => quote!(#name: #ty,),
        }
    }

    pub(super) fn setter(&self) -> TokenStream {
        if self.is_cursor {
            return cursor_setter(self.docs);
        }
        let name = &self.argument.name;
        let docs = docs::attributes(&docs::with_sources_below(self.docs));
        let shape = shape(&self.argument.owned);
        let (argument, convert) = (shape.argument, shape.convert);
        quote! {
            #docs
            pub fn #name(mut self, value: #argument) -> Self {
                self.#name = Some(value #convert);
                self
            }
        }
    }

    /// The expression that lends the value that the client is bound to.
    fn bound_value(&self) -> Option<TokenStream> {
        let index = Literal::usize_unsuffixed(self.bound?);
        Some(quote!(self.core.parameter(#index)))
    }

    /// What refuses a value that cannot stand in the path.
    pub(super) fn check(&self) -> TokenStream {
        let (name, text) = (&self.argument.name, self.argument.name.to_string());
        let value = self.bound_value().unwrap_or_else(|| quote!(self.#name));
        match self.without {
            None => quote!(codegen::path_parameter(&Self::OPERATION, #text, &#value)?;),
            Some(without) => {
                quote!(codegen::path_parameter_without(&Self::OPERATION, #text, &#value, #without)?;)
            }
        }
    }

    /// The expression that lends the value to the function that builds the request.
    pub(super) fn passed(&self) -> TokenStream {
        if let Some(value) = self.bound_value() {
            return value;
        }
        if self.unused {
            return quote!(None);
        }
        let Argument { name, owned, .. } = self.argument;
        let is_text = quote!(#owned).to_string() == "String";
        match (is_copy(owned), self.optional) {
            (true, _) => quote!(self.#name),
            (false, true) if is_text => quote!(self.#name.as_deref()),
            (false, true) => quote!(self.#name.as_ref()),
            (false, false) => quote!(&self.#name),
        }
    }
}

/// An item of a list, on a line of its own.
pub(super) fn listed(label: &str, docs: &Docs) -> String {
    docs::item(&format!("{label}: {}", docs::with_sources_beside(docs)))
}
