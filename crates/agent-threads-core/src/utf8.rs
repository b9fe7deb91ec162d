//! The check that bytes are UTF-8: each event of a stream needs it, and a crate that does it by vectors pays there.

#[cfg(feature = "stream")]
pub(crate) use simdutf8::basic::from_utf8;
#[cfg(not(feature = "stream"))]
pub(crate) use std::str::from_utf8;
