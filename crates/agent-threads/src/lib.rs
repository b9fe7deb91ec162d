#![doc = include_str!("../README.md")]

#[cfg(feature = "middesk")]
#[doc(inline)]
pub use agent_threads_middesk as middesk;

#[cfg(feature = "modus")]
#[doc(inline)]
pub use agent_threads_modus as modus;

#[cfg(feature = "octavus")]
#[doc(inline)]
pub use agent_threads_octavus as octavus;
