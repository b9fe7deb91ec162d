//! Forms that carry a file: `multipart/form-data`, RFC 7578, written as HTML form submission writes it.

mod content;

use crate::{
    Error, FilePart,
    file_part::Content,
    operation::{Operation, new_key},
};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use reqwest::{
    Request,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue},
};
use std::fmt::Write as _;

pub(crate) use content::Failure;
use content::{Checked, file, later};

/// What a request sends as a form.
pub trait Multipart {
    /// Its fields.
    fn form(&self) -> Form<'_>;
}

/// The fields of a form: texts, and one file behind them.
pub struct Form<'a> {
    texts: Vec<(&'static str, &'a str)>,
    name: &'static str,
    file: &'a FilePart,
    max_bytes: Option<u64>,
}

impl<'a> Form<'a> {
    /// A form with nothing but a file in the field `name`.
    pub fn new(name: &'static str, file: &'a FilePart) -> Self {
        Self { texts: Vec::new(), name, file, max_bytes: None }
    }

    /// The largest file that the vendor takes.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Another field, if it is set.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: Option<&'a str>) -> Self {
        self.texts.extend(value.map(|value| (name, value)));
        self
    }

    /// Refuses what is known to be refused, before anything is read or sent.
    fn check(&self, operation: &'static Operation) -> Result<(), Error> {
        let Self { name, file, max_bytes, .. } = self;
        if let (Some(max), Some(length)) = (max_bytes, file.length())
            && length > *max
        {
            let message =
                format!("`{name}` has {length} bytes, and the vendor takes {max} at most");
            return Err(Error::invalid_request(operation, message));
        }
        match HeaderValue::from_str(file.kind()) {
            Ok(_) => Ok(()),
            Err(_) => {
                let message = format!("the content type of `{name}` cannot stand in a header");
                Err(Error::invalid_request(operation, message))
            }
        }
    }

    /// All that stands before the bytes of the file.
    fn head(&self, boundary: &str) -> String {
        let mut head = String::new();
        for (name, value) in &self.texts {
            let name = escaped(name);
            let _ = write!(
                head,
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        let (name, file_name, kind) =
            (escaped(self.name), escaped(self.file.name()), self.file.kind());
        let _ = write!(
            head,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
             Content-Type: {kind}\r\n\r\n"
        );
        head
    }
}

/// The request with a form for its body.
pub fn multipart(
    operation: &'static Operation,
    mut request: Request,
    form: &impl Multipart,
) -> Result<Request, Error> {
    let form = form.form();
    form.check(operation)?;
    let boundary = format!("agent-threads-{}", new_key());
    let (head, tail) = (form.head(&boundary), format!("\r\n--{boundary}--\r\n"));
    let kind = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
    let kind = kind.map_err(|_| Error::invalid_request(operation, "the form has no boundary"))?;
    request.headers_mut().insert(CONTENT_TYPE, kind);
    let length = form.file.length();
    let chunks = match form.file.content() {
        Content::Bytes(bytes) => {
            // In one piece, so that the request can be cloned.
            let whole = [head.as_bytes(), bytes, tail.as_bytes()].concat();
            *request.body_mut() = Some(whole.into());
            return Ok(request);
        }
        Content::File { path, .. } => file(path.clone()),
        Content::Stream { chunks, .. } if chunks.is_there() => later(chunks.clone()),
        Content::Stream { .. } => {
            let message = format!("the stream of `{}` has been sent before", form.name);
            return Err(Error::invalid_request(operation, message));
        }
    };
    if let Some(length) = length {
        let around = u64::try_from(head.len() + tail.len()).unwrap_or(u64::MAX);
        request.headers_mut().insert(CONTENT_LENGTH, length.saturating_add(around).into());
    }
    let checked = Checked::new(chunks, form.file.name(), length, form.max_bytes);
    let once = |text: String| stream::iter([Ok::<_, Failure>(Bytes::from(text))]);
    let body = once(head).chain(checked).chain(once(tail));
    *request.body_mut() = Some(content::body(body));
    Ok(request)
}

/// A name as it stands between quotes: <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>.
fn escaped(name: &str) -> String {
    name.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22")
}

#[cfg(test)]
mod tests;
