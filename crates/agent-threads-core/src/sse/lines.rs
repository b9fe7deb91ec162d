//! Lines, whose end is LF, CR or CR LF, out of chunks that are cut anywhere.

use super::DecodeError;
use bytes::Bytes;
use memchr::memchr2;
use std::ops::Range;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Splits a stream into lines.
pub(super) struct Lines {
    limit: usize,
    chunk: Bytes,
    /// Where in the chunk the next line begins or goes on.
    at: usize,
    /// A line that began in an earlier chunk, as far as it has come.
    held: Vec<u8>,
    /// The held line has been given out, so the next one starts anew.
    given: bool,
    /// The last line ended in CR: a LF that comes next belongs to it.
    after_cr: bool,
    /// No line has been given out yet, so the next one may begin with a byte order mark.
    first: bool,
}

/// Where the bytes of a line are, until the next line is asked for.
pub(super) struct Line {
    held: bool,
    range: Range<usize>,
}

impl Line {
    /// The last `length` bytes of the line.
    pub(super) fn suffix(&self, length: usize) -> Self {
        Self { held: self.held, range: self.range.end - length..self.range.end }
    }
}

impl Lines {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            chunk: Bytes::new(),
            at: 0,
            held: Vec::new(),
            given: false,
            after_cr: false,
            first: true,
        }
    }

    pub(super) fn push(&mut self, chunk: Bytes) {
        self.chunk = match &self.chunk[self.at..] {
            [] => chunk,
            left => [left, &chunk].concat().into(),
        };
        self.at = 0;
    }

    /// Lets go of all that is held.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.limit);
    }

    /// The bytes of a line.
    pub(super) fn text(&self, line: &Line) -> &[u8] {
        let from: &[u8] = if line.held { &self.held } else { &self.chunk };
        &from[line.range.clone()]
    }

    /// The next line whose end has come.
    pub(super) fn next_line(&mut self) -> Result<Option<Line>, DecodeError> {
        if self.given {
            self.held.clear();
            self.given = false;
        }
        self.skip_line_feed();
        let rest = &self.chunk[self.at..];
        let end = memchr2(b'\n', b'\r', rest);
        let length = end.unwrap_or(rest.len());
        if length > self.limit - self.held.len() {
            return Err(DecodeError::LineTooLong(self.limit));
        }
        let range = self.at..self.at + length;
        match end {
            None => {
                self.held.extend_from_slice(rest);
                // What is read to its end would keep the buffer of the connection from being used again.
                (self.chunk, self.at) = (Bytes::new(), 0);
                Ok(None)
            }
            Some(_) => {
                self.after_cr = self.chunk[range.end] == b'\r';
                self.at = range.end + 1;
                Ok(Some(self.whole(range)))
            }
        }
    }

    /// Whether the next line is known to be empty. If so, it is consumed.
    pub(super) fn blank_follows(&mut self) -> bool {
        self.skip_line_feed();
        match self.chunk.get(self.at) {
            Some(end @ (b'\n' | b'\r')) => {
                self.after_cr = *end == b'\r';
                self.at += 1;
                true
            }
            _ => false,
        }
    }

    fn skip_line_feed(&mut self) {
        if !self.after_cr {
            return;
        }
        if let Some(next) = self.chunk.get(self.at) {
            self.at += usize::from(*next == b'\n');
            self.after_cr = false;
        }
    }

    /// The line that ends with this range of the chunk.
    fn whole(&mut self, range: Range<usize>) -> Line {
        let mut line = Line { held: false, range };
        if !self.held.is_empty() {
            self.held.extend_from_slice(&self.chunk[line.range]);
            self.given = true;
            line = Line { held: true, range: 0..self.held.len() };
        }
        if self.first {
            self.first = false;
            let marked = self.text(&line).starts_with(BYTE_ORDER_MARK);
            line.range.start += if marked { BYTE_ORDER_MARK.len() } else { 0 };
        }
        line
    }
}
