//! What can differ from stream to stream.

use crate::{Settings, sse::Limits};

impl Settings {
    /// The longest line and the longest event of a stream of events. Default: [`Limits::default`].
    ///
    /// A longer one ends the stream with [`ErrorKind::BodyTooLarge`](crate::ErrorKind::BodyTooLarge).
    #[must_use]
    pub fn sse_limits(mut self, limits: Limits) -> Self {
        self.sse_limits = limits;
        self
    }
}
