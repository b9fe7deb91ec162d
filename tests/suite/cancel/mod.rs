//! Futures and streams that are dropped before they are done, at each number of polls that they can take.
//!
//! On the transport seam, where every point at which an operation can wait is one at which it does; and on real sockets,
//! where what counts is what the server sees. `inventory` holds the lists of what is covered against the sources.

mod core;
mod deco_studio;
mod drops;
mod inventory;
mod middesk;
mod modus;
mod mosoo;
mod octavus;
mod sandbox;
mod sockets;
mod stage;

/// What is covered, by its name, and how: each is a function that is given its name, a stage on which the module's script
/// plays, and the module's client on it.
macro_rules! scenarios {
    ($($name:literal => $play:ident,)*) => {
        /// What the scenarios below are of.
        pub(super) const COVERED: &[&str] = &[$($name),*];

        #[tokio::test(start_paused = true)]
        async fn each_is_dropped_at_every_poll() {
            let stage = Stage::default();
            let client = client(&stage);
            $(stage.play(plays());
            $play($name, &stage, &client).await;)*
        }
    };
}
use scenarios;
