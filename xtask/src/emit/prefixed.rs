//! Structs of arms that are chosen by how their tag begins.

use crate::docs;
use crate::plan::Prefix;
use proc_macro2::TokenStream;
use quote::quote;

/// The field that holds the whole tag.
pub(super) fn field(Prefix { tag, .. }: &Prefix) -> TokenStream {
    quote! {
        #[cfg_attr(feature = "schemars", schemars(rename = #tag))]
        pub(super) tag: String,
    }
}

/// The first argument of the constructor, and the initializer that it gives.
pub(super) fn argument(Prefix { prefix, .. }: &Prefix) -> (TokenStream, TokenStream) {
    let tag = quote!(tag: [#prefix, name.as_ref()].concat());
    (quote!(name: impl AsRef<str>), tag)
}

/// The methods that tell the rest of the tag and, where a caller makes such a value, set it.
pub(super) fn methods(name: &syn::Ident, prefix: &Prefix, in_request: bool) -> TokenStream {
    let Prefix { tag, prefix } = prefix;
    let tells = docs::attributes(&format!("The name: what stands behind `{prefix}` in `{tag}`."));
    let sets =
        docs::attributes(&format!("Sets the name, which stands behind `{prefix}` in `{tag}`."));
    let set_name = in_request.then(|| {
        quote! {
            #sets
            pub fn set_name(&mut self, name: impl AsRef<str>) {
                self.tag = [#prefix, name.as_ref()].concat();
            }
        }
    });
    quote! {
        impl #name {
            #tells
            pub fn name(&self) -> &str {
                self.tag.strip_prefix(#prefix).unwrap_or(&self.tag)
            }

            #set_name
        }
    }
}
