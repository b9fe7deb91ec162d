//! Lines, whose end is LF, CR or CR LF, out of chunks that are cut anywhere.

use super::{DecodeError, scan};
use bytes::Bytes;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// From here on a line is so long that the chunk in which it ends may be searched twice.
const LONG: usize = 512;

/// Splits a stream into lines.
pub(super) struct Lines {
    limit: usize,
    /// `None` where all is read.
    chunk: Option<Bytes>,
    /// Where in the chunk the next line begins or goes on.
    at: usize,
    /// A line that began in an earlier chunk, as far as it has come.
    held: Vec<u8>,
    /// The held line has been given out, so the next one starts anew.
    given: bool,
    /// The last chunk ended in CR: a LF that comes next belongs to it.
    after_cr: bool,
    /// No line has been given out yet, so the next one may begin with a byte order mark.
    first: bool,
}

/// Where the bytes of a line are, until the next line is asked for.
#[derive(Clone, Copy)]
pub(super) struct Line {
    held: bool,
    start: usize,
    end: usize,
}

impl Line {
    /// The last `length` bytes of the line.
    #[inline]
    pub(super) fn suffix(self, length: usize) -> Self {
        Self { start: self.end - length, ..self }
    }
}

impl Lines {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            chunk: None,
            at: 0,
            held: Vec::new(),
            given: false,
            after_cr: false,
            first: true,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, chunk: Bytes) {
        if self.goes_on_through(&chunk) {
            self.held.extend_from_slice(&chunk);
            return;
        }
        if self.chunk.is_some() {
            self.join(chunk);
        } else {
            (self.chunk, self.at) = (Some(chunk), 0);
        }
    }

    /// Keeps what is left of the last chunk.
    #[cold]
    fn join(&mut self, chunk: Bytes) {
        let left = self.chunk.as_ref().map_or(&[][..], |before| &before[self.at..]);
        let joined = if left.is_empty() { chunk } else { [left, &chunk].concat().into() };
        (self.chunk, self.at) = (Some(joined), 0);
    }

    /// Whether a chunk is all of the middle of a long line, as are most if lines are much longer than chunks. To move it
    /// would take longer than to read it.
    #[inline]
    fn goes_on_through(&self, chunk: &[u8]) -> bool {
        self.held.len() >= LONG
            && !self.given
            && self.chunk.is_none()
            && chunk.len() <= self.limit - self.held.len()
            && scan::far_end(chunk).is_none()
    }

    /// Lets go of all that is held.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.limit);
    }

    /// The bytes of a line.
    #[inline]
    pub(super) fn text(&self, Line { held, start, end }: Line) -> &[u8] {
        match &self.chunk {
            Some(chunk) if !held => &chunk[start..end],
            _ => &self.held[start..end],
        }
    }

    /// The next line whose end has come.
    #[inline]
    pub(super) fn next_line(&mut self) -> Result<Option<Line>, DecodeError> {
        if self.given {
            self.held.clear();
            self.given = false;
        }
        if self.after_cr {
            self.skip_line_feed();
        }
        let Some(chunk) = &self.chunk else {
            return Ok(None);
        };
        let rest = &chunk[self.at..];
        let goes_on = !self.held.is_empty();
        let end = scan::line_end(rest, !goes_on);
        let length = end.unwrap_or(rest.len());
        if length > self.limit - self.held.len() {
            return Err(DecodeError::LineTooLong(self.limit));
        }
        if goes_on || end.is_none() {
            self.held.extend_from_slice(&rest[..length]);
        }
        if end.is_none() {
            // What is read to its end would keep the buffer of the connection from being used again.
            self.chunk = None;
            return Ok(None);
        }
        let (start, end) = if goes_on { (0, self.held.len()) } else { (self.at, self.at + length) };
        let ends_in_cr = rest[length] == b'\r';
        self.given = goes_on;
        self.at += length + 1;
        if ends_in_cr {
            self.skip_line_feed();
        }
        let mark = if self.first { self.mark(goes_on, start, end) } else { 0 };
        Ok(Some(Line { held: goes_on, start: start + mark, end }))
    }

    /// Whether the next line is known to be empty. If so, it is consumed.
    #[inline]
    pub(super) fn blank_follows(&mut self) -> bool {
        match self.chunk.as_ref().and_then(|chunk| chunk.get(self.at)) {
            Some(b'\n') => self.at += 1,
            Some(b'\r') => {
                self.at += 1;
                self.skip_line_feed();
            }
            _ => return false,
        }
        true
    }

    /// Behind CR: a line feed that comes next is not the end of another line.
    #[inline]
    fn skip_line_feed(&mut self) {
        let next = self.chunk.as_ref().and_then(|chunk| chunk.get(self.at));
        self.after_cr = next.is_none();
        self.at += usize::from(next == Some(&b'\n'));
    }

    /// The length of the byte order mark that the first line may begin with.
    #[cold]
    fn mark(&mut self, held: bool, start: usize, end: usize) -> usize {
        self.first = false;
        let marked = self.text(Line { held, start, end }).starts_with(BYTE_ORDER_MARK);
        if marked { BYTE_ORDER_MARK.len() } else { 0 }
    }
}
