#![doc = include_str!("../README.md")]

#[cfg(feature = "deco-studio")]
#[doc(inline)]
pub use agent_threads_deco_studio as deco_studio;

#[cfg(feature = "middesk")]
#[doc(inline)]
pub use agent_threads_middesk as middesk;

#[cfg(feature = "modus")]
#[doc(inline)]
pub use agent_threads_modus as modus;

#[cfg(feature = "mosoo")]
#[doc(inline)]
pub use agent_threads_mosoo as mosoo;

#[cfg(feature = "octavus")]
#[doc(inline)]
pub use agent_threads_octavus as octavus;
