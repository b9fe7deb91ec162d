//! What is there only with the feature for what is uncertain.

use proc_macro2::TokenStream;
use quote::quote;

/// What is said of each item behind the feature.
pub(super) const NOTE: &str =
    "Only with the feature `provisional`: it may change or go in any release.";

/// The condition that stands before an item.
pub(super) fn condition() -> TokenStream {
    quote!(#[cfg(feature = "provisional")])
}

/// Items, each behind the feature if they are provisional.
pub(super) fn gated(provisional: bool, items: TokenStream) -> TokenStream {
    if !provisional {
        return items;
    }
    // What does not parse goes on as it is, to the place where that is reported.
    match syn::parse2::<syn::File>(items.clone()) {
        Ok(file) => {
            let (condition, items) = (condition(), file.items);
            quote!(#(#condition #items)*)
        }
        Err(_) => items,
    }
}

/// An import, if anything needs it, behind the feature if nothing else does.
pub(super) fn import(certain: bool, at_all: bool, import: TokenStream) -> TokenStream {
    match at_all {
        true => gated(!certain, import),
        false => quote!(),
    }
}

/// The paragraph for the docs of a provisional item.
pub(super) fn note(provisional: bool) -> String {
    let note = if provisional { NOTE } else { "" };
    note.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_has_the_condition() {
        let items = quote!(
            struct A;
            #[doc = "x"]
            impl A {}
        );
        assert_eq!(gated(false, items.clone()).to_string(), items.to_string());
        let condition = condition();
        let expected = quote!(#condition struct A; #condition #[doc = "x"] impl A {});
        assert_eq!(gated(true, items).to_string(), expected.to_string());
    }

    #[test]
    fn an_import_is_there_when_it_is_needed() {
        let used = |certain, at_all| {
            import(
                certain,
                at_all,
                quote!(
                    use a::B;
                ),
            )
            .to_string()
        };
        let condition = condition();
        assert_eq!(
            used(true, true),
            quote!(
                use a::B;
            )
            .to_string()
        );
        assert_eq!(used(false, true), quote!(#condition use a::B;).to_string());
        assert_eq!(used(false, false), "");
    }
}
