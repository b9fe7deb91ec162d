//! What can go wrong with a stream after its head.

use http::HeaderValue;

use super::told::{StreamBreak, Told};
use super::{Delivery, Frame};

/// How one answer's event stream breaks. It is queued as a [`Fault`](crate::Fault), whose `skip`, `times` and `always` say when.
///
/// Several breaks can be combined, but only one end: the last one that is set. Positions count the stream's own events in this
/// answer: 0 is before the first. Comments, inserted and repeated events do not count. An end that the stream does not
/// reach takes the place of its proper end.
///
/// ```
/// use agent_threads_sandbox::Fault;
/// use agent_threads_sandbox::sse::{Frame, StreamFault};
///
/// let fault = StreamFault::new().repeat(0).insert(1, Frame::data("not JSON")).cut_after_events(3);
/// let second_answer_only = Fault::from(fault).skip(1);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a fault does nothing until it is queued"]
pub struct StreamFault {
    pub(super) edits: Edits,
    pub(super) end: Option<(Place, End)>,
    pub(super) delivery: Option<Delivery>,
    pub(super) content_type: Option<HeaderValue>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Edits {
    inserted: Vec<(usize, Frame)>,
    repeated: Vec<usize>,
    repeats_all: bool,
    garbled: Vec<usize>,
    pub(super) told: Told,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Bytes(usize),
    Events(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Proper,
    Cut,
    Stall,
    EndlessLine,
    EndlessEvent,
    EndlessComments,
}

impl StreamFault {
    /// A stream as it should be.
    pub fn new() -> Self {
        Self::default()
    }

    /// The connection closes after `bytes` of the body, without the body's end. With 0, the head is all that comes. Of a large
    /// body, less arrives at a client that reads slowly.
    pub fn cut_after_bytes(self, bytes: usize) -> Self {
        self.ending(Place::Bytes(bytes), End::Cut)
    }

    /// The connection closes after `events`, without the body's end.
    pub fn cut_after_events(self, events: usize) -> Self {
        self.ending(Place::Events(events), End::Cut)
    }

    /// After `bytes` of the body nothing more comes, and the connection stays open.
    pub fn stall_after_bytes(self, bytes: usize) -> Self {
        self.ending(Place::Bytes(bytes), End::Stall)
    }

    /// After `events` nothing more comes, and the connection stays open.
    pub fn stall_after_events(self, events: usize) -> Self {
        self.ending(Place::Events(events), End::Stall)
    }

    /// The body ends properly after `bytes`, which may be in the middle of a frame.
    pub fn end_after_bytes(self, bytes: usize) -> Self {
        self.ending(Place::Bytes(bytes), End::Proper)
    }

    /// The body ends properly after `events`, as when a server or a proxy gives up on a stream.
    pub fn end_after_events(self, events: usize) -> Self {
        self.ending(Place::Events(events), End::Proper)
    }

    /// After `events` comes a line without end.
    pub fn endless_line_after(self, events: usize) -> Self {
        self.ending(Place::Events(events), End::EndlessLine)
    }

    /// After `events` comes an event whose data lines never end.
    pub fn endless_event_after(self, events: usize) -> Self {
        self.ending(Place::Events(events), End::EndlessEvent)
    }

    /// After `events` come only comments, and no end.
    pub fn endless_comments_after(self, events: usize) -> Self {
        self.ending(Place::Events(events), End::EndlessComments)
    }

    /// Adds a frame after `events`. Frames at one place come in the order in which they are added, and before an end there.
    pub fn insert(mut self, events: usize, frame: impl Into<Frame>) -> Self {
        self.edits.inserted.push((events, frame.into()));
        self
    }

    /// Sends the event that follows `events` twice, with the same id.
    pub fn repeat(mut self, events: usize) -> Self {
        self.edits.repeated.push(events);
        self
    }

    /// Sends every event twice, each with the same id.
    pub fn repeat_all(mut self) -> Self {
        self.edits.repeats_all = true;
        self
    }

    /// Puts a byte that is not UTF-8 into the event that follows `events`: at the end of the last JSON string of its data, so that
    /// the event is sound for a client that puts U+FFFD in the byte's place.
    pub fn bad_utf8(mut self, events: usize) -> Self {
        self.edits.garbled.push(events);
        self
    }

    /// Calls `told` for each break when it happens, which those behind the stream's end never do. It is called while the stream is
    /// made, and must not wait.
    pub fn on_break(mut self, told: impl Fn(StreamBreak) + Send + Sync + 'static) -> Self {
        self.edits.told = Told::to(told);
        self
    }

    /// Another form for this answer than the one that is set for all.
    pub fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = Some(delivery);
        self
    }

    /// Another content type, while the body is the stream.
    ///
    /// # Panics
    ///
    /// When the text cannot stand in a header.
    pub fn content_type(mut self, content_type: &str) -> Self {
        let value = HeaderValue::try_from(content_type);
        self.content_type = Some(value.expect("a header value that HTTP allows"));
        self
    }

    fn ending(mut self, place: Place, end: End) -> Self {
        self.end = Some((place, end));
        self
    }
}

impl End {
    pub(super) fn as_break(self) -> StreamBreak {
        match self {
            Self::Proper => StreamBreak::Ended,
            Self::Cut => StreamBreak::Cut,
            Self::Stall => StreamBreak::Stalled,
            Self::EndlessLine | Self::EndlessEvent | Self::EndlessComments => StreamBreak::Endless,
        }
    }
}

impl Edits {
    pub(super) fn inserted_after(&self, events: usize) -> Vec<Frame> {
        let here = self.inserted.iter().filter(|(place, _)| *place == events);
        here.map(|(_, frame)| frame.clone())
            .inspect(|_| self.told.tell(StreamBreak::Inserted))
            .collect()
    }

    /// What is sent for an event that follows `events`.
    pub(super) fn replace(&self, frame: Frame, events: usize) -> Vec<Frame> {
        let frame = match self.garbled.contains(&events) {
            true => {
                self.told.tell(StreamBreak::BadUtf8);
                frame.garbled()
            }
            false => frame,
        };
        if !self.repeats_all && !self.repeated.contains(&events) {
            return vec![frame];
        }
        self.told.tell(StreamBreak::Repeated);
        vec![frame.clone(), frame]
    }
}
