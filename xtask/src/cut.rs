//! What is taken from progenitor: the fields of structs, and how each request is built. All else that it writes is left.
//!
//! The version is pinned. Where its output is not what this module expects, it says so and names the place.

use crate::diagnostic::Failure;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use quote::ToTokens as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit_mut::{self, VisitMut};

/// The parts of progenitor's output that are used.
#[derive(Debug)]
pub(crate) struct Cut {
    /// By name.
    pub(crate) structs: BTreeMap<String, Vec<Field>>,
    /// By name.
    pub(crate) functions: BTreeMap<String, Function>,
}

/// A field of a struct.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: syn::Ident,
    pub(crate) wire: String,
    pub(crate) ty: syn::Type,
    /// The function that says whether the field is left out, where it may be.
    pub(crate) skip_if: Option<String>,
}

/// A function that builds a request.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) arguments: Vec<Argument>,
    /// `let url = ...;`
    pub(crate) url: syn::Stmt,
    /// What adds headers to `request`, by `add_header`.
    pub(crate) headers: Vec<syn::Stmt>,
    /// The calls on the HTTP client, first to last, without the body, the headers and the end.
    pub(crate) calls: Vec<Call>,
}

/// An argument of a function that builds a request.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    pub(crate) name: syn::Ident,
    /// As it is passed, without lifetimes.
    pub(crate) passed: syn::Type,
    /// As a caller of ours owns it, without `Option`.
    pub(crate) owned: syn::Type,
    pub(crate) optional: bool,
}

/// A method call in a chain.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: syn::Ident,
    pub(crate) arguments: Vec<syn::Expr>,
}

/// Runs progenitor on a projected document. `open` are the types that the generator writes itself.
pub(crate) fn cut(projected: Value, open: &BTreeSet<&str>, spec: &str) -> Result<Cut, Failure> {
    let document: openapiv3::OpenAPI = serde_json::from_value(projected).map_err(|e| {
        Failure::new(spec, format!("is not the OpenAPI 3.0 that progenitor reads: {e}"))
    })?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_map_type("::std::collections::BTreeMap");
    for name in open {
        // A path parameter is written by its `Display`; claiming it for all is harmless, as no union is a parameter.
        settings.with_replacement(name, format!("types::{name}"), [TypeImpl::Display].into_iter());
    }
    let tokens = Generator::new(&settings)
        .generate_tokens(&document)
        .map_err(|e| Failure::new(spec, format!("progenitor: {e}")))?;
    read(tokens).map_err(|what| Failure::new(spec, format!("progenitor changed: {what}")))
}

fn read(tokens: TokenStream) -> Result<Cut, String> {
    let file: syn::File =
        syn::parse2(tokens).map_err(|e| format!("its output does not parse: {e}"))?;
    let mut cut = Cut { structs: BTreeMap::new(), functions: BTreeMap::new() };
    for item in file.items {
        match item {
            syn::Item::Mod(module) if module.ident == "types" => {
                for item in module.content.into_iter().flat_map(|(_, items)| items) {
                    if let syn::Item::Struct(item) = item {
                        cut.structs.insert(item.ident.to_string(), fields(item)?);
                    }
                }
            }
            syn::Item::Impl(block) if block.trait_.is_none() => {
                for item in block.items {
                    if let syn::ImplItem::Fn(item) = item
                        && item.sig.asyncness.is_some()
                    {
                        cut.functions.insert(item.sig.ident.to_string(), function(item)?);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(cut)
}

fn fields(item: syn::ItemStruct) -> Result<Vec<Field>, String> {
    let name = item.ident;
    match item.fields {
        syn::Fields::Named(fields) => fields.named.into_iter().map(field).collect(),
        _ => Err(format!("`{name}` is not a struct with named fields")),
    }
}

fn field(field: syn::Field) -> Result<Field, String> {
    let name = field.ident.ok_or("a field without a name")?;
    let mut out = Field { wire: name.to_string(), name, ty: field.ty, skip_if: None };
    Tidy.visit_type_mut(&mut out.ty);
    for attribute in field.attrs.iter().filter(|a| a.path().is_ident("serde")) {
        attribute
            .parse_nested_meta(|meta| {
                let text = match meta.input.peek(syn::Token![=]) {
                    true => meta.value()?.parse::<syn::LitStr>()?.value(),
                    false => String::new(),
                };
                if meta.path.is_ident("rename") {
                    out.wire = text;
                } else if meta.path.is_ident("skip_serializing_if") {
                    out.skip_if = Some(tidy_path(&text));
                } else if !meta.path.is_ident("default") && !meta.path.is_ident("deserialize_with")
                {
                    return Err(meta.error("an unknown serde attribute"));
                }
                Ok(())
            })
            .map_err(|e| format!("the field `{}`: {e}", out.name))?;
    }
    Ok(out)
}

fn tidy_path(path: &str) -> String {
    match syn::parse_str::<syn::Path>(path) {
        Ok(mut path) => {
            Tidy.visit_path_mut(&mut path);
            path.to_token_stream().to_string().replace(' ', "")
        }
        Err(_) => path.to_owned(),
    }
}

fn function(item: syn::ImplItemFn) -> Result<Function, String> {
    let name = item.sig.ident.to_string();
    let arguments: Result<Vec<_>, String> =
        item.sig.inputs.into_iter().filter_map(typed).map(argument).collect();
    let at = item.block.stmts.iter().position(|statement| built(statement).is_some());
    let at = at.ok_or_else(|| format!("`{name}` has no request statement"))?;
    let mut statements = item.block.stmts;
    let calls = statements.get(at).and_then(built).map(chain).unwrap_or_default();
    statements.truncate(at);
    let url = match statements.is_empty() {
        true => return Err(format!("`{name}` has no URL statement")),
        false => statements.remove(0),
    };
    let (version, mut headers): (Vec<_>, Vec<_>) = statements.into_iter().partition(is_version);
    if version.len() != 1 || headers.is_empty() {
        return Err(format!("`{name}` does not fill its headers as before"));
    }
    // The map itself: its capacity counts the version header that is gone.
    headers.remove(0);
    let mut added = Added { all: true };
    headers.iter_mut().for_each(|statement| added.visit_stmt_mut(statement));
    if !added.all {
        return Err(format!("`{name}` does not fill its headers as before"));
    }
    Ok(Function {
        arguments: arguments.map_err(|what| format!("`{name}`: {what}"))?,
        url,
        headers,
        calls: own_calls(&name, calls)?,
    })
}

/// The expression of `let mut request = ....build()?;`.
fn built(statement: &syn::Stmt) -> Option<&syn::ExprMethodCall> {
    let syn::Stmt::Local(local) = statement else { return None };
    let syn::Expr::Try(tried) = &*local.init.as_ref()?.expr else { return None };
    match &*tried.expr {
        syn::Expr::MethodCall(call) if call.method == "build" => Some(call),
        _ => None,
    }
}

/// The calls of a chain, first to last.
fn chain(last: &syn::ExprMethodCall) -> Vec<Call> {
    let mut calls = match &*last.receiver {
        syn::Expr::MethodCall(call) => chain(call),
        _ => Vec::new(),
    };
    calls
        .push(Call { method: last.method.clone(), arguments: last.args.iter().cloned().collect() });
    calls
}

/// Progenitor sends its own version of the API on every request; no vendor asked for that.
fn is_version(statement: &syn::Stmt) -> bool {
    statement.to_token_stream().to_string().contains("\"api-version\"")
}

/// Makes `add_header(&mut request, n, &v)?` of `header_map.append(n, v.try_into()?)`: a map would be compiled for each crate
/// that fills one.
struct Added {
    /// Whether each call was such a one.
    all: bool,
}

impl VisitMut for Added {
    fn visit_expr_mut(&mut self, expression: &mut syn::Expr) {
        match appended(expression) {
            Some((name, value)) => {
                *expression = syn::parse_quote!(add_header(&mut request, #name, &#value)?);
            }
            None if matches!(expression, syn::Expr::MethodCall(_)) => self.all = false,
            None => visit_mut::visit_expr_mut(self, expression),
        }
    }
}

/// The name and the value of a header that is appended.
fn appended(expression: &syn::Expr) -> Option<(syn::Expr, syn::Expr)> {
    let syn::Expr::MethodCall(call) = expression else { return None };
    let mut arguments = call.args.iter();
    let (name, value) = (arguments.next()?, arguments.next()?);
    let syn::Expr::Try(value) = value else { return None };
    let syn::Expr::MethodCall(value) = &*value.expr else { return None };
    let as_before = call.method == "append" && value.method == "try_into";
    as_before.then(|| (name.clone(), (*value.receiver).clone()))
}

fn own_calls(name: &str, calls: Vec<Call>) -> Result<Vec<Call>, String> {
    let mut own = Vec::new();
    for (index, call) in calls.into_iter().enumerate() {
        match call.method.to_string().as_str() {
            "json" | "headers" | "build" => {}
            "query" => own.push(call),
            _ if index == 0 => own.push(call),
            other => return Err(format!("`{name}` calls `{other}`")),
        }
    }
    Ok(own)
}

fn typed(argument: syn::FnArg) -> Option<syn::PatType> {
    match argument {
        syn::FnArg::Typed(typed) => Some(typed),
        syn::FnArg::Receiver(_) => None,
    }
}

fn argument(argument: syn::PatType) -> Result<Argument, String> {
    let syn::Pat::Ident(name) = *argument.pat else {
        return Err("an argument that is not a name".into());
    };
    let mut passed = *argument.ty;
    Tidy.visit_type_mut(&mut passed);
    let (inner, optional) = match generic(&passed, "Option") {
        Some([inner]) => (inner.clone(), true),
        _ => (passed.clone(), false),
    };
    let owned = match inner {
        syn::Type::Reference(reference) => match *reference.elem {
            syn::Type::Path(path) if path.path.is_ident("str") => syn::parse_quote!(String),
            other => other,
        },
        other => other,
    };
    Ok(Argument { name: name.ident, passed, owned, optional })
}

/// The type arguments of a type whose last segment is this.
pub(crate) fn generic<'t, const N: usize>(
    ty: &'t syn::Type,
    name: &str,
) -> Option<[&'t syn::Type; N]> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect::<Vec<_>>().try_into().ok()
}

/// Takes out what makes code safe to paste anywhere: lifetimes that elision gives back, and paths to what the prelude has.
struct Tidy;

impl VisitMut for Tidy {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        reference.lifetime = None;
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        path.leading_colon = None;
        let in_std = path.segments.first().is_some_and(|s| s.ident == "std");
        let prelude = ["Option", "String", "Vec", "Box"];
        if in_std
            && let Some(at) =
                path.segments.iter().position(|s| prelude.iter().any(|p| s.ident == p))
        {
            path.segments = path.segments.iter().skip(at).cloned().collect();
        }
        visit_mut::visit_path_mut(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;
    use crate::project::project;
    use crate::spec::Spec;
    use quote::quote;

    fn good() -> Cut {
        let spec = Spec::parse(include_str!("lint/good.yaml"), "good.yaml").unwrap();
        let plan = plan(&spec);
        cut(project(&spec, &plan), &plan.open_types(), "good.yaml").unwrap()
    }

    fn text(tokens: impl quote::ToTokens) -> String {
        tokens.to_token_stream().to_string().replace(' ', "")
    }

    #[test]
    fn structs_are_read() {
        let structs = good().structs;
        let notes: Vec<_> = structs.keys().filter(|name| name.contains("Note")).collect();
        assert_eq!(notes, ["FoundNote", "NewNote", "Note"]);
        let note: Vec<_> = structs["Note"]
            .iter()
            .map(|f| (f.wire.as_str(), text(&f.ty), f.skip_if.as_deref()))
            .collect();
        assert_eq!(
            note,
            [
                ("color", "types::Color".to_owned(), None),
                ("id", "String".to_owned(), None),
                ("labels", "Option<Vec<String>>".to_owned(), Some("Option::is_none")),
                ("parts", "Vec<types::Part>".to_owned(), None),
            ]
        );
        assert_eq!(structs["NewNote"][0].skip_if.as_deref(), Some("Vec::is_empty"));
        assert!(structs["RulePart"].is_empty());
    }

    #[test]
    fn functions_are_cut_down_to_the_request() {
        let functions = good().functions;
        let get = &functions["get_note"];
        assert_eq!(
            text(&get.url),
            r#"leturl=format!("{}/notes/{}",self.baseurl,encode_path(&note_id.to_string()),);"#
        );
        let arguments: Vec<_> =
            get.arguments.iter().map(|a| (text(&a.passed), text(&a.owned), a.optional)).collect();
        assert_eq!(
            arguments,
            [
                ("&str".to_owned(), "String".to_owned(), false),
                ("Option<i64>".to_owned(), "i64".to_owned(), true),
                ("Option<&str>".to_owned(), "String".to_owned(), true),
            ]
        );
        let [header] = &get.headers[..] else { panic!("{:?}", get.headers) };
        let added = r#"add_header(&mutrequest,"X-Trace",&value.to_string())?;"#;
        assert!(text(header).contains(added), "{}", text(header));
        let calls: Vec<_> = get.calls.iter().map(|c| c.method.to_string()).collect();
        assert_eq!(calls, ["get", "query"]);
        assert!(functions["add_note"].headers.is_empty());
    }

    #[test]
    fn another_progenitor_is_noticed() {
        let told = |tokens| read(tokens).unwrap_err();
        let cut = told(quote! { impl Client { async fn get(&self) { send().await } } });
        assert_eq!(cut, "`get` has no request statement");
        let called = told(quote! { impl Client { async fn get(&self) {
            let url = a();
            let mut header_map = HeaderMap::new();
            header_map.append("api-version");
            let mut request = self.client.get(url).sign().build()?;
        } } });
        assert_eq!(called, "`get` calls `sign`");
        let filled = told(quote! { impl Client { async fn get(&self) {
            let url = a();
            let mut request = self.client.get(url).build()?;
        } } });
        assert_eq!(filled, "`get` does not fill its headers as before");
        let inserted = told(quote! { impl Client { async fn get(&self) {
            let url = a();
            let mut header_map = HeaderMap::new();
            header_map.append("api-version");
            header_map.insert("X-Trace", trace.to_string().try_into()?);
            let mut request = self.client.get(url).build()?;
        } } });
        assert_eq!(inserted, filled);
        let newtype = told(quote! { mod types { struct A(String); } });
        assert_eq!(newtype, "`A` is not a struct with named fields");
        let attribute = told(quote! { mod types { struct A { #[serde(flatten)] a: B } } });
        assert!(attribute.contains("an unknown serde attribute"), "{attribute}");
    }
}
