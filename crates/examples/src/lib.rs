//! What the examples share: where the agent is.

pub mod deco_studio;
pub mod middesk;
pub mod modus;
pub mod mosoo;
pub mod octavus;

/// Compiles the code of the project's front page.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct FrontPage;
