//! Who is told when a stream breaks.

use std::fmt;
use std::sync::Arc;

/// What has happened to a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StreamBreak {
    /// A frame was put in.
    Inserted,
    /// An event was sent twice.
    Repeated,
    /// A byte that is not UTF-8 was put into an event.
    BadUtf8,
    /// The body ended properly before its time.
    Ended,
    /// The connection was closed.
    Cut,
    /// Nothing more comes.
    Stalled,
    /// Something without end began.
    Endless,
}

/// Tells of breaks, if somebody wants to know.
#[derive(Clone, Default)]
pub(super) struct Told(Option<Arc<dyn Fn(StreamBreak) + Send + Sync>>);

impl Told {
    pub(super) fn to(call: impl Fn(StreamBreak) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(call)))
    }

    pub(super) fn tell(&self, what: StreamBreak) {
        if let Some(call) = &self.0 {
            call(what);
        }
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Told").field(&self.0.is_some()).finish()
    }
}
