//! What the sandbox MUST do, said over plain HTTP.

#![allow(clippy::unwrap_used)]

mod binary;
mod curl;
mod deco_studio;
mod in_process;
mod lasting;
mod middesk;
mod modus;
mod mosoo;
mod octavus;
mod stop;
mod wire;
