//! One block of an event stream.

use bytes::{BufMut, Bytes, BytesMut};

use super::Delivery;

/// A block of lines up to the blank line: usually one event, or a comment.
///
/// Nothing is checked, so that wrong frames can be written: an id or a comment with a line end in it breaks its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame(Content);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Fields(Fields),
    Raw(Bytes),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Fields {
    comment: Option<String>,
    event: Option<String>,
    id: Option<String>,
    retry: Option<String>,
    data: Option<Bytes>,
}

impl Frame {
    /// An event with this data, of which each line becomes a `data` field. It need not be UTF-8.
    pub fn data(data: impl Into<Bytes>) -> Self {
        Self(Content::Fields(Fields { data: Some(data.into()), ..Fields::default() }))
    }

    /// A comment, which is no event.
    pub fn comment(text: impl Into<String>) -> Self {
        Self(Content::Fields(Fields { comment: Some(text.into()), ..Fields::default() }))
    }

    /// A block with an id and no data, which moves a client's cursor and is no event.
    pub fn only_id(id: impl Into<String>) -> Self {
        Self(Content::Fields(Fields { id: Some(id.into()), ..Fields::default() }))
    }

    /// Bytes that are sent as they are and count as one event. Nothing is added, no blank line either.
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self(Content::Raw(bytes.into()))
    }

    /// Sets the `id` field, also to an empty one.
    pub fn with_id(self, id: impl Into<String>) -> Self {
        self.with(|fields| fields.id = Some(id.into()))
    }

    /// Sets the `event` field.
    pub fn with_event(self, name: impl Into<String>) -> Self {
        self.with(|fields| fields.event = Some(name.into()))
    }

    /// Sets the `retry` field, which should be a number of milliseconds.
    pub fn with_retry(self, retry: impl Into<String>) -> Self {
        self.with(|fields| fields.retry = Some(retry.into()))
    }

    fn with(mut self, change: impl FnOnce(&mut Fields)) -> Self {
        if let Content::Fields(fields) = &mut self.0 {
            change(fields);
        }
        self
    }

    pub(crate) fn id(&self) -> Option<&str> {
        match &self.0 {
            Content::Fields(fields) => fields.id.as_deref(),
            Content::Raw(_) => None,
        }
    }

    pub(crate) fn data_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Content::Fields(fields) => fields.data.as_deref(),
            Content::Raw(_) => None,
        }
    }

    pub(crate) fn is_event(&self) -> bool {
        match &self.0 {
            Content::Fields(fields) => fields.data.is_some(),
            Content::Raw(_) => true,
        }
    }

    /// The frame with a byte in it that is not UTF-8: in the last JSON string of its data, if there is one.
    pub(super) fn garbled(mut self) -> Self {
        let bytes = match &mut self.0 {
            Content::Fields(fields) => fields.data.get_or_insert_default(),
            Content::Raw(bytes) => bytes,
        };
        let at = bytes.iter().rposition(|byte| *byte == b'"').unwrap_or(bytes.len());
        *bytes = [&bytes[..at], b"\xff", &bytes[at..]].concat().into();
        self
    }

    pub(super) fn encode(&self, delivery: &Delivery) -> Bytes {
        match &self.0 {
            Content::Fields(fields) => fields.encode(delivery),
            Content::Raw(bytes) => bytes.clone(),
        }
    }
}

impl Fields {
    fn encode(&self, delivery: &Delivery) -> Bytes {
        let mut out = BytesMut::new();
        let mut line = |name: &str, value: &[u8]| {
            out.put_slice(name.as_bytes());
            out.put_slice(delivery.colon());
            out.put_slice(value);
            out.put_slice(delivery.line_end_bytes());
        };
        let fields =
            [("", &self.comment), ("event", &self.event), ("id", &self.id), ("retry", &self.retry)];
        for (name, value) in fields {
            if let Some(value) = value {
                line(name, value.as_bytes());
            }
        }
        for part in self.data.iter().flat_map(|data| data.split(|byte| *byte == b'\n')) {
            line("data", part);
        }
        out.put_slice(delivery.line_end_bytes());
        out.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::super::LineEnd;
    use super::*;

    fn text(frame: &Frame, delivery: &Delivery) -> String {
        String::from_utf8(frame.encode(delivery).to_vec()).unwrap()
    }

    #[test]
    fn fields_are_written_as_lines_and_data_as_one_line_each() {
        let frame = Frame::data("a\n\nb").with_id("7-0").with_event("token").with_retry("3");
        assert_eq!(
            text(&frame, &Delivery::new()),
            "event: token\nid: 7-0\nretry: 3\ndata: a\ndata: \ndata: b\n\n"
        );
        assert_eq!(text(&Frame::comment("keep-alive"), &Delivery::new()), ": keep-alive\n\n");
        assert_eq!(text(&Frame::only_id(""), &Delivery::new()), "id: \n\n");
        assert_eq!(text(&Frame::raw("data"), &Delivery::new()), "data");
    }

    #[test]
    fn line_ends_and_spaces_are_laid_out_as_asked() {
        let frame = Frame::data("a").with_id("1");
        let crlf = Delivery::new().line_end(LineEnd::CrLf);
        assert_eq!(text(&frame, &crlf), "id: 1\r\ndata: a\r\n\r\n");
        let tight = Delivery::new().line_end(LineEnd::Cr).without_spaces();
        assert_eq!(text(&frame, &tight), "id:1\rdata:a\r\r");
    }

    #[test]
    fn a_frame_is_garbled_inside_its_last_string() {
        let frame = Frame::data(r#"{"a":"b"}"#).garbled();
        assert_eq!(frame.encode(&Delivery::new()), &b"data: {\"a\":\"b\xff\"}\n\n"[..]);
        assert_eq!(Frame::raw("x").garbled().encode(&Delivery::new()), &b"x\xff"[..]);
    }

    #[test]
    fn only_frames_with_data_are_events() {
        assert!(Frame::data("").is_event());
        assert!(Frame::raw("").is_event());
        assert!(!Frame::comment("x").is_event());
        assert!(!Frame::only_id("x").is_event());
    }
}
