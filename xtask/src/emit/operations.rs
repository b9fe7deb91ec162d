//! `operations.rs`: the client's methods, and the builder that each of them returns.

use super::answers;
use super::argument::BuilderArgument;
use super::constant::constant;
use super::download;
use super::events::Stream;
use super::gate::{condition, gated, import, note};
use super::pages::List;
use super::preset::preset;
use super::{found, names_types};
use crate::cut::{Cut, Function};
use crate::diagnostic::Failure;
use crate::docs;
use crate::naming;
use crate::plan::{Answer, Docs, Key, Operation, Plan, Source};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};

/// Writes one file, or one for each tag where the document has several. Lint has seen to it that all operations have one
/// then.
///
/// What is not asked for yet is not written yet: the tokens of one file take many times the room of its text.
pub(super) fn emit<'p>(
    plan: &'p Plan,
    cut: &'p Cut,
) -> Result<Box<dyn Iterator<Item = (String, TokenStream)> + 'p>, Failure> {
    let mut builders: BTreeMap<&str, Vec<Builder<'_>>> = BTreeMap::new();
    for operation in &plan.operations {
        let builder = Builder::new(plan, cut, operation)?;
        builders.entry(operation.tag.as_deref().unwrap_or_default()).or_default().push(builder);
    }
    if builders.len() < 2 {
        let all: Vec<_> = builders.into_values().flatten().collect();
        let only = ("operations.rs".into(), file(&all, &quote!(super), MODULE));
        return Ok(Box::new([only].into_iter()));
    }
    let modules = ("operations/mod.rs".into(), modules(&builders));
    let files = builders.into_iter().map(|(tag, builders)| {
        let docs = plan.tags.get(tag).map_or(MODULE, String::as_str);
        (format!("operations/{tag}.rs"), file(&builders, &quote!(super::super), docs))
    });
    Ok(Box::new([modules].into_iter().chain(files)))
}

const MODULE: &str =
    "The requests that a client can make. Each is what the client's method of that name returns.";

fn modules(builders: &BTreeMap<&str, Vec<Builder<'_>>>) -> TokenStream {
    let tags = || {
        let tag = |(tag, builders): (&&str, &Vec<Builder<'_>>)| {
            (format_ident!("{tag}"), are_provisional(builders))
        };
        builders.iter().map(tag)
    };
    let modules = tags().map(|(tag, provisional)| gated(provisional, quote!(mod #tag;)));
    let reexports = tags().map(|(tag, provisional)| gated(provisional, quote!(pub use #tag::*;)));
    let docs = docs::inner_attribute(MODULE);
    quote! {
        #docs
        #(#modules)*
        #(#reexports)*
    }
}

/// Whether all of a file is. The condition then stands before its module.
fn are_provisional(builders: &[Builder<'_>]) -> bool {
    builders.iter().all(|builder| builder.operation.provisional)
}

fn file(builders: &[Builder<'_>], generated: &TokenStream, docs: &str) -> TokenStream {
    let is_gated =
        |builder: &Builder<'_>| builder.operation.provisional && !are_provisional(builders);
    let written: Vec<_> = builders
        .iter()
        .map(|builder| (is_gated(builder), builder.client_method(), builder.item()))
        .collect();
    let need_types = |provisional: bool| {
        let mut of_these = written.iter().filter(|(is_gated, ..)| *is_gated == provisional);
        of_these.any(|(_, method, item)| names_types(method) || names_types(item))
    };
    let types = need_types(false).then(|| quote!(, types));
    let own_types = types.is_none() && need_types(true);
    let own_types = import(false, own_types, quote!(use #generated::types;));
    let (certain, provisional): (Vec<_>, Vec<_>) =
        builders.iter().partition(|builder| !is_gated(builder));
    let runtime = names(&certain);
    let own = names(&provisional);
    let (methods, items): (Vec<_>, Vec<_>) = written
        .into_iter()
        .map(|(is_gated, method, item)| {
            let condition = is_gated.then(condition);
            (quote!(#condition #method), gated(is_gated, item))
        })
        .unzip();
    let docs = docs::inner_attribute(docs);
    let own: Vec<_> = own.difference(&runtime).map(|name| format_ident!("{name}")).collect();
    let own_runtime = import(false, !own.is_empty(), quote!(use agent_threads_core::{#(#own),*};));
    let runtime = runtime.iter().map(|name| format_ident!("{name}"));
    quote! {
        #docs
        use #generated::{client::Client, raw::Raw #types};
        #own_types
        use agent_threads_core::codegen::{self, Core, Operation};
        use agent_threads_core::{#(#runtime),*};
        #own_runtime

        impl Client {
            #(#methods)*
        }

        #(#items)*
    }
}

/// What the builders name of the runtime.
fn names(builders: &[&Builder<'_>]) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::from(["Error"]);
    for builder in builders {
        match builder.stream {
            Some(_) => names.extend(["EventStream"]),
            None if builder.is_download() => names.extend(["BoxFuture", "Download"]),
            None => names.extend(["BoxFuture", "RawResponse", "Response"]),
        }
        if builder.list.is_some() {
            names.extend(["Items", "Pages"]);
        }
    }
    names
}

/// A builder to be written.
struct Builder<'p> {
    vendor: &'p str,
    /// The name of its server, where there are several.
    server: Option<&'p str>,
    operation: &'p Operation,
    name: syn::Ident,
    arguments: Vec<BuilderArgument<'p>>,
    answer: TokenStream,
    stream: Option<Stream<'p>>,
    list: Option<List<'p>>,
    preset: Vec<TokenStream>,
}

impl<'p> Builder<'p> {
    fn new(plan: &'p Plan, cut: &'p Cut, operation: &'p Operation) -> Result<Self, Failure> {
        let arguments = Self::arguments(plan, cut, operation)?;
        let resumes = arguments.iter().any(|argument| argument.is_cursor);
        let stream = match &operation.answer {
            Answer::Events(events) => Some(Stream::new(plan, events, resumes)),
            _ => None,
        };
        Ok(Self {
            vendor: &plan.vendor.name,
            server: server(plan, operation),
            operation,
            name: format_ident!("{}", naming::request(&operation.id)),
            arguments,
            answer: answers::ty(operation),
            stream,
            list: List::new(plan, cut, operation)?,
            preset: preset(plan, cut, operation)?,
        })
    }

    fn arguments(
        plan: &'p Plan,
        cut: &'p Cut,
        operation: &'p Operation,
    ) -> Result<Vec<BuilderArgument<'p>>, Failure> {
        let function: &Function = found(&cut.functions, &operation.builds, plan)?;
        let streams = matches!(operation.answer, Answer::Events(_));
        let mut arguments = Vec::new();
        for argument in &function.arguments {
            let name = argument.name.to_string();
            let argument = match (&operation.body, operation.parameters.get(&name)) {
                (Some(body), _) if name == "body" => BuilderArgument::body(argument, body),
                (_, Some(parameter)) => BuilderArgument::parameter(argument, parameter, streams),
                _ => {
                    let message =
                        format!("progenitor changed: `{}` has an argument `{name}`", operation.id);
                    return Err(Failure::new(&plan.file, message));
                }
            };
            arguments.push(argument);
        }
        Ok(arguments)
    }

    fn is_download(&self) -> bool {
        self.operation.answer == Answer::Download
    }

    fn used(&self) -> impl Iterator<Item = &BuilderArgument<'p>> {
        self.arguments.iter().filter(|a| !a.unused)
    }

    fn required(&self) -> impl Iterator<Item = &BuilderArgument<'p>> {
        self.used().filter(|a| !a.optional)
    }

    fn optional(&self) -> impl Iterator<Item = &BuilderArgument<'p>> {
        self.used().filter(|a| a.optional)
    }

    fn client_method(&self) -> TokenStream {
        let docs = docs::attributes(&self.method_docs());
        let (method, name) = (format_ident!("{}", self.operation.id), &self.name);
        let (arguments, given): (Vec<_>, Vec<_>) =
            self.required().map(BuilderArgument::given).unzip();
        let left_out = self.optional().map(|a| &a.argument.name);
        let key = self.operation.key.as_ref().map(|_| quote!(idempotency_key: None,));
        quote! {
            #docs
            pub fn #method(&self, #(#arguments),*) -> #name {
                #name { core: self.core().clone(), #(#given,)* #(#left_out: None,)* #key }
            }
        }
    }

    fn method_docs(&self) -> String {
        let operation = self.operation;
        docs::join([
            docs::prose(&operation.summary),
            docs::prose(&operation.docs.text),
            docs::markdown(&self.provisional_docs()),
            docs::markdown(&self.twin_docs()),
            format!("`{} {}`{}", operation.method, operation.path, self.server_docs()),
            section("Arguments", self.required().map(BuilderArgument::listed)),
            format!("# Returns\n\n{}", self.returns()),
            format!("# Cancel safety\n\n{}", docs::markdown(&self.dropped())),
            section("Errors", operation.errors.iter().map(|(status, docs)| error(status, docs))),
            docs::source_section(&self.sources()),
        ])
    }

    fn returns(&self) -> String {
        match &self.operation.answer {
            Answer::Empty => "Awaited: nothing.".to_owned(),
            Answer::One(schema) => format!("Awaited: a [`types::{schema}`]."),
            Answer::Many(schema) => format!("Awaited: a list of [`types::{schema}`]."),
            Answer::Json => "Awaited: any JSON.".to_owned(),
            Answer::Download => "Awaited: a [`Download`], which is the file.".to_owned(),
            Answer::ByStatus(_) => {
                format!("Awaited: a [`{}`].", naming::answer(&self.operation.id))
            }
            Answer::Events(events) => {
                format!("From `events()`: a stream of [`types::{}`].", events.union)
            }
        }
    }

    /// What it means to drop the future, or the stream.
    fn dropped(&self) -> String {
        let operation = self.operation;
        let reads = operation.method == "GET" || operation.is_safe;
        match (&operation.answer, &operation.key) {
            (Answer::Events(_), _) => "As [`EventStream`] says.".to_owned(),
            (Answer::Download, _) => {
                "Dropping the future closes the connection, as dropping the [`Download`] does."
                    .to_owned()
            }
            _ if reads => {
                "Dropping the future closes the connection; nothing else comes of it.".to_owned()
            }
            (_, Some(_)) => format!(
                "Whether the vendor has acted is not known when the future is dropped. The same request, with the \
                 [`idempotency_key`]({}::idempotency_key) that was set on the first, is taken for the same call.",
                self.name
            ),
            _ => "Whether the vendor has acted is not known when the future is dropped.".to_owned(),
        }
    }

    /// Those of the operation, and of each answer that has its own.
    fn sources(&self) -> Vec<Source> {
        let of_errors = self.operation.errors.iter().flat_map(|(status, docs)| {
            docs.sources.iter().map(move |source| {
                let note = source.note.as_deref().unwrap_or("The answer.");
                Source { note: Some(format!("`{status}`: {note}")), ..source.clone() }
            })
        });
        self.operation.docs.sources.iter().cloned().chain(of_errors).collect()
    }

    fn provisional_docs(&self) -> String {
        match note(self.operation.provisional) {
            note if note.is_empty() => note,
            note => format!("{note} What is uncertain of it stands under Source."),
        }
    }

    fn server_docs(&self) -> String {
        self.server.map(|name| format!(" at the server `{name}`")).unwrap_or_default()
    }

    /// Where the answer is to be had in the other way.
    fn twin_docs(&self) -> String {
        let Some(twin) = &self.operation.twin else { return String::new() };
        let twin = format!("[`{twin}`](Self::{twin})");
        match self.stream {
            None => format!("For events while it happens, see {twin}."),
            Some(_) => format!("As {twin}, with events while it happens.{}", self.preset_docs()),
        }
    }

    fn preset_docs(&self) -> String {
        let preset = self.operation.body.iter().flat_map(|body| &body.preset);
        let set: Vec<_> = preset.map(|(name, value)| format!("`{name}` to `{value}`")).collect();
        match set.is_empty() {
            true => String::new(),
            false => format!(" In the body it sets {}.", set.join(" and ")),
        }
    }

    fn item(&self) -> TokenStream {
        let structure = self.structure();
        let operation = self.operation_constant();
        let setters = self.setters();
        let sending = match &self.stream {
            Some(stream) => Some(stream.method()),
            None => (!self.is_download()).then(|| self.sending()),
        };
        let request = self.request();
        let future = self.stream.is_none().then(|| self.future());
        let debug = self.debug();
        let list = self.list.as_ref().map(List::methods);
        let paged = self.list.as_ref().map(|list| list.paged(&self.name));
        let by_status = answers::declaration(self.operation);
        let name = &self.name;
        quote! {
            #structure

            impl #name {
                #operation
                #setters
                #sending
                #list
                #request
            }

            #future

            #paged

            #debug

            #by_status
        }
    }

    fn structure(&self) -> TokenStream {
        let name = &self.name;
        let (how, must_use) = self.use_docs();
        let docs = docs::attributes(&docs::join([
            docs::prose(&self.operation.summary),
            note(self.operation.provisional),
            how,
        ]));
        let fields = self.used().map(BuilderArgument::field);
        let key = self.operation.key.as_ref().map(|_| quote!(idempotency_key: Option<String>,));
        quote! {
            #docs
            #[derive(Clone)]
            #[must_use = #must_use]
            pub struct #name {
                core: Core,
                #(#fields)*
                #key
            }
        }
    }

    /// How a builder is used, and what is said to those who do not.
    fn use_docs(&self) -> (String, &'static str) {
        let made = format!("Made by [`Client::{}`].", self.operation.id);
        match self.stream {
            Some(_) => (
                format!("{made} Its [`events`](Self::events) are the answer."),
                "a request does nothing until its events are polled",
            ),
            None if self.is_download() => download::use_docs(&made),
            None if self.list.is_some() => (
                format!(
                    "{made} Await it for one page, or take its [`items`](Self::items) or\n[`pages`](Self::pages)."
                ),
                "a request does nothing until it is awaited, sent or its items are polled",
            ),
            None => (
                format!(
                    "{made} Await it for the answer alone, or [`send`](Self::send) it for\nstatus and headers too."
                ),
                "a request does nothing until it is awaited or sent",
            ),
        }
    }

    /// Shows which resource is meant, and neither what is sent nor in which headers.
    fn debug(&self) -> TokenStream {
        let name = &self.name;
        let text = name.to_string();
        let fields = self.used().filter(|a| a.in_path).map(|a| {
            let (name, text) = (&a.argument.name, a.argument.name.to_string());
            quote!(.field(#text, &self.#name))
        });
        quote! {
            impl std::fmt::Debug for #name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.debug_struct(#text) #(#fields)* .finish_non_exhaustive()
                }
            }
        }
    }

    fn operation_constant(&self) -> TokenStream {
        let constant = constant(self.operation, self.vendor);
        quote! {
            /// What the runtime has to know of the call.
            pub(crate) const OPERATION: Operation = #constant;
        }
    }

    fn setters(&self) -> TokenStream {
        let setters = self.optional().map(BuilderArgument::setter);
        let key = self.operation.key.as_ref().map(key_setter);
        quote!(#(#setters)* #key)
    }

    fn sending(&self) -> TokenStream {
        let answer = &self.answer;
        let reading = answers::reading(self.operation);
        quote! {
            /// Sends the request, and returns the answer with its status, its headers and its body as it came.
            ///
            /// # Errors
            ///
            /// When no answer comes, when the vendor refuses, or when the answer cannot be read.
            pub async fn send(self) -> Result<Response<#answer>, Error> {
                #reading
            }

            /// Sends the request, and returns a success that is not decoded yet.
            pub(crate) fn send_raw(self) -> BoxFuture<'static, Result<RawResponse, Error>> {
                let request = self.request();
                self.core.call(&Self::OPERATION, request)
            }
        }
    }

    fn request(&self) -> TokenStream {
        let method = format_ident!("{}", self.operation.builds);
        let checks = self.arguments.iter().filter(|a| a.in_path).map(BuilderArgument::check);
        let body = self.preset_body();
        let is_form = self.operation.body.as_ref().is_some_and(|body| body.is_form);
        let passed = self.arguments.iter().filter(|argument| !(is_form && argument.is_body()));
        let passed = passed.map(|argument| match body.is_some() && argument.is_body() {
            true => quote!(&body),
            false => argument.passed(),
        });
        let built = quote!(codegen::request(&Self::OPERATION, Raw::new(&self.core, &Self::OPERATION).#method(#(#passed),*)));
        // Last, as it takes the file: what refuses the call comes before.
        let finished = match is_form {
            true => quote!(codegen::multipart(&Self::OPERATION, request, &self.body)),
            false => quote!(Ok(request)),
        };
        let request = match self.operation.key {
            None if is_form => quote! {
                let request = #built?;
                #finished
            },
            None => built,
            Some(_) => quote! {
                let mut request = #built?;
                codegen::set_idempotency_key(&Self::OPERATION, &mut request, self.idempotency_key.as_deref())?;
                #finished
            },
        };
        // What is written by hand builds the request of a stream too, to take it up again.
        let visible = self.stream.is_some().then(|| quote!(pub(crate)));
        quote! {
            #visible fn request(&self) -> Result<reqwest::Request, Error> {
                #(#checks)*
                #body
                #request
            }
        }
    }

    /// The body with the fields that the call sets itself.
    fn preset_body(&self) -> Option<TokenStream> {
        let fields = &self.preset;
        (!fields.is_empty()).then(|| {
            quote! {
                let mut body = self.body.clone();
                #(#fields)*
            }
        })
    }

    fn future(&self) -> TokenStream {
        if self.is_download() {
            return download::future(&self.name);
        }
        let (name, answer) = (&self.name, &self.answer);
        let value = answers::value_alone(self.operation);
        quote! {
            impl IntoFuture for #name {
                type Output = Result<#answer, Error>;
                type IntoFuture = BoxFuture<'static, Self::Output>;

                fn into_future(self) -> Self::IntoFuture {
                    #value
                }
            }
        }
    }
}

fn server<'p>(plan: &'p Plan, operation: &Operation) -> Option<&'p str> {
    let servers = &plan.vendor.servers;
    servers.get(operation.server).filter(|_| servers.len() > 1).map(|server| server.name.as_str())
}

fn key_setter(key: &Key) -> TokenStream {
    let own = format!(
        "Sends this key in `{}`, instead of one that is made for the call and kept for its retries.{}",
        key.header,
        key.longest.map(|longest| format!(" At most {longest} characters.")).unwrap_or_default()
    );
    let docs =
        docs::attributes(&docs::join([docs::prose(&own), docs::with_sources_below(&key.docs)]));
    quote! {
        #docs
        pub fn idempotency_key(mut self, value: impl Into<String>) -> Self {
            self.idempotency_key = Some(value.into());
            self
        }
    }
}

fn error(status: &str, docs: &Docs) -> String {
    let label = match status {
        "default" => "otherwise".to_owned(),
        status => format!("`{status}`"),
    };
    docs::item(&format!("{label}: {}", docs.text))
}

fn section(title: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("# {title}\n\n{}", items.join("\n")),
    }
}
