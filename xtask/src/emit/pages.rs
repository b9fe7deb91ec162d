//! The part of a builder by which a list is read page after page.

use super::found;
use crate::cut::{Cut, Field, generic};
use crate::diagnostic::Failure;
use crate::docs;
use crate::plan::{Operation, Pagination, Plan, Turn};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};

/// A list that comes in pages.
pub(super) struct List<'p> {
    page: syn::Ident,
    turn: Turning<'p>,
    items: &'p Field,
    /// The name of the same field on servers that still use an earlier one.
    former: Option<&'p syn::Ident>,
    /// What the list is of.
    item: syn::Type,
}

/// How one page leads to the next.
enum Turning<'p> {
    Token { token: syn::Ident, next: &'p Field },
    Number { number: syn::Ident, size: Option<&'p str>, more: &'p Field },
}

impl<'p> List<'p> {
    pub(super) fn new(
        plan: &Plan,
        cut: &'p Cut,
        operation: &'p Operation,
    ) -> Result<Option<Self>, Failure> {
        let Some(Pagination { page, turn, items, former }) = &operation.pagination else {
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
        let turn = match turn {
            Turn::Token { token, next } => {
                Turning::Token { token: format_ident!("{token}"), next: field(next)? }
            }
            Turn::Number { number, size, more } => Turning::Number {
                number: format_ident!("{number}"),
                size: size.as_deref(),
                more: field(more)?,
            },
        };
        let items = field(items)?;
        let former = former.as_ref().map(field).transpose()?.map(|field| &field.name);
        let [item] = generic(present(&items.ty), "Vec").ok_or_else(|| missing(&items.wire))?;
        let mut item = item.clone();
        Qualified(plan).visit_type_mut(&mut item);
        Ok(Some(Self { page: format_ident!("{page}"), turn, items, former, item }))
    }

    /// The methods that give the list.
    pub(super) fn methods(&self) -> TokenStream {
        let Self { page, item, .. } = self;
        let (made, size) = match &self.turn {
            Turning::Token { .. } => (quote!(of), None),
            Turning::Number { size, .. } => (quote!(by_number), *size),
        };
        let size = size.map_or(String::new(), |size| {
            format!("How many come with each page is what [`{size}`](Self::{size}) asks for, as far as the vendor goes along.")
        });
        let pages = docs::attributes(&docs::join([docs::markdown(PAGES), docs::markdown(&size)]));
        let items = docs::attributes(&docs::join([docs::markdown(ITEMS), docs::markdown(&size)]));
        quote! {
            #pages
            pub fn pages(self) -> Pages<types::#page> {
                Pages::#made(self)
            }

            #items
            pub fn items(self) -> Items<#item> {
                Items::#made(self)
            }
        }
    }

    /// What the runtime has to know of the list.
    pub(super) fn paged(&self, builder: &syn::Ident) -> TokenStream {
        let Self { page, item, .. } = self;
        let (of, turning) = match &self.turn {
            Turning::Token { token, next } => (quote!(Paged), by_token(token, next)),
            Turning::Number { number, more, .. } => {
                (quote!(Numbered), by_number(number, more, self.items))
            }
        };
        let items = &self.items.name;
        let items = match is_optional(self.items) {
            true => {
                let former = self.former.map(|former| quote!(.or(page.#former)));
                quote!(page.#items #former .unwrap_or_default())
            }
            false => quote!(page.#items),
        };
        quote! {
            impl codegen::#of for #builder {
                type Page = types::#page;
                type Item = #item;
                const OPERATION: &'static Operation = &Self::OPERATION;

                #turning

                fn items(page: Self::Page) -> Vec<Self::Item> {
                    #items
                }
            }
        }
    }
}

const PAGES: &str = "The pages of the list as they are polled for, from this one on. All else that is set stays the same.";

const ITEMS: &str = "What the list holds, page after page as it is polled for, from this page on. All else that is set \
                     stays the same.";

fn by_token(token: &syn::Ident, next: &Field) -> TokenStream {
    let name = &next.name;
    let next = match is_optional(next) {
        true => quote!(page.#name.as_deref()),
        false => quote!(Some(&page.#name)),
    };
    quote! {
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
    }
}

fn by_number(number: &syn::Ident, more: &Field, items: &Field) -> TokenStream {
    let (more_name, items_name) = (&more.name, &items.name);
    let more = match is_optional(more) {
        true => quote!(page.#more_name == Some(true)),
        false => quote!(page.#more_name),
    };
    let is_empty = match is_optional(items) {
        true => quote!(page.#items_name.as_ref().is_none_or(Vec::is_empty)),
        false => quote!(page.#items_name.is_empty()),
    };
    quote! {
        fn page(&self) -> Option<i64> {
            self.#number
        }

        fn fetch(&self, page: i64) -> BoxFuture<'static, Result<Response<Self::Page>, Error>> {
            let mut request = self.clone();
            request.#number = Some(page);
            Box::pin(request.send())
        }

        fn more(page: &Self::Page) -> bool {
            #more
        }

        fn is_empty(page: &Self::Page) -> bool {
            #is_empty
        }
    }
}

fn is_optional(field: &Field) -> bool {
    generic::<1>(&field.ty, "Option").is_some()
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
