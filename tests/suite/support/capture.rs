//! All that tracing would print, at every level.

use std::{cell::RefCell, io::Write, sync::Once};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

thread_local! {
    static TEXT: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Spans and events of this thread, from its start on.
///
/// One subscriber serves the whole process: tracing decides once per call site whether anybody listens, and tests run on
/// threads of their own.
pub(crate) struct Capture(());

impl Capture {
    pub(crate) fn start() -> Self {
        Self::start_at(LevelFilter::TRACE)
    }

    /// Only what a level allows; in a process of its own, as the first level of a process is that of all.
    pub(crate) fn start_at(level: LevelFilter) -> Self {
        static SUBSCRIBER: Once = Once::new();
        SUBSCRIBER.call_once(|| {
            tracing_subscriber::fmt()
                .with_max_level(level)
                .with_span_events(FmtSpan::FULL)
                .with_writer(|| ThreadText)
                .with_ansi(false)
                .init();
        });
        TEXT.set(Some(Vec::new()));
        Self(())
    }

    pub(crate) fn text(&self) -> String {
        TEXT.with_borrow(|text| {
            String::from_utf8_lossy(text.as_deref().unwrap_or_default()).into_owned()
        })
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        TEXT.set(None);
    }
}

struct ThreadText;

impl Write for ThreadText {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        TEXT.with_borrow_mut(|text| {
            if let Some(text) = text {
                text.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
