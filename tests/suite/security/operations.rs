//! Every operation of every vendor, ready to be sent to a scripted transport.

mod deco_studio;
mod middesk;
mod modus;
mod mosoo;
mod octavus;

use crate::support::seam::Seam;
use agent_threads_core::{
    ClientBuilder, EventStream, RetryPolicy,
    codegen::{StreamEvent, VendorClient},
};
use agent_threads_mosoo::Dialect;
use futures::future::BoxFuture;
use std::{fmt::Debug, future::IntoFuture};

/// Stands in bodies, where nothing that is shown may show it.
pub(crate) const MARK: &str = "MARKER-sent";

/// Begins as Modus's tokens must; no other vendor minds.
pub(crate) const TOKEN: &str = "modus_MARKER-token";

/// Where all servers of all vendors are.
pub(crate) const HOST: &str = "https://api.example";

type Error = agent_threads_core::Error;

/// An operation about to be sent.
pub(crate) struct Call {
    pub(crate) name: &'static str,
    /// The method and the path, with `{}` where an id stands.
    pub(crate) documented: &'static str,
    /// What its request shows of itself.
    pub(crate) shown: String,
    pub(crate) sent: BoxFuture<'static, Result<(), Error>>,
}

impl Call {
    pub(crate) fn has_id(&self) -> bool {
        self.documented.contains("{}")
    }

    pub(crate) fn method(&self) -> &'static str {
        self.documented.split(' ').next().unwrap()
    }

    pub(crate) fn path(&self) -> &'static str {
        self.documented.split(' ').nth(1).unwrap()
    }
}

type Calls = dyn Fn(&str) -> Vec<Call>;

/// A client, and its operations with an id in each path that takes one.
pub(crate) struct Client {
    pub(crate) name: &'static str,
    pub(crate) shown: String,
    calls: Box<Calls>,
}

impl Client {
    pub(crate) fn calls(&self, id: &str) -> Vec<Call> {
        (self.calls)(id)
    }
}

/// A client of each vendor, of Mosoo in each dialect.
pub(crate) fn clients(seam: &Seam) -> Vec<Client> {
    let mosoo = |dialect| ready::<agent_threads_mosoo::Client>(seam).dialect(dialect);
    vec![
        client("octavus", ready(seam), octavus::calls),
        client("modus", ready(seam), modus::calls),
        client("middesk", ready(seam), middesk::calls),
        client("mosoo", mosoo(Dialect::Seed), mosoo::calls),
        client("mosoo", mosoo(Dialect::Current), mosoo::calls),
        client("deco-studio", ready(seam), deco_studio::calls),
    ]
}

/// A builder that lacks nothing, with a marker in all that is secret.
pub(crate) fn ready<C: VendorClient>(seam: &Seam) -> ClientBuilder<C> {
    let vendor = C::VENDOR;
    let builder = ClientBuilder::new()
        .token(TOKEN)
        .header("x-gateway", "MARKER-header")
        .retry(RetryPolicy::never())
        .transport(seam.clone());
    let builder =
        vendor.servers.iter().fold(builder, |builder, server| builder.server(server.name, HOST));
    vendor.parameters.iter().fold(builder, |builder, bound| builder.parameter(bound.name, "acme"))
}

fn client<C: VendorClient + Debug + 'static>(
    name: &'static str,
    builder: ClientBuilder<C>,
    calls: fn(&C, &str) -> Vec<Call>,
) -> Client {
    let shown = format!("{builder:?} {builder:#?}");
    let client = builder.build().unwrap();
    let shown = format!("{shown} {client:?} {client:#?}");
    Client { name, shown, calls: Box::new(move |id| calls(&client, id)) }
}

fn awaited<R, T>(name: &'static str, documented: &'static str, request: R) -> Call
where
    R: IntoFuture<Output = Result<T, Error>> + Debug,
    R::IntoFuture: Send + 'static,
{
    let shown = format!("{request:?} {request:#?}");
    let future = request.into_future();
    Call { name, documented, shown, sent: Box::pin(async { future.await.map(drop) }) }
}

fn streamed<R: Clone + Debug, T: StreamEvent + Send + 'static>(
    name: &'static str,
    documented: &'static str,
    request: &R,
    open: impl FnOnce(R) -> EventStream<T>,
) -> Call {
    let shown = format!("{request:?} {request:#?}");
    let mut events = open(request.clone());
    let shown = format!("{shown} {events:?} {events:#?}");
    let sent = async move { events.next().await.map_or(Ok(()), |event| event.map(drop)) };
    Call { name, documented, shown, sent: Box::pin(sent) }
}
