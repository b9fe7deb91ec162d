//! Every operation of every vendor, and what its document says about sending it again.

mod deco_studio;
mod middesk;
mod modus;
mod mosoo;
mod octavus;

use crate::support::seam::Seam;
use agent_threads_octavus::BoxFuture;
use std::collections::BTreeSet;

/// What a document says about sending an operation again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeats {
    /// Its method only reads, or the document says that it does.
    Reads,
    /// Its method has the same effect twice as once.
    Idempotent,
    /// The vendor takes a key for it, which the client makes, in this header.
    Keyed(&'static str),
    /// The vendor takes what the caller has set in the body for a key.
    KeyedByCaller,
    /// Sent once it may have been done.
    Once,
}

/// A call of an operation, which can be made any number of times.
pub(super) struct Call {
    pub(super) id: &'static str,
    pub(super) repeats: Repeats,
    /// Whether its answer is a stream of events.
    pub(super) streams: bool,
    make: Box<dyn Fn() -> BoxFuture<'static, ()>>,
}

impl Call {
    /// Makes the call, and leaves what came of it to what the seam has recorded.
    pub(super) async fn make(&self) {
        (self.make)().await;
    }
}

/// All operations of a vendor, on a seam.
pub(super) struct Vendor {
    pub(super) calls: Vec<Call>,
    /// The vendor's OpenAPI document.
    document: &'static str,
}

impl Vendor {
    fn assert_complete(&self) {
        let documented: BTreeSet<_> = self
            .document
            .lines()
            .filter_map(|line| line.trim().strip_prefix("operationId: "))
            .map(snake_case)
            .collect();
        let called: BTreeSet<_> = self.calls.iter().map(|call| call.id.to_owned()).collect();
        assert_eq!(called, documented);
    }
}

fn snake_case(id: &str) -> String {
    id.chars().fold(String::new(), |mut name, letter| {
        if letter.is_uppercase() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
        name
    })
}

/// A call that is answered at once, and one that is answered by a stream.
macro_rules! call {
    ($repeats:expr, $client:ident.$id:ident($($argument:expr),*)) => {
        call!($repeats, $client.$id($($argument),*), false, request => drop(request.await))
    };
    ($repeats:expr, stream $client:ident.$id:ident($($argument:expr),*)) => {
        call!($repeats, $client.$id($($argument),*), true, request => {
            let mut events = request.events();
            while events.next().await.is_some() {}
        })
    };
    ($repeats:expr, $client:ident.$id:ident($($argument:expr),*), $streams:expr, $request:ident => $finish:expr) => {
        $crate::retries::operations::Call {
            id: stringify!($id),
            repeats: $repeats,
            streams: $streams,
            make: Box::new({
                let client = $client.clone();
                move || {
                    let $request = client.$id($($argument),*);
                    Box::pin(async move { $finish })
                }
            }),
        }
    };
}
use call;

/// Every operation of every vendor, each vendor on the seam; in all dialects where it has such.
pub(super) fn all(seam: &Seam) -> Vec<Call> {
    let vendors = [
        octavus::vendor(seam),
        modus::vendor(seam),
        middesk::vendor(seam),
        mosoo::vendor(seam),
        deco_studio::vendor(seam),
    ];
    vendors.iter().for_each(Vendor::assert_complete);
    vendors.into_iter().flat_map(|vendor| vendor.calls).collect()
}
