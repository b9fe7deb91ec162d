//! The runs of each vendor: how they are started and followed, and what is compared.

mod deco_studio;
mod middesk;
mod modus;
mod mosoo;
mod octavus;

pub(crate) use deco_studio::DecoStudio;
pub(crate) use middesk::Middesk;
pub(crate) use modus::Modus;
pub(crate) use mosoo::Mosoo;
pub(crate) use octavus::Octavus;
