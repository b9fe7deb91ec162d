//! The parts of a client that are about what it is bound to.

use crate::docs;
use crate::plan::ClientParameter;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

/// The entry in the list of the vendor's parameters.
pub(super) fn constant(parameter: &ClientParameter) -> TokenStream {
    let ClientParameter { name, env, .. } = parameter;
    quote!(ClientParameter { name: #name, env: #env })
}

/// A section about them, where there are some.
pub(super) fn section(parameters: &[ClientParameter]) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    let item = |parameter: &ClientParameter| {
        let ClientParameter { name, env, docs, .. } = parameter;
        docs::item(&format!("`{name}`, `{env}`. {}", docs::with_sources_beside(docs)))
    };
    let items: Vec<_> = parameters.iter().map(item).collect();
    let intro = "A client is bound to what stands in all its paths. Each has a name, by which \
                 [`ClientBuilder::parameter`] sets it, and a variable, from which \
                 [`from_env`](Self::from_env) does. All are required.";
    format!("# Bound to\n\n{}\n\n{}", docs::markdown(intro), items.join("\n"))
}

/// An argument of the constructor, and what passes it on to the builder.
pub(super) fn argument(parameter: &ClientParameter) -> (TokenStream, TokenStream) {
    let (ident, name) = (format_ident!("{}", parameter.method), &parameter.name);
    (quote!(#ident: impl Into<String>), quote!(.parameter(#name, #ident)))
}

/// The methods that tell one, and that make a client with another.
pub(super) fn methods(index: usize, parameter: &ClientParameter) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    let name = &parameter.method;
    let (tell, with) = (format_ident!("{name}"), format_ident!("with_{name}"));
    let telling = docs::attributes(&docs::join([
        format!("The `{}` that this client is bound to.", parameter.name),
        docs::with_sources_below(&parameter.docs),
    ]));
    let binding = docs::attributes(&docs::prose(&format!(
        "The same client bound to another `{}`, which may be of another key's reach. It shares the connection pool.",
        parameter.name
    )));
    quote! {
        #telling
        pub fn #tell(&self) -> &str {
            self.core.parameter(#index)
        }

        #binding
        #[must_use]
        pub fn #with(&self, #tell: impl Into<String>) -> Self {
            Self { core: self.core.with_parameter(#index, #tell.into()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::codegen::generate;
    use crate::spec::Spec;

    const ID: &str = "name: noteId, in: path, required: true, description: The note.";

    /// A file that is generated where a client is bound to a note, without white space.
    fn file(name: &str) -> String {
        let words = "x-client-parameter: { env: NOTES_NOTE }, x-without: \"/ \"";
        let text = include_str!("../lint/good.yaml").replace(ID, &format!("{ID}, {words}"));
        let files = generate(&Spec::parse(&text, "good.yaml").unwrap()).unwrap();
        files[name].split_whitespace().collect()
    }

    #[test]
    fn a_client_is_made_with_what_it_is_bound_to_and_tells_it() {
        let client = file("client.rs");
        for part in [
            "pubfnnew(token:implInto<String>,note_id:implInto<String>,)->",
            ".parameter(\"noteId\",note_id)",
            "parameters:&[ClientParameter{name:\"noteId\",env:\"NOTES_NOTE\",}",
            "pubfnnote_id(&self)->&str{self.core.parameter(0)}",
            "pubfnwith_note_id(&self,note_id:implInto<String>)->Self",
        ] {
            assert!(client.contains(part), "{part}\n{client}");
        }
    }

    #[test]
    fn what_the_client_is_bound_to_is_checked_and_no_argument() {
        let operations = file("operations.rs");
        for part in [
            "pubfnget_note(&self)->GetNoteRequest",
            "path_parameter_without(&Self::OPERATION,\"note_id\",&self.core.parameter(0),\"/\",)?",
            ".get_note(self.core.parameter(0),",
        ] {
            assert!(operations.contains(part), "{part}\n{operations}");
        }
    }
}
