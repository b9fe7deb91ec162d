//! The fields of a body that the call sets itself.

use super::found;
use crate::cut::{Cut, Field, generic};
use crate::diagnostic::Failure;
use crate::plan::{Operation, Plan};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};
use serde_json::Value;

/// The statements that set what the call itself sets in its body.
pub(super) fn preset(
    plan: &Plan,
    cut: &Cut,
    operation: &Operation,
) -> Result<Vec<TokenStream>, Failure> {
    let Some(body) = operation.body.as_ref().filter(|body| !body.preset.is_empty()) else {
        return Ok(Vec::new());
    };
    let fields = found(&cut.structs, &body.schema, plan)?;
    let statement = |(wire, value): &(String, Value)| {
        let message = || format!("progenitor changed: `{}` has no field for `{wire}`", body.schema);
        let field = fields.iter().find(|field| field.wire == *wire);
        field
            .map(|field| preset_field(field, value))
            .ok_or_else(|| Failure::new(&plan.file, message()))
    };
    body.preset.iter().map(statement).collect()
}

fn preset_field(field: &Field, value: &Value) -> TokenStream {
    let name = &field.name;
    let inner = generic(&field.ty, "Option").map(|[inner]| inner);
    let value = match value {
        Value::Bool(flag) => quote!(#flag),
        Value::Number(number) => literal(number, inner.unwrap_or(&field.ty)),
        other => {
            let text = other.as_str().unwrap_or_default();
            quote!(#text.into())
        }
    };
    match inner {
        Some(_) => quote!(body.#name = Some(#value);),
        None => quote!(body.#name = #value;),
    }
}

fn literal(number: &serde_json::Number, ty: &syn::Type) -> TokenStream {
    let ty = ty.to_token_stream().to_string();
    match number.as_i64() {
        Some(number) if ty != "f32" && ty != "f64" => {
            Literal::i64_unsuffixed(number).to_token_stream()
        }
        _ => Literal::f64_unsuffixed(number.as_f64().unwrap_or_default()).to_token_stream(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::format_ident;
    use serde_json::json;
    use syn::parse_quote;

    #[test]
    fn a_field_that_is_set_gets_a_value_of_its_type() {
        let set = |ty: syn::Type, value: Value| {
            let name = format_ident!("field");
            let field = Field { name, wire: "field".into(), ty, skip_if: None };
            preset_field(&field, &value).to_string().replace(' ', "")
        };
        assert_eq!(set(parse_quote!(Option<bool>), json!(true)), "body.field=Some(true);");
        assert_eq!(set(parse_quote!(bool), json!(false)), "body.field=false;");
        assert_eq!(set(parse_quote!(Option<i32>), json!(-5)), "body.field=Some(-5);");
        assert_eq!(set(parse_quote!(f64), json!(5)), "body.field=5.0;");
        assert_eq!(set(parse_quote!(Option<f32>), json!(0.5)), "body.field=Some(0.5);");
        assert_eq!(
            set(parse_quote!(Option<types::Order>), json!("newest")),
            "body.field=Some(\"newest\".into());"
        );
    }
}
