#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod clock;
pub mod deco_studio;
mod echo;
mod fault;
mod front;
mod in_process;
mod log;
pub mod middesk;
pub mod modus;
pub mod mosoo;
pub mod octavus;
mod refusal;
mod scripts;
mod server;
pub mod sse;
mod sync;

use std::io;

pub use fault::{Fault, RetryAfter};
pub use in_process::{AnswerBody, InProcess};
pub use log::RecordedRequest;
pub use server::HangUp;

use deco_studio::DecoStudio;
use middesk::Middesk;
use modus::Modus;
use mosoo::Mosoo;
use octavus::Octavus;
use server::{Listener, Socket};
use sync::{StopSwitch, stop_switch};

/// The running servers, one per vendor. They live as long as this value.
///
/// They run on the tokio runtime that started them, so they must not be shared between tests that each have their own.
#[derive(Debug)]
pub struct Sandbox {
    deco_studio: DecoStudio,
    middesk: Middesk,
    modus: Modus,
    mosoo: Mosoo,
    octavus: Octavus,
    listeners: Vec<Listener>,
    stop: StopSwitch,
}

impl Sandbox {
    /// Starts every vendor on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When a port cannot be bound.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A sandbox that listens nowhere. Its vendors are called by their `in_process`.
    ///
    /// It needs no runtime and nothing of it depends on time, so tests that pause the clock can share it. Each vendor has a
    /// URL that resolves to nothing, such as `https://modus.invalid`, for the requests of its client.
    pub fn without_sockets() -> Self {
        let vendors = ["deco-studio", "middesk", "modus", "mosoo", "octavus"];
        Self::at(vendors.map(|vendor| format!("https://{vendor}.invalid")))
    }

    /// The vendors at these URLs, in the order of their names.
    fn at([deco_studio, middesk, modus, mosoo, octavus]: [String; 5]) -> Self {
        let (switch, stop) = stop_switch();
        Self {
            deco_studio: DecoStudio::new(&deco_studio, stop.clone()),
            middesk: Middesk::new(&middesk, stop.clone()),
            modus: Modus::new(&modus, stop.clone()),
            mosoo: Mosoo::new(&mosoo, stop.clone()),
            octavus: Octavus::new(&octavus, stop),
            listeners: Vec::new(),
            stop: switch,
        }
    }

    /// For a sandbox on ports of the caller's choice.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// The deco Studio of this sandbox.
    pub fn deco_studio(&self) -> DecoStudio {
        self.deco_studio.clone()
    }

    /// The Middesk of this sandbox.
    pub fn middesk(&self) -> Middesk {
        self.middesk.clone()
    }

    /// The Modus of this sandbox.
    pub fn modus(&self) -> Modus {
        self.modus.clone()
    }

    /// The Mosoo of this sandbox.
    pub fn mosoo(&self) -> Mosoo {
        self.mosoo.clone()
    }

    /// The Octavus of this sandbox.
    pub fn octavus(&self) -> Octavus {
        self.octavus.clone()
    }

    /// Lets answers in flight finish, ends stalled ones and event streams, closes every connection and returns when all ports are free.
    ///
    /// Dropping the sandbox stops the same things, but at once and without waiting for the ports.
    pub async fn shutdown(self) {
        self.stop.stop();
        for listener in self.listeners {
            listener.stopped().await;
        }
    }
}

/// Chooses the ports of a [`Sandbox`]. A port that is not set is the system's choice.
#[derive(Clone, Debug, Default)]
pub struct SandboxBuilder {
    deco_studio_port: u16,
    middesk_port: u16,
    modus_port: u16,
    mosoo_port: u16,
    octavus_port: u16,
}

impl SandboxBuilder {
    /// The port for deco Studio, where 0 stands for any free port.
    pub fn deco_studio_port(mut self, port: u16) -> Self {
        self.deco_studio_port = port;
        self
    }

    /// The port for Middesk, where 0 stands for any free port.
    pub fn middesk_port(mut self, port: u16) -> Self {
        self.middesk_port = port;
        self
    }

    /// The port for Modus, where 0 stands for any free port.
    pub fn modus_port(mut self, port: u16) -> Self {
        self.modus_port = port;
        self
    }

    /// The port for Mosoo, where 0 stands for any free port.
    pub fn mosoo_port(mut self, port: u16) -> Self {
        self.mosoo_port = port;
        self
    }

    /// The port for Octavus, where 0 stands for any free port.
    pub fn octavus_port(mut self, port: u16) -> Self {
        self.octavus_port = port;
        self
    }

    /// Starts every vendor.
    ///
    /// # Errors
    ///
    /// When a port cannot be bound.
    pub async fn start(self) -> io::Result<Sandbox> {
        let sockets = [
            Socket::bind(self.deco_studio_port).await?,
            Socket::bind(self.middesk_port).await?,
            Socket::bind(self.modus_port).await?,
            Socket::bind(self.mosoo_port).await?,
            Socket::bind(self.octavus_port).await?,
        ];
        let mut sandbox = Sandbox::at(sockets.each_ref().map(|socket| socket.url().to_owned()));
        let routers = [
            sandbox.deco_studio.router(),
            sandbox.middesk.router(),
            sandbox.modus.router(),
            sandbox.mosoo.router(),
            sandbox.octavus.router(),
        ];
        let stop = sandbox.stop.watched();
        let served = sockets.into_iter().zip(routers);
        sandbox.listeners =
            served.map(|(socket, router)| socket.serve(router, stop.clone())).collect();
        Ok(sandbox)
    }
}
