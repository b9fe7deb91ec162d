//! How a caller passes a value of some type.

use crate::cut::generic;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Type;

/// What an argument of a public function looks like, and what makes the value of it.
pub(super) struct Shape {
    /// The type of the argument.
    pub(super) argument: TokenStream,
    /// What follows the argument's name to make the value.
    pub(super) convert: TokenStream,
}

/// The most convenient argument for a type: what converts into it, or for a collection what can be collected into it.
pub(super) fn shape(ty: &Type) -> Shape {
    if let Some([item]) = generic(ty, "Vec") {
        let item_argument = item_argument(item);
        let map = if is_copy(item) { quote!() } else { quote!(.map(Into::into)) };
        return Shape {
            argument: quote!(impl IntoIterator<Item = #item_argument>),
            convert: quote!(.into_iter() #map .collect()),
        };
    }
    if let Some([_, value]) = generic(ty, "BTreeMap").or_else(|| generic(ty, "Map")) {
        let value_argument = item_argument(value);
        let into = if is_copy(value) { quote!(value) } else { quote!(value.into()) };
        return Shape {
            argument: quote!(impl IntoIterator<Item = (impl Into<String>, #value_argument)>),
            convert: quote!(.into_iter().map(|(key, value)| (key.into(), #into)).collect()),
        };
    }
    match is_copy(ty) {
        true => Shape { argument: ty.to_token_stream(), convert: quote!() },
        false => Shape { argument: quote!(impl Into<#ty>), convert: quote!(.into()) },
    }
}

/// Whether a type is a number or a flag, for which `impl Into` would only hide what is wanted.
pub(super) fn is_copy(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let plain = ["bool", "f32", "f64", "i32", "i64"];
    path.path.get_ident().is_some_and(|name| plain.iter().any(|p| name == p))
}

fn item_argument(item: &Type) -> TokenStream {
    match is_copy(item) {
        true => item.to_token_stream(),
        false => quote!(impl Into<#item>),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn arguments_are_what_converts() {
        let argument = |ty: Type| shape(&ty).argument.to_string().replace(' ', "");
        assert_eq!(argument(parse_quote!(String)), "implInto<String>");
        assert_eq!(argument(parse_quote!(i64)), "i64");
        assert_eq!(argument(parse_quote!(Vec<String>)), "implIntoIterator<Item=implInto<String>>");
        assert_eq!(argument(parse_quote!(Vec<f64>)), "implIntoIterator<Item=f64>");
        assert_eq!(
            argument(parse_quote!(::std::collections::BTreeMap<String, bool>)),
            "implIntoIterator<Item=(implInto<String>,bool)>"
        );
        assert_eq!(argument(parse_quote!(Option<String>)), "implInto<Option<String>>");
    }
}
