//! A form with a file, as `multipart/form-data`.

use super::{exchange::Body, unsent::Reason};

/// The one part of a form.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Form {
    /// The name of the field.
    pub(super) field: String,
    pub(super) file_name: String,
    pub(super) content_type: Option<String>,
    pub(super) content: String,
}

impl Form {
    /// The form that was recorded, if the client makes such.
    pub(super) fn of(body: &Body) -> Result<Self, Reason> {
        let Body::Raw(text) = body else { return Err(Reason::OtherBody) };
        let form = Self::parse(text).expect("a recorded form has one part");
        match (form.field.as_str(), &form.content_type) {
            ("file", Some(_)) => Ok(form),
            ("file", None) => Err(Reason::NoPlace("a file without a type".to_owned())),
            _ => Err(Reason::NoPlace(form.field)),
        }
    }

    /// Reads a form of one part.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (boundary, rest) = text.split_once("\r\n")?;
        let part = rest.strip_suffix(&format!("\r\n{boundary}--\r\n"))?;
        let (head, content) = part.split_once("\r\n\r\n")?;
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        };
        let disposition = header("Content-Disposition")?.strip_prefix("form-data; name=\"")?;
        let (field, rest) = disposition.split_once("\"; filename=\"")?;
        Some(Self {
            field: field.to_owned(),
            file_name: rest.strip_suffix('"')?.to_owned(),
            content_type: header("Content-Type").map(str::to_owned),
            content: content.to_owned(),
        })
    }
}
