//! The recorded requests that the client cannot be brought to send, each with the reason.

use agent_threads_mosoo::Error;

/// Why a request is not sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reason {
    /// It is for a path that is none of the client's operations, on purpose.
    NoOperation,
    /// It carries no token, and there is no client without one.
    NoToken,
    /// Its body is no JSON, and the client writes nothing else.
    NotJson,
    /// Its body is of another revision, or of another kind of body altogether.
    OtherBody,
    /// The types have no place for this field or value, which the server refuses.
    NoPlace(String),
    /// The client refuses it, before anything is sent, with an error that names this.
    Refused(&'static str),
}

impl Reason {
    /// What kind of reason it is.
    pub(super) fn in_short(&self) -> &'static str {
        match self {
            Self::NoOperation => "no operation of the client's",
            Self::NoToken => "no token",
            Self::NotJson => "no JSON",
            Self::OtherBody => "another body",
            Self::NoPlace(_) => "no place for it in the types",
            Self::Refused(_) => "refused by the client",
        }
    }
}

/// The entry of the table for a refusal, if the error names the operation and what the table says of it.
pub(super) fn refused(id: &str, error: &Error) -> Reason {
    let entry = table().into_iter().find(|(known, _)| *known == id);
    let Some((_, Reason::Refused(what))) = entry else { panic!("{id} is refused: {error}") };
    let operation = error.operation().expect("a refusal names its operation");
    let text = error.to_string();
    assert!(text.contains(operation) && text.contains(what), "{id}: {text}");
    Reason::Refused(what)
}

fn no_place(what: &str) -> Reason {
    Reason::NoPlace(what.to_owned())
}

/// All of them, by the folder and the number of their file.
pub(super) fn table() -> Vec<(&'static str, Reason)> {
    use Reason::{NoOperation, NoToken, NotJson, OtherBody, Refused};
    vec![
        // Fields of the other dialect, and those that this one requires.
        ("current/001", Refused("client_external_ref")),
        ("current/006", Refused("userId")),
        ("current/013", Refused("files")),
        ("current/056", Refused("clientRequestId")),
        ("seed/006", Refused("input")),
        ("seed/007", Refused("input")),
        ("seed/010", Refused("userId")),
        ("seed/055", Refused("requestId")),
        // Operations of the other dialect.
        ("current/075", Refused("seed")),
        ("seed/115", Refused("current")),
        // Keys of more than 128 characters.
        ("current/024", Refused("128")),
        ("seed/025", Refused("128")),
        // Fields that no dialect has. An optional field that is null is not sent.
        ("current/009", no_place("input")),
        ("current/012", no_place("metadata")),
        ("current/055", no_place("role")),
        ("current/078", no_place("upload")),
        ("seed/009", no_place("metadata")),
        ("seed/011", no_place("role")),
        ("seed/054", no_place("role")),
        // The client writes the type that the server takes it for, `application/octet-stream`.
        ("current/077", no_place("a file without a type")),
        // A header that the server passes over.
        ("current/041", no_place("Last-Event-ID")),
        // Texts where a number or a flag must be.
        ("current/038", no_place("abc")),
        ("current/040", no_place("")),
        ("current/072", no_place("1")),
        ("seed/039", no_place("abc")),
        ("seed/041", no_place("1.5")),
        ("seed/042", no_place("")),
        ("seed/075", no_place("yes")),
        // Bodies that no caller of a typed client writes.
        ("current/010", NotJson),
        ("current/011", NotJson),
        ("current/057", NotJson),
        ("current/079", OtherBody),
        ("seed/008", NotJson),
        ("seed/056", NotJson),
        ("seed/086", NotJson),
        // The body between the two dialects, by a draft's id.
        ("seed/085", OtherBody),
        // Calls without a token.
        ("current/020", NoToken),
        ("current/042", NoToken),
        ("current/081", NoToken),
        ("current/099", NoToken),
        ("seed/019", NoToken),
        ("seed/057", NoToken),
        ("seed/081", NoToken),
        // Paths that are not of the API, or of the deployed Apps' capabilities.
        ("current/126", NoOperation),
        ("current/127", NoOperation),
        ("current/128", NoOperation),
        ("current/129", NoOperation),
        ("seed/114", NoOperation),
        ("seed/116", NoOperation),
    ]
}
