//! The forms that one and the same stream can take.

use bytes::Bytes;

use super::Frame;

/// The most bytes in a chunk of the body, so that a stream without end is not gathered in memory.
const MAX_CHUNK: usize = 64 * 1024;

/// How a stream's bytes are laid out and chunked. All of it is allowed, so a client must understand each form alike.
///
/// Unless set: `\n`, a space after each colon, no byte order mark, and one chunk of the body per frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a delivery does nothing until it is set"]
pub struct Delivery {
    line_end: LineEnd,
    tight: bool,
    bom: bool,
    chunk: Option<usize>,
}

/// What ends a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineEnd {
    /// `\n`
    #[default]
    Lf,
    /// `\r`
    Cr,
    /// `\r\n`
    CrLf,
}

impl Delivery {
    /// The usual form.
    pub fn new() -> Self {
        Self::default()
    }

    /// What ends the lines.
    pub fn line_end(mut self, line_end: LineEnd) -> Self {
        self.line_end = line_end;
        self
    }

    /// Leaves out the space after the colon of each field.
    pub fn without_spaces(mut self) -> Self {
        self.tight = true;
        self
    }

    /// Begins with a byte order mark.
    pub fn bom(mut self) -> Self {
        self.bom = true;
        self
    }

    /// Chunks of this many bytes, wherever frames begin and end. A chunk is shorter where there is nothing more to send yet.
    /// The number is taken to lie between 1 and 65,536.
    pub fn chunks_of(mut self, bytes: usize) -> Self {
        self.chunk = Some(bytes.clamp(1, MAX_CHUNK));
        self
    }

    pub(super) fn chunk(&self) -> Option<usize> {
        self.chunk
    }

    /// What comes before the first frame.
    pub(super) fn prefix(&self) -> Bytes {
        Bytes::from_static(if self.bom { b"\xef\xbb\xbf" } else { b"" })
    }

    pub(super) fn colon(&self) -> &'static [u8] {
        if self.tight { b":" } else { b": " }
    }

    pub(super) fn line_end_bytes(&self) -> &'static [u8] {
        match self.line_end {
            LineEnd::Lf => b"\n",
            LineEnd::Cr => b"\r",
            LineEnd::CrLf => b"\r\n",
        }
    }

    /// A frame without the blank line that ends it.
    pub(super) fn unfinished(&self, frame: &Frame) -> Bytes {
        let mut bytes = frame.encode(self);
        bytes.truncate(bytes.len() - self.line_end_bytes().len());
        bytes
    }
}
