//! Server-sent events, as the WHATWG HTML standard has them (section 9.2, "Server-sent events").
//!
//! [`Decoder`] does no I/O: bytes go in as they come, events come out. How the bytes are cut into chunks makes no
//! difference to the events.

mod block;
mod lines;
mod scan;

use block::{Block, Data};
use bytes::Bytes;
use lines::Lines;
use std::{fmt, time::Duration};

/// How much a decoder keeps of what a server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest line in bytes, without its end. Default: 16 MiB.
    pub line: usize,
    /// The longest data of one event in bytes, all its lines together. Default: 32 MiB.
    pub event: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: 16 << 20, event: 32 << 20 }
    }
}

/// One event, borrowed from the decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'d> {
    /// The event's type; empty where it has none, which the standard calls `message`.
    pub event: &'d str,
    /// The data: its lines, joined by line feeds. Bytes that are not UTF-8 are U+FFFD.
    pub data: &'d str,
    /// The id that this event has set; `None` where it has none of its own. Empty takes the id back.
    pub id: Option<&'d str>,
    /// The id to resume from behind this event: its own, or else the last one before it. Empty where there is none.
    pub last_id: &'d str,
    /// The reconnection time that this event has set.
    pub retry: Option<Duration>,
}

/// A server sent more than the [`Limits`] allow. The decoder is of no further use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// A line is longer than this many bytes.
    LineTooLong(usize),
    /// The data of an event are longer than this many bytes.
    EventTooLong(usize),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LineTooLong(limit) => write!(f, "a line is longer than {limit} bytes"),
            Self::EventTooLong(limit) => write!(f, "an event is longer than {limit} bytes"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Turns bytes into events.
///
/// ```
/// use agent_threads_core::sse::{Decoder, Limits};
///
/// let mut decoder = Decoder::new(Limits::default());
/// decoder.push("id: 7\nda");
/// assert_eq!(decoder.next_event(), Ok(None));
/// decoder.push("ta: hello\n\n");
/// let event = decoder.next_event().unwrap().unwrap();
/// assert_eq!((event.id, event.data), (Some("7"), "hello"));
/// ```
///
/// Time is linear in the bytes, and memory is that of one chunk, one line and one event. An event that is complete within
/// a chunk and has one line of data is borrowed from that chunk, without a copy.
pub struct Decoder {
    lines: Lines,
    block: Block,
    failed: Option<DecodeError>,
}

impl Decoder {
    /// A decoder at the start of a stream.
    pub fn new(limits: Limits) -> Self {
        Self { lines: Lines::new(limits.line), block: Block::new(limits.event), failed: None }
    }

    /// Takes the next bytes of the stream.
    ///
    /// They are decoded by [`next_event`](Self::next_event), which is called until it returns `None` before the next push:
    /// what is left otherwise is kept, at the price of a copy.
    pub fn push(&mut self, bytes: impl Into<Bytes>) {
        self.lines.push(bytes.into());
    }

    /// The next event, or `None` when more bytes are needed. A block that the stream ends in is no event.
    ///
    /// # Errors
    ///
    /// When a limit is exceeded, then and ever after.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, DecodeError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        match self.advance() {
            Ok(Some(data)) => Ok(Some(self.block.event(data, &self.lines))),
            Ok(None) => Ok(None),
            Err(error) => {
                self.fail(error);
                Err(error)
            }
        }
    }

    /// The id to resume from: the last one of a finished block, with data or without. Empty where there is none.
    pub fn last_event_id(&self) -> &str {
        self.block.last_id()
    }

    /// The reconnection time, where the server has set one.
    pub fn retry(&self) -> Option<Duration> {
        self.block.last_retry()
    }

    #[cold]
    fn fail(&mut self, error: DecodeError) {
        self.failed = Some(error);
        self.lines.clear();
        self.block.clear();
    }

    /// Reads lines up to the end of the next event with data.
    #[inline]
    fn advance(&mut self) -> Result<Option<Data>, DecodeError> {
        self.block.next();
        while let Some(line) = self.lines.next_line()? {
            let text = self.lines.text(line);
            if text.is_empty() {
                self.block.end();
                if self.block.has_data() {
                    return Ok(Some(Data::Joined));
                }
                self.block.next();
                continue;
            }
            let Some(value) = self.block.field(text) else {
                continue;
            };
            let data = line.suffix(value.len());
            self.block.check_room(value)?;
            if !self.block.has_data() && self.lines.blank_follows() {
                self.block.end();
                return Ok(Some(Data::Line(data)));
            }
            self.block.add_data(self.lines.text(data));
        }
        Ok(None)
    }
}

/// Shows nothing of what a server sent.
impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("failed", &self.failed).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
