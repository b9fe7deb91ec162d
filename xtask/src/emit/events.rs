//! The part of a builder that is different where the answer is a stream of events.

use crate::docs;
use crate::plan::{Docs, Events, Plan, StreamKinds};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// The stream that a builder gives.
pub(super) struct Stream<'p> {
    events: &'p Events,
    kinds: &'p StreamKinds,
    /// Whether the operation itself goes on after a given event.
    resumes: bool,
}

/// Of a union that no stream was found for.
static NO_KINDS: StreamKinds =
    StreamKinds { terminal: Vec::new(), keepalive: Vec::new(), done: None };

impl<'p> Stream<'p> {
    pub(super) fn new(plan: &'p Plan, events: &'p Events, resumes: bool) -> Self {
        let union = plan.unions.iter().find(|union| union.name == events.union);
        let kinds = union.and_then(|union| union.stream.as_ref()).unwrap_or(&NO_KINDS);
        Self { events, kinds, resumes }
    }

    /// The method that gives the stream.
    pub(super) fn method(&self) -> TokenStream {
        let docs = docs::attributes(&self.docs());
        let union = format_ident!("{}", self.events.union);
        let stream = quote!(self.core.events(&Self::OPERATION, request));
        let stream = match self.resumes {
            true => quote!(#stream.resumable().after(self.last_event_id.unwrap_or_default())),
            false => stream,
        };
        quote! {
            #docs
            pub fn events(self) -> EventStream<types::#union> {
                let request = self.request();
                #stream
            }
        }
    }

    fn docs(&self) -> String {
        docs::join([
            "The events as they happen. Nothing is sent before the stream is polled.".into(),
            docs::with_sources_below(&self.events.docs),
            docs::markdown(&self.ending()),
            docs::markdown(&self.keepalives()),
            format!("# Errors\n\n{}", docs::markdown(&self.errors())),
        ])
    }

    fn errors(&self) -> String {
        match &self.events.none {
            None => ERRORS.to_owned(),
            Some(docs) => format!(
                "{ERRORS}\n\n[`ErrorKind::NothingToStream`](agent_threads_core::ErrorKind::NothingToStream), when the \
                 vendor says that there is no stream to be had. {}",
                docs.text
            ),
        }
    }

    fn ending(&self) -> String {
        let terminal = &self.kinds.terminal;
        let end = match terminal.is_empty() {
            true => match &self.kinds.done {
                None => "The stream ends when the vendor closes the connection.".to_owned(),
                Some(done) => format!(
                    "The stream ends when the vendor closes the connection or sends `{done}`, which is no event."
                ),
            },
            false => format!("The stream ends after an event of kind {}.", listed(terminal)),
        };
        let lost = match terminal.is_empty() {
            true => "If the connection breaks",
            false => "If the connection is lost before that",
        };
        let then = match self.resumes {
            true => "another goes on after the last event delivered",
            false => {
                "another is made while no event has come and the call may be repeated; otherwise the stream ends with \
                 an error"
            }
        };
        format!("{end} {lost}, {then}.")
    }

    fn keepalives(&self) -> String {
        match self.kinds.keepalive.is_empty() {
            true => String::new(),
            false => format!(
                "Events of kind {} are passed over, unless [`with_keepalives`](EventStream::with_keepalives) asks for \
                 them.",
                listed(&self.kinds.keepalive)
            ),
        }
    }
}

const ERRORS: &str = "An event that cannot be read is one `Err`, and the stream goes on after it. Any other `Err` is \
                      its end: the request cannot be built, the vendor refuses or answers with something else than \
                      a stream, or the connection is lost and cannot be taken up again.";

/// Some kinds of events, as a sentence names them.
fn listed(kinds: &[String]) -> String {
    let quoted: Vec<_> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
    match &quoted[..] {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => quoted.concat(),
    }
}

/// The setter of the event after which the stream begins.
pub(super) fn cursor_setter(docs: &Docs) -> TokenStream {
    let own =
        "An empty id, which [`EventStream::last_event_id`] gives where there is none, is not sent.";
    let docs = docs::attributes(&docs::join([docs::with_sources_below(docs), own.to_owned()]));
    quote! {
        #docs
        pub fn last_event_id(mut self, value: impl Into<String>) -> Self {
            self.last_event_id = Some(value.into()).filter(|id| !id.is_empty());
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named_as_in_a_sentence() {
        let names =
            |kinds: &[&str]| listed(&kinds.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(names(&["done"]), "`done`");
        assert_eq!(names(&["done", "error", "gone"]), "`done`, `error` or `gone`");
        assert_eq!(names(&[]), "");
    }
}
