//! One client for many runs, each with a network of its own: a client takes longer to make than a run.

use super::network::Network;
use agent_threads_core::{Body, BoxFuture, Transport, TransportError};
use std::sync::{Arc, Mutex};

/// A transport to the network that is plugged in. Clones are the same line.
#[derive(Clone, Default)]
pub(super) struct Line(Arc<Mutex<Option<Network>>>);

impl Line {
    pub(super) fn plug(&self, network: &Network) {
        *self.0.lock().unwrap() = Some(network.clone());
    }
}

impl Transport for Line {
    fn send(
        &self,
        request: reqwest::Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let network = self.0.lock().unwrap().clone().expect("a network is plugged in");
        Box::pin(async move { network.send(request).await })
    }
}
