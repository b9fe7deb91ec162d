//! The part of a builder by which a list is read page after page.

use super::found;
use crate::cut::{Cut, Field, generic};
use crate::diagnostic::Failure;
use crate::plan::{Operation, Pagination, Plan};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};

/// A list that comes in pages.
pub(super) struct List<'p> {
    token: syn::Ident,
    page: syn::Ident,
    next: &'p Field,
    items: &'p Field,
    /// The name of the same field on servers that still use an earlier one.
    former: Option<&'p syn::Ident>,
    /// What the list is of.
    item: syn::Type,
}

impl<'p> List<'p> {
    pub(super) fn new(
        plan: &Plan,
        cut: &'p Cut,
        operation: &Operation,
    ) -> Result<Option<Self>, Failure> {
        let Some(Pagination { token, page, next, items, former }) = &operation.pagination else {
            return Ok(None);
        };
        let fields = found(&cut.structs, page, plan)?;
        let missing = |wire: &str| {
            let message = format!("progenitor changed: `{page}` has no fit field for `{wire}`");
            Failure::new(&plan.file, message)
        };
        let field = |wire: &String| {
            fields.iter().find(|field| field.wire == *wire).ok_or_else(|| missing(wire))
        };
        let (next, items) = (field(next)?, field(items)?);
        let former = former.as_ref().map(field).transpose()?.map(|field| &field.name);
        let [item] = generic(present(&items.ty), "Vec").ok_or_else(|| missing(&items.wire))?;
        let mut item = item.clone();
        Qualified(plan).visit_type_mut(&mut item);
        let (token, page) = (format_ident!("{token}"), format_ident!("{page}"));
        Ok(Some(Self { token, page, next, items, former, item }))
    }

    /// The methods that give the list.
    pub(super) fn methods(&self) -> TokenStream {
        let Self { page, item, .. } = self;
        quote! {
            /// The pages of the list as they are polled for, from this one on. All else that is set stays the same.
            pub fn pages(self) -> Pages<types::#page> {
                Pages::of(self)
            }

            /// What the list holds, page after page as it is polled for, from this page on. All else that is set stays
            /// the same.
            pub fn items(self) -> Items<#item> {
                Items::of(self)
            }
        }
    }

    /// What the runtime has to know of the list.
    pub(super) fn paged(&self, builder: &syn::Ident) -> TokenStream {
        let Self { token, page, item, .. } = self;
        let next = &self.next.name;
        let next = match generic::<1>(&self.next.ty, "Option") {
            Some(_) => quote!(page.#next.as_deref()),
            None => quote!(Some(&page.#next)),
        };
        let items = &self.items.name;
        let items = match generic::<1>(&self.items.ty, "Option") {
            Some(_) => {
                let former = self.former.map(|former| quote!(.or(page.#former)));
                quote!(page.#items #former .unwrap_or_default())
            }
            None => quote!(page.#items),
        };
        quote! {
            impl codegen::Paged for #builder {
                type Page = types::#page;
                type Item = #item;
                const OPERATION: &'static Operation = &Self::OPERATION;

                fn token(&self) -> Option<String> {
                    self.#token.clone()
                }

                fn fetch(&self, token: Option<String>) -> BoxFuture<'static, Result<Self::Page, Error>> {
                    let mut request = self.clone();
                    request.#token = token;
                    request.into_future()
                }

                fn next(page: &Self::Page) -> Option<&str> {
                    #next
                }

                fn items(page: Self::Page) -> Vec<Self::Item> {
                    #items
                }
            }
        }
    }
}

/// Puts the module before the names of structs, which stand bare where typify wrote them.
struct Qualified<'p>(&'p Plan);

impl VisitMut for Qualified<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let is_struct = |name: &syn::Ident| self.0.objects.contains_key(&name.to_string());
        if let Some(name) = path.get_ident().filter(|name| is_struct(name)) {
            *path = syn::parse_quote!(types::#name);
        }
        visit_mut::visit_path_mut(self, path);
    }
}

/// A type without `Option`.
fn present(ty: &syn::Type) -> &syn::Type {
    generic(ty, "Option").map_or(ty, |[inner]| inner)
}
