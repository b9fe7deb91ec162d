#![doc = include_str!("../README.md")]

#[cfg(feature = "octavus")]
#[doc(inline)]
pub use agent_threads_octavus as octavus;
