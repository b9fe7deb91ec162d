//! What is wrong with a document, where, and what to do about it.

use std::fmt;

/// One complaint about one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Diagnostic {
    /// Path of the document, as a reader at the root of the workspace would type it.
    pub(crate) file: String,
    /// JSON pointer into the document; empty for the whole of it.
    pub(crate) pointer: String,
    /// What is wrong, then what to do.
    pub(crate) message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => write!(f, "{}: {}", self.file, self.message),
            pointer => write!(f, "{}#{pointer}: {}", self.file, self.message),
        }
    }
}

/// Why a command could not do its work. Never empty.
#[derive(Debug, PartialEq)]
pub(crate) struct Failure(pub(crate) Vec<Diagnostic>);

impl Failure {
    /// A failure that concerns a file as a whole, or a tool rather than a document.
    pub(crate) fn new(file: impl Into<String>, message: impl fmt::Display) -> Self {
        Self(vec![Diagnostic {
            file: file.into(),
            pointer: String::new(),
            message: message.to_string(),
        }])
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "error: {diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_file_and_the_pointer() {
        let diagnostic = Diagnostic {
            file: "openapi/acme.yaml".into(),
            pointer: "/info".into(),
            message: "no title".into(),
        };
        assert_eq!(diagnostic.to_string(), "openapi/acme.yaml#/info: no title");
        let failure = Failure(vec![diagnostic.clone(), diagnostic]);
        assert_eq!(failure.to_string().lines().count(), 2);
        assert_eq!(Failure::new("Cargo.toml", "missing").to_string(), "error: Cargo.toml: missing");
    }
}
