//! The files of a vendor's `src/generated/`, from the plan and from what progenitor built.

mod answers;
mod argument;
mod bound;
mod client;
mod constant;
mod dialect;
mod download;
mod events;
mod field;
mod forms;
mod gate;
mod open;
mod open_objects;
mod operations;
mod pages;
mod prefixed;
mod preset;
mod raw;
mod reading;
mod shape;
mod types;
mod unions;

use crate::cut::Cut;
use crate::diagnostic::Failure;
use crate::format::format;
use crate::plan::Plan;
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;

/// The text of each file, by its path in `src/generated/`.
pub(crate) type Files = BTreeMap<String, String>;

/// Writes all files.
pub(crate) fn files(plan: &Plan, cut: &Cut) -> Result<Files, Failure> {
    let mut files = Files::new();
    let mut write = |name: &str, tokens| -> Result<(), Failure> {
        files.insert(name.to_owned(), format(tokens, &plan.file)?);
        Ok(())
    };
    write("mod.rs", module(plan))?;
    write("client.rs", client::emit(plan))?;
    write("open.rs", open::emit(plan))?;
    write("raw.rs", raw::emit(plan, cut))?;
    write("types.rs", types::emit(plan, cut)?)?;
    if let Some(dialects) = &plan.vendor.dialects {
        write("dialect.rs", dialect::emit(&plan.vendor, dialects))?;
    }
    for (name, tokens) in operations::emit(plan, cut)? {
        write(&name, tokens)?;
    }
    Ok(files)
}

fn module(plan: &Plan) -> TokenStream {
    let (dialect, reexport) = match plan.vendor.dialects {
        Some(_) => (
            quote!(
                mod dialect;
            ),
            quote!(
                pub use dialect::Dialect;
            ),
        ),
        None => (quote!(), quote!()),
    };
    quote! {
        mod client;
        #dialect
        mod open;
        pub mod operations;
        mod raw;
        pub mod types;

        pub use client::Client;
        #reexport
    }
}

/// Whether code names something in the module `types`.
fn names_types(code: &TokenStream) -> bool {
    code.to_string().contains("types ::")
}

/// What progenitor should have written for a name of the plan, or a failure that says that it did not.
fn found<'o, T>(map: &'o BTreeMap<String, T>, name: &str, plan: &Plan) -> Result<&'o T, Failure> {
    let message = || format!("progenitor changed: it wrote nothing for `{name}`");
    map.get(name).ok_or_else(|| Failure::new(&plan.file, message()))
}
