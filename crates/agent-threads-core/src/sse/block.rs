//! The lines between two blank ones: the fields of one event.

use super::{
    DecodeError, Event,
    lines::{Line, Lines},
};
use crate::utf8::from_utf8;
use std::time::Duration;

/// What the fields of a block have said so far, and what outlasts it.
pub(super) struct Block {
    limit: usize,
    /// The type, if it has one. Its text outlasts the block, as the next one is likely to be of the same type.
    event: String,
    has_event: bool,
    /// The data lines, joined. Unused where the only one can be borrowed.
    data: Vec<u8>,
    has_data: bool,
    id: String,
    has_id: bool,
    retry: Option<Duration>,
    /// The block has been given out as an event, so the next line begins another.
    ended: bool,
    last_id: String,
    last_retry: Option<Duration>,
    /// The data with U+FFFD in place of what is not UTF-8.
    mended: String,
}

/// Where the data of a finished block are.
#[derive(Clone, Copy)]
pub(super) enum Data {
    /// In one line, which is the last one.
    Line(Line),
    /// In the block.
    Joined,
}

impl Block {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            event: String::new(),
            has_event: false,
            data: Vec::new(),
            has_data: false,
            id: String::new(),
            has_id: false,
            retry: None,
            ended: false,
            last_id: String::new(),
            last_retry: None,
            mended: String::new(),
        }
    }

    pub(super) fn last_id(&self) -> &str {
        &self.last_id
    }

    pub(super) fn last_retry(&self) -> Option<Duration> {
        self.last_retry
    }

    /// Begins another block if the last one is over.
    #[inline]
    pub(super) fn next(&mut self) {
        if self.ended {
            self.clear();
        }
    }

    /// Forgets the fields of the block.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.has_event = false;
        self.data.clear();
        self.has_data = false;
        self.has_id = false;
        self.retry = None;
        self.ended = false;
    }

    /// Takes the field of a line. Data are returned instead, as they may not have to be copied.
    #[inline]
    pub(super) fn field<'l>(&mut self, line: &'l [u8]) -> Option<&'l [u8]> {
        let (name, value) = split(line);
        match name {
            b"data" => return Some(value),
            b"event" => self.set_event(value),
            b"id" => self.set_id(value),
            b"retry" => self.set_retry(value),
            _ => {}
        }
        None
    }

    /// Whether there is room for one more line of data.
    #[inline]
    pub(super) fn check_room(&self, data: &[u8]) -> Result<(), DecodeError> {
        let line_feed = usize::from(self.has_data);
        match data.len() + line_feed <= self.limit - self.data.len() {
            true => Ok(()),
            false => Err(DecodeError::EventTooLong(self.limit)),
        }
    }

    #[inline]
    pub(super) fn add_data(&mut self, data: &[u8]) {
        if self.has_data {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(data);
        self.has_data = true;
    }

    /// Ends the block: its id counts from now on.
    #[inline]
    pub(super) fn end(&mut self) {
        if self.has_id {
            std::mem::swap(&mut self.id, &mut self.last_id);
        }
        self.ended = true;
    }

    /// Whether data were added, which make the block an event.
    #[inline]
    pub(super) fn has_data(&self) -> bool {
        self.has_data
    }

    /// The finished block as an event.
    #[inline]
    pub(super) fn event<'d>(&'d mut self, data: Data, lines: &'d Lines) -> Event<'d> {
        let bytes = match data {
            Data::Line(line) => lines.text(line),
            Data::Joined => &self.data,
        };
        let data = match from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => {
                mend(&mut self.mended, bytes);
                &self.mended
            }
        };
        let event = if self.has_event { self.event.as_str() } else { "" };
        let last_id = self.last_id.as_str();
        let id = self.has_id.then_some(last_id);
        Event { event, data, id, last_id, retry: self.retry }
    }

    fn set_event(&mut self, value: &[u8]) {
        if self.event.as_bytes() != value {
            set(&mut self.event, value);
        }
        self.has_event = true;
    }

    /// An id with NUL is none.
    fn set_id(&mut self, value: &[u8]) {
        if !value.contains(&0) {
            set(&mut self.id, value);
            self.has_id = true;
        }
    }

    /// Milliseconds in ASCII digits; anything else is ignored.
    fn set_retry(&mut self, value: &[u8]) {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        if let Some(text) = std::str::from_utf8(value).ok().filter(|_| digits) {
            let retry = Duration::from_millis(text.parse().unwrap_or(u64::MAX));
            self.retry = Some(retry);
            self.last_retry = Some(retry);
        }
    }
}

/// Name and value of a line that is not empty. A comment has an empty name.
#[inline]
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let (name, value) = match line {
        // By far the commonest, found without a search.
        [b'd', b'a', b't', b'a', b':', value @ ..] => (&line[..4], value),
        [b'i', b'd', b':', value @ ..] => (&line[..2], value),
        [b'e', b'v', b'e', b'n', b't', b':', value @ ..] => (&line[..5], value),
        [b':', value @ ..] => (&line[..0], value),
        _ => match memchr::memchr(b':', line) {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        },
    };
    (name, value.strip_prefix(b" ").unwrap_or(value))
}

/// Replaces a text.
fn set(text: &mut String, bytes: &[u8]) {
    match from_utf8(bytes) {
        Ok(valid) => {
            text.clear();
            text.push_str(valid);
        }
        Err(_) => mend(text, bytes),
    }
}

/// Replaces a text by one with U+FFFD in place of what is not UTF-8.
fn mend(text: &mut String, bytes: &[u8]) {
    text.clear();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}
